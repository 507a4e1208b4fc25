"""autocast around a user's Function: the precision of its forward and of its backward."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..engine.modes import modes
from ..engine.tensor import Tensor
from .autocast import autocast, is_autocast_enabled


def _cast(value: Any, device_type: str, dtype: dtypes.dtype) -> Any:
    """Floating tensors of a device in another precision, float64 left alone; containers are looked into."""
    if isinstance(value, Tensor):
        fits = value.device.type == device_type and value.dtype.is_floating_point and value.dtype is not dtypes.float64
        return value.to(dtype) if fits else value
    if isinstance(value, dict):
        return {key: _cast(each, device_type, dtype) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_cast(each, device_type, dtype) for each in value)
    return value


def custom_fwd(
    fwd: Callable[..., Any] | None = None, *, device_type: str, cast_inputs: dtypes.dtype | None = None
) -> Callable[..., Any]:
    """A decorator of a Function's forward. With `cast_inputs` a region of autocast ends before it.

    Inside of a region the inputs are then cast to that dtype and the forward computes in it; without `cast_inputs` the
    forward runs in the region, and a backward under `custom_bwd` does, too.
    """
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        inside = is_autocast_enabled(device_type)
        args[0]._dtype = modes.autocast.dtype if inside else None
        args[0]._fwd_used_autocast = inside and cast_inputs is None
        if cast_inputs is None or not inside:
            return fwd(*args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorated


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str) -> Callable[..., Any]:
    """A decorator of a Function's backward: it runs in a region of autocast if the forward under `custom_fwd` did."""
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorated
