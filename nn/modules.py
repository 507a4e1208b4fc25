"""torch.nn.modules' place: under each of its files all of `nn` is found, and what layers derive from.

These bases are for layers of one's own, and for `isinstance`: `class Frozen(nn.modules.batchnorm._BatchNorm)`.
"""

from __future__ import annotations

import sys
from typing import Any

from .batchnorm import _BatchNorm, _NormBase
from .conv import _ConvNd
from .conv_transpose import _ConvTransposeNd
from .dropout import _DropoutNd
from .instancenorm import _InstanceNorm
from .lazy import LazyModuleMixin
from .loss import _Loss, _WeightedLoss
from .module import IncompatibleKeys as _IncompatibleKeys
from .padding import _CircularPadNd, _ConstantPadNd, _ReflectionPadNd, _ReplicationPadNd
from .pooling import _AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd, _AvgPoolNd, _LPPoolNd, _MaxPoolNd, _MaxUnpoolNd
from .transformer import _get_activation_fn, _get_clones
from .tuples import (
    ntuple as _ntuple,
    pair as _pair,
    quadruple as _quadruple,
    reversed_and_repeated as _reverse_repeat_tuple,
    single as _single,
    triple as _triple,
    with_defaults as _list_with_default,
)
from .utils import consume_prefix_in_state_dict_if_present

FILES = (
    "activation",
    "adaptive",
    "batchnorm",
    "channelshuffle",
    "container",
    "conv",
    "distance",
    "dropout",
    "flatten",
    "fold",
    "instancenorm",
    "lazy",
    "linear",
    "loss",
    "module",
    "normalization",
    "padding",
    "pixelshuffle",
    "pooling",
    "rnn",
    "sparse",
    "transformer",
    "upsampling",
    "utils",
)

__all__ = [
    "FILES",
    "LazyModuleMixin",
    "_AdaptiveAvgPoolNd",
    "_AdaptiveMaxPoolNd",
    "_AvgPoolNd",
    "_BatchNorm",
    "_CircularPadNd",
    "_ConstantPadNd",
    "_ConvNd",
    "_ConvTransposeNd",
    "_DropoutNd",
    "_IncompatibleKeys",
    "_InstanceNorm",
    "_LPPoolNd",
    "_Loss",
    "_MaxPoolNd",
    "_MaxUnpoolNd",
    "_NormBase",
    "_ReflectionPadNd",
    "_ReplicationPadNd",
    "_WeightedLoss",
    "_get_activation_fn",
    "_get_clones",
    "_list_with_default",
    "_ntuple",
    "_pair",
    "_quadruple",
    "_reverse_repeat_tuple",
    "_single",
    "_triple",
    "consume_prefix_in_state_dict_if_present",
]


def __getattr__(name: str) -> Any:
    if name in FILES:
        return sys.modules[__name__]
    return getattr(sys.modules[__name__.rpartition(".")[0]], name)  # of nn, which imports this
