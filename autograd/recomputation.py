"""Gradient checkpointing: memory for time. What a function saves for backward is dropped, and computed again when a
backward pass asks for it (T. Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016).

The names are torch.utils.checkpoint's.
"""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .cuda.random import get_rng_state, set_rng_state
from .engine.errors import BackwardError
from .engine.function import Function
from .engine.modes import modes, no_grad, switched
from .engine.sweep import backward
from .engine.tensor import Tensor
from .graph import saved_tensors_hooks
from .ops.creation import empty
from .ops.generator import generator_states, set_generator_states
from .pytree import tree_leaves

Contexts = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]


class CheckpointError(RuntimeError):
    """What was computed again is not what was computed first."""


class _Enough(Exception):  # noqa: N818
    """Ends a recomputation once all that was saved has been computed again."""


def noop_context_fn() -> Contexts:
    """Two contexts that do nothing."""
    return nullcontext(), nullcontext()


_switches: dict[str, Any] = {"early_stop": None, "debug": None}


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether checkpoints made inside recompute only as far as they must (the default)."""
    before, _switches["early_stop"] = _switches["early_stop"], enable
    try:
        yield
    finally:
        _switches["early_stop"] = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Accepted: a CheckpointError says in any case which value differs."""
    yield


class _Situation:
    """What a computation depends on beside its arguments: random states, and the precision of autocast."""

    def __init__(self, preserve_rng_state: bool) -> None:
        self.states = generator_states() if preserve_rng_state else None
        self.autocast = modes.autocast

    @contextlib.contextmanager
    def restored(self) -> Iterator[None]:
        """Inside, it is as it was; afterwards the random numbers go on from where they were before."""
        now = None
        if self.states is not None:
            now = generator_states()
            set_generator_states(self.states)
        try:
            with switched(autocast=self.autocast, grad=True):
                yield
        finally:
            if now is not None:
                set_generator_states(now)


def get_device_states(*args: Any) -> tuple[list[int], list[Tensor]]:
    """The indices of the GPUs that tensors among the arguments are on, and the states of their generators.

    Tensors in lists, tuples and dictionaries count, too; without one on a GPU both lists are empty.
    """
    tensors = [leaf for leaf in tree_leaves(args) if isinstance(leaf, Tensor)]
    indices = sorted({x.device.index or 0 for x in tensors if x.is_cuda})
    return indices, [get_rng_state(f"cuda:{index}") for index in indices]


