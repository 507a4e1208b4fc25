"""Rows of a table, looked up by integers."""

from __future__ import annotations

import math

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.ops.indexing import check_index
from autograd.ops.layout import c_order, laid_as
from autograd.ops.promotion import require_tensors, rounded_once
from autograd.ops.sparse.lookup import lookup


def _renormed(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    """Scales the rows that are looked up, in place, to a norm of at most max_norm."""
    with autograd.no_grad():
        rows = input.reshape(-1).unique()
        weight[rows] = autograd.renorm(weight.detach()[rows], norm_type, 0, max_norm)


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """weight[input]: (*), (V, D) -> (*, D). The row padding_idx gets no gradient.

    With `sparse` the gradient by the weight is a sparse tensor of the rows that were looked up: of a large table the
    others cost nothing, in the gradient and in a step of SGD, Adagrad or SparseAdam.
    """
    require_tensors("embedding", input, weight)
    if weight.ndim != 2:
        raise OperationError(f"embedding: expected a table (V, D), got shape {tuple(weight.shape)}")
    count = weight.shape[0]
    check_index("embedding", input, count)
    if padding_idx is not None:
        if not -count <= padding_idx < count:
            raise OperationError(f"embedding: padding_idx {padding_idx} is outside the {count} rows")
        padding_idx %= count
    if max_norm is not None:
        _renormed(weight, input, max_norm, norm_type)
    if sparse and weight.requires_grad and autograd.is_grad_enabled():
        if scale_grad_by_freq:
            raise OperationError("embedding: scale_grad_by_freq not supported with sparse gradients")
        return lookup(weight, input, padding_idx)
    found = weight[input]
    if scale_grad_by_freq and found.requires_grad:
        times = input.reshape(-1).bincount(minlength=count)[input].to(weight.dtype).unsqueeze(-1)
        found = found / times + (found - found / times).detach()
    if padding_idx is not None and found.requires_grad:
        found = autograd.where((input == padding_idx).unsqueeze(-1), found.detach(), found)
    return laid_as(found, c_order)


@rounded_once
def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The 'sum', 'mean' or 'max' of the rows of each bag: (B, N), or one bag after the other with their offsets."""
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError("embedding_bag: offsets belong to a vector of indices; this input has bags of one size")
        bags, size = input.shape
        offsets = autograd.arange(bags, device=input.device) * size
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
        include_last_offset = False
    elif input.ndim != 1 or offsets is None or offsets.ndim != 1:
        raise ValueError(f"embedding_bag: expected (B, N), or (N,) with offsets (B,), got shape {tuple(input.shape)}")
    assert offsets is not None
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: mode is 'sum', 'mean' or 'max', got {mode!r}")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(f"embedding_bag: per_sample_weights are for mode='sum', got {mode!r}")
    starts = offsets[:-1] if include_last_offset else offsets
    count = starts.shape[0]
    if sparse and mode == "max":
        raise ValueError("embedding_bag: max mode does not support sparse weights; use 'sum' or 'mean'")
    rows = embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    bag = (
        autograd.searchsorted(starts.contiguous(), autograd.arange(input.shape[0], device=input.device), right=True) - 1
    )
    counted = autograd.ones(input.shape, dtype=weight.dtype, device=input.device)
    if padding_idx is not None:
        counted = (input != padding_idx % weight.shape[0]).to(weight.dtype)
    blank = autograd.zeros(count, weight.shape[1], dtype=weight.dtype, device=weight.device)
    if mode == "max":
        low = autograd.full((count, weight.shape[1]), -math.inf, dtype=weight.dtype, device=weight.device)
        kept = autograd.where(counted.unsqueeze(1) > 0, rows, -math.inf)
        best = low.scatter_reduce(0, bag.unsqueeze(1).expand(rows.shape).contiguous(), kept, "amax")
        return autograd.where(best == -math.inf, 0.0, best)
    factor = counted if per_sample_weights is None else counted * per_sample_weights
    total = blank.index_add(0, bag, rows * factor.unsqueeze(1))
    if mode == "sum":
        return total
    sizes = autograd.zeros(count, dtype=weight.dtype, device=weight.device).index_add(0, bag, counted)
    return total / sizes.clamp(min=1).unsqueeze(1)
