"""The base of all learning-rate schedules."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from autograd import Tensor
from autograd.engine.callers import stacklevel

from ..optimizer import Optimizer


class LRScheduler:
    """Sets the learning rate of each parameter group anew at each `step()`, usually once an epoch.

    A subclass says in `get_lr` what the rates are at `self.last_epoch`, from the rates they were before
    (so that schedules can be chained) or from `self.base_lrs`, those at the start.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(self).__name__}: expected an Optimizer, got {type(optimizer).__name__}")
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                lr = group["lr"]
                group.setdefault("initial_lr", lr.detach().clone() if isinstance(lr, Tensor) else lr)
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{number}] "
                    f"when resuming from epoch {last_epoch}"
                )
        self.base_lrs: list[Any] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._last_lr: list[Any] = [group["lr"] for group in optimizer.param_groups]
        self.step()

    def get_lr(self) -> list[Any]:
        """The rates at `last_epoch`, one a group."""
        raise NotImplementedError

    def get_last_lr(self) -> list[Any]:
        """The rates that the last step set."""
        return self._last_lr

    def _rates(self) -> list[Any]:
        """The rates that the groups have now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def step(self, epoch: int | None = None) -> None:
        """Goes to the next epoch, or to a given one."""
        if self._step_count == 1 and not self.optimizer.stepped:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`: the first rate of the schedule is "
                "skipped; call `optimizer.step()` first",
                stacklevel=stacklevel(),
            )
        self._step_count += 1
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed_form = getattr(self, "_get_closed_form_lr", None)
        values = closed_form() if epoch is not None and closed_form is not None else self.get_lr()
        self._set(values)

    def _set(self, values: list[Any]) -> None:
        for group, lr in zip(self.optimizer.param_groups, values, strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].detach().fill_(float(lr))
            else:
                group["lr"] = lr
        self._last_lr = self._rates()

    def state_dict(self) -> dict[str, Any]:
        """All but the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Goes on from a `state_dict`."""
        self.__dict__.update(state_dict)
