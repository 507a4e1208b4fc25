"""weight_norm and spectral_norm as they were before parametrizations: the weight is made anew before each forward."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from ..module import Module
from ..parameter import Parameter
from .parametrizations import WeightNorm, as_matrix, default_dim, norm_except_dim, power_iteration


class _Remade:
    """A forward-pre hook that sets a module's weight."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.handle: Any = None

    def compute(self, module: Module) -> Tensor:
        raise NotImplementedError

    def __call__(self, module: Module, args: Any) -> None:
        object.__setattr__(module, self.name, self.compute(module))

    def attach(self, module: Module) -> Module:
        """Takes the place of the parameter."""
        self(module, ())
        self.handle = module.register_forward_pre_hook(self)
        return module

    def detach(self, module: Module, names: list[str]) -> Module:
        """Makes the weight a parameter again."""
        with autograd.no_grad():
            weight = self.compute(module).detach().clone()
        self.handle.remove()
        delattr(module, self.name)
        for name in names:
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight))
        return module


class _WeightNorm(_Remade):
    def __init__(self, name: str, dim: int | None) -> None:
        super().__init__(name)
        self.function = WeightNorm(dim)

    def compute(self, module: Module) -> Tensor:
        return self.function(getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v"))


class _SpectralNorm(_Remade):
    def __init__(self, name: str, iterations: int, dim: int, eps: float) -> None:
        super().__init__(name)
        self.iterations, self.dim, self.eps = iterations, dim, eps

    def compute(self, module: Module) -> Tensor:
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if module.training and self.handle is not None:
            with autograd.no_grad():
                for _ in range(self.iterations):
                    power_iteration(matrix.detach(), u, v, self.eps, u_first=False)
        return weight / u.clone().dot(matrix.mv(v.clone()))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """A weight of a length `weight_g` and a direction `weight_v` (T. Salimans, D. Kingma, 2016).

    As torch.nn.utils.weight_norm; the newer `parametrizations.weight_norm` needs no hook.
    """
    if _find(module, _WeightNorm, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except_dim(weight.detach(), dim)))
    module.register_parameter(f"{name}_v", Parameter(weight.detach().clone()))
    return _WeightNorm(name, dim).attach(module)


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Makes the weight a plain parameter again."""
    hook = _find(module, _WeightNorm, name)
    if hook is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    return hook.detach(module, [f"{name}_g", f"{name}_v"])


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """A weight `weight_orig` divided by its largest singular value (T. Miyato et al., 2018).

    As torch.nn.utils.spectral_norm; the newer `parametrizations.spectral_norm` needs no hook.
    """
    if _find(module, _SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    weight = getattr(module, name)
    where = default_dim(module) if dim is None else dim
    matrix = as_matrix(weight.detach(), where)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    for part, size in zip(("u", "v"), matrix.shape, strict=True):
        start = autograd.randn(size, dtype=weight.dtype, device=weight.device)
        module.register_buffer(f"{name}_{part}", start / start.norm().clamp_min(eps))
    return _SpectralNorm(name, n_power_iterations, where, eps).attach(module)


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Makes the weight a plain parameter again."""
    hook = _find(module, _SpectralNorm, name)
    if hook is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    training = module.training
    module.eval()
    hook.detach(module, [f"{name}_{part}" for part in ("orig", "u", "v")])
    return module.train(training)


def _find(module: Module, kind: type[_Remade], name: str) -> Any:
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, kind) and hook.name == name:
            return hook
    return None
