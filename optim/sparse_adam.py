"""SparseAdam."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.backend import Array, Namespace

from .algorithm import descent
from .optimizer import Optimizer, Params, check_betas


class SparseAdam(Optimizer):
    """Adam for sparse gradients: of the parameter, and of the running means, those rows change that the gradient has.

        m = beta1 m + (1 - beta1) g         v = beta2 v + (1 - beta2) g^2
        p = p - lr sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + eps)

    Elsewhere nothing decays and nothing moves, where Adam's would. The gradients come from embeddings with
    `sparse=True`. D. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014.

    >>> import autograd, nn, optim
    >>> table = nn.Embedding(4, 2, _weight=autograd.ones(4, 2), sparse=True)
    >>> optimizer = optim.SparseAdam(table.parameters(), lr=0.1)
    >>> table(autograd.tensor([2])).sum().backward()
    >>> optimizer.step()
    >>> table.weight.detach()
    tensor([[1.0000, 1.0000],
            [1.0000, 1.0000],
            [0.9000, 0.9000],
            [1.0000, 1.0000]])
    """

    @staticmethod
    def update(
        xp: Namespace,
        p: Array,
        g: Array,
        step: Array,
        exp_avg: Array,
        exp_avg_sq: Array,
        *,
        lr: Array,
        betas: tuple[float, float],
        eps: float,
        maximize: bool,
    ) -> None:
        beta1, beta2 = betas
        step += 1.0
        g = descent(p, g, maximize)
        exp_avg += (g - exp_avg) * (1.0 - beta1)
        exp_avg_sq += (g * g - exp_avg_sq) * (1.0 - beta2)
        count = xp.astype(step, xp.float64)  # 1 - beta**step cancels: float32 would keep four digits
        rate = xp.astype(lr * xp.sqrt(1.0 - beta2**count) / (1.0 - beta1**count), p.dtype)
        p -= rate * (exp_avg / (xp.sqrt(exp_avg_sq) + eps))

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        if not lr > 0.0:
            raise ValueError(f"Invalid learning rate: {lr}; expected a number > 0")
        if not eps > 0.0:
            raise ValueError(f"Invalid epsilon value: {eps}; expected a number > 0")
        check_betas(betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        sparse = [
            [number, i]
            for number, group in enumerate(self.param_groups)
            for i, p in enumerate(group["params"])
            if p.layout.name != "strided"
        ]
        if sparse:
            raise ValueError(f"Sparse params at indices {sparse}: SparseAdam requires dense parameter tensors")

    def direction_of(self, gradient: Tensor, group: dict[str, Any]) -> Tensor:
        return gradient

    def _plan(self, number: int, fresh: dict[Tensor, dict[str, Tensor]]) -> Any:
        for p in self.param_groups[number]["params"]:
            if p.grad is not None and p.grad.layout.name == "strided":
                raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        return super()._plan(number, fresh)
