"""NVIDIA GPUs, through CuPy (extra `gpu`). Imported only when a CUDA device is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import dtypes
from ..device import device as Device
from .base import Array, Backend, drawing
from .strided import StridedBackend


def make_backend(index: int | None) -> Backend:
    """The backend of one GPU; RuntimeError, saying why, where there is none."""
    try:
        import cupy
    except ImportError as error:
        raise RuntimeError(
            "device 'cuda' needs CuPy: pip install 'pullback[gpu]' on a machine with an NVIDIA GPU"
        ) from error
    if not cupy.cuda.is_available():
        raise RuntimeError("device 'cuda': CuPy is installed but finds no NVIDIA GPU here; use device 'cpu'")
    count = cupy.cuda.runtime.getDeviceCount()
    if index is not None and index >= count:
        raise RuntimeError(f"device 'cuda:{index}': there are {count} GPUs here, numbered from 0")
    return CupyBackend(cupy, 0 if index is None else index)


class CupyBackend(StridedBackend):
    """CuPy arrays in the memory of one GPU."""

    def __init__(self, cupy: Any, index: int) -> None:
        self.xp = cupy
        self.array_type = cupy.ndarray
        self.device = Device("cuda", index)
        self.native = dtypes.Native({d: np.dtype(d.name) for d in dtypes.ALL if d is not dtypes.bfloat16})
        self.dtypes = {native: d for d, native in self.native.items()}
        self._cuda = cupy.cuda.Device(index)
        self._kernels: dict[str, Any] = {}

    def from_numpy(self, array: np.ndarray) -> Array:
        with self._cuda:
            return self.xp.asarray(array)

    def to_numpy(self, array: Array) -> np.ndarray:
        return array.get()

    def contiguous(self, array: Array) -> Array:
        return self.xp.ascontiguousarray(array)

    def shares_memory(self, view: Array, source: Array) -> bool:
        return view.data.mem is source.data.mem

    def pointer(self, array: Array) -> int:
        return array.data.ptr

    def synchronize(self) -> None:
        self._cuda.synchronize()

    def mark(self) -> Any:
        with self._cuda:
            event = self.xp.cuda.Event()
            event.record()
        return event

    def seconds_between(self, first: Any, last: Any) -> float:
        return float(self.xp.cuda.get_elapsed_time(first, last)) / 1e3

    def index_add(self, x: Array, index: tuple, value: Array) -> None:
        if x.dtype == np.int64:  # the device adds atomically to unsigned words only; the bits are the same
            x, value = x.view(np.uint64), value.astype(np.int64).view(np.uint64)
        super().index_add(x, index, value)

    def erf(self, x: Array) -> Array:
        import cupyx.scipy.special

        return cupyx.scipy.special.erf(x)

    def random_bits(self, state: Array, count: int) -> Array:
        """Each thread makes one block of four words from its own counter."""
        words = self.xp.empty((-(-count // 4), 4), dtype=self.xp.uint64)
        with drawing:
            self._kernel("philox")(state, words[:, 0], words[:, 1], words[:, 2], words[:, 3])
            state[1] += words.shape[0]
        return words.reshape(-1)[:count]

    def _kernel(self, name: str) -> Any:
        if name not in self._kernels:
            self._kernels[name] = self.xp.ElementwiseKernel(*KERNELS[name], f"pullback_{name}")
        return self._kernels[name]


KERNELS = {
    "philox": (
        "raw uint64 state",
        "uint64 w0, uint64 w1, uint64 w2, uint64 w3",
        """
        unsigned long long c0 = state[1] + i + 1, c1 = 0, c2 = 0, c3 = 0, k0 = state[0], k1 = 0;
        for (int round = 0; round < 10; ++round) {
            unsigned long long high0 = __umul64hi(0xD2E7470EE14C6C93ULL, c0), low0 = 0xD2E7470EE14C6C93ULL * c0;
            unsigned long long high1 = __umul64hi(0xCA5A826395121157ULL, c2), low1 = 0xCA5A826395121157ULL * c2;
            c0 = high1 ^ c1 ^ k0; c1 = low1; c2 = high0 ^ c3 ^ k1; c3 = low0;
            k0 += 0x9E3779B97F4A7C15ULL; k1 += 0xBB67AE8584CAA73BULL;
        }
        w0 = c0; w1 = c1; w2 = c2; w3 = c3;
        """,
    ),
}
