"""torch._utils' place: lists of tensors as one, and one as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from autograd import Tensor, cat, cuda

F = TypeVar("F", bound=Callable[..., Any])


def _flatten_dense_tensors(tensors: Sequence[Tensor]) -> Tensor:
    """All elements of tensors of one dtype in one vector.

    >>> import autograd
    >>> _flatten_dense_tensors([autograd.ones(2), autograd.zeros(1, 1)])
    tensor([1., 1., 0.])
    """
    if len(tensors) == 1:
        return tensors[0].contiguous().view(-1)
    return cat([x.contiguous().view(-1) for x in tensors])


def _unflatten_dense_tensors(flat: Tensor, tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Views of the vector, shaped as the tensors it was made of."""
    made, start = [], 0
    for x in tensors:
        made.append(flat.narrow(0, start, x.numel()).view(x.shape))
        start += x.numel()
    return tuple(made)


def _take_tensors(tensors: Iterable[Tensor], size_limit: int) -> Iterable[list[Tensor]]:
    """The tensors in lists of one dtype and at most so many bytes; one that is larger is alone."""
    held: dict[Any, tuple[list[Tensor], int]] = {}
    for x in tensors:
        group, size = held.get(x.dtype, ([], 0))
        bytes_ = x.numel() * x.element_size()
        if group and size + bytes_ > size_limit:
            yield group
            group, size = [], 0
        held[x.dtype] = ([*group, x], size + bytes_)
    yield from (group for group, _ in held.values() if group)


def _reorder_tensors_as(tensors: Iterable[Tensor], ordered_tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """The tensors in the order of the dtypes of others."""
    by_kind: dict[Any, list[Tensor]] = {}
    for x in tensors:
        by_kind.setdefault(x.dtype, []).append(x)
    following = {kind: iter(group) for kind, group in by_kind.items()}
    return tuple(next(following[x.dtype]) for x in ordered_tensors)


def _get_all_device_indices() -> list[int]:
    return list(range(cuda.device_count()))


def _get_available_device_type() -> str | None:
    return "cuda" if cuda.is_available() else None


def _get_device_index(device: Any, optional: bool = False, allow_cpu: bool = False) -> int:
    """The number of a device; -1 for the CPU."""
    if isinstance(device, int):
        return device
    kind, _, number = str(device).partition(":")
    if kind == "cpu":
        if allow_cpu or optional:
            return -1
        raise ValueError(f"Expected a non cpu device, but got: {device}")
    return int(number or 0)


def is_compiling() -> bool:
    """False."""
    return False


class ExceptionWrapper:
    """An exception and where it was raised, to be raised again elsewhere."""

    def __init__(self, exc_info: Any = None, where: str = "in background") -> None:
        self.exc_type, self.exc, _ = exc_info
        self.where = where

    def reraise(self) -> None:
        """Raises it."""
        raise self.exc


class KeyErrorMessage(str):
    """A message that prints as it is written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


__all__: list[str] = []
