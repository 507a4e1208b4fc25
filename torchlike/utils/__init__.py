"""torch.utils' place: `autograd.utils.data` is `autograd.data`."""

from __future__ import annotations

from autograd import Tensor, data, pytree as _pytree, recomputation as checkpoint

from .. import hub as model_zoo
from . import benchmark, collect_env, cpp_extension, dlpack, flop_counter, hooks, loading


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Each tensor becomes the other, with values, gradient and history: what knows one of them finds the other's."""
    if type(t1) is not type(t2):
        raise RuntimeError(f"swap_tensors: expected tensors of one class, got {type(t1).__name__}, {type(t2).__name__}")
    for name in ("_array", "_backend", "_grad", "_hooks", "_memory", "_node", "_output", "_requires_grad", "_view"):
        first, second = getattr(t1, name), getattr(t2, name)
        setattr(t1, name, second)
        setattr(t2, name, first)


def get_cpp_backtrace(frames_to_skip: int = 0, maximum_number_of_frames: int = 64) -> str:
    """Nothing: all runs in Python."""
    return ""


__all__ = [
    "benchmark",
    "checkpoint",
    "collect_env",
    "cpp_extension",
    "data",
    "dlpack",
    "flop_counter",
    "hooks",
    "model_zoo",
    "swap_tensors",
]
