"""What torchvision has, where a script expects it: `datasets`, `transforms`, `utils`, `models`, `ops`, `io`."""

from __future__ import annotations

from autograd.data import datasets, images as utils, transforms
from nn import models

from . import io, ops

__all__ = ["datasets", "io", "models", "ops", "transforms", "utils"]
