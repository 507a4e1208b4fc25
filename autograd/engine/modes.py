"""What is switched on in this thread: recording of gradients, inference, anomaly detection, a listener.

And, for all threads, who stands around what the engine computes and takes its time.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar, overload

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


class Listener:
    """Who is told what the engine does: a recorder, a witness, a counter. A subclass says what it wants to hear."""

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        """A primitive was applied to inputs, whose arrays and host values are `arrays`."""

    def on_function(self, function: Any, arguments: Any) -> None:
        """A user's Function begins; the primitives of its forward follow."""

    def on_grad_read(self, x: Any) -> None:
        """The `.grad` of a tensor is asked for."""

    def on_grad_written(self, x: Any, gradient: Any) -> None:
        """The `.grad` of a tensor is about to become `gradient`."""

    def on_guarded(self, read: Callable[[], Any], value: Any) -> None:
        """What is being done depends on a host value, which `read` reads."""

    def on_checked(self, check: Callable[..., None], x: Any, arguments: tuple[Any, ...]) -> None:
        """An operation has looked at the values of a tensor: check(array, *arguments) did not raise."""

    def on_read(self, x: Any, value: Any, reader: str) -> Any:
        """The value of a tensor of one element was read on the host; what is returned stands for it."""
        self.on_unreplayable(f"{reader} read a value on the host")
        return value

    def on_unreplayable(self, what: str) -> None:
        """Something was done that the primitives applied don't say."""


class Observer:
    """Who stands around what the engine computes, in every thread: a profiler. See `apply.observe`.

    A listener is told what was done; an observer is there before and after, so it can take the time. `begin` returns
    what `end` is given, in the same thread.
    """

    def begin(self, name: str) -> Any:
        """A part of the computation begins: a backward pass, a user's Function, a block that somebody marked."""

    def end(self, part: Any) -> None:
        """It has ended, or an error has left it."""

    def applied(self, apply: Callable[..., Any], primitive: Any, inputs: Any, backend: Any, params: Any) -> Any:
        """What `apply` gives for a primitive."""
        return apply(primitive, *inputs, backend=backend, **params)

    def replayed(self, primitive: Any, backend: Any, compute: Callable[..., Any], arguments: Any, params: Any) -> Any:
        """What an instruction of a recorded program computes on arrays."""
        return compute(*arguments, **params)

    def derivative(self, node: Any, gradients: Any, needed: Any) -> Any:
        """What a node's derivative gives."""
        return node.differentiate(gradients, needed)


class Modes(threading.local):
    """The switches of one thread.

    `listener` is told of every primitive applied (see `autograd.capture`); `autocast` says in which
    precision a primitive gets its inputs (see `autograd.amp`). `quietly` calls a function in a context
    of this thread in which NumPy gives inf and nan without a warning, as torch does: a context is entered
    in a fraction of the time that `np.errstate` takes, and a user's own NumPy code keeps its warnings.

    `packing` is a pair of functions between what is saved for backward and what is kept of it (see
    `autograd.graph`). `attentive` says that a new node is to be looked at, for that or under `detect_anomaly`:
    one question a node instead of two. `observer` is the same in all threads; `apply.observe` sets it.

    Nodes up to the number `shared` are those of several backward passes that count as one (see `batching`): a pass
    does not free what they saved.

    `overridable` says whether arguments may answer a call by their `__torch_function__`, `overriders` are the modes
    that are asked before them, the innermost last; `redispatched` that the next question is not put, for once (see
    `engine.overrides`).
    """

    observer: ClassVar[Observer | None] = None

    def __init__(self) -> None:
        self.grad = True
        self.inference = False
        self.anomaly = False
        self.check_nan = True
        self.attentive = False
        self.packing: Any = None
        self.passing: Any = None  # the backward pass that is under way
        self.shared = -1
        self.listener: Listener | None = None
        self.autocast: Any = None
        self.overridable = True
        self.overriders: tuple[Any, ...] = ()
        self.redispatched = False
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        self.quietly = context.run

    def check(self, check: Callable[..., None], x: Any, *arguments: Any) -> None:
        """Has an operation look at a tensor's values on the host: check(array, *arguments) raises if they are wrong."""
        check(x._array, *arguments)
        if self.listener is not None:
            self.listener.on_checked(check, x, arguments)

    def note_unreplayable(self, what: str) -> None:
        """Tells the listener, if there is one, of something that the primitives applied don't say."""
        if self.listener is not None:
            self.listener.on_unreplayable(what)


