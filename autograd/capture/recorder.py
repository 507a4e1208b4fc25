"""Recording: the first call of a step runs eagerly while this listens to every primitive applied."""

from __future__ import annotations

import functools
import warnings
import weakref
from collections.abc import Callable
from typing import Any

from ..engine.callers import stacklevel, user_frames
from ..engine.modes import Listener, modes
from ..engine.tensor import Tensor, wrap
from .program import Instruction, Program, Value


class CaptureError(RuntimeError):
    """A recording was misused."""


class CaptureWarning(UserWarning):
    """A step can't be replayed and runs eagerly each time; the message says why."""


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
        self._values: dict[int, Value] = {}
        self._alive: list[Any] = []
        self._handled: set[int] = set()
        for x in arguments:
            self.program.inputs.append(self._new(x, "input"))

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
            self.program.states[known] = x
        return known

    # What the engine tells

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        given = tuple(self.value_of(x) if isinstance(x, Tensor) else x for x in inputs)
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

    def on_grad_written(self, x: Tensor, gradient: Tensor | None) -> None:
        self.grad_at_end[id(x)] = x

    def on_guarded(self, read: Callable[[], Any], value: Any) -> None:
        self.guards.append((read, value))

    def on_unreplayable(self, what: str) -> None:
        frames = user_frames()
        where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
        self.problems.append(f"{what}{where}")

    # At the end

    def finish(self, results: list[Any]) -> None:
        """Notes what the step leaves behind: its outputs and the leaves' gradients."""
        for x in results:
            if x is not None and not isinstance(x, Tensor):
                self.problems.append(
                    f"the step returned a {type(x).__name__}; return tensors, in tuples, lists or dicts"
                )
        self.program.outputs = [self.value_of(x) for x in results if isinstance(x, Tensor)]
        kept = {id(x) for x in results}
        for x in self.grad_at_end.values():
            self.program.gradients.append((x, None if x._grad is None else self.value_of(x._grad)))
            kept.add(id(x._grad))
        for x in results:
            if isinstance(x, Tensor) and x._node is not None and not x._node.freed:
                self.problems.append("the step returned a tensor whose graph is still there; detach() it")
        for reference in self.made:
            x = reference()
            if x is not None and id(x) not in kept and not self._is_transient(x, results):
                self.problems.append(
                    f"a tensor of shape {tuple(x.shape)} that the step made lives on outside (an attribute, a list); "
                    "return it, or write it in place into one that was there before"
                )

    def _is_transient(self, x: Tensor, results: list[Any]) -> bool:
        """Kept only as the base of a view that is returned."""
        views = [r for r in results if isinstance(r, Tensor)]
        views += [t._grad for t in self.grad_at_end.values() if t._grad is not None]
        return any(r._view is not None and r._view.base is x for r in views)


def _flatten(tree: Any) -> tuple[list[Any], Any]:
    """The leaves of nested tuples, lists and dicts, and what rebuilds the nest from new leaves."""
    if isinstance(tree, tuple | list):
        parts = [_flatten(each) for each in tree]
        kind: Any = type(tree)
        leaves = [leaf for part, _ in parts for leaf in part]
        shape = ("namedtuple" if hasattr(tree, "_fields") else "sequence", kind, [(len(p), s) for p, s in parts])
        return leaves, shape
    if isinstance(tree, dict):
        leaves, shape = _flatten(list(tree.values()))
        return leaves, ("dict", list(tree), shape)
    return [tree], None


def _unflatten(leaves: list[Any], shape: Any) -> Any:
    if shape is None:
        return leaves[0]
    if shape[0] == "dict":
        return dict(zip(shape[1], _unflatten(leaves, shape[2]), strict=True))
    items, start = [], 0
    for count, inner in shape[2]:
        items.append(_unflatten(leaves[start : start + count], inner))
        start += count
    return shape[1](*items) if shape[0] == "namedtuple" else shape[1](items)