def set_device_states(devices: Sequence[int], states: Sequence[Tensor], *, device_type: str | None = None) -> None:
    """Puts back what `get_device_states` gave."""
    for index, state in zip(devices, states, strict=True):
        set_rng_state(state, f"{device_type or 'cuda'}:{index}")


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments with their tensors cut off the graph, as leaves that require grad where these did."""
    return tuple(x.detach().requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in inputs)


def check_backward_validity(inputs: Any) -> None:
    """Warns if none of the arguments requires grad: the result of a reentrant checkpoint then has no gradient."""
    if not any(isinstance(x, Tensor) and x.requires_grad for x in inputs):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=3)


class CheckpointFunction(Function):
    """The reentrant kind: forward records nothing, backward runs it again and sweeps that graph by itself."""

    @staticmethod
    def forward(ctx: Any, function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.function, ctx.situation = function, _Situation(preserve_rng_state)
        ctx.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        ctx.others = [None if isinstance(x, Tensor) else x for x in args]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        if modes.passing is not None and modes.passing.wanted is not None:
            raise RuntimeError(
                "checkpoint: with use_reentrant=True only backward() without `inputs` works, not autograd.grad; "
                "pass use_reentrant=False"
            )
        args = list(ctx.others)
        for i, x in zip(ctx.places, ctx.saved_tensors, strict=True):
            args[i] = x
        fresh = detach_variable(tuple(args))
        with ctx.situation.restored():
            result = ctx.function(*fresh)
        outputs = result if isinstance(result, tuple | list) else (result,)
        wanted = [
            (out, g)
            for out, g in zip(outputs, gradients, strict=True)
            if isinstance(out, Tensor) and out.requires_grad and g is not None
        ]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([out for out, _ in wanted], [g for _, g in wanted])
        return None, None, *[x.grad if isinstance(x, Tensor) else None for x in fresh]


class _Place:
    """Stands for a value that was dropped: its number among those saved."""

    __slots__ = ("__weakref__", "number")

    def __init__(self, number: int) -> None:
        self.number = number


class _Inputs(Function):
    """Keeps the arguments of a checkpoint as saved values, so that a checkpoint around it drops these, too."""

    @staticmethod
    def forward(ctx: Any, witness: Tensor, *tensors: Tensor) -> Tensor:
        ctx.save_for_backward(*tensors)
        return empty(0)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise BackwardError("checkpoint: its arguments were asked for a gradient")


class _Frame:
    """A checkpointed call: how to make it again, and what the values saved in it looked like."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        situation: _Situation,
        context: AbstractContextManager[Any],
        early_stop: bool,
        compared: bool,
    ) -> None:
        self.function, self.situation, self.context = function, situation, context
        self.early_stop, self.compared = early_stop, compared
        self.names = [*range(len(args)), *kwargs]
        values = [*args, *kwargs.values()]
        self.others = {key: x for key, x in zip(self.names, values, strict=True) if not isinstance(x, Tensor)}
        tensors = [x for x in values if isinstance(x, Tensor)]
        self.keeper = _Inputs.apply(empty(0).requires_grad_(), *tensors).grad_fn
        self.looks: list[tuple[Any, ...]] = []
        self.again: weakref.WeakKeyDictionary[_Place, Tensor] = weakref.WeakKeyDictionary()
        self.places: list[weakref.ref[_Place]] = []

    def hooks(self) -> saved_tensors_hooks:
        """Under these the function runs first: of what it saves only the look is kept."""

        def pack(x: Tensor) -> _Place:
            place = _Place(len(self.looks))
            self.places.append(weakref.ref(place))
            self.looks.append(_look(x))
            return place

        def unpack(place: _Place) -> Tensor:
            if place not in self.again:
                self._recompute()
            if place not in self.again:
                raise CheckpointError(
                    f"checkpoint: the first time {len(self.looks)} values were saved for backward, the second time not "
                    f"even {place.number + 1}: the function does something else when it is called again"
                )
            return self.again[place]

        return saved_tensors_hooks(pack, unpack)

    def _recompute(self) -> None:
        tensors = iter(self.keeper.context.saved_tensors)
        values = {name: self.others[name] if name in self.others else next(tensors) for name in self.names}
        args = [values[name] for name in self.names if isinstance(name, int)]
        kwargs = {name: values[name] for name in self.names if not isinstance(name, int)}
        count = 0

        def pack(x: Tensor) -> Tensor:
            nonlocal count
            number, count = count, count + 1
            if number < len(self.looks):
                if self.compared and _look(x) != self.looks[number]:
                    raise CheckpointError(
                        f"checkpoint: recomputed values for the following tensors have different metadata than during "
                        f"the forward pass: value {number} was {self.looks[number]}, now it is {_look(x)}"
                    )
                place = self.places[number]()
                if place is not None:
                    self.again[place] = x
                if self.early_stop and count == len(self.looks):
                    raise _Enough
            elif self.compared:
                raise CheckpointError(
                    f"checkpoint: a different number of tensors was saved during the original forward and "
                    f"recomputation: {len(self.looks)}, now more"
                )
            return x

        with (
            contextlib.suppress(_Enough),
            self.situation.restored(),
            self.context,
            saved_tensors_hooks(pack, lambda x: x),
        ):
            self.function(*args, **kwargs)


def _look(x: Tensor) -> tuple[Any, ...]:
    return tuple(x.shape), x.dtype, x.device


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), of which nothing is kept for backward but its arguments: that runs it again.

    With use_reentrant=False (advised) any function of any arguments. The reentrant kind takes no keyword arguments,
    sees tensors only directly among the arguments and results, of which one has to require grad, and works with
    `backward()` alone. With `preserve_rng_state` (default) random numbers are the same both times, so dropout drops
    the same. `context_fn` gives two contexts, for the first and the second run. With `determinism_check` "default"
    a second run that saves values of other shapes or dtypes raises CheckpointError; "none" looks at nothing.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> checkpoint(lambda x: (x * x).exp().sum(), x, use_reentrant=False).backward()
    >>> x.grad.round(decimals=2)
    tensor([  5.4400, 218.3900])
    """
    if use_reentrant is None:
        warnings.warn(
            "checkpoint: pass use_reentrant explicitly; False is advised, without it the reentrant kind is meant",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"checkpoint: determinism_check must be 'default' or 'none', got {determinism_check!r}")
    first, second = context_fn()
    if not modes.grad:
        return function(*args, **kwargs)
    if _switches["early_stop"] is not None:
        early_stop = _switches["early_stop"]
    frame = _Frame(function, args, kwargs, _Situation(preserve), second, early_stop, determinism_check == "default")
    with first, frame.hooks():
        return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """A Sequential, or a list of functions, in `segments` of equal length, each but the last a checkpoint."""
    if use_reentrant is None:
        warnings.warn(
            "checkpoint_sequential: pass use_reentrant explicitly; False is advised, without it the reentrant kind is "
            "meant",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)

    def part(start: int, end: int) -> Callable[[Any], Any]:
        def run(x: Any) -> Any:
            for step in steps[start:end]:
                x = step(x)
            return x

        return run

    length = len(steps) // segments
    for start in range(0, length * (segments - 1), length):
        input = checkpoint(part(start, start + length), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(length * (segments - 1), len(steps))(input)


__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "detach_variable",
    "get_device_states",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
    "set_device_states",
]
