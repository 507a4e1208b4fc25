"""The engines that can run here: this one and its peers. Each is imported only in the process that runs it."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from collections.abc import Callable
from typing import Any

import autograd
from autograd.backend import get_backend

from .workloads import Engine, Workload

OURS = ("pullback eager", "pullback replay")
PEERS = ("PyTorch eager", "torch.compile", "jax.jit")


def _plain(step: Callable[[], Any]) -> Callable[[], Any]:
    return step


def _nothing() -> None:
    pass


def version(package: str) -> str | None:
    """The version of a package, or None where it is not installed; nothing is imported."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _has_gpu(package: str) -> bool:
    if package == "pullback":
        return autograd.cuda.is_available()
    if package == "torch":
        import torch

        return torch.cuda.is_available()
    import jax

    return any(device.platform == "gpu" for device in jax.devices())


def names(device: str = "cpu", peers: bool = True) -> list[str]:
    """The engines that run on this device here, this project's first."""
    found = []
    for name in OURS + PEERS * peers:
        package = "pullback" if name in OURS else "torch" if "orch" in name else "jax"
        if package != "pullback" and version(package) is None:
            continue
        if device == "cpu" or _has_gpu(package):
            found.append(name)
    return found


def engine(name: str, device: str = "cpu") -> Engine:
    """The packages of an engine by its name in `OURS` or `PEERS`; jax has none that torch's names are in."""
    if name in OURS:
        import nn
        import optim

        wrap = _plain if name == "pullback eager" else autograd.capture.record
        synchronize = get_backend(device).synchronize
        return Engine(name, autograd, nn, optim, device, synchronize, {}, wrap)
    if "orch" not in name:
        raise ValueError(f"engine: no engine called {name!r}; there are {', '.join(OURS + PEERS)}")
    import torch

    wrap = functools.partial(torch.compile, dynamic=False) if name == "torch.compile" else _plain
    synchronize = torch.cuda.synchronize if device == "cuda" else _nothing
    return Engine(name, torch, torch.nn, torch.optim, device, synchronize, {"fused": True}, wrap)


def step_of(
    name: str, device: str, workload: Workload, batch: int | None = None, threads: int | None = None
) -> tuple[Callable[[], Any], Callable[[Any], Any]]:
    """A step, and what waits for the result of one. NotImplementedError where the engine does not have the workload."""
    if name == "jax.jit":
        from .jax_steps import step_of as jax_step_of

        return jax_step_of(workload, device, batch)
    found = engine(name, device)
    if threads is not None:
        found.core.set_num_threads(threads)
    return workload.step(found, batch), lambda result: found.synchronize()
