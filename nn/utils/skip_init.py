"""Modules whose parameters are not initialised."""

from __future__ import annotations

import inspect
from typing import Any

from autograd import empty_like, no_grad

from ..module import Module


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Module:
    """module_cls(*args, **kwargs), its parameters and buffers with whatever numbers lie in their memory.

    ValueError if the class takes no `device`, as torch's convention has it.
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    module = module_cls(*args, **kwargs)
    with no_grad():
        for x in (*module.parameters(), *module.buffers()):
            x.data = empty_like(x)
    return module


__all__ = ["skip_init"]
