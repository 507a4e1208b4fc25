"""What torchvision has, where a script expects it: `datasets`, `transforms`, `utils`, `models`."""

from __future__ import annotations

from autograd.data import datasets, transforms
from autograd.data import images as utils
from nn import models

__all__ = ["datasets", "models", "transforms", "utils"]
