"""A recording: a program, and what must hold for it to be replayed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.tensor import Tensor, wrap
from .nest import unflatten
from .program import Instruction, Program, Value
from .recorder import Recorder
from .surroundings import Surroundings


class Recording:
    """A program, and what must hold for it to be replayed."""

    def __init__(self, recorder: Recorder, around: Surroundings, shape: Any, results: list[Any]) -> None:
        self.program = recorder.program
        self.shape = shape
        numbers = {id(number) for number, _ in recorder.reads}
        self.kinds = ["tensor" if isinstance(x, Tensor) else "number" if id(x) in numbers else "none" for x in results]
        self._guards = recorder.guards
        self._grads = list(recorder.grad_at_start.values())
        self._take_over(around)
        self._arrays = _constant_arrays(recorder, around)
        leaves = [*self.program.states.values(), *self.program.held.values()]
        self._states = [_State(x, x._array, x._requires_grad) for x in self.program.states.values()]
        self._held = [(leaf, _like(leaf._grad)) for leaf in self.program.held.values() if leaf._grad is not None]
        self.arrays = {id(x._array): number for number, x in enumerate(leaves)}
        self.written = _written(self.program)
        self._memories = {each for x in (leaves if self.written[1] else self.written[0]) for each in _owners(x)}
        reached = {id(x._array): x for x in around.tensors.values()}
        # Arguments that the step reaches by name, too: the program does not say which of both it means.
        self._named = [(i, reached[id(x._array)]) for i, x in enumerate(recorder.arguments) if id(x._array) in reached]
        self._around, self._loose = around, {id(x) for x in recorder.read_afresh}
        self._same = around.guard(self._loose)

    def _take_over(self, around: Surroundings) -> None:
        """States are read from the tensors that the step reaches by name, not from others of the same array."""
        reached = {id(x._array): x for x in around.tensors.values()}
        written = self.program.written()
        for value, x in self.program.states.items():
            self.program.states[value] = reached.get(id(x._array), x)
            if id(x._array) not in reached and value not in written:
                self.program.made_outside.add(value)

    def agrees(self, other: Recording) -> bool:
        """Whether the other is a recording of the same program."""
        return self.program.agrees(other.program) and self.shape == other.shape and self.kinds == other.kinds

    def overlap(self, arguments: list[Tensor]) -> bool:
        """Whether a write would reach another argument, or a state, that shares its memory without being one tensor."""
        seen: dict[int, int] = {}
        for x in arguments if self._memories or self.written[1] else ():
            for owner in _owners(x):
                if owner in self._memories or (
                    self.written[1] and seen.setdefault(owner, id(x._array)) != id(x._array)
                ):
                    return True
        return False

    def holds(self, arguments: list[Tensor]) -> bool:
        return (
            self._same()
            and all([arguments[number]._array is x._array for number, x in self._named])
            and not self.overlap(arguments)
            and all([read() == value for read, value in self._guards])
            and all([(x._grad is None) == absent for x, absent in self._grads])
            and all([state.holds(self.arrays) for state in self._states])
            and all([x._grad is not None and _like(x._grad) == like for x, like in self._held])
            and all([np.array_equal(x, was, equal_nan=x.dtype.kind in "fc") for x, was in self._arrays])
        )

    def difference(self, arguments: list[Tensor]) -> str:
        """What no longer holds, in words."""
        changed = self._around.changed(self._loose)
        if changed is not None:
            return f"{changed} changed"
        if not all([np.array_equal(x, was, equal_nan=x.dtype.kind in "fc") for x, was in self._arrays]):
            return "a NumPy array that the step takes numbers from changed"
        if not all([(x._grad is None) == absent for x, absent in self._grads]):
            return "gradients that were there are missing, or the other way round"
        if not all([state.holds(self.arrays) for state in self._states]):
            return "a parameter, a buffer or an optimizer's state has another shape, dtype, device or requires_grad"
        return "tensors share memory, or modes or the random generator are others"

    def replay(self, arguments: list[Tensor]) -> Any:
        program = self.program
        arrays = program.run([x._array for x in arguments])
        backends = {value: i.backend for i in program.instructions if isinstance(i, Instruction) for value in i.outputs}
        for x in [*self.written[0], *[arguments[number] for number in self.written[1]]]:
            if x._memory is not None:
                x._memory.writes += 1
                x._memory.changes += 1
        made = [
            wrap(array, backends.get(value) or self._backend_of(value, arguments))
            for value, array in zip(program.outputs, arrays, strict=False)
        ]
        rest = iter(arrays[len(program.outputs) :])
        for x, gradient in program.gradients:
            x._grad = None if gradient is None else wrap(next(rest), x._backend)
        outputs = iter(made)
        read = {"none": lambda: None, "tensor": lambda: next(outputs), "number": lambda: next(outputs).item()}
        return unflatten([read[kind]() for kind in self.kinds], self.shape)

    def _backend_of(self, value: Value, arguments: list[Tensor]) -> Any:
        states = self.program.states | self.program.held
        return states[value]._backend if value in states else arguments[self.program.inputs.index(value)]._backend


class _State:
    """A tensor that lives outside, and what the program knows of it."""

    __slots__ = ("array", "tensor", "tracked")

    def __init__(self, tensor: Tensor, array: Any, tracked: bool) -> None:
        self.tensor, self.array, self.tracked = tensor, array, tracked

    def holds(self, known: dict[int, int]) -> bool:
        x = self.tensor
        if x._requires_grad is not self.tracked:
            return False
        if x._array is self.array:
            return True
        # Other memory, after `p.data = ...`, will do if nothing else lies in it.
        if _like_array(x._array) != _like_array(self.array) or id(x._array) in known or root(x._array) is not x._array:
            return False
        self.array = x._array
        return True


def _like_array(array: Any) -> tuple[Any, ...]:
    return type(array), array.shape, array.dtype, getattr(array, "strides", None)


def _like(x: Tensor | None) -> tuple[Any, ...] | None:
    return None if x is None else (x._backend, *_like_array(x._array))


def _owners(x: Tensor) -> tuple[int, ...]:
    """What owns the tensor's elements, by its ids: the array behind it, and what its views share."""
    array = id(root(x._array))
    return (array,) if x._memory is None else (array, id(x._memory))


def root(array: Any) -> Any:
    """The array that owns the memory."""
    while getattr(array, "base", None) is not None and isinstance(array.base, type(array)):
        array = array.base
    return array


def _constant_arrays(recorder: Recorder, around: Surroundings) -> list[tuple[np.ndarray, np.ndarray]]:
    """Arrays in reach that may be where a constant of the program comes from, and what they hold."""
    program = recorder.program
    sizes = {x.size for x in recorder.constants()} | {program.states[value].numel() for value in program.made_outside}
    return [(x, x.copy()) for _, x in around.arrays if x.size in sizes]


def _written(program: Program) -> tuple[list[Tensor], list[int]]:
    """The states that some instruction writes in place, and the numbers of the arguments."""
    written = program.written()
    return [x for value, x in program.states.items() if value in written], [
        number for number, value in enumerate(program.inputs) if value in written
    ]
