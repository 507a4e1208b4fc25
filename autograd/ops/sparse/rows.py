"""Sums of rows that go to one place, weighted: the product of a sparse and a dense matrix, and its derivatives."""

from __future__ import annotations

from ...backend import Array, Backend
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..indexing import read


@primitive(linear=True, x=lambda g, rows: read(g, rows))
def sum_rows(backend: Backend, x: Array, rows: Array, *, size: int) -> Array:
    """out[rows[i]] += x[i]: (n, *) -> (size, *)."""
    return backend.sum_rows(x, rows, size, None, None)


@primitive(
    linear=True,
    weights=lambda g, x, rows, source: products_of_rows(g, x, rows, source),
    x=lambda g, weights, rows, source, x_shape: weighted_rows(weights, g, source, rows, size=x_shape[0]),
)
def weighted_rows(backend: Backend, weights: Array, x: Array, rows: Array, source: Array, *, size: int) -> Array:
    """out[rows[i]] += weights[i] x[source[i]]: (n,), (k, p) -> (size, p)."""
    return backend.sum_rows(x, rows, size, source, weights)


def products_of_rows(x: Tensor, y: Tensor, rows: Tensor, source: Tensor) -> Tensor:
    """out[i] = sum_p x[rows[i], p] y[source[i], p]: the elements of x @ y.T that are asked for, (n,)."""
    return _products_of_rows(x, y, rows, source)


@primitive(
    linear=True,
    x=lambda g, y, rows, source, x_shape: weighted_rows(g, y, rows, source, size=x_shape[0]),
    y=lambda g, x, rows, source, y_shape: weighted_rows(g, x, source, rows, size=y_shape[0]),
)
def _products_of_rows(backend: Backend, x: Array, y: Array, rows: Array, source: Array) -> Array:
    xp = backend.xp
    made = []
    for part in backend.blocks(rows.shape[0], 16 * max(x.shape[1], 1)):
        products = xp.take(x, rows[part], axis=0) * xp.take(y, source[part], axis=0)
        made.append(backend.sum(products, (1,), False))
    return made[0] if len(made) == 1 else xp.concat(made)
