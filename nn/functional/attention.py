"""Attention (A. Vaswani et al., "Attention is all you need", 2017)."""

from __future__ import annotations

import math

import autograd
from autograd import Tensor
from autograd.backend.order import Layout
from autograd.engine.errors import OperationError
from autograd.ops.layout import alike, laid_as
from autograd.ops.linalg.products import linear
from autograd.ops.promotion import require_tensors, restored, single
from autograd.types import DTypeLike

from .dropout import dropout


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(q k^T scale + mask) v: (*, L, E), (*, S, E), (*, S, V) -> (*, L, V).

    A mask of bools says where to look; a floating one is added. `scale` is 1 / sqrt(E). With
    `enable_gqa` several query heads (dimension -3) share a key head.
    """
    require_tensors("scaled_dot_product_attention", query, key, value)
    given = query.dtype
    query, key, value = single(query), single(key), single(value)  # the scores would leave half precision's range
    weights = _attention_weights(query, key, attn_mask, is_causal, scale, enable_gqa)
    if enable_gqa:
        value = value.repeat_interleave(query.shape[-3] // value.shape[-3], -3)
    out = restored(dropout(weights, dropout_p, dropout_p > 0) @ value, given)
    return laid_as(out, _as_queries, query, key, value, dropout_p=dropout_p)


def _as_queries(*operands: Layout, dropout_p: float) -> list[int] | None:
    """torch's fused kernel gives the result the order of the queries; it takes rows without gaps, and no dropout."""
    if dropout_p or any(len(x.shape) != 4 or x.strides[-1] != 1 for x in operands):
        return None
    return alike(operands[0])


def _attention_weights(
    query: Tensor, key: Tensor, attn_mask: Tensor | None, is_causal: bool, scale: float | None, enable_gqa: bool
) -> Tensor:
    if query.shape[-1] != key.shape[-1]:
        raise OperationError(
            f"scaled_dot_product_attention: query {tuple(query.shape)} and key {tuple(key.shape)} differ in length"
        )
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    root = math.sqrt(1.0 / math.sqrt(query.shape[-1]) if scale is None else abs(scale))
    sign = -1.0 if scale is not None and scale < 0 else 1.0
    scores = (query * (root * sign)) @ (key * root).mT
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError("scaled_dot_product_attention: give attn_mask or is_causal, not both")
        rows, columns = scores.shape[-2:]
        attn_mask = autograd.ones(rows, columns, dtype=autograd.bool, device=query.device).tril()
    if attn_mask is None:
        return scores.softmax(-1)
    if attn_mask.dtype is autograd.bool:
        scores = autograd.where(attn_mask, scores, -math.inf)
    else:
        scores = scores + attn_mask
    # A row that may look nowhere gives zeros, not nan.
    nowhere = (scores.detach() == -math.inf).all(-1, keepdim=True)
    weights = autograd.where(nowhere, 0.0, scores).softmax(-1)
    return autograd.where(nowhere, 0.0, weights)


def _additive(mask: Tensor | None, dtype: DTypeLike) -> Tensor | None:
    """A mask of bools, which says where not to look, as what is added to the scores."""
    if mask is None or mask.dtype is not autograd.bool:
        return mask
    return autograd.where(mask, -math.inf, autograd.zeros((), dtype=dtype, device=mask.device))


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in several heads: (L, N, E), (S, N, E), (S, N, E) -> (L, N, E), and the weights (N, L, S).

    Without N, too. Masks of bools say where not to look, floating ones are added.
    """
    batched = query.ndim == 3
    if not batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, count, width = query.shape
    if width != embed_dim_to_check or width % num_heads:
        raise OperationError(
            f"multi_head_attention: expected {embed_dim_to_check} features in {num_heads} heads, "
            f"got shape {tuple(query.shape)}"
        )
    head = width // num_heads
    if use_separate_proj_weight:
        weights = [q_proj_weight, k_proj_weight, v_proj_weight]
    else:
        assert in_proj_weight is not None
        weights = list(in_proj_weight.chunk(3))
    biases = [None, None, None] if in_proj_bias is None else list(in_proj_bias.chunk(3))
    q, k, v = (linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True))  # type: ignore[arg-type]
    mask = _additive(attn_mask, q.dtype)
    padding = _additive(key_padding_mask, q.dtype)
    if is_causal and mask is None:
        raise RuntimeError("multi_head_attention: is_causal is a hint about attn_mask, which must be given")

    def longer(mask: Tensor | None) -> Tensor | None:
        """The mask with one more place to look at."""
        return None if mask is None else autograd.cat([mask, mask.new_zeros(*mask.shape[:-1], 1)], -1)

    if bias_k is not None and bias_v is not None:
        k, v = autograd.cat([k, bias_k.expand(1, count, -1)]), autograd.cat([v, bias_v.expand(1, count, -1)])
        mask, padding = longer(mask), longer(padding)

    def by_head(x: Tensor) -> Tensor:
        """(L, N, E) as (N, heads, L, E / heads)."""
        return x.reshape(x.shape[0], count, num_heads, head).permute(1, 2, 0, 3)

    q = by_head(q)
    k = by_head(k) if static_k is None else static_k.reshape(count, num_heads, -1, head)
    v = by_head(v) if static_v is None else static_v.reshape(count, num_heads, -1, head)
    if add_zero_attn:
        k, v = (autograd.cat([x, x.new_zeros(count, num_heads, 1, head)], 2) for x in (k, v))
        mask, padding = longer(mask), longer(padding)
    if mask is not None and mask.ndim == 3:
        mask = mask.reshape(count, num_heads, length, -1)
    if padding is not None:
        padding = padding.reshape(count, 1, 1, -1)
        mask = padding if mask is None else mask + padding
    scores = (single(q) * (1.0 / math.sqrt(head))) @ single(k).mT
    attention = restored((scores if mask is None else scores + mask).softmax(-1), q.dtype)
    attention = dropout(attention, dropout_p, training)
    mixed = (attention @ v).permute(2, 0, 1, 3).reshape(length, count, width)
    out = linear(mixed, out_proj_weight, out_proj_bias)
    shown = None
    if need_weights:
        shown = attention.mean(1) if average_attn_weights else attention
        shown = shown if batched else shown.squeeze(0)
    return (out if batched else out.squeeze(1)), shown