modes = Modes()


class switched:
    """A context manager and decorator that sets some modes and puts the old ones back, whatever happens."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._saved: list[dict[str, Any]] = []

    def __enter__(self) -> None:
        switches = modes.__dict__
        self._saved.append({name: switches[name] for name in self._settings})
        switches.update(self._settings)

    def __exit__(self, *exc: object) -> None:
        modes.__dict__.update(self._saved.pop())

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return self._wrap_generator(function)

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with switched(**self._settings):
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]

    def _wrap_generator(self, function: F) -> F:
        """The mode holds while the generator runs, not while its caller does."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            sent = None
            while True:
                try:
                    with switched(**self._settings):
                        item = generator.send(sent)
                except StopIteration as stop:
                    return stop.value
                try:
                    sent = yield item
                except GeneratorExit:
                    generator.close()
                    raise

        return wrapped  # type: ignore[return-value]


class no_grad(switched):
    """Nothing is recorded inside: results do not require grad. A context manager and a decorator.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.no_grad():
    ...     (x * 2).requires_grad
    False
    """

    @overload
    def __new__(cls) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        switch = super().__new__(cls)
        if function is None:
            return switch
        switch.__init__()  # type: ignore[misc]
        return switch(function)

    def __init__(self, function: None = None) -> None:
        super().__init__(grad=False)


class enable_grad(no_grad):
    """Recording is on inside, also within `no_grad`: the same switch, the other way."""

    def __init__(self, function: None = None) -> None:
        switched.__init__(self, grad=True)


class set_grad_enabled(switched):
    """Sets recording to `mode` at once; as a context manager, until its end.

    >>> import autograd
    >>> with autograd.set_grad_enabled(False):
    ...     autograd.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__(grad=bool(mode))
        self._before: bool | None = modes.grad
        modes.grad = bool(mode)

    def __enter__(self) -> None:
        if self._before is not None:
            modes.grad, self._before = self._before, None
        super().__enter__()

    def __call__(self, function: F) -> F:
        if self._before is not None:
            modes.grad, self._before = self._before, None
        return super().__call__(function)


class inference_mode(switched):
    """Like `no_grad`, and the tensors made inside can never take part in a recorded computation.

    They count no versions, so nothing may save them for backward or change them in place outside.
    """

    def __init__(self, mode: bool = True) -> None:
        if callable(mode):
            raise TypeError("inference_mode: write @inference_mode() with its brackets")
        super().__init__(**({"grad": False, "inference": True} if mode else {"inference": False}))


class detect_anomaly(switched):
    """Finds the operation whose derivative is the first to be non-finite, and the line that called it.

    Inside, each recorded operation remembers where it was called, and a backward pass raises
    RuntimeError at the first gradient that holds a NaN (or, unlike torch's, an infinity).
    With `check_nan=False` only the calls are remembered. Slow: for looking, not for training.
    """

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(anomaly=True, attentive=True, check_nan=check_nan)


class set_detect_anomaly(detect_anomaly):
    """`detect_anomaly` with a switch: `set_detect_anomaly(False)` turns it off inside."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        switched.__init__(self, anomaly=mode, check_nan=check_nan, **({"attentive": True} if mode else {}))


class differentiating:
    """Within it, derivatives are computed: recorded or not, in the forward's precision, and by the engine alone.

    As `switched` would do it; every backward pass enters one, so it is written out.
    """

    __slots__ = ("before", "observed", "recorded")

    def __init__(self, recorded: bool) -> None:
        self.recorded = recorded

    def __enter__(self) -> None:
        switches = modes.__dict__
        self.before = switches["grad"], switches["autocast"], switches["overridable"]
        switches["grad"], switches["autocast"], switches["overridable"] = self.recorded, None, False
        observer = Modes.observer
        self.observed = None if observer is None else (observer, observer.begin("backward"))

    def __exit__(self, *exc: object) -> None:
        switches = modes.__dict__
        switches["grad"], switches["autocast"], switches["overridable"] = self.before
        if self.observed is not None:
            observer, part = self.observed
            observer.end(part)


class unlistened(switched):
    """The listener hears nothing inside: for state that is made once and then lives from step to step."""

    def __init__(self) -> None:
        super().__init__(listener=None)


def is_grad_enabled() -> bool:
    """Whether operations are recorded in this thread."""
    return modes.grad


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`."""
    return modes.inference


def is_anomaly_enabled() -> bool:
    """Whether this thread is inside `detect_anomaly`."""
    return modes.anomaly
