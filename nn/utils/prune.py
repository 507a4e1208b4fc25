"""Pruning: a parameter times a mask of zeros and ones, made anew before each forward.

The module keeps `name_orig`, the parameter that is trained, and `name_mask`, a buffer; `name` is their product.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from typing import Any

import autograd
from autograd import Tensor

from ..module import Module
from .vector import parameters_to_vector


class BasePruningMethod:
    """A way to choose what is pruned: a subclass defines compute_mask(t, default_mask), and PRUNING_TYPE.

    The type is "unstructured", "structured" (whole slices along `dim`) or "global" (of several tensors together).
    """

    PRUNING_TYPE = "unstructured"
    _tensor_name: str = ""

    def __call__(self, module: Module, inputs: Any) -> None:
        object.__setattr__(module, self._tensor_name, self.apply_mask(module))

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask of a tensor, given the importance of its elements and the mask that it has already."""
        raise NotImplementedError("a pruning method defines compute_mask(t, default_mask)")

    def apply_mask(self, module: Module) -> Tensor:
        """The pruned tensor: mask times original."""
        original = getattr(module, f"{self._tensor_name}_orig")
        return getattr(module, f"{self._tensor_name}_mask").to(original.dtype) * original

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> Any:
        """Prunes a parameter of a module, further if it is pruned already; `args` are those of the method."""
        before = {key: hook for key, hook in module._forward_pre_hooks.items() if _prunes(hook, name)}
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        for key, old in before.items():
            container = old if isinstance(old, PruningContainer) else PruningContainer(old)
            container.add_pruning_method(method)
            method = container
            del module._forward_pre_hooks[key]
        original = getattr(module, name)
        if importance_scores is not None and importance_scores.shape != original.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}, got "
                f"{importance_scores.shape} vs {original.shape}"
            )
        scores = original if importance_scores is None else importance_scores
        try:
            with autograd.no_grad():
                held = getattr(module, f"{name}_mask").clone() if before else autograd.ones_like(original)
                mask = method.compute_mask(scores.detach(), held)
        except Exception:
            for key, old in before.items():
                module._forward_pre_hooks[key] = old
            raise
        if not before:
            del module._parameters[name]
            module.register_parameter(f"{name}_orig", original)
        module.register_buffer(f"{name}_mask", mask)
        method(module, ())
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None) -> Tensor:
        """The pruned tensor itself."""
        if importance_scores is not None and importance_scores.shape != t.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as tensor t, got {importance_scores.shape} vs {t.shape}"
            )
        scores = t if importance_scores is None else importance_scores
        return t * self.compute_mask(scores, autograd.ones_like(t) if default_mask is None else default_mask)

    def remove(self, module: Module) -> None:
        """Makes the pruned tensor the parameter: pruning is not undone."""
        name = self._tensor_name
        original = module._parameters[f"{name}_orig"]
        assert original is not None
        with autograd.no_grad():
            original.data = self.apply_mask(module)
        module.__dict__.pop(name, None)
        del module._parameters[f"{name}_orig"]
        del module._buffers[f"{name}_mask"]
        module.register_parameter(name, original)


def _prunes(hook: Any, name: str) -> bool:
    return isinstance(hook, BasePruningMethod) and hook._tensor_name == name


class PruningContainer(BasePruningMethod):
    """Pruning methods one after the other, each of what those before it have left."""

    def __init__(self, *args: Any) -> None:
        self._methods: tuple[BasePruningMethod, ...] = ()
        every = args[0] if len(args) == 1 and isinstance(args[0], Iterable) else args
        for position, method in enumerate(every):
            if not position:
                self._tensor_name = method._tensor_name
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """Adds a method, of the same tensor."""
        if not isinstance(method, BasePruningMethod):
            raise TypeError(f"{type(method)} is not a BasePruningMethod subclass")
        if self._tensor_name != method._tensor_name:
            raise ValueError(
                "Can only add pruning methods acting on the parameter named "
                f"'{self._tensor_name}' to PruningContainer {self}. Found '{method._tensor_name}'"
            )
        self._methods = (*self._methods, method)

    def __len__(self) -> int:
        return len(self._methods)

    def __iter__(self) -> Any:
        return iter(self._methods)

    def __getitem__(self, i: int) -> BasePruningMethod:
        return self._methods[i]

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask of the last method, of the elements (or slices) that are left."""
        method = self._methods[-1]
        mask = default_mask
        if method.PRUNING_TYPE == "unstructured":
            chosen: Any = mask == 1
        elif method.PRUNING_TYPE == "structured":
            dim = method.dim % t.ndim  # type: ignore[attr-defined]
            others = [i for i in range(t.ndim) if i != dim]
            kept = mask.sum(others) != 0
            chosen = (slice(None),) * dim + (kept,)
        elif method.PRUNING_TYPE == "global":
            chosen = (slice(None),) * t.ndim
        else:
            raise ValueError(f"Unrecognized PRUNING_TYPE {method.PRUNING_TYPE}")
        made = mask.clone()
        made[chosen] = method.compute_mask(t[chosen], mask[chosen]).to(made.dtype)
        return made


class Identity(BasePruningMethod):
    """Prunes nothing."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask as it is."""
        return default_mask


class _Amount(BasePruningMethod):
    """A method that prunes `amount`: a fraction in [0, 1], or a number of elements (slices)."""

    def __init__(self, amount: float) -> None:
        _check_amount(amount)
        self.amount = amount


