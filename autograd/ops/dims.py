"""Which dimensions are meant: negative numbers count from the end."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from ..types import Dims

F = TypeVar("F", bound=Callable[..., Any])


def normalize_dim(name: str, dim: int, ndim: int) -> int:
    """A dimension counted from the front; IndexError outside [-ndim, ndim)."""
    span = max(ndim, 1)
    if not -span <= dim < span:
        raise IndexError(f"{name}: dimension out of range (expected to be in [{-span}, {span - 1}], got {dim})")
    return dim % span


def normalize_dims(name: str, dim: Dims, ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front, sorted; all of them for None."""
    if dim is None or (not isinstance(dim, int) and len(dim) == 0):
        return tuple(range(ndim))
    if isinstance(dim, int):
        return (normalize_dim(name, dim, ndim),) if ndim else _only_scalar_dim(name, dim)
    dims = sorted(normalize_dim(name, each, ndim) for each in dim)
    if len(set(dims)) < len(dims):
        raise RuntimeError(f"{name}: dim {tuple(dim)} names a dimension twice")
    return tuple(dims) if ndim else ()


def _only_scalar_dim(name: str, dim: int) -> tuple[int, ...]:
    normalize_dim(name, dim, 0)
    return ()


def scalars_as_vectors(function: F) -> F:
    """Lets a function of vectors take 0-d tensors, as torch does: they count as vectors of one element."""

    @functools.wraps(function)
    def widened(input: Any, *args: Any, **kwargs: Any) -> Any:
        if input._array.shape:
            return function(input, *args, **kwargs)

        def vector(x: Any) -> Any:
            return x.reshape(-1) if hasattr(x, "reshape") else x

        made = function(vector(input), *map(vector, args), **{name: vector(x) for name, x in kwargs.items()})
        return type(made)(*(each.reshape(()) for each in made)) if isinstance(made, tuple) else made.reshape(())

    return widened  # type: ignore[return-value]
