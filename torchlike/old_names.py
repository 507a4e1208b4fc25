"""Functions that torch had once, or has in another place, with what they gave."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import autograd
from autograd import Tensor, linalg
from autograd.types import DeviceLike, DTypeLike


def range(
    start: float,
    end: float | None = None,
    step: float = 1,
    *,
    dtype: DTypeLike = None,
    device: DeviceLike = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, ... as far as `end`, which is among them: floor((end - start) / step) + 1 numbers."""
    if end is None:
        start, end = 0, start
    if step == 0 or (end - start) / step < 0:
        raise RuntimeError("upper bound and larger bound inconsistent with step sign")
    count = int((end - start) / step) + 1
    kind = autograd.get_default_dtype() if dtype is None else dtype
    made = autograd.arange(count, dtype=kind, device=device) * step + start
    return made.to(kind).requires_grad_(requires_grad)


def _gone(name: str, instead: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(f"torch.{name} is no longer in torch, nor here: use {instead}")

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"RuntimeError: torch has taken it out; {instead} is in its place."
    return call


symeig = _gone("symeig", "torch.linalg.eigh")
eig = _gone("eig", "torch.linalg.eig")
solve = _gone("solve", "torch.linalg.solve(A, B): the matrix comes first")
lstsq = _gone("lstsq", "torch.linalg.lstsq(A, B): the matrix comes first")
matrix_rank = _gone("matrix_rank", "torch.linalg.matrix_rank")


def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor of the input's shape and dtype with one value."""
    return input.clone().fill_(value)


def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """How many of `count` trials succeed, each with probability `prob`; both broadcast."""
    count, prob = autograd.broadcast_tensors(count, prob)
    if bool((count < 0).any()) or bool(((prob < 0) | (prob > 1)).any()):
        raise ValueError("binomial: expected counts of at least 0 and probabilities in [0, 1]")
    total = autograd.zeros_like(count)
    most = int(count.max()) if count.numel() else 0
    for trial in builtins.range(most):
        drawn = autograd.rand(count.shape, dtype=prob.dtype, device=prob.device, generator=generator)
        total = total + ((drawn < prob) & (count > trial)).to(total.dtype)
    return total


def are_deterministic_algorithms_enabled() -> bool:
    """True if `use_deterministic_algorithms` was called so."""
    return _switches["deterministic"]


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether only a warning was asked for."""
    return _switches["warn_only"]


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remembered: what runs on the CPU gives the same bits each time."""
    _switches.update(deterministic=bool(mode), warn_only=bool(warn_only))


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """use_deterministic_algorithms by a number or a word: "default", "warn", "error"."""
    level = debug_mode if isinstance(debug_mode, int) else {"default": 0, "warn": 1, "error": 2}[debug_mode]
    use_deterministic_algorithms(level > 0, warn_only=level == 1)


def get_deterministic_debug_mode() -> int:
    """0, 1 or 2: off, with warnings, on."""
    return 0 if not _switches["deterministic"] else 1 if _switches["warn_only"] else 2


_switches = {"deterministic": False, "warn_only": False}


def chain_matmul(*matrices: Tensor, out: Any = None) -> Tensor:
    """The product of matrices, in the order that costs least: linalg.multi_dot."""
    warnings.warn("torch.chain_matmul is deprecated; use torch.linalg.multi_dot", stacklevel=2)
    return linalg.multi_dot(list(matrices))


def empty_permuted(size: Sequence[int], physical_layout: Sequence[int], **options: Any) -> Tensor:
    """A tensor of this size, not filled, whose dimensions lie in memory in the order of `physical_layout`."""
    if sorted(physical_layout) != list(builtins.range(len(size))):
        raise RuntimeError(f"empty_permuted: {tuple(physical_layout)} is no order of {len(size)} dimensions")
    made = autograd.empty([size[i] for i in physical_layout], **options)
    return made.permute([list(physical_layout).index(i) for i in builtins.range(len(size))])


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    """true_fn(*operands) if pred, a bool or a tensor of one, is True; else false_fn(*operands)."""
    return true_fn(*operands) if bool(pred) else false_fn(*operands)


__all__ = [
    "are_deterministic_algorithms_enabled",
    "binomial",
    "chain_matmul",
    "cond",
    "eig",
    "empty_permuted",
    "fill",
    "get_deterministic_debug_mode",
    "is_deterministic_algorithms_warn_only_enabled",
    "lstsq",
    "matrix_rank",
    "range",
    "set_deterministic_debug_mode",
    "solve",
    "symeig",
    "use_deterministic_algorithms",
]