class RandomUnstructured(_Amount):
    """Prunes elements at random."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask with some of its ones made zeros."""
        count = _count(self.amount, t.numel())
        mask = default_mask.clone()
        if count:
            places = autograd.topk(autograd.rand_like(t, dtype=autograd.float32).reshape(-1), count).indices
            mask = _zeroed(mask, places)
        return mask


class L1Unstructured(_Amount):
    """Prunes the elements of the least absolute values."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask with zeros where the values are least."""
        count = _count(self.amount, t.numel())
        mask = default_mask.clone()
        return _zeroed(mask, autograd.topk(t.abs().reshape(-1), count, largest=False).indices) if count else mask


class RandomStructured(_Amount):
    """Prunes slices along `dim` at random."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask with some slices made zeros."""
        _check_structured(t, self.dim)
        count = _count(self.amount, t.shape[self.dim])
        drawn = autograd.rand(t.shape[self.dim], device=t.device)
        return _slices(t, default_mask, self.dim, drawn, count)


class LnStructured(_Amount):
    """Prunes the slices along `dim` of the least n-norms."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount)
        self.n, self.dim = n, dim

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The mask with zeros in the slices whose norms are least."""
        _check_structured(t, self.dim)
        count = _count(self.amount, t.shape[self.dim])
        others = [i for i in range(t.ndim) if i != self.dim % t.ndim]
        return _slices(t, default_mask, self.dim, autograd.norm(t, self.n, others), count)


class CustomFromMask(BasePruningMethod):
    """Prunes by a given mask."""

    PRUNING_TYPE = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """The product of both masks."""
        return default_mask * self.mask.to(default_mask.dtype)


def _zeroed(mask: Tensor, places: Tensor) -> Tensor:
    flat = mask.reshape(-1)
    flat[places] = 0
    return flat.reshape(mask.shape)


def _slices(t: Tensor, mask: Tensor, dim: int, scores: Tensor, count: int) -> Tensor:
    """The mask, 0 in the `count` slices along dim with the least scores."""
    if not count:
        return mask
    kept = autograd.ones_like(scores, dtype=mask.dtype)
    kept[autograd.topk(scores, count, largest=False).indices] = 0
    shape = [1] * t.ndim
    shape[dim] = -1
    return mask * kept.reshape(shape)


def _check_amount(amount: Any) -> None:
    if not isinstance(amount, numbers.Real):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if not 0 <= float(amount) <= (math.inf if isinstance(amount, numbers.Integral) else 1.0):
        raise ValueError(f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer")


def _check_structured(t: Tensor, dim: int) -> None:
    if t.ndim < 2:
        raise ValueError(
            "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
            f"{tuple(t.shape)} with {t.ndim} dims"
        )
    if not -t.ndim <= dim < t.ndim:
        raise IndexError(f"Invalid index {dim} for tensor of size {tuple(t.shape)}")


def _count(amount: Any, size: int) -> int:
    """How many of `size` are to be pruned."""
    if isinstance(amount, numbers.Integral):
        if int(amount) > size:
            raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
        return int(amount)
    return round(amount * size)


def identity(module: Module, name: str) -> Module:
    """Gives a parameter a mask of ones."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prunes so many of a parameter's elements at random; changes the module in place and returns it."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prunes the elements of the least absolute values, or scores.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 2, bias=False)
    >>> layer.weight.data = autograd.tensor([[1.0, -3.0], [0.5, 2.0]])
    >>> l1_unstructured(layer, "weight", amount=2).weight_mask
    tensor([[0., 1.],
            [0., 1.]])
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prunes slices along a dimension at random."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prunes the slices along a dimension of the least n-norms."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prunes by a given mask."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Any, pruning_method: Any, importance_scores: dict[Any, Tensor] | None = None, **kwargs: Any
) -> None:
    """Prunes the parameters [(module, name), ...] together, as if they were one vector."""
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    pairs = list(parameters)
    scores = importance_scores or {}
    if not isinstance(scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    members = [getattr(module, name) for module, name in pairs]
    flat = parameters_to_vector([scores.get(pair, x).detach() for pair, x in zip(pairs, members, strict=True)])
    held = [getattr(module, f"{name}_mask", None) for module, name in pairs]
    masks = [autograd.ones_like(x) if mask is None else mask for mask, x in zip(held, members, strict=True)]
    container = PruningContainer()
    container._tensor_name = "temp"
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    container.add_pruning_method(method)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {method.PRUNING_TYPE}"
        )
    with autograd.no_grad():
        final = container.compute_mask(flat, parameters_to_vector([mask.detach() for mask in masks]))
    start = 0
    for (module, name), x in zip(pairs, members, strict=True):
        custom_from_mask(module, name, final[start : start + x.numel()].reshape(x.shape))
        start += x.numel()


def remove(module: Module, name: str) -> Module:
    """Makes the pruned tensor the parameter, and takes the mask away."""
    for key, hook in list(module._forward_pre_hooks.items()):
        if _prunes(hook, name):
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether a parameter of the module, or of one below it, is pruned."""
    return any(
        isinstance(hook, BasePruningMethod) for each in module.modules() for hook in each._forward_pre_hooks.values()
    )


__all__ = [
    "BasePruningMethod",
    "CustomFromMask",
    "Identity",
    "L1Unstructured",
    "LnStructured",
    "PruningContainer",
    "RandomStructured",
    "RandomUnstructured",
    "custom_from_mask",
    "global_unstructured",
    "identity",
    "is_pruned",
    "l1_unstructured",
    "ln_structured",
    "random_structured",
    "random_unstructured",
    "remove",
]
