"""Switches of torch's matrix products and of its attention on GPUs; there to be set, and not read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from autograd import cuda
from nn.sdpa import SDPBackend, chosen, sdpa_kernel

matmul = SimpleNamespace(
    allow_tf32=False,
    allow_fp16_reduced_precision_reduction=True,
    allow_bf16_reduced_precision_reduction=True,
    allow_fp16_accumulation=False,
    fp32_precision="none",
)
cufft_plan_cache = SimpleNamespace(size=0, max_size=0, clear=lambda: None)


def is_built() -> bool:
    """Whether there is a GPU that CuPy finds."""
    return cuda.is_available()


def preferred_linalg_library(backend: Any = None) -> str:
    """default: CuPy chooses."""
    return "default"


preferred_blas_library = preferred_linalg_library


def _switch(backend: SDPBackend, enabled: bool) -> None:
    (chosen.add if enabled else chosen.discard)(backend)


def enable_flash_sdp(enabled: bool) -> None:
    """Sets a switch that nothing reads: attention is one code."""
    _switch(SDPBackend.FLASH_ATTENTION, enabled)


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Sets a switch that nothing reads: attention is one code."""
    _switch(SDPBackend.EFFICIENT_ATTENTION, enabled)


def enable_math_sdp(enabled: bool) -> None:
    """Sets a switch that nothing reads: attention is one code."""
    _switch(SDPBackend.MATH, enabled)


def enable_cudnn_sdp(enabled: bool) -> None:
    """Sets a switch that nothing reads: attention is one code."""
    _switch(SDPBackend.CUDNN_ATTENTION, enabled)


def flash_sdp_enabled() -> bool:
    """What `enable_flash_sdp` set."""
    return SDPBackend.FLASH_ATTENTION in chosen


def mem_efficient_sdp_enabled() -> bool:
    """What `enable_mem_efficient_sdp` set."""
    return SDPBackend.EFFICIENT_ATTENTION in chosen


def math_sdp_enabled() -> bool:
    """What `enable_math_sdp` set."""
    return SDPBackend.MATH in chosen


def cudnn_sdp_enabled() -> bool:
    """What `enable_cudnn_sdp` set."""
    return SDPBackend.CUDNN_ATTENTION in chosen


def is_flash_attention_available() -> bool:
    """False."""
    return False


@contextlib.contextmanager
def sdp_kernel(
    enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True
) -> Iterator[None]:
    """`nn.attention.sdpa_kernel` by its older name: one flag for each way to compute attention."""
    flags = {
        SDPBackend.FLASH_ATTENTION: enable_flash,
        SDPBackend.MATH: enable_math,
        SDPBackend.EFFICIENT_ATTENTION: enable_mem_efficient,
        SDPBackend.CUDNN_ATTENTION: enable_cudnn,
    }
    with sdpa_kernel([backend for backend, enabled in flags.items() if enabled] or [SDPBackend.ERROR]):
        yield
