"""torch.utils.cpp_extension's place: code in C++ and CUDA that is written for torch is not built here."""

from __future__ import annotations

from typing import Any, NoReturn

CUDA_HOME: str | None = None
ROCM_HOME: str | None = None
IS_HIP_EXTENSION = False


def load(name: str = "", *args: Any, **kwargs: Any) -> NoReturn:
    """NotImplementedError: the code calls torch's own C++ library."""
    raise NotImplementedError(
        f"cpp_extension {name!r}: C++ and CUDA code written for torch can't be built here; write the operation with "
        "tensors, or as an autograd.Function over NumPy or CuPy arrays"
    )


load_inline = CppExtension = CUDAExtension = include_paths = load


class BuildExtension:
    """Stands in a setup.py for the command that builds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        load("build_ext")

    @classmethod
    def with_options(cls, **options: Any) -> type[BuildExtension]:
        """The class itself."""
        return cls


__all__ = ["BuildExtension", "CUDAExtension", "CppExtension", "include_paths", "load", "load_inline"]
