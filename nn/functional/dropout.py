"""Dropout, of elements and of whole channels (N. Srivastava et al., 2014; J. Tompson et al., 2015)."""

from __future__ import annotations

import math

import autograd
from autograd import Tensor
from autograd.ops.random import dropout as _dropout, keep_mask


def _maybe_in_place(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    return input.copy_(result) if inplace else result


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zeroes each element with probability p and scales the others by 1/(1-p), in training."""
    return _maybe_in_place(input, _dropout(input, p, training), inplace and training and p > 0)


def _check(name: str, p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"{name}: p is a probability, got {p}")


def _channels(name: str, input: Tensor, p: float, training: bool, inplace: bool, unbatched: int) -> Tensor:
    """Zeroes whole channels: the first dimension of an input without a batch, else the second."""
    _check(name, p)
    if not training or p == 0.0 or not input.numel():
        return input
    kept = input.shape[:1] if input.ndim == unbatched else input.shape[:2]
    shape = (*kept, *(1,) * (input.ndim - len(kept)))
    mask = _dropout(autograd.ones(shape, dtype=input.dtype, device=input.device), p, True)
    return _maybe_in_place(input, input * mask, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zeroes whole channels of (N, C, L) or (C, L)."""
    return _channels("dropout1d", input, p, training, inplace, 2)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zeroes whole channels of (N, C, H, W)."""
    return _channels("dropout2d", input, p, training, inplace, 0)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zeroes whole channels of (N, C, D, H, W)."""
    return _channels("dropout3d", input, p, training, inplace, 0)


# The value that SELU tends to far below, which stands for "switched off".
_OFF = -1.7580993408473766


def _alpha(name: str, input: Tensor, shape: tuple, p: float, training: bool, inplace: bool) -> Tensor:
    """Dropout that keeps mean and variance of SELU's outputs (G. Klambauer et al., 2017)."""
    _check(name, p)
    if not training or p == 0.0 or not input.numel():
        return input
    if p == 1.0:
        return _maybe_in_place(input, input * 0.0, inplace)
    kept = keep_mask(input, shape, p)
    a = 1.0 / math.sqrt((1.0 - p) * (1.0 + p * _OFF**2))
    return _maybe_in_place(input, (input * kept + (1.0 - kept) * _OFF) * a - a * p * _OFF, inplace)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean and variance of SELU's outputs (G. Klambauer et al., 2017)."""
    return _alpha("alpha_dropout", input, tuple(input.shape), p, training, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """alpha_dropout of whole channels."""
    shape = (*input.shape[:2], *(1,) * (input.ndim - 2))
    return _alpha("feature_alpha_dropout", input, shape, p, training, inplace)
