"""torch._C's place: what scripts ask of torch's C++ library, which is not here."""

from __future__ import annotations

from typing import Any

from autograd import Generator, Size, Tensor, device, dtype
from autograd.engine.overrides import disabled as _disabled_torch_function_impl

from .overrides import (
    DisableTorchFunction,
    DisableTorchFunctionSubclass,
    has_torch_function as _has_torch_function,
    has_torch_function_unary as _has_torch_function_unary,
    has_torch_function_variadic as _has_torch_function_variadic,
)

TensorBase = _TensorBase = Tensor


def _log_api_usage_once(event: str) -> None:
    """Accepted: nothing is counted."""


def _get_tracing_state() -> None:
    """None: nothing is traced."""


def _jit_set_profiling_mode(profiling_flag: bool) -> bool:
    """False, as before: nothing is compiled."""
    return False


_jit_set_profiling_executor = _jit_set_texpr_fuser_enabled = _jit_set_profiling_mode
_jit_override_can_fuse_on_cpu = _jit_override_can_fuse_on_gpu = _jit_set_nvfuser_enabled = _jit_set_profiling_mode


def _get_cudnn_enabled() -> bool:
    """False."""
    return False


__all__ = [
    "DisableTorchFunction",
    "DisableTorchFunctionSubclass",
    "Generator",
    "Size",
    "Tensor",
    "_disabled_torch_function_impl",
    "_has_torch_function",
    "_has_torch_function_unary",
    "_has_torch_function_variadic",
    "device",
    "dtype",
]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"torch._C.{name} is part of torch's C++ library, which is not here")
