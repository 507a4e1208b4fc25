"""functorch's place: torch.func's names, and those that it had before."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from autograd import Tensor
from nn.module import Module

from .func import *  # noqa: F403
from .func import functional_call, stack_module_state


def make_functional_with_buffers(
    model: Module, disable_autograd_tracking: bool = False
) -> tuple[Callable[..., Any], tuple[Tensor, ...], tuple[Tensor, ...]]:
    """(f, parameters, buffers): f(parameters, buffers, *args) is what the model computes with these."""
    stateless = copy.deepcopy(model)
    names, parameters = (
        zip(*model.named_parameters(), strict=True) if any(True for _ in model.parameters()) else ((), ())
    )
    places, buffers = zip(*model.named_buffers(), strict=True) if any(True for _ in model.buffers()) else ((), ())
    if disable_autograd_tracking:
        parameters = tuple(x.detach() for x in parameters)

    def call(given: Any, held: Any, *args: Any, **kwargs: Any) -> Any:
        tensors = {**dict(zip(names, given, strict=True)), **dict(zip(places, held, strict=True))}
        return functional_call(stateless, tensors, args, kwargs)

    return call, tuple(parameters), tuple(buffers)


def make_functional(
    model: Module, disable_autograd_tracking: bool = False
) -> tuple[Callable[..., Any], tuple[Tensor, ...]]:
    """(f, parameters): f(parameters, *args) is what the model, which has no buffers, computes with these."""
    if any(True for _ in model.buffers()):
        raise ValueError(
            "make_functional(model): `model` has buffers. Please use make_functional_with_buffers instead."
        )
    call, parameters, _ = make_functional_with_buffers(model, disable_autograd_tracking)
    return lambda given, *args, **kwargs: call(given, (), *args, **kwargs), parameters


def combine_state_for_ensemble(models: Any) -> tuple[Callable[..., Any], tuple[Tensor, ...], tuple[Tensor, ...]]:
    """(f, parameters, buffers) of models of one kind, each stacked along a first dimension: for vmap."""
    call, _, _ = make_functional_with_buffers(models[0])
    parameters, buffers = stack_module_state(models)
    return call, tuple(parameters.values()), tuple(buffers.values())
