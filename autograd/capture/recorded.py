"""A function of tensors that is recorded while it runs, and replayed once two recordings agree."""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Callable
from typing import Any

from ..dtypes import get_default_dtype
from ..engine.callers import stacklevel
from ..engine.modes import modes
from ..engine.tensor import Tensor
from .errors import CaptureError, CaptureWarning
from .log import log
from .nest import flatten
from .reads import plain
from .recorder import Recorder
from .recording import Recording
from .surroundings import Surroundings, TooMuchError

MOST = 8  # recordings of one function; what comes beyond them runs eagerly
TRIES = 4  # recordings one after the other of which no two agree


class Recorded:
    """A step that is recorded at its first calls with given shapes and replayed afterwards; see `record`."""

    def __init__(self, step: Callable[..., Any]) -> None:
        functools.update_wrapper(self, step)
        self._step = step
        self._name = getattr(step, "__name__", type(step).__name__)
        self._recordings: dict[Any, list[Recording]] = {}
        self._tries: dict[Any, _Tries] = {}
        self._refused: dict[Any, str] = {}
        self._full = False
        self.program: Any = None  # the one last recorded or replayed
        self.replayed = False  # whether the last call was

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.replayed = False
        if modes.listener is not None or modes.anomaly or modes.packing is not None:
            return self._step(*args, **kwargs)  # part of a larger recording, or watched otherwise
        leaves, shape = flatten([list(args), kwargs])
        arguments = [x for x in leaves if isinstance(x, Tensor)]
        key = _key(shape, leaves, arguments)
        for recording in self._recordings.get(key, ()):
            if recording.holds(arguments):
                self.program, self.replayed = recording.program, True
                return recording.replay(arguments)
        if key in self._refused or self._full:
            return self._step(*args, **kwargs)
        if sum(map(len, self._recordings.values())) + len(self._refused) >= MOST:
            self._full = True
            self._tries.clear()
            self._tell(
                f"{MOST} recordings of it (of other shapes, numbers or surroundings) are kept; further ones are not"
            )
            return self._step(*args, **kwargs)
        if log.isEnabledFor(logging.INFO):
            log.info("%s: recorded: %s", self._name, self._reason(key, arguments))
        return self._record(key, arguments, args, kwargs)

    def _reason(self, key: Any, arguments: list[Tensor]) -> str:
        """Why this call is recorded."""
        if key in self._tries:
            return "once more, to compare"
        if key in self._recordings:
            return self._recordings[key][-1].difference(arguments)
        return "other shapes, dtypes, numbers or modes" if self._recordings else "the first call"

    def _record(self, key: Any, arguments: list[Tensor], args: Any, kwargs: Any) -> Any:
        tries = self._tries.setdefault(key, _Tries())
        try:
            before = Surroundings(self._step)
        except TooMuchError as error:
            self._refuse(key, str(error))
            return self._step(*args, **kwargs)
        recorder = Recorder(arguments)
        if any(x._node is not None for x in arguments):
            recorder.problems.append("an argument is part of a graph made outside; detach() it")
        modes.listener = recorder
        try:
            result = self._step(*args, **kwargs)
        finally:
            modes.listener = None
            recorder.stop()
        results, shape = flatten(result)
        recorder.finish(results)
        if recorder.reads:
            result = _plain(result)
        self.program = None
        if recorder.problems:
            self._refuse(key, "; ".join(dict.fromkeys(recorder.problems)))
        else:
            after = Surroundings(self._step)
            recording = Recording(recorder, after, shape, results)
            if recording.overlap(arguments):
                self._refuse(key, "arguments that it writes share memory with others, or with what lives outside")
                return result
            why = tries.compare(recording, before.changed())
            if why is None:
                del self._tries[key]
                self._recordings.setdefault(key, []).append(recording)
                log.info("%s: two recordings agree: %d operations are replayed", self._name, len(recording.program))
            elif tries.count >= TRIES:
                self._refuse(key, why)
                return result
            else:
                log.info("%s: not replayed yet: %s", self._name, why)
            self.program = recording.program
        return result

    def _refuse(self, key: Any, why: str) -> None:
        self._refused[key] = why
        self._tries.pop(key, None)
        self._tell(why)

    def _tell(self, why: str) -> None:
        log.info("%s: runs eagerly: %s", self._name, why)
        warnings.warn(f"{self._name} can't be replayed and will run eagerly: {why}", CaptureWarning, stacklevel())


