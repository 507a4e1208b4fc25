"""The numbers of an expression, by NumPy's own functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.kernels.expression import Expression, walk


def evaluate(roots: Sequence[Expression], inputs: Sequence[Any]) -> list[np.ndarray]:
    """What the roots are for these inputs."""
    values: dict[Expression, np.ndarray] = {}
    with np.errstate(all="ignore"):
        for x in walk(*roots):
            found = _value(x, [values[argument] for argument in x.arguments], inputs)
            assert found.shape == x.shape, (x, found.shape)
            assert found.dtype == x.dtype, (x, found.dtype)
            values[x] = found
    return [values[root] for root in roots]


def _value(x: Expression, given: list[Any], inputs: Sequence[Any]) -> np.ndarray:
    if x.name == "input":
        return np.asarray(inputs[x.parameters])
    if x.name == "number":
        return np.asarray(x.parameters).astype(x.dtype)
    if x.name == "arange":
        return np.arange(x.shape[0]).astype(x.dtype)
    if x.name == "cast":
        return given[0].astype(x.dtype)
    if x.name in ("sum", "prod"):
        return np.asarray(getattr(np, x.name)(given[0], axis=x.parameters, dtype=x.dtype))
    if x.name in ("max", "min"):
        return np.asarray(getattr(np, x.name)(given[0], axis=x.parameters))
    if x.name == "reshape":
        return given[0].reshape(x.shape)
    if x.name == "permute":
        return given[0].transpose(x.parameters)
    if x.name == "broadcast":
        return np.broadcast_to(given[0], x.shape)
    if x.name == "index":
        return np.asarray(given[0][x.parameters])
    if x.name == "concat":
        return np.concatenate(given, x.parameters)
    return np.asarray(getattr(np, x.name)(*given))
