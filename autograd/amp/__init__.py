"""Automatic mixed precision: products in half precision, what needs the range in single."""

from .autocast import autocast, is_autocast_available
from .custom import custom_bwd, custom_fwd
from .grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
