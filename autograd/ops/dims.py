"""Which dimensions are meant: negative numbers count from the end."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, TypeGuard, TypeVar

from ..types import Dims

F = TypeVar("F", bound=Callable[..., Any])


def is_int(value: Any) -> TypeGuard[int]:
    """Whether it is one int, of Python or NumPy, or a 0-d tensor of one, rather than a sequence or None."""
    if type(value) is int:
        return True
    if value is None or isinstance(value, tuple | list | float):
        return False
    return hasattr(value, "__index__") and not getattr(value, "shape", ())


def as_ints(value: Any) -> tuple[int, ...]:
    """One int, or a sequence of them, as a tuple of Python's."""
    if type(value) is int:
        return (value,)
    return (operator.index(value),) if is_int(value) else tuple(map(operator.index, value))


def normalize_dim(name: str, dim: int, ndim: int) -> int:
    """A dimension counted from the front; IndexError outside [-ndim, ndim)."""
    span = max(ndim, 1)
    if type(dim) is not int:
        dim = operator.index(dim)
    if not -span <= dim < span:
        raise IndexError(f"{name}: dimension out of range (expected to be in [{-span}, {span - 1}], got {dim})")
    return dim % span


def normalize_dims(name: str, dim: Dims, ndim: int) -> tuple[int, ...]:
    """Dimensions counted from the front, sorted; all of them for None."""
    if dim is None:
        return tuple(range(ndim))
    if type(dim) is int or is_int(dim):
        return (normalize_dim(name, dim, ndim),) if ndim else _only_scalar_dim(name, dim)
    given = as_ints(dim)
    if not given:
        return tuple(range(ndim))
    dims = sorted(normalize_dim(name, each, ndim) for each in given)
    if len(set(dims)) < len(dims):
        raise RuntimeError(f"{name}: dim {given} names a dimension twice")
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
            return x.reshape(-1) if hasattr(x, "_array") else x

        made = function(vector(input), *map(vector, args), **{name: vector(x) for name, x in kwargs.items()})
        return type(made)(*(each.reshape(()) for each in made)) if isinstance(made, tuple) else made.reshape(())

    return widened  # type: ignore[return-value]
