"""A backend on array-api-strict: what runs here uses the array API standard and nothing of NumPy.

Its arrays live on a device of which NumPy knows nothing, so an implicit conversion fails as a GPU's
would. It stands in for a third party's backend, and for the GPU on machines without one.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.backend import Backend, register_backend
from autograd.device import device as Device


class Placed:
    """The namespace, but what it makes from nothing lies on one device."""

    CREATES = ("arange", "asarray", "empty", "eye", "full", "linspace", "ones", "zeros")

    def __init__(self, xp: Any, place: Any) -> None:
        self._xp = xp
        for name in self.CREATES:
            setattr(self, name, functools.partial(getattr(xp, name), device=place))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._xp, name)


class StrictBackend(Backend):
    def __init__(self, xp: Any) -> None:
        self.place = xp.Device("device1")
        self.xp = Placed(xp, self.place)
        self.device = Device("strict")
        self.array_type = type(xp.asarray(0))
        self.native = dtypes.Native({kind: getattr(xp, kind.name) for kind in dtypes.ALL if hasattr(xp, kind.name)})
        self.dtypes = {native: kind for kind, native in self.native.items()}

    def from_numpy(self, array: np.ndarray) -> Any:
        return self.xp.asarray(array, device=self.place)

    def to_numpy(self, array: Any) -> np.ndarray:
        return np.asarray(array.to_device(self.xp.Device("CPU_DEVICE"))).copy()

    def shares_memory(self, view: Any, source: Any) -> bool:
        return np.may_share_memory(view._array, source._array)

    def exclusive(self, array: Any) -> bool:
        return array._array.flags.writeable  # what broadcast_to gives is not

    def index(self, x: Any, index: tuple) -> Any:
        places = np.arange(math.prod(x.shape)).reshape(x.shape)[self._host_index(index)]
        taken = self.xp.take(self.xp.reshape(x, (-1,)), self.xp.asarray(places.reshape(-1)), axis=0)
        return self.xp.reshape(taken, places.shape)

    def index_write(self, x: Any, index: tuple, value: Any) -> None:
        written = self.to_numpy(x)
        written[self._host_index(index)] = self.to_numpy(value) if isinstance(value, self.array_type) else value
        x[...] = self.from_numpy(written)

    def _host_index(self, index: tuple) -> tuple:
        return tuple(self.to_numpy(part) if isinstance(part, self.array_type) else part for part in index)


def register() -> None:
    """Makes the device 'strict' known."""

    def factory(index: int | None) -> Backend:
        try:
            import array_api_strict
        except ImportError as error:
            raise RuntimeError("device 'strict' needs array-api-strict") from error
        return StrictBackend(array_api_strict)

    register_backend("strict", factory)
