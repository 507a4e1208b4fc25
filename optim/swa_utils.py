"""Averages of a model's weights along its training, and the schedule that goes with them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import autograd
import nn
from autograd import Tensor
from autograd.types import DeviceLike

from .lr_scheduler.scheduler import LRScheduler
from .optimizer import Optimizer

Average = Callable[[Tensor, Tensor, Any], Tensor]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """average = decay average + (1 - decay) weight."""
    _check_decay(decay)
    return lambda average, weight, count: decay * average + (1 - decay) * weight


def get_swa_avg_fn() -> Average:
    """The mean of all weights so far."""
    return lambda average, weight, count: average + (weight - average) / (count + 1)


def _for_all(one: Average) -> Callable[[list[Tensor], list[Tensor], Any], None]:
    @autograd.no_grad()
    def update(averages: list[Tensor], weights: list[Tensor], count: Any) -> None:
        for average, weight in zip(averages, weights, strict=True):
            average.copy_(one(average.detach(), weight.detach(), count))

    return update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[list[Tensor], list[Tensor], Any], None]:
    """get_ema_avg_fn for lists of tensors, in place."""
    return _for_all(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Callable[[list[Tensor], list[Tensor], Any], None]:
    """get_swa_avg_fn for lists of tensors, in place."""
    return _for_all(get_swa_avg_fn())


def _check_decay(decay: float) -> None:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


class AveragedModel(nn.Module):
    """A copy of a model whose weights are an average: `update_parameters(model)` takes the next ones in.

    The plain mean (stochastic weight averaging: P. Izmailov et al., 2018), or what `avg_fn` or
    `multi_avg_fn` makes of it, an exponential mean say. The buffers are averaged with `use_buffers`,
    else copied.

    >>> import autograd, nn, optim
    >>> model = nn.Linear(1, 1)
    >>> mean = optim.swa_utils.AveragedModel(model, avg_fn=optim.swa_utils.get_ema_avg_fn(0.9))
    >>> mean.update_parameters(model)
    >>> bool(mean.module.weight == model.weight)
    True
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: nn.Module,
        device: DeviceLike = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Any = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise ValueError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", autograd.tensor(0, dtype=autograd.int64, device=device))
        self.multi_avg_fn = multi_avg_fn or _for_all(avg_fn or get_swa_avg_fn())
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    @autograd.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        """Takes the model's weights into the average; the first ones are the average."""
        mine, theirs = self.module, model
        averages: list[Tensor] = [*mine.parameters()]
        weights: list[Tensor] = [*theirs.parameters()]
        if self.use_buffers:
            averages, weights = [*averages, *mine.buffers()], [*weights, *theirs.buffers()]
        weights = [weight.detach().to(average.device) for average, weight in zip(averages, weights, strict=True)]
        pairs = list(zip(averages, weights, strict=True))
        first = int(self.n_averaged) == 0
        copied = [pair for pair in pairs if first or not pair[0].is_floating_point()]  # counts have no mean
        averaged = [pair for pair in pairs if not first and pair[0].is_floating_point()]
        for average, weight in copied:
            average.detach().copy_(weight)
        if averaged:
            self.multi_avg_fn([a for a, _ in averaged], [w for _, w in averaged], self.n_averaged)
        if not self.use_buffers:
            for average, weight in zip(mine.buffers(), theirs.buffers(), strict=True):
                average.detach().copy_(weight)
        self.n_averaged.add_(1)


@autograd.no_grad()
def update_bn(loader: Iterable[Any], model: nn.Module, device: DeviceLike = None) -> None:
    """Sets the running statistics of the batch norms to the means over a loader's data.

    A batch is the input, or a list or tuple that begins with it.
    """
    norms = [
        module for module in model.modules() if hasattr(module, "running_mean") and module.running_mean is not None
    ]
    if not norms:
        return
    before = [module.momentum for module in norms]
    training = model.training
    model.train()
    for module in norms:
        module.reset_running_stats()
        module.momentum = None
    for batch in loader:
        x = batch[0] if isinstance(batch, list | tuple) else batch
        model(x if device is None else x.to(device))
    for module, momentum in zip(norms, before, strict=True):
        module.momentum = momentum
    model.train(training)


class SWALR(LRScheduler):
    """Takes every group's rate to `swa_lr` within `anneal_epochs` steps, along a cosine or a line; there it stays."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | Sequence[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be a non-negative integer, got {anneal_epochs}")
        rates = list(swa_lr) if isinstance(swa_lr, list | tuple) else [swa_lr] * len(optimizer.param_groups)
        if len(rates) != len(optimizer.param_groups):
            raise ValueError(f"swa_lr: expected {len(optimizer.param_groups)} rates, one a group, got {len(rates)}")
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["swa_lr"] = rate
        self.anneal_epochs, self._anneal_strategy = anneal_epochs, anneal_strategy
        super().__init__(optimizer, last_epoch)

    def _share(self, t: float) -> float:
        """How much of the way to swa_lr is behind at a fraction t of the epochs."""
        t = max(0.0, min(1.0, t))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> list[Any]:
        """The rates of this step: from the last ones, what the rates were before averaging began is worked out."""
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before = self._share((step - 1) / max(1, self.anneal_epochs))
        now = self._share(step / max(1, self.anneal_epochs))
        rates = []
        for group in self.optimizer.param_groups:
            goal, rate = group["swa_lr"], group["lr"]
            start = goal if before == 1 else (rate - before * goal) / (1 - before)
            rates.append(goal * now + start * (1 - now))
        return rates
