"""assert_close: whether results are what was expected, in values, dtype, shape and device, with a message that says
where they are not. The names, tolerances and messages are torch.testing's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import dtypes
from ..dtypes import get_default_dtype
from ..engine.tensor import Tensor
from ..ops.creation import from_numpy

# (rtol, atol) by the dtype; what is not here must be equal.
TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
Message = str | Callable[[str], str] | None


def default_tolerances(*inputs: Tensor | dtypes.dtype) -> tuple[float, float]:
    """The larger (rtol, atol) of the inputs' dtypes."""
    kinds = [x.dtype if isinstance(x, Tensor) else x for x in inputs]
    each = [TOLERANCES.get(kind.name, (0.0, 0.0)) for kind in kinds]
    return max(rtol for rtol, _ in each), max(atol for _, atol in each)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Message = None,
) -> None:
    """AssertionError unless |actual - expected| <= atol + rtol |expected| everywhere.

    Tensors, NumPy arrays, numbers, None, and sequences and mappings of them. Without `rtol` and `atol` they are
    those of the dtype: of float32 1.3e-6 and 1e-5, of integers 0. `msg` is the message in place of the one that says
    what differs, or a function of that. TypeError for what can't be compared; ValueError if only one of the
    tolerances is given.

    >>> import autograd
    >>> assert_close(autograd.ones(2), autograd.ones(2) + 1e-7)
    """
    if (rtol is None) is not (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    checks = {"device": check_device, "dtype": check_dtype, "stride": check_stride}
    tolerances = None if rtol is None or atol is None else (rtol, atol)
    failure = _compare(actual, expected, tolerances, equal_nan, checks, allow_subclasses, "")
    if failure is not None:
        raise AssertionError(failure if msg is None else msg(failure) if callable(msg) else msg)


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """assert_close of what is made tensors first, without looking at dtypes and devices."""
    made = [x if isinstance(x, Tensor) else from_numpy(np.array(x)) for x in (actual, expected)]
    if rtol is None and atol is None:
        rtol, atol = default_tolerances(*made)
    assert_close(
        *made, rtol=rtol, atol=atol, equal_nan=equal_nan, check_device=False, check_dtype=False, msg=msg or None
    )


Tolerances = tuple[float, float] | None


def _compare(
    actual: Any,
    expected: Any,
    tolerances: Tolerances,
    equal_nan: bool,
    checks: dict[str, bool],
    subclasses: bool,
    place: str,
) -> str | None:
    """What is wrong, if anything is."""

    def inner(a: Any, b: Any, key: Any) -> str | None:
        return _compare(a, b, tolerances, equal_nan, checks, subclasses, f"{place}[{key!r}]")

    def pair_of(kinds: Any) -> bool:
        return isinstance(actual, kinds) and isinstance(expected, kinds)

    where = f"\n\nThe failure occurred for item {place}" if place else ""
    if pair_of(Tensor) and (subclasses or type(actual) is type(expected)):
        found = _of_tensors(actual, expected, tolerances, equal_nan, checks)
    elif pair_of((np.ndarray, np.generic)):
        found = _of_tensors(
            from_numpy(np.asarray(actual)), from_numpy(np.asarray(expected)), tolerances, equal_nan, checks
        )
    elif actual is None or expected is None:
        found = None if actual is expected else f"None mismatch: {actual} is not {expected}"
    elif pair_of((bool, np.bool_)):
        found = None if actual == expected else f"Booleans mismatch: {actual} is not {expected}"
    elif pair_of((int, float, complex)):
        found = _of_numbers(actual, expected, tolerances, equal_nan, checks["dtype"])
    elif pair_of(Mapping):
        return _of_mappings(actual, expected, inner, where)
    elif pair_of(Sequence) and not isinstance(actual, str | bytes):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{where}"
        each = (inner(a, b, i) for i, (a, b) in enumerate(zip(actual, expected, strict=True)))
        return next((failure for failure in each if failure is not None), None)
    else:
        raise TypeError(
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.{where}"
        )
    return None if found is None else found + where


def _of_mappings(actual: Any, expected: Any, inner: Callable[[Any, Any, Any], str | None], where: str) -> str | None:
    missing, additional = expected.keys() - actual.keys(), actual.keys() - expected.keys()
    if missing or additional:
        return (
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: {sorted(missing, key=str)}\n"
            f"Additional keys in the actual mapping: {sorted(additional, key=str)}{where}"
        )
    each = (inner(actual[key], expected[key], key) for key in expected)
    return next((failure for failure in each if failure is not None), None)


def _allowed(tolerance: float) -> str:
    return f" (up to {tolerance} allowed)"


def _of_numbers(a: Any, b: Any, tolerances: Tolerances, equal_nan: bool, same_type: bool) -> str | None:
    if same_type and type(a) is not type(b):
        return f"The (d)types do not match: {type(a)} != {type(b)}."
    kinds = {int: (0.0, 0.0), float: TOLERANCES["float64"], complex: TOLERANCES["complex128"]}
    each = [next(kinds[kind] for kind in kinds if isinstance(x, kind)) for x in (a, b)]
    rtol, atol = tolerances or (max(each[0][0], each[1][0]), max(each[0][1], each[1][1]))
    if a == b or (equal_nan and a != a and b != b):
        return None
    difference = abs(a - b)
    if math.isfinite(difference) and difference <= atol + rtol * abs(b):
        return None
    return _scalars(a, b, difference, difference / abs(b) if b else math.inf, rtol, atol)


def _scalars(a: Any, b: Any, absolute: Any, relative: Any, rtol: float, atol: float) -> str:
    exact = not rtol and not atol
    return (
        f"Scalars are not {'equal' if exact else 'close'}!\n\nExpected {b} but got {a}.\n"
        f"Absolute difference: {absolute}{'' if exact else _allowed(atol)}\n"
        f"Relative difference: {relative}{'' if exact else _allowed(rtol)}"
    )


def _of_tensors(
    actual: Tensor, expected: Tensor, tolerances: Tolerances, equal_nan: bool, checks: dict[str, bool]
) -> str | None:
    attributes = [("shape", True), *checks.items()]
    for name, checked in attributes:
        a, b = (x.stride() if name == "stride" else getattr(x, name) for x in (actual, expected))
        if checked and a != b:
            return f"The values for attribute '{name}{'()' if name == 'stride' else ''}' do not match: {a} != {b}."
    rtol, atol = tolerances or default_tolerances(actual, expected)
    a, b = (_values(x) for x in (actual, expected))
    a, b = (x.astype(np.result_type(a, b), copy=False) for x in (a, b))
    with np.errstate(all="ignore"):
        equal = a == b
        if equal_nan:
            equal |= np.isnan(a) & np.isnan(b)
        if equal.all():
            return None
        absolute = np.abs(a - b)
        close = equal | (np.isfinite(absolute) & (absolute <= atol + rtol * np.abs(b)))
        if close.all():
            return None
        inexact = np.issubdtype(absolute.dtype, np.inexact)
        relative = np.divide(absolute, np.abs(b), dtype=None if inexact else np.dtype(get_default_dtype().name))
    if not a.ndim:
        return _scalars(a.item(), b.item(), absolute.item(), relative.item(), rtol, atol)
    exact = not rtol and not atol
    wrong = int((~close).sum())
    lines = [f"Tensor-likes are not {'equal' if exact else 'close'}!", ""]
    lines.append(f"Mismatched elements: {wrong} / {a.size} ({100 * wrong / a.size:.1f}%)")
    for name, difference, tolerance in (("absolute", absolute, atol), ("relative", relative, rtol)):
        masked = np.where(close, 0, difference)
        place = np.unravel_index(int(np.argmax(masked)), masked.shape)
        at = "(" + ", ".join(str(int(i)) for i in place) + ("," if len(place) == 1 else "") + ")"
        most = difference[place].item()
        lines.append(f"Greatest {name} difference: {most} at index {at}{'' if exact else _allowed(tolerance)}")
    return "\n".join(lines)


def _values(x: Tensor) -> np.ndarray:
    """The values on the host, in a dtype in which differences can be taken."""
    kind = x.dtype.name
    x = x.detach().cpu()
    if kind == "bfloat16":
        x = x.to(dtypes.float32)
    array = np.asarray(x.numpy())
    return array if np.issubdtype(array.dtype, np.inexact) else array.astype(np.int64)


__all__ = ["assert_allclose", "assert_close", "default_tolerances"]
