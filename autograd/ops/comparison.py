"""Comparison and logic: of each pair, or of whole tensors."""

from __future__ import annotations

import math
from typing import Any

from .. import dtypes
from ..backend import Array, Namespace
from ..engine.errors import OperationError
from ..engine.tensor import Tensor
from ..types import Operand
from .elementwise import binary, unary
from .operands import as_operand
from .operation import operation
from .promotion import cast, require_tensors, result_type


@binary(holomorphic=True)
def eq(xp: Namespace, x: Array, y: Array) -> Array:
    """input == other, elementwise."""
    return xp.equal(x, y)


@binary(aliases="not_equal", holomorphic=True)
def ne(xp: Namespace, x: Array, y: Array) -> Array:
    """input != other, elementwise."""
    return xp.not_equal(x, y)


@binary(aliases="less")
def lt(xp: Namespace, x: Array, y: Array) -> Array:
    """input < other, elementwise."""
    return xp.less(x, y)


@binary(aliases="less_equal")
def le(xp: Namespace, x: Array, y: Array) -> Array:
    """input <= other, elementwise."""
    return xp.less_equal(x, y)


@binary(aliases="greater")
def gt(xp: Namespace, x: Array, y: Array) -> Array:
    """input > other, elementwise."""
    return xp.greater(x, y)


@binary(aliases="greater_equal")
def ge(xp: Namespace, x: Array, y: Array) -> Array:
    """input >= other, elementwise."""
    return xp.greater_equal(x, y)


def truth(input: Operand) -> Any:
    return input if not isinstance(input, Tensor) or input.dtype is dtypes.bool else input != 0


@binary()
def _logical_and(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.logical_and(x, y)


@binary()
def _logical_or(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.logical_or(x, y)


@binary()
def _logical_xor(xp: Namespace, x: Array, y: Array) -> Array:
    return xp.logical_xor(x, y)


@unary(to_float=False)
def _logical_not(xp: Namespace, x: Array) -> Array:
    return xp.logical_not(x)


@operation(in_place=True)
def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Whether both are nonzero."""
    return _logical_and(truth(input), truth(other))


@operation(in_place=True)
def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Whether one is nonzero."""
    return _logical_or(truth(input), truth(other))


@operation(in_place=True)
def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Whether exactly one is nonzero."""
    return _logical_xor(truth(input), truth(other))


@operation(in_place=True)
def logical_not(input: Tensor) -> Tensor:
    """Whether it is zero."""
    return _logical_not(truth(input))


@unary(in_place=False, to_float=False, holomorphic=True)
def isnan(xp: Namespace, x: Array) -> Array:
    """Whether it is not a number."""
    return xp.isnan(x)


@unary(in_place=False, to_float=False, holomorphic=True)
def isinf(xp: Namespace, x: Array) -> Array:
    """Whether it is infinite."""
    return xp.isinf(x)


@unary(in_place=False, to_float=False, holomorphic=True)
def isfinite(xp: Namespace, x: Array) -> Array:
    """Whether it is neither infinite nor nan."""
    return xp.isfinite(x)


@operation
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """|input - other| <= atol + rtol * |other|, elementwise."""
    require_tensors("isclose", input, other)
    if rtol < 0 or atol < 0:
        raise OperationError(f"isclose: tolerances must not be negative, got rtol={rtol} and atol={atol}")
    if not result_type(input, other).is_inexact:
        input, other = cast(input, dtypes.float64), cast(other, dtypes.float64)
    near = (input == other) | isfinite(other) & (abs(input - other) <= atol + rtol * abs(other))
    return near | isnan(input) & isnan(other) if equal_nan else near


@operation
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for every element."""
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


@operation
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and elements."""
    return input.shape == other.shape and bool((input == other).all())


@operation
def isposinf(input: Tensor) -> Tensor:
    """Whether each element is inf."""
    require_tensors("isposinf", input)
    return input == math.inf if input.is_floating_point() else input != input


@operation
def isneginf(input: Tensor) -> Tensor:
    """Whether each element is -inf."""
    require_tensors("isneginf", input)
    return input == -math.inf if input.is_floating_point() else input != input


@operation
def isreal(input: Tensor) -> Tensor:
    """Whether each element is a real number: all are but complex ones with an imaginary part."""
    require_tensors("isreal", input)
    if input.is_complex():
        return input.imag == 0
    return (input == input) | (input != input)


@operation(method=False)
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element is among the test elements."""
    tests = as_operand("isin", test_elements, elements)
    elements = as_operand("isin", elements, tests)
    found = (elements.unsqueeze(-1) == tests.reshape(-1)).any(-1)
    return ~found if invert else found
