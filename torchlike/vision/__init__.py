"""What torchvision has, where a script expects it: `datasets`, `transforms`, `utils`, `models`."""

from __future__ import annotations

from autograd.data import datasets, images as utils, transforms
from nn import models

__all__ = ["datasets", "models", "transforms", "utils"]
