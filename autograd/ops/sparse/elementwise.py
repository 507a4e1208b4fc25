"""Elementwise functions of sparse tensors: those that take 0 to 0, sums, and products with anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from .. import activation, arithmetic, comparison, complex as complex_, exponential, rounding, special, trigonometric
from ..indexing import nonzero, read
from ..joining import cat
from ..meeting_sparse import SPARSE, of_sparse
from ..shape import expand, reshape
from .coo import to_dense
from .graph import assemble, coalesced, coo, values_at, values_of
from .layout import CooArray, flat_keys, is_sparse

_TAKE_0_TO_0 = {
    activation: "relu",
    arithmetic: "abs neg positive sgn sign signbit sqrt square",
    comparison: "isinf isnan isneginf isposinf",
    complex_: "conj real imag",
    exponential: "expm1 log1p",
    rounding: "ceil floor frac round trunc",
    special: "erf erfinv",
    trigonometric: "asin asinh atan atanh deg2rad rad2deg sin sinh tan tanh",
}


def _of_values(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def of_values(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        there = coalesced(input) if isinstance(input._array, CooArray) else input
        return assemble(there._array, function(values_of(there), *args, **kwargs))

    return of_values


def _attach() -> None:
    for module, names in _TAKE_0_TO_0.items():
        for name in names.split():
            SPARSE[name] = _of_values(getattr(module, name))


_attach()


@of_sparse("pow")
def _pow(input: Tensor, exponent: Any) -> Tensor:
    known = isinstance(exponent, int | float) and exponent > 0
    if not known or not is_sparse(input):
        given = f"shape {tuple(exponent.shape)}" if isinstance(exponent, Tensor) else repr(exponent)
        raise OperationError(f"pow: a sparse tensor takes a number above 0 as its exponent, got {given}")
    return _of_values(arithmetic.pow)(input, exponent)


def _is_number(x: Any) -> bool:
    return not isinstance(x, Tensor) or (not x._backend.sparse and not x._array.shape)


# Sums


@of_sparse("add")
def _add(input: Any, other: Any) -> Tensor:
    """dense + sparse is dense, sparse + sparse sparse; as in torch nothing broadcasts."""
    if not is_sparse(other):
        raise OperationError(
            "add: add(sparse, dense) is not supported. Use add(dense, sparse) instead, or x.to_dense() first"
        )
    shape = tuple(input.shape) if isinstance(input, Tensor) else ()
    if shape != other._array.shape:
        raise OperationError(f"add: shapes {shape} and {other._array.shape} differ; a sparse sum broadcasts nothing")
    return _sum_of_sparse(input, other) if is_sparse(input) else input + to_dense(other)


def _sum_of_sparse(x: Tensor, y: Tensor) -> Tensor:
    a, b = x._array, y._array
    if type(a) is not type(b) or a.values.shape[1:] != b.values.shape[1:]:
        raise OperationError("add: sparse tensors of one layout, with as many sparse dimensions, are expected")
    if a is b or (isinstance(a, CooArray) and a.indices._array is b.indices._array):
        return assemble(a, values_of(x) + values_of(y))
    if not isinstance(a, CooArray):
        return (x.to_sparse() + y.to_sparse()).to_sparse_csr()
    made = coo(cat([a.indices, b.indices], 1), cat([values_of(x), values_of(y)]), a.shape)
    return coalesced(made) if a.coalesced and b.coalesced else made


@of_sparse("sub")
def _sub(input: Any, other: Any) -> Tensor:
    if is_sparse(other):
        return _add(input, -other)
    return _add(input, other)  # which refuses it


# Products and quotients


@of_sparse("mul")
def _mul(input: Any, other: Any) -> Tensor:
    """A sparse tensor times a number, or what broadcasts to its shape; the result has its places."""
    if not is_sparse(input):
        input, other = other, input
    array = input._array
    if _is_number(other):
        return assemble(array, values_of(input) * other)
    if is_sparse(other):
        return _product_of_sparse(input, other)
    try:
        factor = expand(other, array.shape)
    except RuntimeError:
        raise OperationError(
            f"mul: a factor of shape {tuple(other.shape)} does not broadcast to the sparse tensor's {array.shape}"
        ) from None
    return assemble(array, values_of(input) * values_at(factor, array))


def _product_of_sparse(x: Tensor, y: Tensor) -> Tensor:
    """At the places that both have."""
    if not isinstance(x._array, CooArray) or not isinstance(y._array, CooArray):
        return (x.to_sparse() * y.to_sparse()).to_sparse_csr()
    if x.shape != y.shape or x._array.sparse_shape != y._array.sparse_shape:
        raise OperationError(f"mul: sparse tensors of shapes {tuple(x.shape)} and {tuple(y.shape)} don't fit together")
    x, y = coalesced(x), coalesced(y)
    if x._array.indices._array is y._array.indices._array:
        return assemble(x._array, values_of(x) * values_of(y))
    ours, theirs = (flat_keys(each._array.indices, each._array.sparse_shape) for each in (x, y))
    both = reshape(nonzero(comparison.isin(ours, theirs, assume_unique=True)), (-1,))
    shared = CooArray(x._array.indices[:, both], read(values_of(x.detach()), both)._array, x._array.shape, True)
    return coo(shared.indices, read(values_of(x), both) * values_at(y, shared), shared.shape, coalesced=True)


@of_sparse("true_divide")
def _true_divide(input: Any, other: Any) -> Tensor:
    divisor = _divisor("div", input, other)
    return assemble(input._array, values_of(input) / divisor)


@of_sparse("floor_divide")
def _floor_divide(input: Any, other: Any) -> Tensor:
    divisor = _divisor("floor_divide", input, other)
    return _of_values(arithmetic.floor_divide)(input, divisor)


def _divisor(name: str, input: Any, other: Any) -> Any:
    if not is_sparse(input) or not _is_number(other):
        raise OperationError(f"{name}: a sparse tensor can be divided by a number or a 0-d tensor, and divides nothing")
    return other
