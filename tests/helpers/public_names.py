"""The public names of PyTorch's modules, and which of them are not here."""

from __future__ import annotations

import importlib
import types
from typing import Any

from torchlike.aliases import torch_names

MODULES = (
    "torch",
    "torch.Tensor",
    "torch.amp",
    "torch.autograd",
    "torch.autograd.forward_ad",
    "torch.autograd.functional",
    "torch.autograd.graph",
    "torch.distributions",
    "torch.distributions.constraints",
    "torch.distributions.kl",
    "torch.distributions.transforms",
    "torch.fft",
    "torch.func",
    "torch.linalg",
    "torch.masked",
    "torch.nn",
    "torch.nn.attention",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.parallel",
    "torch.nn.parameter",
    "torch.nn.utils",
    "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.prune",
    "torch.nn.utils.rnn",
    "torch.nn.utils.stateless",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
    "torch.overrides",
    "torch.random",
    "torch.signal.windows",
    "torch.special",
    "torch.testing",
    "torch.utils.checkpoint",
    "torch.utils.data",
)


def _module(name: str) -> Any:
    """A module, or the class Tensor."""
    if name == "torch.Tensor":
        return importlib.import_module("torch").Tensor
    return importlib.import_module(name)


def _is_own(value: Any) -> bool:
    """Whether it is torch's, not something a module has imported from elsewhere for itself."""
    if isinstance(value, types.ModuleType):
        return value.__name__.startswith("torch.")
    home = getattr(value, "__module__", None)
    if isinstance(value, type | types.FunctionType) or type(value).__module__ == "typing":
        return isinstance(home, str) and home.partition(".")[0] == "torch"
    return True


def public_names(name: str) -> list[str]:
    """What a module says is public, or else its names without an underscore in front that are its own."""
    module = _module(name)
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted({each for each in listed if not each.startswith("_")})
    return [each for each in dir(module) if not each.startswith("_") and _is_own(getattr(module, each, None))]


def missing_names() -> dict[str, list[str]]:
    """By module of PyTorch: the public names that the module here of the same name does not have."""
    wanted = {name: public_names(name) for name in MODULES}
    found: dict[str, list[str]] = {}
    with torch_names():
        for name, names in wanted.items():
            try:
                module = _module(name)
            except ModuleNotFoundError:
                found[name] = names
                continue
            found[name] = [each for each in names if not hasattr(module, each)]
    return found
