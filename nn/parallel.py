"""A model that a script wraps for several GPUs."""

from __future__ import annotations

from typing import Any

from .module import Module


class DataParallel(Module):
    """Runs the module it holds, on the device where that is: one device does all the work.

    It is there for scripts that wrap their model and for state dicts whose keys begin with `module.`.
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)


def data_parallel(
    module: Module,
    inputs: Any,
    device_ids: Any = None,
    output_device: Any = None,
    dim: int = 0,
    module_kwargs: Any = None,
) -> Any:
    """The module's output for the inputs, from the one device."""
    return module(*(inputs if isinstance(inputs, tuple) else (inputs,)), **(module_kwargs or {}))
