"""torch.nn.utils._per_sample_grad's place: gradients of each sample of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from autograd.batching import vmap
from autograd.pytree import tree_flatten, tree_unflatten

from ..module import Module
from .stateless import functional_call


def call_for_per_sample_grads(
    module: Module, *, batch_size: int | None = None, loss_reduction: str = "sum", batch_first: bool = True
) -> Callable[..., Any]:
    """The module's call, after whose backward each parameter has `grad_sample`, too: (batch, *shape).

    `loss_reduction` says whether the loss is the "sum" or the "mean" over the batch.
    """
    if loss_reduction not in ("sum", "mean"):
        raise RuntimeError(f"Expected loss_reduction argument to be sum or mean, got {loss_reduction}")
    dim = 0 if batch_first else 1

    def call(*args: Any, **kwargs: Any) -> Any:
        leaves, spec = tree_flatten((args, kwargs))
        size = batch_size or next(x.shape[dim] for x in leaves if isinstance(x, Tensor))
        names, parameters = zip(*module.named_parameters(), strict=True)

        def sample(*given: Any) -> Any:
            tensors, values = given[: len(names)], given[len(names) :]
            mine, named = tree_unflatten([x.unsqueeze(dim) if isinstance(x, Tensor) else x for x in values], spec)
            return functional_call(module, dict(zip(names, tensors, strict=True)), mine, named).squeeze(dim)

        spread = [p.unsqueeze(0).expand(size, *p.shape) for p in parameters]
        for p, each in zip(parameters, spread, strict=True):
            each.register_hook(_keep(p, size if loss_reduction == "mean" else 1))
        dims = (*[0] * len(names), *[dim if isinstance(x, Tensor) else None for x in leaves])
        return vmap(sample, in_dims=dims, out_dims=dim, randomness="different")(*spread, *leaves)

    return call


def _keep(p: Any, factor: int) -> Callable[[Tensor], None]:
    def hook(gradient: Tensor) -> None:
        with autograd.no_grad():
            held = getattr(p, "grad_sample", None)
            p.grad_sample = gradient * factor if held is None else held + gradient * factor

    return hook


__all__ = ["call_for_per_sample_grads"]
