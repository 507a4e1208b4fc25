"""Losses scaled up, so that gradients in half precision do not vanish."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from .. import dtypes
from ..backend import is_available
from ..engine.callers import stacklevel
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.creation import tensor

READY, UNSCALED, STEPPED = "ready", "unscaled", "stepped"


class GradScaler:
    """Multiplies the loss by a scale, divides the gradients by it, and leaves out steps that overflowed.

        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)      # only to clip the gradients, say
        scaler.step(optimizer)
        scaler.update()

    After an overflow the scale is multiplied by `backoff_factor`, after `growth_interval` steps
    without one by `growth_factor`. P. Micikevicius et al., "Mixed precision training", 2017.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and not is_available(device):
            warnings.warn(f"GradScaler: {device!r} is not available; disabled", stacklevel=stacklevel())
            enabled = False
        if enabled and not growth_factor > 1.0:
            raise ValueError("The growth factor must be > 1.0.")
        if enabled and not backoff_factor < 1.0:
            raise ValueError("The backoff factor must be < 1.0.")
        self._device, self._enabled = device, enabled
        self._scale, self._growth_tracker = float(init_scale), 0
        self._growth_factor, self._backoff_factor, self._growth_interval = (
            growth_factor,
            backoff_factor,
            growth_interval,
        )
        self._stages: dict[int, tuple[str, bool]] = {}  # of each optimizer: how far it is, whether it overflowed

    def scale(self, outputs: Any) -> Any:
        """A loss, or several in a list or tuple, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            return outputs * tensor(self._scale, dtype=dtypes.float32, device=outputs.device)
        if isinstance(outputs, list | tuple):
            return type(outputs)(self.scale(each) for each in outputs)
        raise ValueError(f"outputs must be a Tensor or an iterable of Tensors, got {type(outputs).__name__}")

    def unscale_(self, optimizer: Any) -> None:
        """Divides the gradients of an optimizer's parameters by the scale; once between updates."""
        if not self._enabled:
            return
        stage, _ = self._stages.get(id(optimizer), (READY, False))
        if stage == UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage == STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        overflowed = False
        with no_grad():
            for group in optimizer.param_groups:
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    if p.grad.dtype is dtypes.float16:
                        raise ValueError("Attempting to unscale FP16 gradients.")
                    p.grad.mul_(1.0 / self._scale)
                    numbers = p.grad._values() if p.grad.is_sparse else p.grad
                    overflowed = overflowed or not bool(numbers.isfinite().all())
        self._stages[id(optimizer)] = UNSCALED, overflowed

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """optimizer.step(), with the gradients unscaled; left out if one of them is infinite or nan."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs or args:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        if self._stages.get(id(optimizer), (READY, False))[0] == STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if self._stages.get(id(optimizer), (READY, False))[0] == READY:
            self.unscale_(optimizer)
        _, overflowed = self._stages[id(optimizer)]
        self._stages[id(optimizer)] = STEPPED, overflowed
        return None if overflowed else optimizer.step(**kwargs)

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """The scale for the next iteration: less after an overflow, more after many steps without, or a given one."""
        if not self._enabled:
            return
        if not self._stages and new_scale is None:
            raise AssertionError("No inf checks were recorded prior to update.")
        if new_scale is not None:
            self._scale = float(new_scale)
        elif any(overflowed for _, overflowed in self._stages.values()):
            self._scale, self._growth_tracker = self._scale * self._backoff_factor, 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                self._scale, self._growth_tracker = self._scale * self._growth_factor, 0
        self._stages.clear()

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def get_scale(self) -> float:
        """The scale now; 1.0 if disabled."""
        return self._scale if self._enabled else 1.0

    def get_growth_factor(self) -> float:
        """What the scale grows by."""
        return self._growth_factor

    def get_backoff_factor(self) -> float:
        """What the scale shrinks by."""
        return self._backoff_factor

    def get_growth_interval(self) -> int:
        """After how many steps without overflow it grows."""
        return self._growth_interval

    def state_dict(self) -> dict[str, Any]:
        """The scale and what decides about it, under torch's names; empty if disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Goes on from a state_dict."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled GradScaler."
            )
        self._scale, self._growth_tracker = float(state_dict["scale"]), int(state_dict["_growth_tracker"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
