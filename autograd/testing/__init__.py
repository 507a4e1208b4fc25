"""Checking derivatives, for users' own functions too.

`gradcheck` and `gradgradcheck` need NumPy alone; the strategies and `assert_gradients` need hypothesis.
"""

from typing import Any

from .comparison import assert_allclose, assert_close
from .culprit import find_culprits
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .making import make_tensor

_WITH_HYPOTHESIS = {
    "assert_gradients": "properties",
    "GradientError": "properties",
    "tensors": "strategies",
    "shapes": "strategies",
    "broadcastable_shapes": "strategies",
    "matmul_shapes": "strategies",
}

__all__ = [
    "GradcheckError",
    "GradientError",
    "assert_allclose",
    "assert_close",
    "assert_gradients",
    "broadcastable_shapes",
    "find_culprits",
    "gradcheck",
    "gradgradcheck",
    "make_tensor",
    "matmul_shapes",
    "shapes",
    "tensors",
]


def __getattr__(name: str) -> Any:
    """hypothesis is imported when one of its helpers is asked for."""
    if name in _WITH_HYPOTHESIS:
        import importlib

        return getattr(importlib.import_module(f".{_WITH_HYPOTHESIS[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
