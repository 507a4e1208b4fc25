"""torch.nn.modules' place: whatever file torch keeps a layer in, here it is found in all of `nn`."""

from __future__ import annotations

import sys
from typing import Any

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


def __getattr__(name: str) -> Any:
    nn = sys.modules[__name__.rpartition(".")[0]]  # which imports this
    return nn if name in FILES else getattr(nn, name)