class _Recording:
    """A program, and what must hold for it to be replayed."""

    def __init__(self, recorder: Recorder, shape: Any, results: list[Any]) -> None:
        self.program = recorder.program
        self.shape = shape
        self.constants = [None if isinstance(x, Tensor) else x for x in results]
        self.is_tensor = [isinstance(x, Tensor) for x in results]
        self.guards = recorder.guards
        self.grads = list(recorder.grad_at_start.values())
        self.states = [
            (x, x._requires_grad, x._backend, tuple(x._array.shape), x._array.dtype)
            for x in self.program.states.values()
        ]
        self.written = _written_states(self.program)

    def holds(self) -> bool:
        return (
            all(read() == value for read, value in self.guards)
            and all((x._grad is None) == absent for x, absent in self.grads)
            and all(
                x._requires_grad is tracked
                and x._backend is backend
                and tuple(x._array.shape) == shape
                and x._array.dtype == dtype
                for x, tracked, backend, shape, dtype in self.states
            )
        )

    def replay(self, arguments: list[Tensor]) -> Any:
        arrays = self.program.run([x._array for x in arguments])
        backends = {value: i.backend for i in self.program.instructions for value in i.outputs}
        for x in self.written:
            x._memory.writes += 1
        made = []
        for value, array in zip(self.program.outputs, arrays, strict=False):
            backend = backends.get(value) or self._backend_of(value, arguments)
            made.append(wrap(array, backend))
        rest = iter(arrays[len(self.program.outputs) :])
        for x, gradient in self.program.gradients:
            x._grad = None if gradient is None else wrap(next(rest), x._backend)
        outputs = iter(made)
        leaves = [next(outputs) if tensor else c for tensor, c in zip(self.is_tensor, self.constants, strict=True)]
        return _unflatten(leaves, self.shape)

    def _backend_of(self, value: Value, arguments: list[Tensor]) -> Any:
        if value in self.program.states:
            return self.program.states[value]._backend
        return arguments[self.program.inputs.index(value)]._backend


def _written_states(program: Program) -> list[Tensor]:
    """The states that some instruction writes in place."""
    written = {}
    for step in program.instructions:
        for i in step.primitive.mutated(step.params):
            value = step.inputs[i]
            if isinstance(value, Value) and value in program.states:
                written[value] = program.states[value]
    return list(written.values())


class Recorded:
    """A step that is recorded at its first call with given shapes and replayed afterwards; see `record`."""

    def __init__(self, step: Callable[..., Any]) -> None:
        functools.update_wrapper(self, step)
        self._step = step
        self._recordings: dict[Any, _Recording | str] = {}
        self.program: Program | None = None  # the one last recorded or replayed

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        leaves, shape = _flatten([list(args), kwargs])
        arguments = [x for x in leaves if isinstance(x, Tensor)]
        constants = tuple(None if isinstance(x, Tensor) else x for x in leaves)
        if modes.listener is not None:
            return self._step(*args, **kwargs)  # part of a larger recording
        try:
            key = (
                repr(shape),
                constants,
                modes.grad,
                modes.inference,
                tuple((str(x.device), x.dtype, tuple(x.shape), x.requires_grad, x.is_leaf) for x in arguments),
            )
            found = self._recordings.get(key)
        except TypeError as error:
            raise CaptureError(f"record: an argument that is no tensor must be hashable ({error})") from None
        if isinstance(found, str):
            return self._step(*args, **kwargs)
        if found is not None and found.holds():
            self.program = found.program
            return found.replay(arguments)
        return self._record(key, arguments, args, kwargs)

    def _record(self, key: Any, arguments: list[Tensor], args: Any, kwargs: Any) -> Any:
        recorder = Recorder(arguments)
        if any(x._node is not None for x in arguments):
            recorder.problems.append("an argument is part of a graph made outside; detach() it")
        modes.listener = recorder
        try:
            result = self._step(*args, **kwargs)
        finally:
            modes.listener = None
        results, shape = _flatten(result)
        recorder.finish(results)
        if recorder.problems:
            why = "; ".join(dict.fromkeys(recorder.problems))
            warnings.warn(
                f"{self._step.__name__} can't be replayed and will run eagerly: {why}", CaptureWarning, stacklevel()
            )
            self._recordings[key] = why
            self.program = None
        else:
            self._recordings[key] = _Recording(recorder, shape, results)
            self.program = recorder.program
        return result


def record(step: Callable[..., Any]) -> Recorded:
    """Wraps a function of tensors that does a whole step: forward, backward, optimizer.

    The first call with given shapes runs eagerly and is recorded; later calls replay
    `recorded.program`, the flat list of primitives, and give what an eager call would have given:
    parameters, gradients, buffers, optimizer state and random numbers move on, learning rates are
    read afresh. What can't be replayed (a value read on the host, say) is noticed: the step warns and
    runs eagerly. So is what changed around it (a shape, train or eval, which leaves have gradients):
    the step is recorded anew.

    >>> import autograd
    >>> w = autograd.ones(2, requires_grad=True)
    >>> def step(x):
    ...     w.grad = None
    ...     loss = (w * x).sum()
    ...     loss.backward()
    ...     with autograd.no_grad():
    ...         w.sub_(w.grad, alpha=0.1)
    ...     return loss.detach()
    >>> recorded = autograd.capture.record(step)
    >>> [recorded(autograd.tensor([1.0, 2.0])).item() for _ in range(2)]
    [3.0, 2.5]
    >>> len(recorded.program)
    9
    """
    return Recorded(step)
