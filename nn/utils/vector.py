"""All parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import autograd
from autograd import Tensor
from autograd.ops.mistakes import explained
from autograd.ops.promotion import require_tensors

from ..module import Module


def listed(name: str, parameters: Any) -> list[Tensor]:
    """The tensors of an iterable, or of one tensor; TypeError, with the way out, for a module."""
    if isinstance(parameters, Module):
        kind = type(parameters).__name__
        raise TypeError(f"{name}: expected tensors, got a module, {kind}; pass its parameters()")
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    require_tensors(name, *tensors)
    return tensors


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The parameters, flattened, one after the other."""
    return autograd.cat([p.reshape(-1) for p in listed("parameters_to_vector", parameters)])


@explained
def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Gives each parameter its part of a vector."""
    start = 0
    for p in listed("vector_to_parameters", parameters):
        p.data = vec[start : start + p.numel()].reshape(p.shape).detach()
        start += p.numel()
