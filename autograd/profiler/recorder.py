"""Recorder: takes the time of everything that the engine computes, in all threads, from `start` to `stop`."""

from __future__ import annotations

import itertools
import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from .. import backend as backends
from ..engine.apply import observe
from ..engine.callers import user_lines
from ..engine.modes import Modes, Observer
from ..engine.tensor import Tensor
from .events import BACKWARD, DERIVATIVE, FORWARD, OPERATION, OPTIMIZER, PART, FunctionEvent, Stack
from .flops import FORMULAS

clock = time.perf_counter_ns
os.register_at_fork(after_in_child=lambda: observe(None))  # nobody would ever read what a DataLoader's worker records


def _array(x: Any) -> Any:
    return x._array if isinstance(x, Tensor) else x


class _Thread(threading.local):
    """What one recorder knows in one thread: the thread's number, and the events that are open."""

    def __init__(self) -> None:
        self.number = 0
        self.open: list[FunctionEvent] = []


class Recorder(Observer):
    """The events of one stretch of time; what is noted of them beside their times is asked for.

    An event is open from `begin` to `end`; what begins meanwhile in the same thread lies within it. A GPU works after
    the call has returned: there each operation stands between two marks in the GPU's queue of work, whose times are
    read when everything is done.
    """

    def __init__(self, *, shapes: bool, memory: bool, lines: bool, flops: bool, devices: bool) -> None:
        self.shapes, self.memory, self.lines, self.flops, self.devices = shapes, memory, lines, flops, devices
        self.events: list[FunctionEvent] = []
        self.threads: dict[int, tuple[int, str]] = {}
        self.wall = 0  # nanoseconds
        self.running = False
        self._numbers = itertools.count()
        self._here = _Thread()
        self._lock = threading.Lock()
        self._lines_of: weakref.WeakKeyDictionary[Any, Stack] = weakref.WeakKeyDictionary()  # by node
        self._marks: list[tuple[FunctionEvent, Any, Any, Any]] = []  # on which backend, from where to where
        self._zero: dict[Any, tuple[Any, int]] = {}  # by backend: a mark, and its time on the host

    def start(self) -> None:
        """Begins; RuntimeError if another one is at work."""
        if Modes.observer is not None:
            raise RuntimeError("profile: another profile is running; stop it first")
        backends.synchronize()
        self.origin = clock()
        self.running = True
        observe(self)

    def stop(self) -> None:
        """Ends; what is still open ends now, and what GPUs were asked is waited for."""
        observe(None)
        backends.synchronize()
        self.wall = clock() - self.origin
        self.running = False
        for event in self.events:
            if event.finish < 0:
                self._close(event, self.wall)
        for event, backend, first, last in self._marks:
            mark, at = self._zero[backend]
            event.device_begin = at + round(1e9 * backend.seconds_between(mark, first))
            event.device_taken = round(1e9 * backend.seconds_between(first, last))
        self._marks.clear()

    # What the engine tells

    def begin(self, name: str) -> FunctionEvent:
        phase = None
        if name.startswith("Optimizer.step#"):
            phase = OPTIMIZER
        elif name == "backward":
            phase = BACKWARD
        return self._open(name, PART, phase)

    def end(self, part: FunctionEvent) -> None:
        now = clock() - self.origin
        around = self._here.open
        if around and around[-1] is part:
            self._close(around.pop(), now)
            return
        while part in around:  # what was opened within and left open ends with it
            self._close(around.pop(), now)

    def applied(self, apply: Callable[..., Any], primitive: Any, inputs: Any, backend: Any, params: Any) -> Any:
        if backend is None:
            backend = next((x._backend for x in inputs if isinstance(x, Tensor)), None)
        event = self._open(primitive.name, OPERATION)
        before = self._mark(backend)
        try:
            made = apply(primitive, *inputs, backend=backend, **params)
        except BaseException:
            self.end(event)
            raise
        self._finish(event, backend, before, primitive, [_array(x) for x in inputs], made)
        if self.lines:
            for x in made if isinstance(made, tuple) else (made,):
                if x._node is not None:
                    self._lines_of[x._node] = event.stack
        return made

    def replayed(self, primitive: Any, backend: Any, compute: Callable[..., Any], arguments: Any, params: Any) -> Any:
        event = self._open(primitive.name, OPERATION, OPTIMIZER if primitive.name == "update" else None)
        before = self._mark(backend)
        try:
            made = compute(*arguments, **params)
        except BaseException:
            self.end(event)
            raise
        self._finish(event, backend, before, primitive, arguments[1:], made)
        return made

    def derivative(self, node: Any, gradients: Any, needed: Any) -> Any:
        event = self._open(node.name(), DERIVATIVE, BACKWARD)
        if self.lines:
            event.stack = self._lines_of.get(node, event.stack)
        if self.shapes:
            event.input_shapes = [[] if g is None else list(g.shape) for g in gradients]
        try:
            return node.differentiate(gradients, needed)
        finally:
            self.end(event)

    # Events

    def _open(self, name: str, scope: int, phase: str | None = None) -> FunctionEvent:
        here = self._here
        if not here.number:
            thread = threading.current_thread()
            with self._lock:
                here.number = len(self.threads) + 1
                self.threads[here.number] = thread.native_id or here.number, thread.name
        around = here.open[-1] if here.open else None
        lines: Stack = ()
        if self.lines:
            within = around is not None and around.phase == BACKWARD and around.name != "backward"
            lines = around.stack if within and around is not None else user_lines()
        phase = phase or (FORWARD if around is None else around.phase)
        event = FunctionEvent(next(self._numbers), name, scope, phase, here.number, around, 0)
        event.stack = lines
        here.open.append(event)
        self.events.append(event)
        event.begin = clock() - self.origin
        return event

    def _close(self, event: FunctionEvent, now: int) -> None:
        if event.finish < 0:  # the profile may have ended before
            event.finish = now
            if event.cpu_parent is not None:
                event.cpu_parent.inner += event.taken

    def _mark(self, backend: Any) -> Any:
        """A mark in the queue of a GPU; None for others."""
        if not self.devices or backend is None:
            return None
        if backend not in self._zero:
            backend.synchronize()
            self._zero[backend] = backend.mark(), clock() - self.origin
        return None if self._zero[backend][0] is None else backend.mark()

    def _finish(
        self, event: FunctionEvent, backend: Any, before: Any, primitive: Any, inputs: Sequence[Any], made: Any
    ) -> None:
        """Ends an operation; then notes what was asked for."""
        after = None if before is None else backend.mark()
        self.end(event)
        if before is not None and self.running:
            event.device = backend.device
            self._marks.append((event, backend, before, after))
        if self.shapes:
            event.input_shapes = [list(x.shape) if hasattr(x, "shape") else [] for x in inputs]
        if not (self.memory or self.flops):
            return
        results = [_array(x) for x in (made if isinstance(made, tuple) else (made,)) if x is not None]
        if self.memory:
            event.bytes = sum(x.nbytes for x in results if not _was_there(x, inputs, primitive, backend))
        if self.flops and primitive.name in FORMULAS:
            first, second = (tuple(x.shape) for x in inputs[:2])
            event.flops = FORMULAS[primitive.name](first, second, tuple(results[0].shape))


def _was_there(result: Any, inputs: Sequence[Any], primitive: Any, backend: Any) -> bool:
    """Whether a result is an input, written in place, or looks at one's memory."""
    if any(result is x for x in inputs):
        return True
    return bool(primitive.view and hasattr(inputs[0], "shape") and backend.shares_memory(result, inputs[0]))
