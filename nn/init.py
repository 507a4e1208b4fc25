"""Starting values for parameters; each function fills its tensor in place and returns it."""

from __future__ import annotations

import math

import autograd
from autograd import Tensor
from autograd.ops.generator import draws_torchs_numbers


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """How much a nonlinearity shrinks the spread of what passes through it."""
    if nonlinearity in ("linear", "sigmoid") or nonlinearity.startswith("conv"):
        return 1.0
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity == "selu":
        return 3.0 / 4
    raise ValueError(f"calculate_gain: unsupported nonlinearity {nonlinearity!r}")


def _fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs an output has, and outputs an input, of a weight (out, in, *kernel)."""
    if tensor.dim() < 2:
        raise ValueError(f"fan in and fan out need at least 2 dimensions, got shape {tuple(tensor.shape)}")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


_calculate_fan_in_and_fan_out = _fans  # torch's name, which scripts use


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    """The fan in or fan out, as `mode` says."""
    chosen = mode.lower()
    if chosen not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _fans(tensor)[chosen == "fan_out"]


@autograd.no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: autograd.Generator | None = None) -> Tensor:
    """Uniform in [a, b)."""
    return tensor.uniform_(a, b, generator=generator)


@autograd.no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: autograd.Generator | None = None) -> Tensor:
    """Normal."""
    return tensor.normal_(mean, std, generator=generator)


@autograd.no_grad()
def constant_(tensor: Tensor, val: float) -> Tensor:
    """One value."""
    return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return constant_(tensor, 0.0)


@autograd.no_grad()
def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix."""
    return tensor.copy_(autograd.eye(*tensor.shape, dtype=tensor.dtype, device=tensor.device))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: autograd.Generator | None = None) -> Tensor:
    """Uniform within gain sqrt(6 / (fan_in + fan_out)) (X. Glorot, Y. Bengio, 2010)."""
    bound = gain * math.sqrt(6.0 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: autograd.Generator | None = None) -> Tensor:
    """Normal with deviation gain sqrt(2 / (fan_in + fan_out)) (X. Glorot, Y. Bengio, 2010)."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(_fans(tensor))), generator)


def _kaiming(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"kaiming: mode is 'fan_in' or 'fan_out', got {mode!r}")
    fan = _fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: autograd.Generator | None = None,
) -> Tensor:
    """Uniform within gain sqrt(3 / fan) (K. He et al., 2015)."""
    if 0 in tensor.shape:
        return tensor
    bound = math.sqrt(3.0) * _kaiming(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: autograd.Generator | None = None,
) -> Tensor:
    """Normal with deviation gain / sqrt(fan) (K. He et al., 2015)."""
    if 0 in tensor.shape:
        return tensor
    return normal_(tensor, 0.0, _kaiming(tensor, a, mode, nonlinearity), generator)


@autograd.no_grad()
def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: autograd.Generator | None = None,
) -> Tensor:
    """Normal within [a, b]: uniform numbers through the inverse of the cumulative distribution.

    As torch does it where the numbers are torch's: what lies outside is drawn again.
    """
    if draws_torchs_numbers(generator, tensor.device):
        return _drawn_again(tensor, mean, std, a, b, generator)
    low, high = (math.erf((bound - mean) / (std * math.sqrt(2.0))) for bound in (a, b))
    tensor.uniform_(low, high, generator=generator).erfinv_().mul_(std * math.sqrt(2.0)).add_(mean)
    return tensor.clamp_(a, b)


def _drawn_again(
    tensor: Tensor, mean: float, std: float, a: float, b: float, generator: autograd.Generator | None
) -> Tensor:
    """Normal numbers until all lie in [a, b]; if few would, uniform ones, accepted in proportion to the density."""

    def below(x: float) -> float:
        return (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2.0

    if below(b) - below(a) > 0.3:
        low, high = tensor.new_tensor(a), tensor.new_tensor(b)
        tensor.normal_(mean, std, generator=generator)
        while (outside := (tensor < low) | (tensor > high)).any():
            again = autograd.empty_like(tensor).normal_(mean, std, generator=generator)
            tensor.copy_(autograd.where(outside, again, tensor))
        return tensor
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    pending = autograd.ones_like(tensor, dtype=autograd.bool)
    while pending.any():
        candidates = autograd.empty_like(tensor).uniform_(a, b, generator=generator)
        tensor.copy_(autograd.where(pending, candidates, tensor))
        density = ((candidates - mean) / std) ** 2 * -0.5 - peak
        height = autograd.empty_like(tensor).uniform_(generator=generator).log_()
        pending = pending & (height > density)
    return tensor


@autograd.no_grad()
def orthogonal_(tensor: Tensor, gain: float = 1, generator: autograd.Generator | None = None) -> Tensor:
    """Rows, or columns where there are fewer, at right angles and of length gain (A. Saxe et al., 2013)."""
    if tensor.dim() < 2:
        raise ValueError(f"orthogonal_: needs at least 2 dimensions, got shape {tuple(tensor.shape)}")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    flat = autograd.randn(rows, tensor.numel() // rows, dtype=tensor.dtype, device=tensor.device, generator=generator)
    wide = rows < flat.shape[1]
    q, r = autograd.linalg.qr(flat.T if wide else flat)
    q = q * r.diagonal().sign()  # the signs that make it uniform among all such matrices (F. Mezzadri, 2006)
    return tensor.copy_((q.T if wide else q).reshape(tensor.shape)).mul_(gain)


@autograd.no_grad()
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution's weight (out, in, *kernel) that hands its input on, in each group as many channels as can be."""
    if tensor.dim() not in (3, 4, 5):
        raise ValueError(f"dirac_: expected 3, 4 or 5 dimensions, got shape {tuple(tensor.shape)}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dirac_: {tensor.shape[0]} output channels are not divisible by {groups} groups")
    per_group = tensor.shape[0] // groups
    middle = tuple(size // 2 for size in tensor.shape[2:])
    tensor.zero_()
    for group in range(groups):
        for channel in range(min(per_group, tensor.shape[1])):
            tensor[(group * per_group + channel, channel, *middle)] = 1
    return tensor


@autograd.no_grad()
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: autograd.Generator | None = None) -> Tensor:
    """A normal matrix with a fraction of each column set to 0 (J. Martens, 2010)."""
    if tensor.dim() != 2:
        raise ValueError(f"sparse_: expected a matrix, got shape {tuple(tensor.shape)}")
    rows, columns = tensor.shape
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor[autograd.randperm(rows, generator=generator)[: math.ceil(sparsity * rows)], column] = 0
    return tensor


_no_grad_uniform_, _no_grad_normal_, _no_grad_fill_ = uniform_, normal_, constant_
_no_grad_trunc_normal_ = trunc_normal_


def _no_grad_zero_(tensor: Tensor) -> Tensor:
    return zeros_(tensor)


# torch's names of before 0.4, which scripts still use.
uniform, normal, constant, eye, dirac = uniform_, normal_, constant_, eye_, dirac_
xavier_uniform, xavier_normal, orthogonal, sparse = xavier_uniform_, xavier_normal_, orthogonal_, sparse_
kaiming_uniform, kaiming_normal = kaiming_uniform_, kaiming_normal_


def layer_default_(weight: Tensor, bias: Tensor | None) -> None:
    """torch's default of linear and convolution layers: both uniform within 1 / sqrt(fan_in)."""
    kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        fan_in = _fans(weight)[0]
        bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
        uniform_(bias, -bound, bound)
