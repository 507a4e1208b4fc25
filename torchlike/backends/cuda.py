"""Switches of torch's matrix products on GPUs; there to be set, and not read."""

from types import SimpleNamespace

matmul = SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=True)


def is_built() -> bool:
    """Whether CuPy is there is said by `autograd.cuda.is_available()`; False."""
    return False
