"""A model that a script wraps for several GPUs."""

from __future__ import annotations

from typing import Any

from autograd import cuda

from ..module import Module


class DataParallel(Module):
    """Runs the module it holds, on the device where that is: one device does all the work.

    It is there for scripts that wrap their model and for state dicts whose keys begin with `module.`.
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module, self.dim = module, dim
        self.device_ids = list(device_ids or range(cuda.device_count()))[:1]
        if self.device_ids:
            self.output_device = self.device_ids[0] if output_device is None else output_device

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
