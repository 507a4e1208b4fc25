"""Where the modules are now that earlier versions named in pickles.

A pickle names classes and functions by their modules, and `pickle` imports those. So each old name is in `sys.modules`
from the start, as a module that imports the present one when something is asked of it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

MODULES = {
    "autograd.accelerator": "torchlike.accelerator",
    "autograd.aliases": "torchlike.aliases",
    "autograd.backends.cuda": "torchlike.backends.cuda",
    "autograd.backends.cudnn": "torchlike.backends.cudnn",
    "autograd.backends.mps": "torchlike.backends.mps",
    "autograd.callers": "autograd.engine.callers",
    "autograd.compat": "torchlike.tensor_methods",
    "autograd.cuda.amp": "torchlike.cuda.amp",
    "autograd.errors": "autograd.engine.errors",
    "autograd.function": "autograd.engine.function",
    "autograd.jit": "torchlike.jit",
    "autograd.memory": "autograd.engine.memory",
    "autograd.modes": "autograd.engine.modes",
    "autograd.onnx": "torchlike.onnx",
    "autograd.ops.normalisation": "autograd",
    "autograd.ops.older": "torchlike.factorisations",
    "autograd.primitive": "autograd.engine.primitive",
    "autograd.settings": "autograd",
    "autograd.sparse": "torchlike.sparse",
    "autograd.tensor": "autograd.engine.tensor",
    "autograd.views": "autograd.engine.views",
}


class Moved(ModuleType):
    """A module under its old name, which is not an attribute of its package: there it could hide a function."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python looks up in every module that is imported
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(MODULES[self.__name__]), name)


def present_name(module: str, name: str) -> str:
    """What a class or a function that a pickle names is called now."""
    found = getattr(importlib.import_module(MODULES[module]), name, None) if module in MODULES else None
    return f"{getattr(found, '__module__', module)}.{getattr(found, '__qualname__', name)}"


def resolve_old_names() -> None:
    """Lets the import system find the old names."""
    for old in MODULES:
        sys.modules[old] = Moved(old)
