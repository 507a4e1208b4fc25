"""A batch norm in evaluation is an affine map a channel: it can become part of the layer before it."""

from __future__ import annotations

import copy
from typing import Any

import autograd
from autograd import Tensor

from ..module import Module
from ..parameter import Parameter


def _scale_and_shift(mean: Tensor, var: Tensor, eps: float, weight: Tensor | None, bias: Tensor | None) -> Any:
    """y = scale x + shift."""
    scale = (var + eps).rsqrt() * (1.0 if weight is None else weight)
    return scale, (0.0 if bias is None else bias) - mean * scale


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of a convolution that does what it and the batch norm after it did."""
    with autograd.no_grad():
        scale, shift = _scale_and_shift(bn_rm, bn_rv, bn_eps, bn_w, bn_b)
        shape = [1] * conv_w.dim()
        shape[1 if transpose else 0] = -1
        weight = conv_w * scale.reshape(shape)
        bias = shift if conv_b is None else conv_b * scale + shift
        return Parameter(weight, conv_w.requires_grad), Parameter(bias)


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of a linear layer that does what it and the batch norm after it did."""
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def fuse_conv_bn_eval(conv: Module, bn: Module, transpose: bool = False) -> Module:
    """A copy of a convolution in evaluation mode with the batch norm after it inside."""
    if conv.training or bn.training:
        raise RuntimeError("fuse_conv_bn_eval: fusion is for evaluation only; call eval() on both first")
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        conv.weight, conv.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_linear_bn_eval(linear: Module, bn: Module) -> Module:
    """A copy of a linear layer in evaluation mode with the batch norm after it inside."""
    return fuse_conv_bn_eval(linear, bn)
