"""What distributions have in common: parameters of one shape, logits and probabilities, lazy properties."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .. import dtypes
from ..device import DeviceLike
from ..engine.modes import enable_grad, no_grad
from ..engine.tensor import Tensor
from ..ops.creation import arange, tensor, zeros
from ..ops.random import randn
from ..ops.shape import broadcast_tensors
from ..ops.softmax import softmax

__all__ = [
    "broadcast_all",
    "clamp_probs",
    "euler_constant",
    "lazy_property",
    "logits_to_probs",
    "probs_to_logits",
    "tril_matrix_to_vec",
    "vec_to_tril_matrix",
]

euler_constant = 0.57721566490153286060


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Tensors and numbers as tensors of one shape; numbers get the first tensor's dtype and device.

    Raises ValueError for what is neither a tensor nor a number.

    >>> import autograd
    >>> [tuple(each.shape) for each in broadcast_all(autograd.zeros(2, 1), autograd.ones(3), 0.5)]
    [(2, 3), (2, 3), (2, 3)]
    """
    for value in values:
        if not (isinstance(value, Tensor) or is_number(value)):
            raise ValueError(f"a distribution's parameters are tensors or numbers, got {type(value).__name__}")
    first = next((value for value in values if isinstance(value, Tensor)), None)
    kind = dtypes.get_default_dtype() if first is None else first.dtype
    device = None if first is None else first.device
    made = [value if isinstance(value, Tensor) else tensor(value, dtype=kind, device=device) for value in values]
    return tuple(broadcast_tensors(*made))


@no_grad()
def _standard_normal(shape: Sequence[int], dtype: dtypes.dtype | None, device: DeviceLike) -> Tensor:
    return randn(tuple(shape), dtype=dtype, device=device)


def _sum_rightmost(value: Tensor, dim: int) -> Tensor:
    """The sum over the last `dim` dimensions."""
    return value.sum(tuple(range(-dim, 0))) if dim else value


def one_of(name: str, probs: Any, logits: Any) -> None:
    """ValueError unless just one of probs and logits is given."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: give either probs or logits, not both or none of them")


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """sigmoid(logits) if binary, else their softmax over the last dimension."""
    return logits.sigmoid() if is_binary else softmax(logits, -1)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities in [eps, 1 - eps], eps the distance from 1 to the next number of their dtype."""
    eps = dtypes.finfo(probs.dtype).eps
    return probs.clamp(eps, 1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log(p / (1 - p)) if binary, else log(p), of probabilities that are moved away from 0 and 1 by an eps."""
    inside = clamp_probs(probs)
    return inside.log() - (-inside).log1p() if is_binary else inside.log()


class lazy_property:
    """A method as an attribute that is computed when it is first asked for, with a graph, and kept."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)  # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def _lower_triangle(n: int, diag: int, device: DeviceLike) -> Tensor:
    """The places of the lower triangle in a matrix of n x n that is read row by row."""
    places = arange(n * n, device=device)
    return places[places % n <= places // n + diag]


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The lower triangle row by row: (*, n, n) -> (*, n (n + 1) / 2) for diag = 0.

    >>> import autograd
    >>> tril_matrix_to_vec(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([1., 3., 4.])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag = {diag} lies outside [{-n}, {n - 1}]")
    return mat.flatten(-2).index_select(-1, _lower_triangle(n, diag, mat.device))


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """The lower triangular matrix with these elements row by row: the inverse of `tril_matrix_to_vec`."""
    count = vec.shape[-1]
    n = 1
    while _size_of_triangle(n, diag) < count:
        n += 1
    if _size_of_triangle(n, diag) != count:
        raise ValueError(f"{count} elements do not fill the lower triangle of a square matrix")
    places = _lower_triangle(n, diag, vec.device)
    flat = zeros((*vec.shape[:-1], n * n), dtype=vec.dtype, device=vec.device)
    return flat.index_copy(-1, places, vec).reshape((*vec.shape[:-1], n, n))


def _size_of_triangle(n: int, diag: int) -> int:
    return sum(min(max(row + 1 + diag, 0), n) for row in range(n))
