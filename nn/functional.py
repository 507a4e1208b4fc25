"""The layers' computations as functions, under torch's names."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine import apply
from autograd.errors import OperationError
from autograd.ops import convolution as _conv
from autograd.ops import normalisation as _norm
from autograd.ops import pooling as _pool
from autograd.ops.arrange import pad
from autograd.ops.elementwise import gelu_exact, logsigmoid, softplus
from autograd.ops.indexing import check_class_indices, one_hot
from autograd.ops.linalg import linear
from autograd.ops.random import dropout as _dropout

# Convolution and pooling


def conv1d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Tensor:  # fmt: skip
    """(N, C, L), (O, C/groups, K) -> (N, O, L')."""
    return _conv.convolution("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Tensor:  # fmt: skip
    """(N, C, H, W), (O, C/groups, KH, KW) -> (N, O, H', W')."""
    return _conv.convolution("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Tensor:  # fmt: skip
    """(N, C, D, H, W), (O, C/groups, KD, KH, KW) -> (N, O, D', H', W')."""
    return _conv.convolution("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _max_pool(name: str, dims: int) -> Any:
    def function(
        input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
        ceil_mode: bool = False, return_indices: bool = False,
    ) -> Any:  # fmt: skip
        return _pool.max_pool(name, dims, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"The maximum of each window over the last {dims} dimensions; at ties the first has the gradient."
    )
    return function


max_pool1d, max_pool2d, max_pool3d = (_max_pool(f"max_pool{dims}d", dims) for dims in (1, 2, 3))


def avg_pool1d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:  # fmt: skip
    """The mean of each window over the last dimension."""
    return _pool.avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of each window over the last two dimensions."""
    options = ceil_mode, count_include_pad, divisor_override
    return _pool.avg_pool("avg_pool2d", 2, input, kernel_size, stride, padding, *options)


def avg_pool3d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
    count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The mean of each window over the last three dimensions."""
    options = ceil_mode, count_include_pad, divisor_override
    return _pool.avg_pool("avg_pool3d", 3, input, kernel_size, stride, padding, *options)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0)."""
    return input.relu_() if inplace else input.relu()


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(input, 0), 6)."""
    return hardtanh(input, 0.0, 6.0, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input limited to [min_val, max_val]; on the limits the derivative is 0."""
    if not input.dtype.is_floating_point:
        return _maybe_in_place(input, input.clamp(int(min_val), int(max_val)), inplace)
    inside = (input > min_val) & (input < max_val)
    return _maybe_in_place(input, autograd.where(inside, input, input.detach().clamp(min_val, max_val)), inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where positive, else negative_slope * input."""
    return _maybe_in_place(input, autograd.where(input > 0, input, input * negative_slope), inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else alpha (exp(input) - 1) (D.-A. Clevert et al., 2015)."""
    below = autograd.expm1(input.clamp(max=0.0)) * alpha
    return _maybe_in_place(input, autograd.where(input > 0, input, below), inplace)


def _maybe_in_place(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    return input.copy_(result) if inplace else result


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-input))."""
    return input.sigmoid()


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return input.tanh()


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input) (S. Elfwing et al., 2017)."""
    return _maybe_in_place(input, input * input.sigmoid(), inplace)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """input * Phi(input), Phi the normal distribution function (D. Hendrycks, K. Gimpel, 2016).

    With approximate='tanh', Phi is approximated.
    """
    if approximate == "none":
        return gelu_exact(input)
    if approximate != "tanh":
        raise RuntimeError(f"gelu: approximate is 'none' or 'tanh', got {approximate!r}")
    inner = (input + input * input * input * 0.044715) * math.sqrt(2.0 / math.pi)
    return input * 0.5 * (inner.tanh() + 1.0)


def _dimension(name: str, input: Tensor, dim: int | None) -> int:
    """torch's implicit choice of the dimension: the first for 0, 1 and 3 dimensions, else the second."""
    return (0 if input.ndim in (0, 1, 3) else 1) if dim is None else dim


def softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """exp(input) / sum(exp(input)) along a dimension."""
    return _norm.softmax(input, _dimension("softmax", input, dim), dtype)


def log_softmax(input: Tensor, dim: int | None = None, dtype: Any = None) -> Tensor:
    """log(softmax(input)) along a dimension."""
    return _norm.log_softmax(input, _dimension("log_softmax", input, dim), dtype)


# Regularisation and normalisation


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zeroes each element with probability p and scales the others by 1/(1-p), in training."""
    return _maybe_in_place(input, _dropout(input, p, training), inplace and training and p > 0)


def batch_norm(
    input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
    bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """(input - mean) / sqrt(var + eps) * weight + bias a channel (S. Ioffe, C. Szegedy, 2015).

    In training by the batch's own statistics, which the running ones follow; else by the running ones.
    """
    count = input.numel() // max(input.shape[1], 1)
    if training:
        if count <= 1:
            raise ValueError(f"batch_norm: expected more than 1 value a channel in training, got {tuple(input.shape)}")
        out, mean, var = apply(_norm._batch_norm, input, weight, bias, eps=eps)
        with autograd.no_grad():
            if running_mean is not None:
                running_mean.mul_(1 - momentum).add_(mean * momentum)
            if running_var is not None:
                running_var.mul_(1 - momentum).add_(var * (momentum * count / (count - 1)))
        return out
    if running_mean is None or running_var is None:
        raise RuntimeError("batch_norm: running_mean and running_var are needed outside training")
    a_channel = (1, -1) + (1,) * (input.ndim - 2)
    scale = (running_var + eps).rsqrt()
    if weight is not None:
        scale = scale * weight
    out = (input - running_mean.reshape(a_channel)) * scale.reshape(a_channel)
    return out if bias is None else out + bias.reshape(a_channel)


# Losses


def _reduce(name: str, losses: Tensor, reduction: str) -> Tensor:
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError(f"{name}: reduction is 'none', 'mean' or 'sum', got {reduction!r}")


def _same_shape(name: str, input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        raise ValueError(
            f"{name}: target of shape {tuple(target.shape)} must be the same as input of shape {tuple(input.shape)}"
        )


def _warn_if_broadcast(name: str, input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        import warnings

        warnings.warn(
            f"{name}: target of shape {tuple(target.shape)} differs from input of shape {tuple(input.shape)}; "
            "they broadcast, which is seldom what is meant",
            stacklevel=3,
        )


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """(input - target)^2."""
    _warn_if_broadcast("mse_loss", input, target)
    return _reduce("mse_loss", (input - target).square(), reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """|input - target|."""
    _warn_if_broadcast("l1_loss", input, target)
    return _reduce("l1_loss", (input - target).abs(), reduction)


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean"
) -> Tensor:
    """-(target log(input) + (1 - target) log(1 - input)), the logarithms not below -100."""
    _same_shape("binary_cross_entropy", input, target)
    losses = (target - 1) * (-input).log1p().clamp(min=-100.0) - target * input.log().clamp(min=-100.0)
    return _reduce("binary_cross_entropy", losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """binary_cross_entropy(sigmoid(input), target) without overflow; `pos_weight` weighs the positives."""
    _same_shape("binary_cross_entropy_with_logits", input, target)
    if pos_weight is None:
        losses = (1 - target) * input - logsigmoid(input)
    else:
        losses = (1 - target) * input - ((pos_weight - 1) * target + 1) * logsigmoid(input)
    return _reduce("binary_cross_entropy_with_logits", losses if weight is None else losses * weight, reduction)


def _rows(x: Tensor) -> Tensor:
    """(N, C, d1, ...) or (C,) as (rows, C)."""
    if x.ndim == 1:
        return x.unsqueeze(0)
    return x if x.ndim == 2 else x.movedim(1, -1).reshape(-1, x.shape[1])


def _check_classes(name: str, input: Tensor, target: Tensor, ignore_index: int) -> None:
    shape = input._array.shape
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if target._array.shape != expected:
        raise OperationError(
            f"{name}: input of shape {tuple(input.shape)} needs class indices of shape {expected}, "
            f"got {tuple(target.shape)}"
        )
    if target.dtype.is_floating_point:
        raise OperationError(f"{name}: class indices are integers, got {target.dtype}")
    check_class_indices(name, target, input.shape[1 if input.ndim > 1 else 0], ignore_index)


def cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, ignore_index: int = -100,
    reduce: Any = None, reduction: str = "mean", label_smoothing: float = 0.0,
) -> Tensor:  # fmt: skip
    """-sum(expected * log_softmax(input)) over the classes.

    input (N, C), (C,) or (N, C, d1, ...); target: class indices of that shape without C, or
    probabilities of the same shape. `weight` (C,) weighs the classes, `ignore_index` is a class that
    does not count, `label_smoothing` mixes in the uniform distribution (C. Szegedy et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.cross_entropy(autograd.zeros(1, 4), autograd.tensor([2]))
    tensor(1.3863)
    """
    x = _rows(input)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"cross_entropy: reduction is 'none', 'mean' or 'sum', got {reduction!r}")
    if target.shape == input.shape and target.dtype.is_floating_point:
        expected = _rows(target)
        if label_smoothing:
            expected = expected * (1 - label_smoothing) + label_smoothing / x.shape[1]
        if weight is not None:
            expected = expected * weight
        losses = _norm.cross_entropy_of(x, expected)
        if reduction == "mean":
            return losses.sum() / max(x.shape[0], 1)
        shape = input.shape[:1] + input.shape[2:] if input.ndim > 1 else ()
        return _reduce("cross_entropy", losses.reshape(shape), reduction)
    _check_classes("cross_entropy", input, target, ignore_index)
    flat = target if target.ndim == 1 else target.reshape(-1)
    smoothing = float(label_smoothing)
    if reduction == "none":
        expected = _norm.expected_classes(flat, weight, x.shape[1], ignore_index, smoothing, x.dtype)
        return _norm.cross_entropy_of(x, expected).reshape(target.shape)
    return _norm.class_cross_entropy(x, flat, weight, ignore_index, smoothing, reduction == "mean")


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, ignore_index: int = -100,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """-input[target], the input holding log-probabilities (N, C), (C,) or (N, C, d1, ...)."""
    _check_classes("nll_loss", input, target, ignore_index)
    x = _rows(input)
    expected = _norm.expected_classes(target.reshape(-1), weight, x.shape[1], ignore_index, 0.0, x.dtype)
    losses = -autograd.where(expected == 0, 0.0, x * expected).sum(1)
    if reduction == "mean":
        return losses.sum() / expected.sum()
    return _reduce("nll_loss", losses.reshape(target.shape), reduction)


__all__ = [
    "avg_pool1d", "avg_pool2d", "avg_pool3d", "batch_norm", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "conv1d", "conv2d", "conv3d", "cross_entropy", "dropout", "elu", "gelu",
    "hardtanh", "l1_loss", "leaky_relu", "linear", "log_softmax", "logsigmoid", "max_pool1d", "max_pool2d",
    "max_pool3d", "mse_loss", "nll_loss", "one_hot", "pad", "relu", "relu6", "sigmoid", "silu", "softmax", "softplus",
    "tanh",
]  # fmt: skip
