"""What torchvision has, where a script expects it: `datasets`, `transforms`, `utils`, `models`."""

from __future__ import annotations

from typing import Any

from autograd.data import datasets, transforms
from autograd.data import images as utils

__all__ = ["datasets", "transforms", "utils"]


def __getattr__(name: str) -> Any:
    if name == "models":
        import nn.models

        return nn.models
    raise AttributeError(f"module 'torchlike.vision' has no attribute {name!r}")
