"""Automatic mixed precision: products in half precision, what needs the range in single."""

from .autocast import autocast, is_autocast_available
from .grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "is_autocast_available"]
