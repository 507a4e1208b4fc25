"""The engines that can run here: this one, eager and replayed, and PyTorch, on every device present."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
import nn
import optim

from .workloads import Engine


def _plain(step: Callable[[], Any]) -> Callable[[], Any]:
    return step


def _nothing() -> None:
    pass


def _pullback(device: str, synchronize: Callable[[], None]) -> list[Engine]:
    packages: tuple[Any, ...] = (autograd, nn, optim, device, synchronize, {})
    return [
        Engine(f"pullback eager ({device})", *packages, _plain),
        Engine(f"pullback replay ({device})", *packages, autograd.capture.record),
    ]


def _torch(device: str, synchronize: Callable[[], None]) -> list[Engine]:
    import torch

    return [
        Engine(f"PyTorch eager ({device})", torch, torch.nn, torch.optim, device, synchronize, {"fused": True}, _plain)
    ]


def torch_version() -> str | None:
    """PyTorch's version, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    return torch.__version__


def engines() -> dict[str, list[Engine]]:
    """The engines of each device; the first of a list is what the others are compared with."""
    found = {"cpu": _pullback("cpu", _nothing)}
    if torch_version():
        found["cpu"] += _torch("cpu", _nothing)
    if autograd.cuda.is_available():
        found["cuda"] = _pullback("cuda", autograd.cuda.synchronize)
    if torch_version():
        import torch

        if torch.cuda.is_available():
            found.setdefault("cuda", []).extend(_torch("cuda", torch.cuda.synchronize))
    return found
