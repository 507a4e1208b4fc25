"""Recording: the first call of a step runs eagerly while this listens to every primitive applied."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

from ..engine.callers import user_frames
from ..engine.cell import Cell
from ..engine.modes import Listener
from ..engine.tensor import Tensor
from .program import Check, Instruction, Program, Value
from .reads import read_as
from .surroundings import ENGINE, LIBRARIES


class Recorder(Listener):
    """The engine's listener during one call of a step.

    Values are known by their arrays, which are kept alive meanwhile, so that no two share an id. An
    array not seen before is state: something that lives outside and is read afresh at each replay.
    """

    def __init__(self, arguments: list[Tensor]) -> None:
        self.program = Program()
        self.problems: list[str] = []
        self.guards: list[tuple[Callable[[], Any], Any]] = []
        self.grad_at_start: dict[int, tuple[Tensor, bool]] = {}
        self.grad_at_end: dict[int, Tensor] = {}
        self.made: list[weakref.ref[Tensor]] = []
        self.reads: list[tuple[Any, Value]] = []  # the number that was handed out, and what it is read from
        self._sizes = False  # whether an integer was read
        self._profile: Any = None
        self.read_afresh: list[Any] = []  # dictionaries that cells read
        self._leaves: dict[int, Tensor] = {}  # by the id of what was found in their `.grad`
        self._values: dict[int, Value] = {}
        self._alive: list[Any] = []
        self._handled: set[int] = set()
        self.arguments = arguments
        for x in arguments:
            known = self._values.get(id(x._array))
            self.program.inputs.append(self._new(x, "input") if known is None else known)

    def _new(self, x: Tensor, kind: str) -> Value:
        value = Value(len(self._values), kind, x.dtype.name, tuple(x._array.shape))
        self._values[id(x._array)] = value
        self._alive.append(x._array)
        return value

    def value_of(self, x: Tensor) -> Value:
        """The value of a tensor; one not seen before is state."""
        known = self._values.get(id(x._array))
        if known is None:
            known = self._new(x, "state")
            leaf = self._leaves.get(id(x))
            if leaf is None:
                self.program.states[known] = x
            else:
                self.program.held[known] = leaf
        return known

    # What the engine tells

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        if self._sizes and not self.problems:  # a number of elements, say, of which arrays have nothing to tell
            self.problems.append(self._at(f"{primitive.name} ran after item() had read an integer on the host"))
        given = tuple(self.value_of(x) if isinstance(x, Tensor) else x for x in inputs)
        self.read_afresh += [x.source for x in inputs if isinstance(x, Cell) and x.source is not None]
        backend = None
        made = []
        for out in outputs if isinstance(outputs, tuple) else (outputs,):
            backend = out._backend
            known = self._values.get(id(out._array))
            if known is None:
                known = self._new(out, "made")
                self.made.append(weakref.ref(out))
            made.append(known)
        self.program.instructions.append(Instruction(primitive, given, params, tuple(made), backend))

    def on_grad_read(self, x: Tensor) -> None:
        if id(x) not in self.grad_at_start and id(x) not in self.grad_at_end:
            self.grad_at_start[id(x)] = x, x._grad is None
            if x._grad is not None:
                self._leaves[id(x._grad)] = x

    def on_grad_written(self, x: Tensor, gradient: Tensor | None) -> None:
        self.grad_at_end[id(x)] = x

    def on_guarded(self, read: Callable[[], Any], value: Any) -> None:
        self.guards.append((read, value))

    def on_checked(self, check: Callable[..., None], x: Tensor, arguments: tuple[Any, ...]) -> None:
        self.program.instructions.append(Check(check, (self.value_of(x),), arguments))

    def on_read(self, x: Tensor, value: Any, reader: str) -> Any:
        number = read_as(value, lambda: self.problems.append(self._at(f"a number that {reader} read was used")))
        if number is None:
            self.on_unreplayable(f"{reader} read a value on the host")
            return value
        if not self.reads:
            self._profile = sys.getprofile()
            sys.setprofile(self._on_call)
        self.reads.append((number, self.value_of(x)))
        self._sizes |= isinstance(value, int)
        return number

    def _on_call(self, frame: FrameType, event: str, called: Any) -> None:
        """Functions in C see through a number that notices its use, so none may be called once one was read."""
        if event == "c_call" and not _for_the_engine(frame):
            self.problems.append(
                f"{called.__name__}() was called after item() had read a value on the host "
                f"({frame.f_code.co_filename}:{frame.f_lineno})"
            )

    def stop(self) -> None:
        """Stops listening."""
        if self.reads:
            sys.setprofile(self._profile)

    def on_unreplayable(self, what: str) -> None:
        self.problems.append(self._at(what))

    @staticmethod
    def _at(what: str) -> str:
        frames = user_frames()
        return what + (f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else "")

    # At the end

    def finish(self, results: list[Any]) -> None:
        """Notes what the step leaves behind: its outputs and the leaves' gradients."""
        numbers = {id(number): value for number, value in self.reads}
        for x in results:
            if x is not None and not isinstance(x, Tensor) and id(x) not in numbers:
                self.problems.append(
                    f"the step returned a {type(x).__name__}; return tensors, in tuples, lists or dicts"
                )
        if unreturned := numbers.keys() - {id(x) for x in results}:
            self.problems.append(f"item() read {len(unreturned)} values on the host that the step did not return")
        self.program.outputs = [
            self.value_of(x) if isinstance(x, Tensor) else numbers[id(x)]
            for x in results
            if isinstance(x, Tensor) or id(x) in numbers
        ]
        kept = {id(x) for x in results}
        for x in self.grad_at_end.values():
            self.program.gradients.append((x, None if x._grad is None else self.value_of(x._grad)))
            kept.add(id(x._grad))
        for x in results:
            if isinstance(x, Tensor) and x._node is not None and not x._node.freed:
                self.problems.append("the step returned a tensor whose graph is still there; detach() it")
        for x in self.arguments:
            if x._node is not None:
                self.problems.append("an argument was written with a value that has a history")
        for reference in self.made:
            x = reference()
            if x is not None and id(x) not in kept and not self._is_transient(x, results):
                self.problems.append(
                    f"a tensor of shape {tuple(x.shape)} that the step made lives on outside (an attribute, a list); "
                    "return it, or write it in place into one that was there before"
                )

    def constants(self) -> list[np.ndarray]:
        """The arrays of the host that have entered the program."""
        values = [
            x for step in self.program.instructions if isinstance(step, Instruction) for x in step.params.values()
        ]
        return [x for x in values if isinstance(x, np.ndarray)]

    def _is_transient(self, x: Tensor, results: list[Any]) -> bool:
        """Kept only as the base of a view that is returned."""
        views = [r for r in results if isinstance(r, Tensor)]
        views += [t._grad for t in self.grad_at_end.values() if t._grad is not None]
        return any(r._view is not None and r._view.base is x for r in views)


def _for_the_engine(frame: FrameType | None) -> bool:
    """Whether this code is the engine's, or that of a library that it called."""
    while frame is not None:
        package = frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in LIBRARIES:
            return False
        if package in ENGINE:
            return True
        frame = frame.f_back
    return False
