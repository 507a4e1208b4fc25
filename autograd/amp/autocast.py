"""autocast: every operation in the precision that suits it."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..backend import get_backend, is_available
from ..engine.callers import stacklevel
from ..engine.modes import modes
from ..engine.primitive import Primitive
from ..engine.tensor import Tensor
from ..ops.promotion import cast

LOWER = {"cpu": dtypes.bfloat16}  # the lower precision where none is named; elsewhere float16
# What of torch's list of the CPU is a primitive here: there, unlike on a GPU, other operations stay in half precision.
SINGLE_ON_CPU = {
    "prod",
    "cross_entropy",
    "class_cross_entropy",
    "binary_cross_entropy",
    "binary_cross_entropy_of_logits",
}


class Policy:
    """What `engine.apply` asks, in a region of autocast, for the inputs of a primitive."""

    def __init__(self, device_type: str, dtype: dtypes.dtype, cache: bool) -> None:
        self.device_type, self.dtype, self.cache_enabled = device_type, dtype, cache
        self.cache: dict[int, tuple[Tensor, int, Tensor]] = {}
        self.keeps_wide = device_type != "cpu"  # whether what is computed in single stays so

    def __call__(self, primitive: Primitive, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs in the precision of this primitive; float64 and other devices are left alone."""
        if primitive.autocast == "half":
            return tuple(map(self.half, inputs))
        if primitive.autocast == "single" and (self.keeps_wide or primitive.name in SINGLE_ON_CPU):
            return tuple(map(self.single, inputs))
        return inputs

    def single(self, x: Any) -> Any:
        """A tensor of half precision in single; anything else as it is."""
        return self._cast(x, dtypes.float32)

    def half(self, x: Any) -> Any:
        """A tensor of single precision in the lower one; anything else as it is."""
        return self._cast(x, self.dtype)

    def _cast(self, x: Any, dtype: dtypes.dtype) -> Any:
        if not isinstance(x, Tensor) or x.dtype not in (dtypes.float32, *dtypes.HALVES) or x.dtype is dtype:
            return x
        if x.device.type != self.device_type:
            return x
        if not (self.cache_enabled and x.is_leaf and x.requires_grad and modes.grad):
            return cast(x, dtype)
        # A weight is converted once, however often it is used.
        known = self.cache.get(id(x))
        if known is None or known[1] != x._version or known[2].dtype is not dtype:
            known = self.cache[id(x)] = x, x._version, cast(x, dtype)
        return known[2]


class autocast:
    """Inside, matrix products and convolutions are computed in half precision, and what needs the range in single.

    Half precision is bfloat16 on the CPU and float16 on a GPU, unless `dtype` names the other. What is
    computed in single is on the CPU the losses, products and transforms, on a GPU also exponentials,
    powers, sums, softmax and norms. The parameters stay in single precision, and so do their gradients.
    On the CPU, where NumPy has no fast half precision, this shows what faster hardware would compute, slowly. A context
    manager and a decorator; backward belongs outside of it, and runs as the forward did in any case.

    >>> import autograd, nn
    >>> with autograd.autocast("cpu"):
    ...     y = autograd.ones(2, 3) @ autograd.ones(3, 2)
    ...     z = nn.functional.mse_loss(y, autograd.zeros(2, 2))
    >>> y.dtype, z.dtype
    (autograd.bfloat16, autograd.float32)
    """

    def __init__(
        self,
        device_type: str,
        dtype: dtypes.dtype | None = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type).__name__}`")
        if enabled and dtype not in (None, *dtypes.HALVES):
            raise ValueError(f"autocast: the lower precisions are bfloat16 and float16, got {dtype}")
        kind = device_type.split(":")[0]
        if enabled and not is_available(kind):
            warnings.warn(f"autocast: {kind!r} is not available; disabled", stacklevel=stacklevel())
            enabled = False
        self.device_type, self.enabled = kind, enabled
        self.dtype = get_autocast_dtype(kind) if dtype is None else dtype
        if enabled:
            get_backend(kind).check_dtype(self.dtype)
        self.cache_enabled = is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        self._before: list[Any] = []

    def __enter__(self) -> autocast:
        self._before.append(modes.autocast)
        modes.autocast = Policy(self.device_type, self.dtype, self.cache_enabled) if self.enabled else None
        return self

    def __exit__(self, *exc: object) -> None:
        modes.autocast = self._before.pop()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with autocast(self.device_type, self.dtype, self.enabled, self.cache_enabled):
                return function(*args, **kwargs)

        return wrapped


def is_autocast_available(device_type: str) -> bool:
    """Whether autocast knows a device: each one that is there."""
    return is_available(device_type)


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether this is a region of autocast (for a device, if one is named)."""
    policy = modes.autocast
    return policy is not None and device_type in (None, policy.device_type)


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """The lower precision of a device: that of the region of autocast around, or the one without a choice."""
    policy = modes.autocast
    if policy is not None and policy.device_type == device_type:
        return policy.dtype
    return LOWER.get(device_type, dtypes.float16)


def is_autocast_cache_enabled() -> bool:
    """Whether a weight that is used several times in a region of autocast is converted once."""
    return modes.autocast is None or modes.autocast.cache_enabled


def clear_autocast_cache() -> None:
    """Forgets the converted weights of the region around."""
    if modes.autocast is not None:
        modes.autocast.cache.clear()
