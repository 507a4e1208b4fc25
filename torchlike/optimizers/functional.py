"""torch.optim._functional's place: one step of an optimizer on lists of tensors, written with tensors."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor


@autograd.no_grad()
def sgd(
    params: list[Tensor],
    d_p_list: list[Tensor | None],
    momentum_buffer_list: list[Tensor | None],
    has_sparse_grad: bool | None = None,
    foreach: bool | None = None,
    fused: bool | None = None,
    grad_scale: Any = None,
    found_inf: Any = None,
    *,
    weight_decay: float,
    momentum: float,
    lr: float,
    dampening: float,
    nesterov: bool,
    maximize: bool = False,
) -> None:
    """v = momentum v + (1 - dampening) g, p = p - lr v; the list of v is filled in place."""
    for i, (p, g) in enumerate(zip(params, d_p_list, strict=True)):
        if g is None:
            continue
        g = -g if maximize else g
        g = g.add(p, alpha=weight_decay) if weight_decay else g
        if momentum:
            held = momentum_buffer_list[i]
            held = g.clone() if held is None else held.mul_(momentum).add_(g, alpha=1 - dampening)
            momentum_buffer_list[i] = held
            g = g.add(held, alpha=momentum) if nesterov else held
        p.add_(g, alpha=-lr)


def _adam(decoupled: bool) -> Any:
    @autograd.no_grad()
    def step(
        params: list[Tensor],
        grads: list[Tensor],
        exp_avgs: list[Tensor],
        exp_avg_sqs: list[Tensor],
        max_exp_avg_sqs: list[Tensor],
        state_steps: list[Any],
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        grad_scale: Any = None,
        found_inf: Any = None,
        has_complex: bool = False,
        *,
        amsgrad: bool,
        beta1: float,
        beta2: float,
        lr: float,
        weight_decay: float,
        eps: float,
        maximize: bool = False,
    ) -> None:
        """One step of Adam (D. Kingma and J. Ba, 2015); the averages, and the step counts, are changed in place."""
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            count = state_steps[i]
            if isinstance(count, Tensor):
                count += 1
                count = count.item()
            g = -g if maximize else g
            if weight_decay and decoupled:
                p.mul_(1 - lr * weight_decay)
            elif weight_decay:
                g = g.add(p, alpha=weight_decay)
            mean = exp_avgs[i].lerp_(g, 1 - beta1)
            square = exp_avg_sqs[i].mul_(beta2).addcmul_(g, g, value=1 - beta2)
            if amsgrad:
                square = autograd.maximum(max_exp_avg_sqs[i], square)
                max_exp_avg_sqs[i].copy_(square)
            scale = (square / (1 - beta2**count)).sqrt().add_(eps)
            p.addcdiv_(mean, scale, value=-lr / (1 - beta1**count))

    return step


adam, adamw = _adam(decoupled=False), _adam(decoupled=True)

__all__ = ["adam", "adamw", "sgd"]
