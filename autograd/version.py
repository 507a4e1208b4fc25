"""The version of the distribution, and what torch.version says beside it."""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"
debug = False
hip: str | None = None
xpu: str | None = None
git_version = f"pullback {__version__}"
of_cuda: Any = None  # `autograd.cuda` sets what asks CuPy


def __getattr__(name: str) -> str | None:
    """`cuda`, the version of CUDA's runtime; None without a GPU."""
    if name == "cuda":
        return of_cuda()
    raise AttributeError(f"module 'autograd.version' has no attribute {name!r}")
