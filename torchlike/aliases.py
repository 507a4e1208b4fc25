"""torch's module names for this engine's modules, so that a script written for torch runs as it stands.

`python -m autograd script.py` runs one; in a program, `with torch_names():` around its imports.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import autograd
from autograd.serialization.files import default_format

from .torch_version import __version__ as torch_version

NAMES = {
    "functorch": "torchlike.functorch",
    "torch": "autograd",
    "torch._C": "torchlike.library",
    "torch._dynamo": "torchlike.compiler",
    "torch._dynamo.config": "torchlike.compiler.config",
    "torch._inductor": "torchlike.compiler",
    "torch._inductor.config": "torchlike.compiler.config",
    "torch._utils": "torchlike._utils",
    "torch.accelerator": "torchlike.accelerator",
    "torch.ao": "torchlike",
    "torch.ao.quantization": "torchlike.quantization",
    "torch.autograd": "autograd",
    "torch.autograd.function": "torchlike.function",
    "torch.autograd.grad_mode": "autograd.engine.modes",
    "torch.autograd.gradcheck": "autograd.testing.gradcheck",
    "torch.autograd.profiler": "autograd.profiler",
    "torch.autograd.variable": "torchlike.variable",
    "torch.backends": "torchlike.backends",
    "torch.compiler": "torchlike.compiler",
    "torch.cpu": "torchlike.cpu",
    "torch.cuda.amp": "torchlike.cuda.amp",
    "torch.cuda.amp.autocast_mode": "torchlike.cuda.amp",
    "torch.cuda.amp.common": "torchlike.cuda.amp",
    "torch.cuda.amp.grad_scaler": "torchlike.cuda.amp",
    "torch.distributed.distributed_c10d": "autograd.distributed",
    "torch.distributed.elastic": "torchlike.distributed.elastic",
    "torch.distributed.elastic.multiprocessing": "torchlike.distributed.elastic",
    "torch.distributed.elastic.multiprocessing.errors": "torchlike.distributed.elastic",
    "torch.distributed.fsdp": "torchlike.distributed.fsdp",
    "torch.distributed.optim": "torchlike.distributed.optim",
    "torch.func": "torchlike.func",
    "torch.futures": "torchlike.futures",
    "torch.fx": "torchlike.fx",
    "torch.fx._symbolic_trace": "torchlike.fx",
    "torch.fx.graph": "torchlike.fx",
    "torch.fx.graph_module": "torchlike.fx",
    "torch.fx.node": "torchlike.fx",
    "torch.fx.proxy": "torchlike.fx",
    "torch.hub": "torchlike.hub",
    "torch.jit": "torchlike.jit",
    "torch.mps": "torchlike.mps",
    "torch.multiprocessing": "torchlike.multiprocessing",
    "torch.nn": "nn",
    "torch.onnx": "torchlike.onnx",
    "torch.optim": "optim",
    "torch.optim._functional": "torchlike.optimizers.functional",
    "torch.optim.adamw": "optim.adam",
    "torch.optim.optimizer": "torchlike.optimizers.optimizer",
    "torch.overrides": "torchlike.overrides",
    "torch.profiler": "autograd.profiler",
    "torch.quantization": "torchlike.quantization",
    "torch.sparse": "autograd.sparse",
    "torch.storage": "torchlike.storage",
    "torch.testing._comparison": "autograd.testing.comparison",
    "torch.torch_version": "torchlike.torch_version",
    "torch.types": "torchlike.types",
    "torch.utils": "torchlike.utils",
    "torch.utils._pytree": "autograd.pytree",
    "torch.utils.checkpoint": "autograd.recomputation",
    "torch.utils.data": "autograd.data",
    "torch.utils.data._utils": "torchlike.utils.loading",
    "torch.utils.data._utils.collate": "torchlike.utils.loading",
    "torch.utils.data.dataloader": "torchlike.utils.loading",
    "torch.utils.model_zoo": "torchlike.hub",
    "torch.xpu": "torchlike.xpu",
    "torchvision": "torchlike.vision",
    "torchvision.datasets": "autograd.data.datasets",
    "torchvision.models": "nn.models",
    "torchvision.models._api": "nn.models.registry",
    "torchvision.models._utils": "nn.models.feature_extraction",
    "torchvision.models.mobilenetv2": "nn.models.mobilenet",
    "torchvision.ops.misc": "torchlike.vision.ops.layers",
    "torchvision.ops.stochastic_depth": "torchlike.vision.ops.layers",
    "torchvision.ops.focal_loss": "torchlike.vision.ops.losses",
    "torchvision.transforms": "autograd.data.transforms",
    "torchvision.utils": "autograd.data.images",
}
ROOTS = ("functorch", "torch", "torchvision")
# Files that hold a function of their own name, which their package means by it: imported with the package, so that
# the import of the file does not put the file there.
_HIDDEN = {"torch.autograd": ("torch.autograd.gradcheck",)}


def real_name(name: str) -> str | None:
    """The module here that a module of torch stands for: the longest known prefix replaced.

    All of torch's files of layers, `torch.nn.modules.conv` say, are `nn.modules`.

    >>> real_name("torch.nn.functional"), real_name("torch.cuda"), real_name("numpy")
    ('nn.functional', 'autograd.cuda', None)
    """
    if name.startswith("torch.nn.modules."):
        return "nn.modules"
    prefix = name
    while prefix:
        if prefix in NAMES:
            return NAMES[prefix] + name[len(prefix) :]
        prefix = prefix.rpartition(".")[0]
    return None


class Alias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds torch's modules in this engine; what is missing raises ModuleNotFoundError with both names."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if real_name(fullname) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        real = real_name(spec.name)
        assert real is not None
        try:
            module = importlib.import_module(real)
        except ModuleNotFoundError as error:
            if error.name != real:
                raise
            raise ModuleNotFoundError(f"{spec.name} would be {real}, which is not there", name=spec.name) from None
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        alias = module.__spec__
        assert alias is not None
        module.__spec__ = alias.loader_state  # the import system has put the alias's in its place
        for name in _HIDDEN.get(alias.name, ()):
            sys.modules[name] = self.create_module(importlib.machinery.ModuleSpec(name, self))


def _take_out() -> dict[str, Any]:
    """Removes torch's modules from the imported ones."""
    names = [name for name in sys.modules if name.split(".")[0] in ROOTS]
    return {name: sys.modules.pop(name) for name in names}


@contextlib.contextmanager
def torch_names() -> Iterator[None]:
    """Inside, `import torch` and what belongs to it, `import torchvision` too, give this engine's modules.

    `torch.__version__` is that of the torch whose names these are, and `torch.save` writes torch's format.

    PyTorch itself, if it is imported already, keeps working where it is known; at the end its names
    mean it again.

    >>> with torch_names():
    ...     import torch.nn.functional as F
    >>> F.__name__
    'nn.functional'
    """
    finder = Alias()
    own, version = _take_out(), autograd.__version__
    autograd.__version__ = autograd.version.__version__ = torch_version
    sys.meta_path.insert(0, finder)
    try:
        with default_format("torch"):
            yield
    finally:
        autograd.__version__ = autograd.version.__version__ = version
        sys.meta_path.remove(finder)
        _take_out()
        sys.modules.update(own)


def keep_torch_names() -> None:
    """torch's names from here to the end of the process."""
    _kept.enter_context(torch_names())


_kept = contextlib.ExitStack()
