"""Marks for NVIDIA's profilers around what the engine computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from ..cuda import is_available, nvtx
from ..engine.apply import observe
from ..engine.modes import Modes, Observer


class _Ranges(Observer):
    """Each operation, derivative and marked part as a range."""

    def begin(self, name: str) -> Any:
        nvtx.range_push(name)

    def end(self, part: Any) -> None:
        nvtx.range_pop()

    def _within(self, name: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        nvtx.range_push(name)
        try:
            return call(*args, **kwargs)
        finally:
            nvtx.range_pop()

    def applied(self, apply: Callable[..., Any], primitive: Any, inputs: Any, backend: Any, params: Any) -> Any:
        return self._within(primitive.name, apply, primitive, *inputs, backend=backend, **params)

    def replayed(self, primitive: Any, backend: Any, compute: Callable[..., Any], arguments: Any, params: Any) -> Any:
        return self._within(primitive.name, compute, *arguments, **params)

    def derivative(self, node: Any, gradients: Any, needed: Any) -> Any:
        return self._within(node.name(), node.differentiate, gradients, needed)


class emit_nvtx:
    """Inside, NVIDIA's profilers (`nsys profile python train.py`) see each operation as a range.

    Without a GPU it does nothing. RuntimeError if a profile is running.
    """

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled = enabled

    def __enter__(self) -> Self:
        self._watching = self.enabled and is_available()
        if self._watching:
            if Modes.observer is not None:
                raise RuntimeError("emit_nvtx: a profile is running; stop it first")
            observe(_Ranges())
        return self

    def __exit__(self, *exc: object) -> None:
        if self._watching:
            observe(None)


class emit_itt:
    """A context that does nothing: there are no marks for Intel's profilers."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass


def kineto_available() -> bool:
    """False: torch's library for this is not used."""
    return False