class _Tries:
    """Recordings one after the other, until two agree."""

    def __init__(self) -> None:
        self.count = 0
        self.last: Recording | None = None

    def compare(self, recording: Recording, changed: str | None) -> str | None:
        """Why this recording does not count yet; None if it is as the last one was."""
        self.count += 1
        last, self.last = self.last, recording
        if changed is not None:
            self.last = None
            return f"the step itself changes {changed}, which a replay would not"
        if last is None:
            return "there is no second recording yet"
        if last.agrees(recording):
            return None
        difference = last.program.difference(recording.program)
        return f"two recordings differ: {difference or 'in the tensors that live outside, or in what is returned'}"


def _key(shape: Any, leaves: list[Any], arguments: list[Tensor]) -> Any:
    """What a recording is for: the arguments' shapes and kinds, which of them are one, plain values, and the modes."""
    first: dict[int, int] = {}
    tensors = tuple(
        [
            (
                x._backend,
                x._array.dtype,
                x._array.shape,
                getattr(x._array, "strides", None),
                x.requires_grad,
                x._node is None,
                x._grad is None,
                first.setdefault(id(x._array), number),
            )
            for number, x in enumerate(arguments)
        ]
    )
    constants = tuple([None if isinstance(x, Tensor) else _constant(x) for x in leaves])
    autocast = modes.autocast
    policy = None if autocast is None else (type(autocast), repr(sorted(vars(autocast).items(), key=str)))
    key = shape, constants, tensors, modes.grad, modes.inference, get_default_dtype(), policy
    try:
        hash(key)
    except TypeError as error:
        raise CaptureError(f"record: an argument that is no tensor must be hashable ({error})") from None
    return key


def _constant(x: Any) -> Any:
    """A plain argument as a key: 1, 1.0 and True are three, as 0.0 and -0.0 are two."""
    return (type(x), repr(x)) if isinstance(x, int | float | complex) else x


def _plain(tree: Any) -> Any:
    """The nest with plain numbers for those that were watched."""
    if isinstance(tree, dict):
        return type(tree)(zip(tree, map(_plain, tree.values()), strict=True))
    if isinstance(tree, tuple | list):
        return type(tree)(*map(_plain, tree)) if hasattr(tree, "_fields") else type(tree)(map(_plain, tree))
    return plain(tree)


def record(step: Callable[..., Any]) -> Recorded:
    """Wraps a function of tensors that does a whole step: forward, backward, optimizer.

    The first calls with given shapes run eagerly and are recorded; once two recordings agree, calls replay
    `recorded.program`, the flat list of primitives, and give what an eager call would have given:
    parameters, gradients, buffers, optimizer state and random numbers move on, learning rates are
    read afresh, indices are checked, and what a step returns by `item()` is read anew. What can't be replayed (a value
    that is read on the host on the way, Python's own random numbers, an attribute that the step sets) is noticed:
    the step warns and runs eagerly. So is what changed around it (a shape, train or eval, a layer, a hook, a number
    in a closure or an attribute): the step is recorded anew, 8 times at most.

    A recorded step does not see what only Python sees: print() and files are not repeated. `AUTOGRAD_LOG_COMPILE=1`
    in the environment, or the level INFO of the logger "autograd.capture", tells each recording and why it was made.

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
    >>> [round(recorded(autograd.tensor([1.0, 2.0])).item(), 4) for _ in range(4)]
    [3.0, 2.5, 2.0, 1.5]
    >>> recorded.replayed, len(recorded.program)
    (True, 9)
    """
    return Recorded(step)
