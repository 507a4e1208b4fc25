"""Sums of rows that go to one place, in NumPy: the product of a sparse matrix, and what adds up gradients of rows."""

from __future__ import annotations

import numpy as np

from .arrays import Array

LONG = 32  # summands: what a row has beyond is summed by a product of its own


def sum_rows(x: Array, rows: Array, size: int, source: Array | None, weights: Array | None) -> Array:
    """out[rows[i]] += weights[i] * x[source[i]] for each i (None: i itself, and 1).

    All first summands at once, then all second ones: as many passes as a place has summands, where `add.at` and
    `add.reduceat` take a step for each number.
    """
    if len(rows) and np.any(rows[1:] < rows[:-1]):
        order = np.argsort(rows, kind="stable")
        rows, source = rows[order], order if source is None else source[order]
        weights = None if weights is None else weights[order]
    width = int(np.prod(x.shape[1:], dtype=np.int64))
    table = x.reshape(len(x), width)
    out = np.zeros((size, width), x.dtype)
    if len(rows) and width:
        _add(out, table, rows, source, weights)
    return out.reshape(size, *x.shape[1:])


def _add(out: Array, table: Array, rows: Array, source: Array | None, weights: Array | None) -> None:
    counts = np.bincount(rows, minlength=len(out))
    starts = np.cumsum(counts) - counts
    fullest = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    counts, starts = counts[fullest], starts[fullest]
    total = np.zeros((len(fullest), table.shape[1]), table.dtype)
    for number in range(min(int(counts[0]), LONG)):
        members = int(np.searchsorted(-counts, -number))  # the places with more summands than this
        which = starts[:members] + number
        part = table[which if source is None else source[which]]
        if weights is not None:
            part *= weights[which, None]
        total[:members] += part
    for i in range(int(np.searchsorted(-counts, -LONG))):
        rest = slice(starts[i] + LONG, starts[i] + counts[i])
        part = table[rest] if source is None else table[source[rest]]
        total[i] += part.sum(axis=0, dtype=part.dtype) if weights is None else weights[rest] @ part
    out[fullest] = total
