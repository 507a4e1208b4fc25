"""Where the modules are now that earlier versions named in pickles.

A pickle names classes and functions by their modules, and `pickle` imports those. So each old name is in `sys.modules`
from the start, as a module that imports the present one when something is asked of it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

MOVED = {  # old: where its names are now, perhaps in several modules
    "nn.functional.linear": "nn.functional",
    "nn.functional.loss": "nn.functional",
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
    "autograd.ops.arrange": "autograd autograd.ops.padding",
    "autograd.ops.decompositions": "autograd autograd.linalg",
    "autograd.ops.lu": "autograd autograd.linalg autograd.ops.linalg.lu",
    "autograd.ops.older": "torchlike.factorisations",
    "autograd.ops.pointwise": "autograd",
    "autograd.ops.products": "autograd autograd.linalg nn.functional",
    "autograd.primitive": "autograd.engine.primitive",
    "autograd.settings": "autograd",
    "torchlike.sparse": "autograd autograd.sparse",
    "autograd.tensor": "autograd.engine.tensor autograd.engine.size autograd.ops.copying",
    "autograd.views": "autograd.engine.views",
    "torchlike.profiler": "autograd.profiler",
}
PARTED = {  # modules that are there, and have handed some of their names to others
    "autograd.capture.recorder": "autograd.capture",
    "autograd.data.transforms.transforms": "autograd.data.transforms",
    "autograd.engine.tensor": "autograd.ops.copying",
    "autograd.linalg": "autograd.ops.linalg.checked autograd.ops.linalg.determinants autograd.ops.linalg.solve "
    "autograd.ops.linalg.spectral",
    "autograd.ops.creation": "autograd",
    "autograd.ops.elementwise": "autograd nn.functional",
    "autograd.ops.indexing": "autograd",
    "autograd.ops.linalg": "autograd nn.functional",
    "autograd.ops.normalisation": "autograd",
    "autograd.ops.random": "autograd autograd.ops.generator",
    "autograd.ops.reduction": "autograd",
    "autograd.ops.scan": "autograd",
    "autograd.ops.scatter": "autograd",
    "autograd.ops.shape": "autograd autograd.ops.padding",
    "autograd.ops.sorting": "autograd",
    "autograd.ops.special": "autograd autograd.special",
    "autograd.ops.spectrogram": "autograd autograd.signal.windows",
    "nn.lazy": "nn.parameter",
}
MODULES = MOVED | PARTED


class Moved(ModuleType):
    """A module under its old name, which is not an attribute of its package: there it could hide a function."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python looks up in every module that is imported
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return _find(self.__name__, name)


def _find(module: str, name: str) -> Any:
    """What a moved module had under this name."""
    for place in MODULES[module].split():
        found = getattr(importlib.import_module(place), name, None)
        if found is not None:
            return found
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


def present_name(module: str, name: str) -> str:
    """What a class or a function that a pickle names is called now."""
    try:
        found = _find(module, name) if module in MODULES else None
    except AttributeError:
        found = None
    return f"{getattr(found, '__module__', module)}.{getattr(found, '__qualname__', name)}"


def resolve_old_names() -> None:
    """Lets the import system find the old names, and a module be asked for those that it had."""
    for old in MOVED:
        sys.modules[old] = Moved(old)
    for old in PARTED:
        vars(importlib.import_module(old))["__getattr__"] = Moved(old).__getattr__
