"""Which GPUs there are, and which one is meant."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..backend import is_available as _is_available, set_current_index
from ..device import device as Device
from ..engine.tensor import Tensor
from ..types import DeviceLike
from .library import gpu, gpu_or_none, index_of


def is_available() -> bool:
    """Whether tensors can live on a GPU here: CuPy is installed and finds one."""
    return _is_available("cuda")


is_initialized = is_available


def init() -> None:
    """Nothing is left to do where there is a GPU."""
    gpu()


def device_count() -> int:
    """How many GPUs there are."""
    found = gpu_or_none()
    return 0 if found is None else int(found[0].cuda.runtime.getDeviceCount())


def current_device() -> int:
    """The index of the GPU that `device("cuda")` means."""
    return gpu()[1]


def set_device(device: DeviceLike) -> None:
    """Makes a GPU, or that of a `device`, the one that is meant where no number is named; a negative one is ignored."""
    if isinstance(device, int) and device < 0:
        return
    cupy, index = gpu(device)
    set_current_index("cuda", index)
    cupy.cuda.Device(index).use()


class device:
    """Inside, a GPU is the one that is meant where no number is named; None, or a negative number, changes nothing."""

    def __init__(self, device: DeviceLike) -> None:
        negative = isinstance(device, int) and device < 0
        self.idx = None if device is None else -1 if negative else index_of(device)
        self.prev_idx: list[int] = []

    def __enter__(self) -> None:
        if self.idx is not None and self.idx >= 0:
            self.prev_idx.append(current_device())
            set_device(self.idx)

    def __exit__(self, *error: object) -> None:
        if self.idx is not None and self.idx >= 0:
            set_device(self.prev_idx.pop())


class device_of(device):
    """`device` of the GPU that a tensor is on; one on the CPU changes nothing."""

    def __init__(self, obj: Tensor) -> None:
        super().__init__(obj.device if obj.is_cuda else -1)


def synchronize(device: DeviceLike = None) -> None:
    """Waits until the GPU has finished all that was asked of it."""
    cupy, index = gpu(device)
    cupy.cuda.Device(index).synchronize()


class Properties(NamedTuple):
    """What a GPU is."""

    name: str
    major: int
    minor: int
    total_memory: int
    multi_processor_count: int
    warp_size: int
    max_threads_per_multi_processor: int
    L2_cache_size: int


def get_device_properties(device: DeviceLike = None) -> Properties:
    """The GPU's name, compute capability, memory in bytes and multiprocessors."""
    cupy, index = gpu(device)
    found = cupy.cuda.runtime.getDeviceProperties(index)
    return Properties(
        found["name"].decode(),
        found["major"],
        found["minor"],
        found["totalGlobalMem"],
        found["multiProcessorCount"],
        found["warpSize"],
        found["maxThreadsPerMultiProcessor"],
        found["l2CacheSize"],
    )


def get_device_name(device: DeviceLike = None) -> str:
    """The GPU's product name."""
    return get_device_properties(device).name


def get_device_capability(device: DeviceLike = None) -> tuple[int, int]:
    """The GPU's compute capability: (9, 0) of an H100."""
    found = get_device_properties(device)
    return found.major, found.minor


def can_device_access_peer(device: DeviceLike, peer_device: DeviceLike) -> bool:
    """Whether one GPU reads the memory of the other."""
    cupy, index = gpu(device)
    return bool(cupy.cuda.runtime.deviceCanAccessPeer(index, gpu(peer_device)[1]))


def get_arch_list() -> list[str]:
    """The architectures that kernels are compiled for, when they are first needed: those of the GPUs here."""
    return sorted({"sm_{}{}".format(*get_device_capability(Device("cuda", n))) for n in range(device_count())})


def get_gencode_flags() -> str:
    """nvcc's flags for `get_arch_list`."""
    return " ".join(f"-gencode compute={arch.replace('sm', 'compute')},code={arch}" for arch in get_arch_list())


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: CuPy has no bfloat16."""
    return False


def is_tf32_supported() -> bool:
    """False: products of float32 are computed in float32."""
    return False


def is_current_stream_capturing() -> bool:
    """False: no graph is captured."""
    return False


def ipc_collect() -> None:
    """No memory is shared with other processes."""
    gpu()


def _sleep(cycles: int) -> None:
    """Keeps the GPU busy for about this many of its clock's cycles."""
    cupy, _ = gpu()
    kernel = cupy.RawKernel(
        'extern "C" __global__ void wait(long long n) { long long t = clock64(); while (clock64() - t < n) {} }', "wait"
    )
    kernel((1,), (1,), (cupy.int64(cycles),))


def graphs(*args: Any, **kwargs: Any) -> Any:
    """NotImplementedError: CuPy's libraries can't be captured."""
    raise NotImplementedError("CUDA graphs: CuPy's matrix products can't be captured in one; run the step as it is")


CUDAGraph = graph = make_graphed_callables = graphs
