"""Reductions and normalisations of the elements that a mask names, under the names of torch.masked.

`mask` is of bools and broadcasts to the input: True is counted. The others stand for the value that changes nothing
(0 of a sum, 1 of a product, -inf of a maximum), and their gradients are 0. Without a mask all are counted. Where a mask
leaves no element, the result is that value, and nan of a mean, variance, median or softmax.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from ..types import Dims, DTypeLike
from . import reduction, scan, softmax as softmaxes, sorting
from .arithmetic import sqrt
from .choosing import maximum, where
from .creation import ones
from .dims import normalize_dims
from .exponential import logaddexp
from .linalg.norms import vector_norm
from .operation import operation
from .promotion import cast, require_tensors, rounded_once
from .shape import expand

Mask = Tensor | None
_OF_MASKED: dict[str, Any] = {"face": "masked", "method": False}


def _least(kind: dtypes.dtype) -> float:
    """What is not above any number of a dtype."""
    return -float("inf") if kind.is_inexact else False if kind is dtypes.bool else dtypes.iinfo(kind).min


def _most(kind: dtypes.dtype) -> float:
    return float("inf") if kind.is_floating_point else True if kind is dtypes.bool else dtypes.iinfo(kind).max


def _ready(name: str, input: Tensor, dtype: DTypeLike, mask: Mask) -> Tensor:
    """The input in the dtype that is asked for; the mask must fit it."""
    require_tensors(name, input, *(() if mask is None else (mask,)))
    if mask is not None and mask.dtype is not dtypes.bool:
        raise OperationError(f"{name}: expected a mask of bools, got {mask.dtype}; mask != 0 is one")
    shape = None if mask is None else mask.shape
    if shape is not None and (
        len(shape) > input.ndim
        or any(n not in (1, m) for n, m in zip(reversed(shape), reversed(input.shape), strict=False))
    ):
        raise OperationError(
            f"{name}: a mask of shape {tuple(shape)} does not broadcast to the input's, {tuple(input.shape)}"
        )
    return input if dtype is None else cast(input, dtype)


def _filled(x: Tensor, mask: Mask, value: Any) -> Tensor:
    return x if mask is None else where(mask, x, value)


def _counted(x: Tensor, mask: Mask, dims: tuple[int, ...], keepdim: bool) -> Tensor:
    """How many elements each result is of, as numbers of a real dtype."""
    real = x.real.dtype if x.is_complex() else x.dtype
    counted = ones(x.shape, dtype=real, device=x.device) if mask is None else cast(expand(mask, x.shape), real)
    return reduction.sum(counted, dims, keepdim)


@operation(name="sum", **_OF_MASKED)
def masked_sum(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """The sum of the masked elements over some dimensions (default all); 0 of none.

    >>> import autograd
    >>> x = autograd.arange(4.0)
    >>> autograd.masked.sum(x, mask=x > 1)
    tensor(5.)
    """
    x = _filled(_ready("masked.sum", input, dtype, mask), mask, 0)
    return reduction.sum(x, normalize_dims("masked.sum", dim, x.ndim), keepdim, dtype=dtype)


@operation(name="prod", **_OF_MASKED)
def masked_prod(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """The product of the masked elements over some dimensions (default all); 1 of none."""
    x = _filled(_ready("masked.prod", input, dtype, mask), mask, 1)
    dims = normalize_dims("masked.prod", dim, x.ndim)
    if not dims:
        return scan.prod(x, dtype=dtype)
    for i in reversed(dims):
        x = scan.prod(x, i, keepdim, dtype=dtype)
    return x


@operation(name="amax", **_OF_MASKED)
def masked_amax(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """The largest of the masked elements over some dimensions (default all); of none -inf, or the least integer."""
    x = _ready("masked.amax", input, dtype, mask)
    return reduction.amax(_filled(x, mask, _least(x.dtype)), () if dim is None else dim, keepdim)


@operation(name="amin", **_OF_MASKED)
def masked_amin(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """The smallest of the masked elements over some dimensions (default all); of none inf, or the largest integer."""
    x = _ready("masked.amin", input, dtype, mask)
    return reduction.amin(_filled(x, mask, _most(x.dtype)), () if dim is None else dim, keepdim)


@operation(name="argmax", **_OF_MASKED)
def masked_argmax(
    input: Tensor, dim: int | None = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """Where the largest of the masked elements stands, along a dimension or, without one, in the flattened input."""
    x = _ready("masked.argmax", input, dtype, mask)
    return reduction.argmax(_filled(x, mask, _least(x.dtype)), dim, keepdim)


@operation(name="argmin", **_OF_MASKED)
def masked_argmin(
    input: Tensor, dim: int | None = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """Where the smallest of the masked elements stands, along a dimension or, without one, in the flattened input."""
    x = _ready("masked.argmin", input, dtype, mask)
    return reduction.argmin(_filled(x, mask, _most(x.dtype)), dim, keepdim)


@operation(name="mean", **_OF_MASKED)
def masked_mean(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """The mean of the masked elements over some dimensions (default all); nan of none."""
    x = _ready("masked.mean", input, dtype, mask)
    if not x.dtype.is_inexact:
        raise OperationError(f"masked.mean: expected floating-point numbers, got {x.dtype}; give a dtype")
    dims = normalize_dims("masked.mean", dim, x.ndim)
    return reduction.sum(_filled(x, mask, 0), dims, keepdim) / _counted(x, mask, dims, keepdim)


@operation(name="median", **_OF_MASKED)
def masked_median(
    input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """The median of the masked elements along a dimension, the lower of two; nan of none. No element may be nan."""
    x = _ready("masked.median", input, dtype, mask)
    if not x.is_floating_point():
        raise OperationError(f"masked.median: expected floating-point numbers, got {x.dtype}; give a dtype")
    return sorting.nanmedian(_filled(x, mask, float("nan")), dim, keepdim).values


@operation(name="var", **_OF_MASKED)
def masked_var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: DTypeLike = None,
    mask: Mask = None,
) -> Tensor:
    """The squared deviations of the n masked elements from their mean, summed and divided by max(n - correction, 0).

    The correction is 1 (0 with `unbiased=False`). Integers count as floating-point numbers; of complex ones the result
    is complex, its imaginary part 0.
    """
    if unbiased is not None and correction is not None:
        raise OperationError("masked.var: unbiased and correction say the same; give one of them")
    x = _ready("masked.var", input, dtype, mask)
    x = x if x.dtype.is_inexact else cast(x, dtypes.get_default_dtype())
    dims = normalize_dims("masked.var", dim, x.ndim)
    taken = (1 if unbiased is None or unbiased else 0) if correction is None else correction
    mean = reduction.sum(_filled(x, mask, 0), dims, True) / _counted(x, mask, dims, True)
    apart = _filled(x - mean, mask, 0)
    return reduction.sum(apart * apart.conj(), dims, keepdim) / (_counted(x, mask, dims, keepdim) - taken).clamp(min=0)


@operation(name="std", **_OF_MASKED)
def masked_std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: DTypeLike = None,
    mask: Mask = None,
) -> Tensor:
    """The square root of `masked.var`."""
    return sqrt(masked_var(input, dim, unbiased, correction=correction, keepdim=keepdim, dtype=dtype, mask=mask))


@operation(name="norm", **_OF_MASKED)
def masked_norm(
    input: Tensor,
    ord: float = 2.0,
    dim: Dims = None,
    *,
    keepdim: bool = False,
    dtype: DTypeLike = None,
    mask: Mask = None,
) -> Tensor:
    """The norm of the masked elements as a vector, over some dimensions (default all); of none 0, inf below order 0."""
    x = _ready("masked.norm", input, dtype, mask)
    return vector_norm(_filled(x, mask, float("inf") if ord < 0 else 0), ord, dim, keepdim)


@operation(name="normalize", **_OF_MASKED)
@rounded_once
def masked_normalize(
    input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """input / max(norm of the masked elements, eps) along a dimension; 0 where there is no mask."""
    x = _ready("masked.normalize", input, dtype, mask)
    size = masked_norm(x, ord, dim, keepdim=True, mask=mask)
    return _filled(x, mask, 0) / maximum(size, eps)


@operation(name="logsumexp", **_OF_MASKED)
def masked_logsumexp(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DTypeLike = None, mask: Mask = None
) -> Tensor:
    """log of the sum of exp of the masked elements over some dimensions (default all); -inf of none."""
    x = _ready("masked.logsumexp", input, dtype, mask)
    dims = normalize_dims("masked.logsumexp", dim, x.ndim)
    return reduction.logsumexp(_filled(x, mask, _least(x.dtype)), dims, keepdim)


@operation(name="logaddexp", **_OF_MASKED)
def masked_logaddexp(
    input: Tensor, other: Tensor, *, dtype: DTypeLike = None, input_mask: Mask = None, other_mask: Mask = None
) -> Tensor:
    """log(exp(input) + exp(other)), of each the masked elements; -inf where none is."""
    x = _ready("masked.logaddexp", input, dtype, input_mask)
    y = _ready("masked.logaddexp", other, dtype, other_mask)
    return logaddexp(_filled(x, input_mask, _least(x.dtype)), _filled(y, other_mask, _least(y.dtype)))


def _along(name: str, function: Callable[..., Tensor], fill: Callable[[dtypes.dtype], float], doc: str) -> Any:
    def along(input: Tensor, dim: int, *, dtype: DTypeLike = None, mask: Mask = None) -> Tensor:
        x = _ready(f"masked.{name}", input, dtype, mask)
        return function(_filled(x, mask, fill(x.dtype)), dim, dtype=x.dtype)

    along.__name__ = along.__qualname__ = f"masked_{name}"
    along.__doc__ = doc
    return operation(name=name, **_OF_MASKED)(along)


masked_cumsum = _along(
    "cumsum", scan.cumsum, lambda kind: 0, "The sums of the masked elements so far along a dimension."
)
masked_cumprod = _along(
    "cumprod", scan.cumprod, lambda kind: 1, "The products of the masked elements so far along a dimension."
)
masked_softmax = _along(
    "softmax", softmaxes.softmax, _least, "exp(input) / sum(exp(input)) along a dimension, 0 where there is no mask."
)
masked_log_softmax = _along(
    "log_softmax", softmaxes.log_softmax, _least, "log(masked.softmax(input)), -inf where there is no mask."
)
masked_softmin = _along(
    "softmin", lambda x, dim, dtype: softmaxes.softmax(-x, dim, dtype=dtype), _most, "`masked.softmax` of -input."
)
