"""The gradients of convolutions by their input and by their weight, as functions of what they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.types import PerDim

from . import functional as F


def _pulled_back(dims: int, input: Tensor, weight: Tensor, by: int, gradient: Tensor, options: Sequence[Any]) -> Tensor:
    """What the gradient of a convolution's output says of its input (by 0) or weight (1)."""
    arguments = [input.detach(), weight.detach()]
    arguments[by].requires_grad_()
    with autograd.enable_grad():
        out = getattr(F, f"conv{dims}d")(*arguments, None, *options)
    return autograd.grad(out, arguments[by], gradient, create_graph=gradient.requires_grad)[0]


def _by_input(dims: int) -> Any:
    def function(
        input_size: Sequence[int],
        weight: Tensor,
        grad_output: Tensor,
        stride: PerDim = 1,
        padding: PerDim = 0,
        dilation: PerDim = 1,
        groups: int = 1,
    ) -> Tensor:
        input = weight.new_zeros(tuple(input_size))
        return _pulled_back(dims, input, weight, 0, grad_output, (stride, padding, dilation, groups))

    function.__name__ = function.__qualname__ = f"conv{dims}d_input"
    function.__doc__ = f"The gradient of conv{dims}d by an input of this size, given that by its output."
    return function


def _by_weight(dims: int) -> Any:
    def function(
        input: Tensor,
        weight_size: Sequence[int],
        grad_output: Tensor,
        stride: PerDim = 1,
        padding: PerDim = 0,
        dilation: PerDim = 1,
        groups: int = 1,
    ) -> Tensor:
        weight = input.new_zeros(tuple(weight_size))
        return _pulled_back(dims, input, weight, 1, grad_output, (stride, padding, dilation, groups))

    function.__name__ = function.__qualname__ = f"conv{dims}d_weight"
    function.__doc__ = f"The gradient of conv{dims}d by a weight of this size, given that by its output."
    return function


conv1d_input, conv2d_input, conv3d_input = (_by_input(dims) for dims in (1, 2, 3))
conv1d_weight, conv2d_weight, conv3d_weight = (_by_weight(dims) for dims in (1, 2, 3))
