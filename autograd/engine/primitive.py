"""A primitive: one function of arrays, and one derivative rule for each differentiable input.

    @primitive(x=lambda g, out: g * out)
    def exp(xp: Namespace, x: Array) -> Array:
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

Rule = Callable[..., Any]
Gradient = Callable[[Any, Any, int], Any]


class Derivative:
    """A rule, and where each of its arguments comes from."""

    __slots__ = ("gradient", "inputs", "outputs", "rule", "variadic")

    def __init__(self, rule: Rule, primitive: Primitive) -> None:
        self.rule = rule
        self.inputs: set[int] = set()  # the inputs and outputs that are saved for it
        self.outputs: set[int] = set()
        self.variadic = False  # whether it wants `*tensors` as a list
        arguments = ", ".join([self._source(name, primitive) for name in inspect.signature(rule).parameters])
        # Of a node, the gradients by its outputs, and the position of an input: the gradient by that input. Written
        # out as one call, since a call to fetch each argument would cost as much as the arithmetic of a small rule.
        gradient = f"rule({arguments})"
        if primitive.piecewise_linear:
            gradient = f"node.with_zero_slope({gradient}, position)"
        self.gradient: Gradient = eval(f"lambda node, g, position: {gradient}", {"rule": rule})

    def _source(self, name: str, primitive: Primitive) -> str:
        """The expression that an argument of this name is read by."""
        if name == "g":
            return "g"
        if name in primitive.params:
            return f"node.params[{name!r}]"
        if name in primitive.inputs:
            number = primitive.inputs.index(name)
            if number == primitive.variadic:
                self.variadic = True
                return f"[node.unpack(each) for each in node.saved[{number}:]]"
            self.inputs.add(number)
            return f"node.unpack(node.saved[{number}])"
        if name.startswith("out") and (name[3:].isdigit() or name == "out"):
            number = int(name[3:] or 0)
            self.outputs.add(number)
            return f"node.unpack(node.saved_outputs[{number}])"
        if name == "index":
            return "position"
        if name == "shapes":
            return "node.shapes"
        if name.endswith("_shape") and name[:-6] in primitive.inputs:
            return f"node.shapes[{primitive.inputs.index(name[:-6])}]"
        raise TypeError(f"{primitive.name}: a rule asks for {name!r}, which is no input, output or parameter")


class Primitive:
    """An array function with its derivative rules; call it with tensors to run it.

    `view` says that the output may share the input's memory; `mutates` gives the positions of the
    inputs that are written in place (or a function of the keyword parameters that does); `outputs`
    is how many leading outputs are differentiable. With `keeps_order` the result lies in memory as the
    inputs do, as torch's does; others lie in C order there, unless `lies` says which order the dimensions have: of a
    `Layout` for each tensor, and the parameters; None is C order.

    With `broadcasts` every rule ends in the sum over the dimensions that the input was stretched along
    (`finish(gradient, shape)`, if that is to be another sum). `linear` says that the function is linear in
    each of its inputs. `composed` is the same function in Tensor operations: its partial derivatives are the
    rules for all inputs, or for those named in `by`. `autocast` is the precision to compute in under autocast:
    "half", where sums of products are fast, or "single", where results or sums leave the range of half precision.

    Rules are written for real numbers. `holomorphic` says that the function has a complex derivative,
    too, by the same formula; the engine conjugates for it (what is linear is holomorphic). `complex_rules`
    says that the rules do so themselves. The gradients of other primitives can't be complex.

    With `partial` the rules get None for an output that no gradient came to; otherwise zeros. With `piecewise_linear`
    a gradient has a derivative of zeros by its input, as torch's have: after a gradient penalty the biases below have
    gradients of zeros, not None.
    All other keyword arguments are rules, by the names of the inputs.
    """

    __call__: Callable[..., Any]  # `apply`, which builds on this
    partial_derivative: Callable[..., Any]  # of a composition, by one of its inputs; likewise from `sweep`

    def __init__(
        self,
        compute: Callable[..., Any],
        *,
        view: bool = False,
        mutates: Sequence[int] | Callable[..., Iterable[int]] = (),
        outputs: int = 1,
        broadcasts: bool = False,
        finish: Callable[[Any, tuple[int, ...]], Any] | None = None,
        composed: Callable[..., Any] | None = None,
        by: str = "",
        autocast: str | None = None,
        linear: bool = False,
        holomorphic: bool = False,
        complex_rules: bool = False,
        partial: bool = False,
        piecewise_linear: bool = False,
        keeps_order: bool = False,
        lies: Callable[..., Sequence[int] | None] | None = None,
        name: str | None = None,
        **rules: Rule,
    ) -> None:
        self.name = name or compute.__name__.strip("_")
        self.compute = compute
        self.view = view
        self.mutates = mutates
        self.outputs = outputs
        self.finish = finish or (_sum_to if broadcasts else None)
        self.autocast = autocast
        self.linear = linear
        self.holomorphic = holomorphic or linear
        self.complex_rules = complex_rules
        self.partial = partial
        self.piecewise_linear = piecewise_linear
        self.keeps_order = keeps_order
        self.lies = lies
        self.__doc__ = compute.__doc__

        first, *rest = inspect.signature(compute).parameters.values()
        self.wants_backend = first.name == "backend"
        self.inputs = [p.name for p in rest if p.kind is not p.KEYWORD_ONLY]
        self.params = [p.name for p in rest if p.kind is p.KEYWORD_ONLY]
        variadic = [i for i, p in enumerate(rest) if p.kind is p.VAR_POSITIONAL]
        self.variadic: int | None = variadic[0] if variadic else None
        if "g" in self.inputs:
            raise TypeError(f"{self.name}: 'g' is a rule's name for the gradient; call the input something else")
        self.derivatives: list[Derivative | None] = [None] * len(self.inputs)
        self.differentiable = 0  # bit i: input i has a rule
        self._saves: dict[int, tuple[tuple[int, ...], frozenset[int]]] = {}
        if composed is not None:
            differentiable = by.split() or self.inputs
            rules = {name: self._rule_of(composed, self.inputs.index(name)) for name in differentiable} | rules
        for input_name, rule in rules.items():
            self.define(input_name, rule)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> str:
        raise TypeError(f"{self!r} can't be pickled")

    def define(self, name: str, rule: Rule) -> None:
        """Sets the derivative by the input called `name`."""
        if name not in self.inputs:
            raise TypeError(f"{self.name}: no input called {name!r} (inputs: {', '.join(self.inputs)})")
        position = self.inputs.index(name)
        self.derivatives[position] = Derivative(rule, self)
        every_input_from_here = -1  # in two's complement
        self.differentiable |= (every_input_from_here if position == self.variadic else 1) << position
        self._saves.clear()

    def piecewise(self) -> Primitive:
        """The same function, `piecewise_linear`."""
        made = object.__new__(Primitive)
        made.__dict__.update(self.__dict__)
        made.piecewise_linear, made._saves = True, {}
        made.derivatives = [each and Derivative(each.rule, made) for each in self.derivatives]
        return made

    def _rule_of(self, composed: Callable[..., Any], position: int) -> Rule:
        """The partial derivative of the composition by the input at this position."""

        def rule(g: Any, *inputs_and_params: Any) -> Any:
            return self.partial_derivative(composed, position, g, *inputs_and_params)

        asked = [
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in ("g", *self.inputs, *self.params)
        ]
        rule.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]
        return rule

    def derivative_by(self, position: int) -> Derivative:
        """The derivative by the input at this position; all of `*tensors` share one."""
        if self.variadic is not None and position > self.variadic:
            position = self.variadic
        found = self.derivatives[position]
        assert found is not None
        return found

    def mutated(self, params: dict[str, Any]) -> Sequence[int]:
        """The positions of the inputs that are written in place."""
        return self.mutates if not callable(self.mutates) else list(self.mutates(**params))

    def saves(self, needs: int, count: int) -> tuple[tuple[int, ...], frozenset[int]]:
        """Which inputs (of `count`) and which outputs to save, if the inputs in the mask `needs` want gradients."""
        found = self._saves.get(needs)
        if found is None or self.variadic is not None:
            asked = [self.derivative_by(i) for i in range(count) if needs >> i & 1]
            inputs = {number for each in asked for number in each.inputs}
            if any(each.variadic for each in asked):
                inputs.update(range(self.variadic or 0, count))
            outputs = frozenset(number for each in asked for number in each.outputs)
            found = self._saves[needs] = tuple(sorted(inputs)), outputs
        return found


def _sum_to(gradient: Any, shape: tuple[int, ...]) -> Any:
    """The adjoint of broadcasting."""
    return gradient._sum_to(shape)


def primitive(**options_and_rules: Any) -> Callable[[Callable[..., Any]], Primitive]:
    """Makes a Primitive of the decorated function, with its options and its rules, each by the input's name."""
    return lambda compute: Primitive(compute, **options_and_rules)
