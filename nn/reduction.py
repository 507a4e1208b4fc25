"""How the losses of all elements become one: `reduction` is 'mean', 'sum' or 'none'."""

from __future__ import annotations

from autograd import Tensor


def reduced(name: str, losses: Tensor, reduction: str) -> Tensor:
    """The losses, their sum or their mean."""
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError(f"{name}: reduction is 'none', 'mean' or 'sum', got {reduction!r}")


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """The reduction that torch's arguments of before 0.4.1 mean: size_average=False sums, reduce=False leaves all."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"
