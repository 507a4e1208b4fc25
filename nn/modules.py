"""torch.nn.modules' place: whatever file torch keeps a layer in, here it is found in all of `nn`."""

from __future__ import annotations

from typing import Any

import nn

FILES = (
    "activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance", "dropout", "flatten",
    "fold", "instancenorm", "lazy", "linear", "loss", "module", "normalization", "padding", "pixelshuffle", "pooling",
    "rnn", "sparse", "transformer", "upsampling", "utils",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    return nn if name in FILES else getattr(nn, name)
