"""torch.utils.collect_env's place: what a report of a fault should say about the machine."""

from __future__ import annotations

import platform
import sys
from collections import namedtuple

import numpy as np

from autograd import cuda
from autograd.version import __version__

SystemEnv = namedtuple(
    "SystemEnv",
    "torch_version is_debug_build cuda_compiled_version python_version python_platform is_cuda_available "
    "nvidia_gpu_models os numpy_version",
)


def get_env_info() -> SystemEnv:
    """The versions of this engine, Python and NumPy, the system, the GPUs."""
    models = [cuda.get_device_name(f"cuda:{i}") for i in range(cuda.device_count())]
    return SystemEnv(
        __version__,
        "False",
        "N/A",
        f"{sys.version.splitlines()[0]} ({sys.maxsize.bit_length() + 1}-bit runtime)",
        platform.platform(),
        str(cuda.is_available()),
        "\n".join(models) or "No CUDA",
        platform.system(),
        np.__version__,
    )


def pretty_str(envinfo: SystemEnv) -> str:
    """Line by line."""
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in envinfo._asdict().items())


def get_pretty_env_info() -> str:
    """The report."""
    return pretty_str(get_env_info())


def main() -> None:
    """Prints the report."""
    print(get_pretty_env_info())  # noqa: T201


if __name__ == "__main__":
    main()
