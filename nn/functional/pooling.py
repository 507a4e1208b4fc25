"""Pooling: the maximum, the mean or a norm of each window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops import pooling as _pool
from autograd.ops.convolution import as_tuple
from autograd.ops.joining import cat_pieces
from autograd.ops.layout import as_images, laid_as
from autograd.ops.promotion import rounded_once, single_under_autocast
from autograd.types import PerDim


def _max_pool(name: str, dims: int) -> Any:
    def function(
        input: Tensor,
        kernel_size: PerDim,
        stride: PerDim | None = None,
        padding: PerDim = 0,
        dilation: PerDim = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> Any:
        return _pool.max_pool(name, dims, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"The maximum of each window over the last {dims} dimensions; at ties the first has the gradient."
    )
    return function


max_pool1d, max_pool2d, max_pool3d = (_max_pool(f"max_pool{dims}d", dims) for dims in (1, 2, 3))


def avg_pool1d(
    input: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window over the last dimension."""
    return _pool.avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    input: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window over the last two dimensions."""
    options = ceil_mode, count_include_pad, divisor_override
    return _pool.avg_pool("avg_pool2d", 2, input, kernel_size, stride, padding, *options)


def avg_pool3d(
    input: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window over the last three dimensions."""
    options = ceil_mode, count_include_pad, divisor_override
    return _pool.avg_pool("avg_pool3d", 3, input, kernel_size, stride, padding, *options)


@rounded_once
def _lp_pool(
    name: str, dims: int, input: Tensor, norm_type: float, kernel_size: PerDim, stride: PerDim | None, ceil_mode: bool
) -> Tensor:
    """(sum of x^p)^(1/p) of each window."""
    kernel = as_tuple(kernel_size, dims)
    area = 1
    for size in kernel:
        area *= size
    mean = _pool.avg_pool(name, dims, input.pow(norm_type), kernel, stride, 0, ceil_mode)
    return (mean.sign() * mean.abs().relu() * area).pow(1.0 / norm_type)


def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: PerDim, stride: PerDim | None = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each window over the last dimension."""
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: PerDim, stride: PerDim | None = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each window over the last two dimensions."""
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


@single_under_autocast
def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: PerDim, stride: PerDim | None = None, ceil_mode: bool = False
) -> Tensor:
    """The p-norm of each window over the last three dimensions."""
    return _lp_pool("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)


def adaptive_avg_pool1d(input: Tensor, output_size: PerDim) -> Tensor:
    """Means of windows that cut the last dimension into output_size nearly equal parts."""
    return _pool.adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: PerDim) -> Tensor:
    """Means of windows that cut the last two dimensions into nearly equal parts; None keeps a size."""
    return _pool.adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


@single_under_autocast
def adaptive_avg_pool3d(input: Tensor, output_size: PerDim) -> Tensor:
    """Means of windows that cut the last three dimensions into nearly equal parts; None keeps a size."""
    return _pool.adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


def _adaptive_max(name: str, dims: int, input: Tensor, output_size: PerDim, return_indices: bool) -> Any:
    sizes = _pool.adaptive_sizes(name, dims, input, output_size)
    have = input.shape[-dims:]
    if _pool.divides_evenly(have, sizes) and 0 not in have:
        kernel = tuple(n // size for n, size in zip(have, sizes, strict=True))
        return _pool.max_pool(name, dims, input, kernel, kernel, return_indices=return_indices)
    places = autograd.arange(have.numel(), device=input.device).reshape(have).expand(input.shape)
    values = input
    for axis in reversed(range(dims)):  # the last dimension first, so that at a tie the first in memory is found
        n, size, dim = have[axis], sizes[axis], input.ndim - dims + axis
        if not size:
            values, places = values.narrow(dim, 0, 0), places.narrow(dim, 0, 0)
            continue
        best, where = [], []
        for start, end in _pool.adaptive_bounds(n, size):
            found = values.narrow(dim, start, end - start).max(dim, keepdim=True)
            best.append(found.values)
            where.append(places.narrow(dim, start, end - start).gather(dim, found.indices))
        values, places = cat_pieces(*best, dim=dim), autograd.cat(where, dim)
    values = laid_as(values, as_images, input)
    return (values, laid_as(places, as_images, input)) if return_indices else values


def adaptive_max_pool1d(input: Tensor, output_size: PerDim, return_indices: bool = False) -> Any:
    """Maxima of windows that cut the last dimension into output_size nearly equal parts."""
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: PerDim, return_indices: bool = False) -> Any:
    """Maxima of windows that cut the last two dimensions into nearly equal parts; None keeps a size."""
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size, return_indices)


@single_under_autocast
def adaptive_max_pool3d(input: Tensor, output_size: PerDim, return_indices: bool = False) -> Any:
    """Maxima of windows that cut the last three dimensions into nearly equal parts; None keeps a size."""
    return _adaptive_max("adaptive_max_pool3d", 3, input, output_size, return_indices)


@single_under_autocast
def _unpool(
    name: str,
    dims: int,
    input: Tensor,
    indices: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None,
    padding: PerDim,
    output_size: Sequence[int] | None,
) -> Tensor:
    if input.shape != indices.shape or input.ndim not in (dims + 1, dims + 2):
        raise OperationError(f"{name}: values {tuple(input.shape)} and indices {tuple(indices.shape)} do not fit")
    kernel, pads = as_tuple(kernel_size, dims), as_tuple(padding, dims)
    steps = kernel if stride is None else as_tuple(stride, dims)
    space = [(n - 1) * s - 2 * p + k for n, s, p, k in zip(input.shape[-dims:], steps, pads, kernel, strict=True)]
    if output_size is not None:
        space = list(output_size)[-dims:]
    outer = tuple(input.shape[:-dims])
    count = 1
    for size in space:
        count *= size
    blank = autograd.zeros(*outer, count, dtype=input.dtype, device=input.device)
    flat = blank.scatter(-1, indices.reshape(*outer, -1), input.reshape(*outer, -1))
    return flat.reshape(*outer, *space)


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The maxima put back where max_pool1d(return_indices=True) found them, zeros elsewhere."""
    return _unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The maxima put back where max_pool2d(return_indices=True) found them, zeros elsewhere."""
    return _unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """The maxima put back where max_pool3d(return_indices=True) found them, zeros elsewhere."""
    return _unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)
