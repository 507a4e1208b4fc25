"""A primitive: one function of arrays, and one derivative rule for each differentiable input.

    @primitive(x=lambda g, out: g * out)
    def exp(xp, x):
        return xp.exp(x)

The function's first parameter is the array namespace (`xp`) or, if it is called `backend`, the
backend itself. Then come the inputs, and after a `*` the keyword parameters.

A rule is written in Tensor operations and says by its parameters' names what it needs:

    g                the gradient of the loss by the output (a tuple of them if there are several)
    x                the input called x; it is kept alive until backward
    out, out1, ...   an output; likewise
    x_shape          the shape of the input called x; nothing is kept alive
    dim              the keyword parameter called dim
    tensors          the variadic input `*tensors`, as a list
    index, shapes    which of the inputs the rule is run for, and the shapes of all

What no rule asks for is not saved, and a rule runs only if its input needs a gradient.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

GRADIENT, INPUT, INPUTS, OUTPUT, SHAPE, SHAPES, INDEX, PARAMETER = range(8)

Rule = Callable[..., Any]
Plan = tuple[tuple[int, Any], ...]


class Primitive:
    """An array function with its derivative rules; `engine.apply` is the one way to run it.

    `view` says that the output may share the input's memory; `mutates` gives the positions of the
    inputs that are written in place (or a function of the keyword parameters that does); `outputs`
    is how many leading outputs are differentiable; `finish(gradient, shape)` ends every rule. With
    `keeps_order` the result lies in memory as the inputs do, as torch's does; others lie in C order there.

    Rules are written for real numbers. `holomorphic` says that the function has a complex derivative,
    too, by the same formula; the engine conjugates for it. `complex_rules` says that the rules do so
    themselves. The gradients of other primitives can't be complex.

    With `partial` the rules get None for an output that no gradient came to; otherwise zeros.
    """

    def __init__(
        self,
        compute: Callable[..., Any],
        *,
        view: bool = False,
        mutates: Sequence[int] | Callable[..., Iterable[int]] = (),
        outputs: int = 1,
        finish: Callable[[Any, tuple[int, ...]], Any] | None = None,
        holomorphic: bool = False,
        complex_rules: bool = False,
        partial: bool = False,
        keeps_order: bool = False,
        name: str | None = None,
    ) -> None:
        self.name = name or compute.__name__.strip("_")
        self.compute = compute
        self.view = view
        self.mutates = mutates
        self.outputs = outputs
        self.finish = finish
        self.holomorphic = holomorphic
        self.complex_rules = complex_rules
        self.partial = partial
        self.keeps_order = keeps_order
        self.__doc__ = compute.__doc__

        first, *rest = inspect.signature(compute).parameters.values()
        self.wants_backend = first.name == "backend"
        self.inputs = [p.name for p in rest if p.kind is not p.KEYWORD_ONLY]
        self.params = [p.name for p in rest if p.kind is p.KEYWORD_ONLY]
        variadic = [i for i, p in enumerate(rest) if p.kind is p.VAR_POSITIONAL]
        self.variadic: int | None = variadic[0] if variadic else None
        if "g" in self.inputs:
            raise TypeError(f"{self.name}: 'g' is a rule's name for the gradient; call the input something else")
        self.table: list[tuple[Rule | None, Plan]] = [(None, ())] * len(self.inputs)
        self.differentiable = 0  # bit i: input i has a rule
        self._saves: dict[int, tuple[tuple[int, ...], frozenset[int]]] = {}

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str:
        raise TypeError(f"{self!r} can't be pickled")

    def define(self, name: str, rule: Rule) -> None:
        """Sets the derivative by the input called `name`."""
        if name not in self.inputs:
            raise TypeError(f"{self.name}: no input called {name!r} (inputs: {', '.join(self.inputs)})")
        position = self.inputs.index(name)
        self.table[position] = rule, tuple(self._plan(argument) for argument in inspect.signature(rule).parameters)
        self.differentiable |= (-1 if position == self.variadic else 1) << position
        self._saves.clear()

    def derivative(self, name: str) -> Callable[[Rule], Rule]:
        """A decorator for a rule too long for a lambda, or one that needs functions defined later."""

        def decorate(rule: Rule) -> Rule:
            self.define(name, rule)
            return rule

        return decorate

    def _plan(self, argument: str) -> tuple[int, Any]:
        """Where a rule's argument comes from."""
        if argument == "g":
            return GRADIENT, None
        if argument in self.params:
            return PARAMETER, argument
        if argument in self.inputs:
            position = self.inputs.index(argument)
            return (INPUTS if position == self.variadic else INPUT), position
        if argument.startswith("out") and (argument[3:].isdigit() or argument == "out"):
            return OUTPUT, int(argument[3:] or 0)
        if argument == "index":
            return INDEX, None
        if argument == "shapes":
            return SHAPES, None
        if argument.endswith("_shape") and argument[:-6] in self.inputs:
            return SHAPE, self.inputs.index(argument[:-6])
        raise TypeError(f"{self.name}: a rule asks for {argument!r}, which is no input, output or parameter")

    def rule_for(self, position: int) -> tuple[Rule | None, Plan]:
        if self.variadic is not None and position > self.variadic:
            position = self.variadic
        return self.table[position]

    def saves(self, needs: int, count: int) -> tuple[tuple[int, ...], frozenset[int]]:
        """Which inputs (of `count`) and which outputs to save, if the inputs in the mask `needs` want gradients."""
        found = self._saves.get(needs)
        if found is None or self.variadic is not None:
            asked = [item for i in range(count) if needs >> i & 1 for item in self.rule_for(i)[1]]
            inputs = {key for kind, key in asked if kind == INPUT}
            if any(kind == INPUTS for kind, _ in asked):
                inputs.update(range(self.variadic or 0, count))
            outputs = frozenset(key for kind, key in asked if kind == OUTPUT)
            found = self._saves[needs] = tuple(sorted(inputs)), outputs
        return found


def primitive(
    *,
    view: bool = False,
    mutates: Sequence[int] | Callable[..., Iterable[int]] = (),
    outputs: int = 1,
    holomorphic: bool = False,
    complex_rules: bool = False,
    partial: bool = False,
    keeps_order: bool = False,
    name: str | None = None,
    **rules: Rule,
) -> Callable[[Callable[..., Any]], Primitive]:
    """Makes a Primitive of the decorated function; the keyword arguments are its derivative rules."""

    def decorate(compute: Callable[..., Any]) -> Primitive:
        made = Primitive(
            compute,
            view=view,
            mutates=mutates,
            outputs=outputs,
            holomorphic=holomorphic,
            complex_rules=complex_rules,
            partial=partial,
            keeps_order=keeps_order,
            name=name,
        )
        for input_name, rule in rules.items():
            made.define(input_name, rule)
        return made

    return decorate


def multilinear(**options: Any) -> Callable[[Callable[..., Any]], Primitive]:
    """`primitive` of a function that is linear in each of its inputs, and so holomorphic."""
    return primitive(holomorphic=True, **options)
