"""torch's own random numbers on the CPU: the switch to them, and their draws as functions of a generator's state."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..backend import Array, Backend, get_backend, torch_draws
from ..backend.mersenne import stream
from ..backend.order import memory_order
from ..engine.modes import modes, no_grad
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..engine.views import settled

_on = False


def is_torch_random() -> bool:
    """Whether the CPU's generators draw torch's numbers."""
    return _on


class use_torch_random:
    """From now on the CPU's generators draw the numbers that torch draws there; as a context manager, until its end.

    A script with a seed then prints the numbers that it prints on PyTorch. Generators of other devices go on
    drawing this engine's numbers, which are the same on every device, and so do those made before.

    >>> import autograd
    >>> with autograd.use_torch_random():
    ...     _ = autograd.manual_seed(0)
    ...     autograd.rand(2)
    tensor([0.4963, 0.7682])
    """

    def __init__(self, mode: bool = True) -> None:
        self._before = _on
        _set(bool(mode))

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        _set(self._before)


def _set(mode: bool) -> None:
    global _on
    modes.note_unreplayable("use_torch_random")
    _on = mode
    get_backend("cpu").lay_as_torch(mode)  # numbers are drawn in the order in which a tensor lies in memory


def applies(backend: Backend) -> bool:
    """Whether a generator made now on this backend draws torch's numbers; a recording is for this answer alone."""
    if backend.device.type != "cpu":
        return False
    if modes.listener is not None:
        modes.listener.on_guarded(is_torch_random, _on)
    return _on


@primitive(mutates=(0,), lies=lambda *tensors, order, **params: order)
def _drawn(
    backend: Backend,
    state: Array,
    *tensors: Array,
    numbers: Callable[..., Array],
    shape: tuple[int, ...],
    dtype: dtypes.dtype,
    order: tuple[int, ...] | None,
    parameters: dict[str, Any],
) -> Array:
    """Numbers in the order in which the dimensions of a tensor lie in memory, the last one fastest."""
    order = order or tuple(range(len(shape)))
    vectors = [backend.broadcast_to(each, shape).transpose(order).reshape(-1) for each in tensors]
    with stream(backend, state) as words:
        drawn = numbers(words, math.prod(shape), backend.native[dtype], *vectors, **parameters)
    placed = drawn.reshape([shape[dim] for dim in order])
    return placed.transpose([order.index(dim) for dim in range(len(shape))])


@no_grad()
def draw(
    state: Tensor,
    numbers: Callable[..., Array],
    shape: Sequence[int],
    dtype: dtypes.dtype,
    *tensors: Tensor,
    order: tuple[int, ...] | None = None,
    **parameters: Any,
) -> Tensor:
    """A tensor of the next numbers of a state; `order` says how a tensor with gaps, or transposed, lies in memory."""
    if order is not None and numbers is torch_draws.normal:
        numbers = torch_draws.normal_serial
    return _drawn(state, *tensors, numbers=numbers, shape=tuple(shape), dtype=dtype, order=order, parameters=parameters)


@primitive(mutates=(0,))
def _chosen(backend: Backend, state: Array, weights: Array, *, count: int, replacement: bool) -> Array:
    with stream(backend, state) as words:
        return torch_draws.choices(words, weights, count, replacement)


@no_grad()
def choose(state: Tensor, weights: Tensor, count: int, replacement: bool) -> Tensor:
    """Indices drawn in proportion to weights (*, n): (*, count)."""
    return _chosen(state, weights, count=count, replacement=replacement)


def order_in(x: Tensor) -> tuple[int, ...] | None:
    """The dimensions of a tensor as they lie in memory, outermost first; None if it has no gaps and is in C order."""
    array = settled(x)
    if not x.is_cpu or array.flags.c_contiguous:
        return None
    return tuple(memory_order(array.shape, [array.strides]))


def order_like(x: Tensor) -> tuple[int, ...] | None:
    """The order of a tensor made like this one, which has no gaps."""
    order = order_in(x)
    return None if order is None or _is_sorted(order, x.shape) else order


def _is_sorted(order: tuple[int, ...], shape: Sequence[int]) -> bool:
    long = [dim for dim in order if shape[dim] != 1]
    return long == sorted(long)
