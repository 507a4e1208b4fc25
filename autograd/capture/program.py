"""A recorded step: a flat list of primitives on numbered values."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from ..engine.cell import Cell
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


@dataclass
class Program:
    """What a step computes, line by line; `print` it.

    `inputs` are the step's arguments, `states` the tensors it reads or writes that live between
    steps (parameters, buffers, optimizer state, random state), `gradients` which leaf's `.grad` ends
    as which value.
    """

    inputs: list[Value] = field(default_factory=list)
    states: dict[Value, Tensor] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    gradients: list[tuple[Tensor, Value | None]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.instructions)

    def __str__(self) -> str:
        lines = [f"inputs: {', '.join(f'{value!r}: {value.type}' for value in self.inputs)}"]
        lines.append(f"states: {', '.join(f'{value!r}: {value.type}' for value in self.states)}")
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
        observer = Modes.observer
        for step, finished in zip(self.instructions, self._last_used, strict=True):
            inputs = [values[x] if isinstance(x, Value) else x.value if isinstance(x, Cell) else x for x in step.inputs]
            backend = step.backend
            compute = step.primitive.compute if backend.plain else compute_of(step.primitive, backend, inputs)
            arguments = [backend if step.primitive.wants_backend else backend.xp, *inputs]
            if observer is None:
                result = modes.quietly(compute, *arguments, **step.params)
            else:
                call = functools.partial(modes.quietly, compute)
                result = observer.replayed(step.primitive, backend, call, arguments, step.params)
            results = result if isinstance(result, tuple) else (result,)
            for value, made in zip(step.outputs, results, strict=False):
                if made is not None:
                    values[value] = made if type(made) is backend.array_type else backend.as_array(made)
            for value in finished:
                del values[value]
        gradients = [values[value] for _, value in self.gradients if value is not None]
        return [values[value] for value in self.outputs] + gradients
