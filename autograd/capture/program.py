"""A recorded step: a flat list of primitives on numbered values."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from ..engine.apply import describe_arrays
from ..engine.cell import Cell
from ..engine.errors import OperationError
from ..engine.laying import laid
from ..engine.modes import Modes, modes
from ..engine.primitive import Primitive
from ..engine.tensor import Tensor
from ..engine.widening import compute_of


@dataclass(frozen=True)
class Value:
    """A numbered value of a program: an input, a state that lives outside, or what an instruction made."""

    number: int
    kind: str  # "input", "state" or "made"
    dtype: str
    shape: tuple[int, ...]

    def __repr__(self) -> str:
        return f"{ {'input': 'x', 'state': 's', 'made': '%'}[self.kind] }{self.number}"

    @property
    def type(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"


@dataclass(frozen=True)
class Instruction:
    """One primitive: its inputs are values, cells read at each replay, or constants."""

    primitive: Primitive
    inputs: tuple[Any, ...]
    params: dict[str, Any]
    outputs: tuple[Value, ...]
    backend: Any

    def __repr__(self) -> str:
        arguments = [repr(x) for x in self.inputs]
        arguments += [f"{name}={_short(value)}" for name, value in self.params.items()]
        call = f"{self.primitive.name}({', '.join(arguments)})"
        if self.primitive.mutates and self.outputs and self.outputs[0] in self.inputs:
            return f"{call}  # in place"
        made = ", ".join(f"{value!r}: {value.type}" for value in self.outputs)
        return f"{made} = {call}" if made else f"{call}  # in place"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"<{type(value).__name__}>"


@dataclass(frozen=True)
class Check:
    """A look at a value that an operation took on the host, an index within its limits, say: it raises or passes."""

    check: Callable[..., None]
    inputs: tuple[Value, ...]
    arguments: tuple[Any, ...]
    outputs: tuple[Value, ...] = ()

    def __repr__(self) -> str:
        return f"check {self.inputs[0]!r} for {', '.join(map(repr, self.arguments))}"


@dataclass
class Program:
    """What a step computes, line by line; `print` it.

    `inputs` are the step's arguments, `states` the tensors it reads or writes that live between
    steps (parameters, buffers, optimizer state, random state), `held` the gradients that it finds in a leaf's
    `.grad`, `gradients` which leaf's `.grad` ends as which value. Of the states, those `made_outside` are constants
    that the step made from Python's or NumPy's numbers without a primitive.
    """

    inputs: list[Value] = field(default_factory=list)
    states: dict[Value, Tensor] = field(default_factory=dict)
    held: dict[Value, Tensor] = field(default_factory=dict)
    made_outside: set[Value] = field(default_factory=set)
    instructions: list[Instruction | Check] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    gradients: list[tuple[Tensor, Value | None]] = field(default_factory=list)

    def agrees(self, other: Program) -> bool:
        """Whether the other does the same with the same: states, constants and all."""
        return (
            self.inputs == other.inputs
            and self.outputs == other.outputs
            and self._same_states(other)
            and [(value, id(x)) for value, x in self.held.items()] == [(v, id(x)) for v, x in other.held.items()]
            and [(id(x), value) for x, value in self.gradients] == [(id(x), value) for x, value in other.gradients]
            and self.difference(other) is None
        )

    def _same_states(self, other: Program) -> bool:
        """Whether what lives outside is the same, or was made by the step, with the same content: an index, say."""
        if self.states.keys() != other.states.keys() or self.made_outside != other.made_outside:
            return False
        for value, x in self.states.items():
            y = other.states[value]
            if x is not y and not (value in self.made_outside and _equal(_content(x), _content(y))):
                return False
        return True

    def written(self) -> set[Value]:
        """The values that some instruction writes in place."""
        steps = [step for step in self.instructions if isinstance(step, Instruction)]
        return {x for s in steps for i in s.primitive.mutated(s.params) if isinstance(x := s.inputs[i], Value)}

    def difference(self, other: Program) -> str | None:
        """The first line of this program that reads otherwise in the other."""
        for mine, theirs in zip_longest(self.instructions, other.instructions):
            if not _same_line(mine, theirs):
                return f"{mine!r}, then {theirs!r}"
        return None

    def __len__(self) -> int:
        return len(self.instructions)

    def __str__(self) -> str:
        lines = [f"inputs: {', '.join(f'{value!r}: {value.type}' for value in self.inputs)}"]
        lines.append(f"states: {', '.join(f'{value!r}: {value.type}' for value in (*self.states, *self.held))}")
        lines += [f"    {instruction!r}" for instruction in self.instructions]
        lines.append(f"outputs: {', '.join(map(repr, self.outputs))}")
        return "\n".join(lines)

    @functools.cached_property
    def _last_used(self) -> list[list[Value]]:
        """For each instruction, the values that nothing after it needs; known once the recording is complete."""
        needed = {*self.outputs, *(value for _, value in self.gradients)}
        last = []
        for step in reversed(self.instructions):
            touched = {x for x in (*step.inputs, *step.outputs) if isinstance(x, Value)}
            last.append(list(touched - needed))
            needed |= touched
        return last[::-1]

    def run(self, arrays: list[Any]) -> list[Any]:
        """Computes every instruction on the backend's arrays; returns those of the outputs and gradients."""
        values: dict[Value, Any] = dict(zip(self.inputs, arrays, strict=True))
        for value, tensor in self.states.items():
            values[value] = tensor._array
        for value, leaf in self.held.items():
            assert leaf._grad is not None
            values[value] = leaf._grad._array
        for step, finished in zip(self.instructions, self._last_used, strict=True):
            inputs = [values[x] if isinstance(x, Value) else x.value if isinstance(x, Cell) else x for x in step.inputs]
            if isinstance(step, Check):
                step.check(*inputs, *step.arguments)
                continue
            results = _run(step, inputs)
            for value, made in zip(step.outputs, results, strict=False):
                if made is not None:
                    backend = step.backend
                    array = made if type(made) is backend.array_type else backend.as_array(made)
                    if backend.ordered and not step.primitive.view:
                        array, _ = laid(step.primitive, inputs, step.params, array)
                    values[value] = array
            for value in finished:
                del values[value]
        gradients = [values[value] for _, value in self.gradients if value is not None]
        return [values[value] for value in self.outputs] + gradients


