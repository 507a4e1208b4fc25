"""autocast: every operation in the precision that suits it."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..backend import is_available
from ..engine.callers import stacklevel
from ..engine.modes import modes
from ..engine.primitive import Primitive
from ..engine.tensor import Tensor
from ..ops.promotion import cast


class Policy:
    """What `engine.apply` asks, in a region of autocast, for the inputs of a primitive."""

    def __init__(self, device_type: str, dtype: dtypes.dtype, cache: bool) -> None:
        self.device_type, self.dtype, self.cache_enabled = device_type, dtype, cache
        self.cache: dict[int, tuple[Tensor, int, Tensor]] = {}

    def __call__(self, primitive: Primitive, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs in the precision of this primitive; float64 and other devices are left alone."""
        if primitive.autocast == "half":
            return tuple(self._cast(x, self.dtype) for x in inputs)
        if primitive.autocast == "single":
            return tuple(self._cast(x, dtypes.float32) for x in inputs)
        return inputs

    def _cast(self, x: Any, dtype: dtypes.dtype) -> Any:
        if not isinstance(x, Tensor) or x.dtype not in (dtypes.float32, dtypes.float16) or x.dtype is dtype:
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

    The parameters stay in single precision, and so do their gradients. On the CPU, where NumPy has no
    fast half precision, this shows what a GPU would compute, slowly. bfloat16 is not there. A context
    manager and a decorator; backward belongs outside of it, and runs as the forward did in any case.

    >>> import autograd
    >>> with autograd.autocast("cpu"):
    ...     y = autograd.ones(2, 3) @ autograd.ones(3, 2)
    ...     z = y.exp()
    >>> y.dtype, z.dtype
    (autograd.float16, autograd.float32)
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
        if enabled and dtype not in (None, dtypes.float16):
            raise ValueError(f"autocast: float16 is the only lower precision that the backends have, got {dtype}")
        kind = device_type.split(":")[0]
        if enabled and not is_available(kind):
            warnings.warn(f"autocast: {kind!r} is not available; disabled", stacklevel=stacklevel())
            enabled = False
        self.device_type, self.enabled = kind, enabled
        self.dtype = dtypes.float16 if dtype is None else dtype
        self.cache_enabled = cache_enabled is not False
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
