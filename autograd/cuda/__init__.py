"""GPUs under torch's names: what is done with them CuPy does; without one it is answered, or refused in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import version as _version
from . import memory, nvtx, random, streams
from .devices import (
    CUDAGraph,
    Properties,
    _sleep,
    can_device_access_peer,
    current_device,
    device,
    device_count,
    device_of,
    get_arch_list,
    get_device_capability,
    get_device_name,
    get_device_properties,
    get_gencode_flags,
    graph,
    init,
    ipc_collect,
    is_available,
    is_bf16_supported,
    is_current_stream_capturing,
    is_initialized,
    is_tf32_supported,
    make_graphed_callables,
    set_device,
    synchronize,
)
from .library import runtime_version
from .memory import (
    OutOfMemoryError,
    empty_cache,
    max_memory_allocated,
    max_memory_cached,
    max_memory_reserved,
    mem_get_info,
    memory_allocated,
    memory_cached,
    memory_reserved,
    memory_stats,
    memory_summary,
    reset_accumulated_memory_stats,
    reset_max_memory_allocated,
    reset_max_memory_cached,
    reset_peak_memory_stats,
    set_per_process_memory_fraction,
)
from .random import (
    get_rng_state,
    get_rng_state_all,
    initial_seed,
    manual_seed,
    manual_seed_all,
    seed,
    seed_all,
    set_rng_state,
    set_rng_state_all,
)
from .streams import (
    Event,
    ExternalStream,
    Stream,
    StreamContext,
    current_stream,
    default_stream,
    get_stream_from_external,
    set_stream,
    stream,
)

__all__ = [
    "CUDAGraph",
    "Event",
    "ExternalStream",
    "OutOfMemoryError",
    "Properties",
    "Stream",
    "StreamContext",
    "can_device_access_peer",
    "current_device",
    "current_stream",
    "default_stream",
    "device",
    "device_count",
    "device_of",
    "empty_cache",
    "get_arch_list",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_gencode_flags",
    "get_rng_state",
    "get_rng_state_all",
    "get_stream_from_external",
    "graph",
    "init",
    "initial_seed",
    "ipc_collect",
    "is_available",
    "is_bf16_supported",
    "is_current_stream_capturing",
    "is_initialized",
    "is_tf32_supported",
    "make_graphed_callables",
    "manual_seed",
    "manual_seed_all",
    "max_memory_allocated",
    "max_memory_cached",
    "max_memory_reserved",
    "mem_get_info",
    "memory",
    "memory_allocated",
    "memory_cached",
    "memory_reserved",
    "memory_stats",
    "memory_summary",
    "nvtx",
    "random",
    "reset_accumulated_memory_stats",
    "reset_max_memory_allocated",
    "reset_max_memory_cached",
    "reset_peak_memory_stats",
    "runtime_version",
    "seed",
    "seed_all",
    "set_device",
    "set_per_process_memory_fraction",
    "set_rng_state",
    "set_rng_state_all",
    "set_stream",
    "stream",
    "streams",
    "synchronize",
]

_version.of_cuda = runtime_version
of_scripts: Any = None  # `autograd` sets what finds torch's own names in `torchlike`


if TYPE_CHECKING:
    import torchlike.cuda
    from torchlike.cuda import *  # noqa: F403

    __all__ += torchlike.cuda.__all__  # type: ignore[has-type]
else:

    def __getattr__(name: str) -> Any:
        """What only scripts written for torch look for; see `autograd.__getattr__`."""
        if name == "_initialized":
            return is_initialized()
        if name == "default_generators":
            return tuple(random.default_generator(f"cuda:{number}") for number in range(device_count()))
        found = None if name.startswith("_") else getattr(of_scripts("cuda"), name, None)
        if found is None:
            raise AttributeError(f"module 'autograd.cuda' has no attribute {name!r}")
        return found
