"""A module on several devices."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from autograd.types import DeviceLike

from ..module import Module


def replicate(network: Module, devices: Sequence[DeviceLike], detach: bool = False) -> list[Module]:
    """For each device a copy of the module whose parameters are the module's own, moved there.

    They are no leaves: gradients arrive at the module's parameters; with `detach` none do.
    """

    def replica(module: Module, device: DeviceLike) -> Module:
        made = copy.copy(module)
        made.__dict__ = {**module.__dict__, "_parameters": {}, "_buffers": dict(module._buffers)}
        made._modules = type(module._modules)(
            (name, None if child is None else replica(child, device)) for name, child in module._modules.items()
        )
        for name, parameter in module._parameters.items():
            value = None if parameter is None else parameter.to(device)
            made.__dict__[name] = None if value is None else value.detach() if detach else value.view_as(value)
        for name, buffer in module._buffers.items():
            made._buffers[name] = None if buffer is None else buffer.to(device)
        return made

    return [replica(network, device) for device in devices]
