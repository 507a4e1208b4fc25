"""Parameters that are functions of other parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import autograd
from autograd import Tensor

from ..container import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

_cache: dict[tuple[int, str], Tensor] | None = None


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Inside, a parametrized tensor is computed once and kept, as where a recurrent net reads it at every step."""
    global _cache
    before = _cache
    _cache = {} if before is None else before
    try:
        yield
    finally:
        _cache = before


class ParametrizationList(ModuleList):
    """The functions, one after the other, of the original tensor (`original`), or tensors (`original0`, ...)."""

    def __init__(self, functions: list[Module], original: Tensor) -> None:
        super().__init__(functions)
        value: Any = original
        with autograd.no_grad():
            for function in reversed(functions):
                if hasattr(function, "right_inverse"):
                    value = function.right_inverse(value)
        self.ntensors = len(value) if isinstance(value, tuple | list) else 1
        self.is_tensor = not isinstance(value, tuple | list)
        if self.is_tensor:
            kept = original if value is original or value.shape == original.shape else value
            if kept is original:
                original.data = value.detach()
            self._keep("original", kept, original)
        else:
            for i, part in enumerate(value):
                self._keep(f"original{i}", part, original)

    def _keep(self, name: str, value: Tensor, like: Tensor) -> None:
        if isinstance(like, Parameter):
            made = value if isinstance(value, Parameter) else Parameter(value.detach().clone(), like.requires_grad)
            self.register_parameter(name, made)
        else:
            self.register_buffer(name, value.detach())

    def originals(self) -> list[Tensor]:
        """What is trained."""
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def forward(self) -> Tensor:
        functions = list(self)
        value = functions[0](*self.originals())
        for function in functions[1:]:
            value = function(value)
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Sets the originals so that the functions give this value."""
        with autograd.no_grad():
            result: Any = value
            for function in reversed(list(self)):
                if not hasattr(function, "right_inverse"):
                    raise RuntimeError(f"{type(function).__name__} has no right_inverse: its tensor can't be assigned")
                result = function.right_inverse(result)
            for original, part in zip(self.originals(), [result] if self.is_tensor else result, strict=True):
                original.detach().copy_(part)


def _property(name: str) -> property:
    def read(self: Module) -> Tensor:
        if _cache is None:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = self.parametrizations[name]()
        return _cache[key]

    def write(self: Module, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(read, write)


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Makes `module.tensor_name` the value of `parametrization`, a module, at an original tensor that is trained.

    If it has a `right_inverse`, the original starts so that the value stays (it may be several tensors,
    of a forward that takes several); else the original is the tensor as it is. Several parametrizations
    of a tensor are applied in order. The originals are in `module.parametrizations.tensor_name`.
    """
    if is_parametrized(module, tensor_name):
        kept: ParametrizationList = module.parametrizations[tensor_name]
        if not unsafe and hasattr(parametrization, "right_inverse"):
            value = getattr(module, tensor_name)
            kept.append(parametrization)
            kept.right_inverse(value)
        else:
            kept.append(parametrization)
        return module
    original = module._parameters.get(tensor_name, module._buffers.get(tensor_name))
    if original is None:
        raise ValueError(f"Module {type(module).__name__} does not have a parameter or buffer named {tensor_name!r}")
    parametrized = ParametrizationList([parametrization], original)
    if not unsafe:
        value = parametrized()
        if value.shape != original.shape or value.dtype is not original.dtype:
            raise ValueError(
                f"register_parametrization: {type(parametrization).__name__} makes {tuple(value.shape)} {value.dtype} "
                f"of {tuple(original.shape)} {original.dtype}; pass unsafe=True if that is meant"
            )
    if not is_parametrized(module):
        cls = type(module)
        module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), {"__module__": cls.__module__})
        module.parametrizations = ModuleDict()
    delattr(module, tensor_name)
    setattr(type(module), tensor_name, _property(tensor_name))
    module.parametrizations[tensor_name] = parametrized
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module, or this tensor of it, is parametrized."""
    kept = module._modules.get("parametrizations")
    if not isinstance(kept, ModuleDict):
        return False
    return len(kept) > 0 if tensor_name is None else tensor_name in kept


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Makes the tensor a plain one again: with its value now, or with the original's."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {type(module).__name__} does not have a parametrization on {tensor_name}")
    kept: ParametrizationList = module.parametrizations[tensor_name]
    if not leave_parametrized and not kept.is_tensor:
        raise ValueError("leave_parametrized=False needs a parametrization of one tensor")
    original = kept.originals()[0]
    with autograd.no_grad():
        value = kept().detach().clone() if leave_parametrized else original
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if isinstance(original, Parameter):
        if kept.is_tensor:  # the same object, so that optimizers that hold it go on
            original.data = value.detach()
            module.register_parameter(tensor_name, original)
        else:
            module.register_parameter(tensor_name, Parameter(value, requires_grad=original.requires_grad))
    else:
        module.register_buffer(tensor_name, value)
    if not len(module.parametrizations):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The module's class without parametrizations."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)
