"""A model that a script wraps for several processes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from autograd import distributed

from ..module import Module


class DistributedDataParallel(Module):
    """Runs the module it holds; the mean of the gradients over all processes is that of the only one.

    Its state dict's keys begin with `module.`, as torch's. `init_process_group` has to be called before. Of what
    steers the exchange of gradients (buckets, static graphs, communication hooks) only the arguments are there.
    """

    def __init__(
        self,
        module: Module,
        device_ids: Any = None,
        output_device: Any = None,
        dim: int = 0,
        broadcast_buffers: bool = True,
        init_sync: bool = True,
        process_group: Any = None,
        bucket_cap_mb: float | None = None,
        find_unused_parameters: bool = False,
        check_reduction: bool = False,
        gradient_as_bucket_view: bool = False,
        static_graph: bool = False,
        **others: Any,
    ) -> None:
        super().__init__()
        distributed.get_rank(process_group)  # which raises without a group
        parameters = [each for each in module.parameters() if each.requires_grad]
        if not parameters:
            raise RuntimeError(
                "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a "
                "gradient."
            )
        if device_ids is not None and len(device_ids) > 1:
            raise ValueError("device_ids can only be None or contain a single element.")
        self.device = parameters[0].device
        if device_ids and self.device.type == "cpu":
            raise ValueError(
                f"DistributedDataParallel: device_ids are for a module on a GPU, got {device_ids} and one on the CPU"
            )
        self.module, self.dim = module, dim
        self.device_ids = list(device_ids) if device_ids else None
        self.output_device = self.device_ids[0] if self.device_ids and output_device is None else output_device
        self.process_group = distributed.group.WORLD if process_group is None else process_group
        self.broadcast_buffers, self.find_unused_parameters = broadcast_buffers, find_unused_parameters
        self.gradient_as_bucket_view, self.static_graph = gradient_as_bucket_view, static_graph
        self.bucket_bytes_cap = int((25 if bucket_cap_mb is None else bucket_cap_mb) * 1024 * 1024)
        self.require_backward_grad_sync = self.require_forward_param_sync = True

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        if self.device_ids:
            inputs, kwargs = self.to_device(inputs), self.to_device(kwargs)
        return self.module(*inputs, **kwargs)

    def to_device(self, value: Any) -> Any:
        """Arguments with their tensors on the module's device."""
        if isinstance(value, dict):
            return {key: self.to_device(each) for key, each in value.items()}
        if type(value) in (list, tuple):
            return type(value)(self.to_device(each) for each in value)
        return value.to(self.device) if hasattr(value, "to") else value

    @contextlib.contextmanager
    def no_sync(self) -> Iterator[None]:
        """Inside, gradients are only added up; one process does nothing else outside of it."""
        before, self.require_backward_grad_sync = self.require_backward_grad_sync, False
        try:
            yield
        finally:
            self.require_backward_grad_sync = before

    @contextlib.contextmanager
    def join(
        self, divide_by_initial_world_size: bool = True, enable: bool = True, throw_on_early_termination: bool = False
    ) -> Iterator[None]:
        """Inside, processes may have different numbers of batches."""
        yield

    def register_comm_hook(self, state: Any, hook: Callable[..., Any]) -> None:
        """Accepted: one process sends no gradients."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "process_group"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, process_group=distributed.group.WORLD)
