"""Layers that learn the size of their input from the first one they see."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.random import fork_rng
from autograd.types import DeviceLike, DTypeLike

from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from .conv import Conv1d, Conv2d, Conv3d
from .conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .instancenorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .linear import Linear
from .module import Module
from .parameter import UninitializedBuffer, UninitializedParameter, is_lazy


class LazyModuleMixin(Module):
    """A layer without the size of its input: the first forward makes it the layer it stands for, with that size.

    `becomes` is that layer's class, whose first argument is the size; `channel` the dimension of the
    input it is read from.
    """

    becomes: Any
    channel: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with fork_rng():  # random numbers are drawn when the size is known
            super().__init__(0, *args, **kwargs)  # type: ignore[call-arg]
        self._arguments = args, kwargs
        for name, parameter in self._parameters.items():
            if parameter is not None:
                made = UninitializedParameter(device=parameter.device, dtype=parameter.dtype)
                self._parameters[name] = made
        for name, buffer in self._buffers.items():
            if buffer is not None and buffer.dim():
                self._buffers[name] = UninitializedBuffer(device=buffer.device, dtype=buffer.dtype)
        self._infer = self.register_forward_pre_hook(lambda module, args: self.initialize_parameters(*args))
        self._on_load = self.register_load_state_dict_pre_hook(self._load)

    def has_uninitialized_params(self) -> bool:
        """Whether the size is still unknown."""
        return any(is_lazy(x) for x in (*self._parameters.values(), *self._buffers.values()))

    def initialize_parameters(self, input: Tensor) -> None:
        """Takes the size from an input."""
        if self.has_uninitialized_params():
            self._become(input.shape[self.channel])

    def _become(self, size: int) -> None:
        args, kwargs = self._arguments
        real = self.becomes(size, *args, **kwargs)
        for kind in ("_parameters", "_buffers"):
            for name, value in getattr(real, kind).items():
                mine = getattr(self, kind)[name]
                if isinstance(mine, UninitializedParameter | UninitializedBuffer):
                    mine.become(value.to(device=mine.device, dtype=mine.dtype))
        for handle in (self._infer, self._on_load):
            handle.remove()
        for name in ("_infer", "_on_load", "_arguments"):
            delattr(self, name)
        plain = {name: value for name, value in real.__dict__.items() if not name.startswith("_")}
        self.__dict__.update(plain)
        self.__class__ = self.becomes

    def _load(self, module: Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
        """Weights that are loaded into the module say the size, too."""
        known = [state[prefix + name] for name in ("weight", "running_mean") if prefix + name in state]
        if known and self.has_uninitialized_params():
            self._become(self._size_from(known[0].shape))

    def _size_from(self, shape: Any) -> int:
        """The input's size, of the shape of a weight."""
        return shape[0]


class LazyLinear(LazyModuleMixin, Linear):
    """Linear(in_features, ...) without in_features.

    >>> import autograd, nn
    >>> layer = nn.LazyLinear(2)
    >>> layer
    LazyLinear(in_features=0, out_features=2, bias=True)
    >>> layer(autograd.ones(5, 3)).shape, layer
    (autograd.Size([5, 2]), Linear(in_features=3, out_features=2, bias=True))
    """

    becomes, channel = Linear, -1

    def _size_from(self, shape: Any) -> int:
        return shape[1]


class _LazyConv(LazyModuleMixin):
    def _size_from(self, shape: Any) -> int:
        return shape[1] * self.groups


class LazyConv1d(_LazyConv, Conv1d):
    """Conv1d(in_channels, ...) without in_channels."""

    becomes, channel = Conv1d, -2


class LazyConv2d(_LazyConv, Conv2d):
    """Conv2d(in_channels, ...) without in_channels."""

    becomes, channel = Conv2d, -3


class LazyConv3d(_LazyConv, Conv3d):
    """Conv3d(in_channels, ...) without in_channels."""

    becomes, channel = Conv3d, -4


class LazyConvTranspose1d(LazyModuleMixin, ConvTranspose1d):
    """ConvTranspose1d(in_channels, ...) without in_channels."""

    becomes, channel = ConvTranspose1d, -2


class LazyConvTranspose2d(LazyModuleMixin, ConvTranspose2d):
    """ConvTranspose2d(in_channels, ...) without in_channels."""

    becomes, channel = ConvTranspose2d, -3


class LazyConvTranspose3d(LazyModuleMixin, ConvTranspose3d):
    """ConvTranspose3d(in_channels, ...) without in_channels."""

    becomes, channel = ConvTranspose3d, -4


class LazyBatchNorm1d(LazyModuleMixin, BatchNorm1d):
    """BatchNorm1d(num_features, ...) without num_features."""

    becomes, channel = BatchNorm1d, 1


class LazyBatchNorm2d(LazyModuleMixin, BatchNorm2d):
    """BatchNorm2d(num_features, ...) without num_features."""

    becomes, channel = BatchNorm2d, 1


class LazyBatchNorm3d(LazyModuleMixin, BatchNorm3d):
    """BatchNorm3d(num_features, ...) without num_features."""

    becomes, channel = BatchNorm3d, 1


class _LazyInstanceNorm(LazyModuleMixin):
    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        # torch's defaults here are those of batch norm.
        super().__init__(eps, momentum, affine, track_running_stats, device=device, dtype=dtype)


class LazyInstanceNorm1d(_LazyInstanceNorm, InstanceNorm1d):
    """InstanceNorm1d(num_features, ...) without num_features."""

    becomes, channel = InstanceNorm1d, -2


class LazyInstanceNorm2d(_LazyInstanceNorm, InstanceNorm2d):
    """InstanceNorm2d(num_features, ...) without num_features."""

    becomes, channel = InstanceNorm2d, -3


class LazyInstanceNorm3d(_LazyInstanceNorm, InstanceNorm3d):
    """InstanceNorm3d(num_features, ...) without num_features."""

    becomes, channel = InstanceNorm3d, -4