def _run(step: Instruction, inputs: list[Any]) -> tuple[Any, ...]:
    """What the instruction makes of arrays and numbers."""
    primitive, backend = step.primitive, step.backend
    compute = primitive.compute if backend.plain else compute_of(primitive, backend, inputs)
    try:
        arguments = [backend if primitive.wants_backend else backend.xp, *inputs]
        observer = Modes.observer
        if observer is None:
            result = modes.quietly(compute, *arguments, **step.params)
        else:
            call = functools.partial(modes.quietly, compute)
            result = observer.replayed(primitive, backend, call, arguments, step.params)
    except (ValueError, TypeError, NotImplementedError) as error:
        raise OperationError(describe_arrays(primitive, backend, inputs, step.params, error)) from error
    return result if isinstance(result, tuple) else (result,)


def _content(x: Tensor) -> np.ndarray:
    return x._backend.to_numpy(x._array)


def _same_line(x: Any, y: Any) -> bool:
    if isinstance(x, Check) or isinstance(y, Check):
        return type(x) is type(y) and x.check is y.check and x.inputs == y.inputs and _equal(x.arguments, y.arguments)
    if x is None or y is None:
        return False
    return (
        x.primitive is y.primitive
        and x.backend is y.backend
        and x.outputs == y.outputs
        and x.params.keys() == y.params.keys()
        and _equal(x.inputs, y.inputs)
        and all(_equal(x.params[name], y.params[name]) for name in x.params)
    )


def _equal(x: Any, y: Any) -> bool:
    """Whether two constants are one, in kind and to the last bit."""
    if x is y:
        return True
    if type(x) is not type(y) or isinstance(x, Tensor):
        return False
    if isinstance(x, Value):
        return bool(x == y)
    if isinstance(x, np.ndarray):
        return x.dtype == y.dtype and x.shape == y.shape and np.array_equal(x, y, equal_nan=x.dtype.kind in "fc")
    if isinstance(x, tuple | list):
        return len(x) == len(y) and all(map(_equal, x, y))
    if isinstance(x, Cell):
        return x.name == y.name
    if isinstance(x, int | float | complex):
        return repr(x) == repr(y)
    if callable(x) and hasattr(x, "__code__") and hasattr(y, "__code__"):  # a function that the step makes anew
        return x.__code__ is y.__code__ and _equal(_closed_over(x), _closed_over(y))
    if isinstance(x, functools.partial):
        return _equal((x.func, x.args, *x.keywords.items()), (y.func, y.args, *y.keywords.items()))
    try:
        return bool(x == y)
    except (TypeError, ValueError):
        return False


def _closed_over(function: Any) -> tuple[Any, ...]:
    return tuple(cell.cell_contents for cell in function.__closure__ or ())
