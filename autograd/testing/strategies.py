"""Hypothesis strategies for tensors and for shapes that fit together (extra `test`).

They shrink: a failing example is reduced to the smallest shape and the plainest numbers that still fail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..engine.tensor import Tensor
from ..ops.complex import complex
from ..ops.creation import tensor

try:
    import hypothesis.extra.numpy as hnp
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover
    raise ImportError("autograd.testing's strategies need hypothesis: pip install 'pullback[test]'") from error

Shape = tuple[int, ...]


def shapes(min_dims: int = 0, max_dims: int = 3, min_side: int = 1, max_side: int = 4) -> st.SearchStrategy[Shape]:
    """Shapes of tensors; `min_side=0` includes empty ones."""
    return (
        hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side)
        if min_dims
        else (st.just(()) | hnp.array_shapes(min_dims=1, max_dims=max_dims, min_side=min_side, max_side=max_side))
    )


def broadcastable_shapes(
    count: int = 2, min_dims: int = 0, max_dims: int = 3, min_side: int = 1, max_side: int = 4
) -> st.SearchStrategy[tuple[Shape, ...]]:
    """Tuples of `count` shapes that broadcast with each other."""
    return hnp.mutually_broadcastable_shapes(
        num_shapes=count, min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side
    ).map(lambda found: found.input_shapes)


def matmul_shapes(max_dims: int = 3, max_side: int = 4) -> st.SearchStrategy[tuple[Shape, Shape]]:
    """Pairs of shapes that `matmul` takes: vectors, matrices, batches that broadcast."""
    return hnp.mutually_broadcastable_shapes(
        signature="(m?,n),(n,p?)->(m?,p?)", max_dims=max_dims - 2, min_side=1, max_side=max_side
    ).map(lambda found: found.input_shapes)  # type: ignore[arg-type, return-value]


@st.composite
def tensors(
    draw: Any,
    shape: Shape | st.SearchStrategy[Shape] | None = None,
    low: float = -3.0,
    high: float = 3.0,
    *,
    dtype: dtypes.dtype = dtypes.float64,
    requires_grad: bool = True,
    avoid: Sequence[float] = (),
    distinct: bool = False,
    strided: bool = True,
    device: Any = None,
) -> Tensor:
    """Tensors of a shape (or of a strategy for shapes) with elements in [low, high].

    Floating elements keep 0.05 away from the numbers in `avoid` (kinks and poles); `distinct` ones keep
    away from each other (for sorting and maxima). Integers are those in the range, as are both parts of
    complex numbers. Some tensors lie in memory in another order, or with gaps, unless `strided` is off.

    >>> from autograd.testing import tensors
    >>> x = tensors(shape=(2, 3), low=0.0, high=1.0).example()  # doctest: +SKIP
    """
    size = draw(shapes() if shape is None else shape) if not isinstance(shape, tuple) else shape
    count = int(np.prod(size, dtype=int))
    if dtype.is_complex:
        of_parts = {"dtype": dtype.to_real(), "requires_grad": False, "strided": strided, "device": device}
        parts = [draw(tensors(size, low, high, avoid=avoid, distinct=distinct, **of_parts)) for _ in range(2)]
        return complex(*parts).requires_grad_(requires_grad)
    if not dtype.is_floating_point:
        whole = st.booleans() if dtype is dtypes.bool else st.integers(int(low), int(high))
        values = np.array(draw(st.lists(whole, min_size=count, max_size=count)), dtype=dtype.name).reshape(size)
    elif distinct:
        order = draw(st.permutations(range(count)))
        values = low + (np.array(order, dtype=np.float64).reshape(size) + 0.5) * ((high - low) / max(count, 1))
    else:
        numbers = st.floats(low, high, allow_nan=False, allow_subnormal=False)
        if avoid:
            numbers = numbers.filter(lambda x: all(abs(x - kink) > 0.05 for kink in avoid))
        values = np.array(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=np.float64).reshape(size)
    layout = draw(st.sampled_from(["plain", "reversed order", "gaps"])) if strided and len(size) else "plain"
    if layout == "plain":
        x = tensor(values, dtype=dtype, device=device)
    elif layout == "gaps":
        x = tensor(np.repeat(values, 2, axis=-1), dtype=dtype, device=device)[..., ::2].detach()
    else:
        x = (
            tensor(np.ascontiguousarray(values.T), dtype=dtype, device=device)
            .permute(*reversed(range(len(size))))
            .detach()
        )
    return x.requires_grad_() if requires_grad and dtype.is_floating_point else x
