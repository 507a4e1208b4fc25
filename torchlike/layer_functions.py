"""Functions of layers as torch has them beside nn.functional's: more arguments by position, and numbers for words.

What they compute is `nn.functional`'s; here are torch's signatures of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import autograd
import nn.functional as F
from autograd import Tensor
from autograd.linalg import matrix_norm
from nn.functional import (
    celu_,
    conv_tbc,
    feature_alpha_dropout,
    max_pool1d_with_indices,
    rrelu_,
    selu_,
    threshold_,
)
from nn.functional.vision import channel_shuffle as native_channel_shuffle

Sizes = int | Sequence[int]
_REDUCTIONS = ("none", "mean", "sum")
_SAMPLINGS = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = False,
) -> Tensor:
    """`nn.functional.batch_norm`, weight and bias before the statistics."""
    return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool = False,
) -> Tensor:
    """`nn.functional.instance_norm`, weight and bias before the statistics."""
    return F.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def _moments(input: Tensor, dims: Sequence[int], eps: float) -> tuple[Tensor, Tensor]:
    """The mean, and one over the standard deviation."""
    mean = input.mean(dims, keepdim=True)
    return mean, ((input - mean).square().mean(dims, keepdim=True) + eps).rsqrt()


def native_batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """(result, mean, 1 / sqrt(var + eps)) of `batch_norm`; outside of training the statistics are empty."""
    out = F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    if not training:
        return out, input.new_empty(0), input.new_empty(0)
    mean, scale = _moments(input, [i for i in range(input.ndim) if i != 1], eps)
    return out, mean.flatten(), scale.flatten()


def native_layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """(result, mean, 1 / sqrt(var + eps)) of `layer_norm`."""
    dims = range(input.ndim - len(normalized_shape), input.ndim)
    return F.layer_norm(input, normalized_shape, weight, bias, eps), *_moments(input, list(dims), eps)


def native_group_norm(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """(result, mean, 1 / sqrt(var + eps)) of `group_norm`, the statistics (N, group)."""
    mean, scale = _moments(input.reshape(N, group, -1), [2], eps)
    return F.group_norm(input, group, weight, bias, eps), mean.squeeze(2), scale.squeeze(2)


def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """`nn.functional.embedding`, the weight first; a negative `padding_idx` is none."""
    padding = None if padding_idx < 0 else padding_idx
    return F.embedding(indices, weight, padding, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None, reduction: int = 0
) -> Tensor:
    """The loss of `nn.functional`; reduction 0 (as torch has it, the default) is "none", 1 "mean", 2 "sum"."""
    how = _REDUCTIONS[reduction]
    return F.binary_cross_entropy_with_logits(input, target, weight, reduction=how, pos_weight=pos_weight)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: int = 0,
    zero_infinity: bool = False,
) -> Tensor:
    """The loss of `nn.functional`; reduction 0 (as torch has it, the default) is "none", 1 "mean", 2 "sum"."""
    how = _REDUCTIONS[reduction]
    return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, how, zero_infinity)


def affine_grid_generator(theta: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    """`nn.functional.affine_grid`."""
    return F.affine_grid(theta, size, align_corners)


def grid_sampler(
    input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """`nn.functional.grid_sample`, its modes by number.

    0 is "bilinear", 1 "nearest", 2 "bicubic"; of padding 0 is "zeros", 1 "border", 2 "reflection".
    """
    return F.grid_sample(input, grid, _SAMPLINGS[interpolation_mode], _PADDINGS[padding_mode], align_corners)


grid_sampler_2d = grid_sampler_3d = grid_sampler


def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    transposed: bool,
    output_padding: Sizes,
    groups: int,
) -> Tensor:
    """conv1d to conv3d, or conv_transpose1d to 3d, as the weight has dimensions."""
    name = f"conv{'_transpose' if transposed else ''}{weight.ndim - 2}d"
    function: Callable[..., Tensor] | None = getattr(F, name, None)
    if function is None:
        raise RuntimeError(f"convolution: expected a weight of 3 to 5 dimensions, got shape {tuple(weight.shape)}")
    if transposed:
        return function(input, weight, bias, stride, padding, output_padding, groups, dilation)
    return function(input, weight, bias, stride, padding, dilation, groups)


def native_dropout(input: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """(result, which elements are kept) of dropout."""
    if train is False or p == 0:
        return input.clone(), autograd.ones_like(input, dtype=autograd.bool)
    kept = F.dropout(autograd.ones_like(input), p, True)
    return input * kept, kept != 0


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Dropout of whole channels of (N, C, ...)."""
    if not train or p == 0:
        return input.clone()
    kept = F.dropout(input.new_ones(input.shape[:2] + (1,) * (input.ndim - 2)), p, True)
    return input * kept


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """dropout, written over the input."""
    return F.dropout(input, p, train, inplace=True)


def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """feature_dropout, written over the input."""
    return input.copy_(feature_dropout(input, p, train)) if train else input


def alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """alpha_dropout, written over the input."""
    return F.alpha_dropout(input, p, train, inplace=True)


def feature_alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """feature_alpha_dropout, written over the input."""
    return feature_alpha_dropout(input, p, train, inplace=True)


def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """Scales the rows that the indices name down to max_norm, in place."""
    with autograd.no_grad():
        rows = indices.flatten().unique()
        sizes = input[rows].norm(norm_type, 1, keepdim=True)
        input[rows] = autograd.where(sizes > max_norm, input[rows] * (max_norm / (sizes + 1e-7)), input[rows])
    return input


def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """The norm over all dimensions but one, which are kept; over all for dim -1."""
    if dim == -1:
        return v.norm(pow)
    return v.norm(pow, [i for i in range(v.ndim) if i != dim % v.ndim], keepdim=True)


def frobenius_norm(input: Tensor, dim: Sizes = (), keepdim: bool = False) -> Tensor:
    """The root of the sum of squares, over some dimensions (default all)."""
    return input.norm(2, dim or None, keepdim)


def nuclear_norm(input: Tensor, dim: Any = (-2, -1), keepdim: bool = False) -> Tensor:
    """The sum of the singular values of the matrices that two dimensions hold."""
    if isinstance(dim, bool):
        dim, keepdim = (-2, -1), dim
    return matrix_norm(input, "nuc", tuple(dim), keepdim)


def native_norm(input: Tensor, p: float = 2.0) -> Tensor:
    """The norm of all elements."""
    return input.norm(p)


__all__ = [
    "affine_grid_generator",
    "alpha_dropout_",
    "batch_norm",
    "binary_cross_entropy_with_logits",
    "celu_",
    "conv_tbc",
    "convolution",
    "ctc_loss",
    "dropout_",
    "embedding",
    "embedding_renorm_",
    "feature_alpha_dropout_",
    "feature_dropout",
    "feature_dropout_",
    "frobenius_norm",
    "grid_sampler",
    "grid_sampler_2d",
    "grid_sampler_3d",
    "instance_norm",
    "max_pool1d_with_indices",
    "native_batch_norm",
    "native_channel_shuffle",
    "native_dropout",
    "native_group_norm",
    "native_layer_norm",
    "native_norm",
    "norm_except_dim",
    "nuclear_norm",
    "rrelu_",
    "selu_",
    "threshold_",
]
