"""The registry of array backends: one Backend object for each device."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from ..device import DeviceLike, device as Device
from .arrays import Array, Namespace
from .base import Backend
from .numpy import NumpyBackend

with contextlib.suppress(ImportError):  # numba is an extra
    from . import fast

_factories: dict[str, Callable[[int | None], Backend]] = {}
_made: dict[tuple[str, int | None], Backend] = {}
_by_request: dict[DeviceLike, Backend] = {}
_default: Device | str | int = "cpu"


def register_backend(type: str, factory: Callable[[int | None], Backend]) -> None:
    """Makes `device(type)` known; `factory(index)` makes its backend when it is first asked for.

    A factory raises RuntimeError, saying what is missing, where its device can't be used.
    """
    _factories[type] = factory
    for known in [key for key in _made if key[0] == type]:
        del _made[known]
    _by_request.clear()


def get_backend(device: DeviceLike = None) -> Backend:
    """The backend of a device, given as a `device`, its name, a CUDA index, or None for the default device."""
    backend = _by_request.get(device)
    if backend is not None:
        return backend
    place = Device(_default if device is None else device)
    if place.type not in _factories:
        raise RuntimeError(
            f"no backend is registered for device {str(place)!r}; known: {', '.join(sorted(_factories))}"
        )
    key = (place.type, place.index)
    if key not in _made:
        made = _factories[place.type](place.index)
        _made[key] = _made.setdefault((made.device.type, made.device.index), made)
    _by_request[device] = _made[key]
    return _made[key]


def set_default_device(device: DeviceLike) -> None:
    """Sets where tensors are made when no device is named ('cpu' at first, and again for None)."""
    _exchange_default(device)


def _exchange_default(device: DeviceLike) -> DeviceLike:
    """Sets the default device; the one before."""
    global _default
    wanted = "cpu" if device is None else device
    get_backend(wanted)
    before, _default = _default, wanted
    _by_request.pop(None, None)
    return before


def synchronize() -> None:
    """Waits until all devices that were used are done with what was asked of them."""
    for backend in set(_made.values()):
        backend.synchronize()


def set_current_index(type: str, index: int) -> None:
    """Makes `device(type)` without an index mean the one with this index."""
    _made[type, None] = get_backend(Device(type, index))
    _by_request.clear()


def get_default_device() -> Device:
    """Where tensors are made when no device is named."""
    return get_backend(None).device


def is_available(device: DeviceLike) -> bool:
    """Whether a device of this name can be used here."""
    try:
        get_backend(device)
    except (RuntimeError, ImportError):
        return False
    return True


def _cuda(index: int | None) -> Backend:
    from .cupy import make_backend

    return make_backend(index)


Device.exchange_default = staticmethod(_exchange_default)
_cpu = NumpyBackend()
register_backend("cpu", lambda index: _cpu)
register_backend("cuda", _cuda)

__all__ = [
    "Array",
    "Backend",
    "Namespace",
    "get_backend",
    "get_default_device",
    "is_available",
    "register_backend",
    "set_current_index",
    "set_default_device",
]
