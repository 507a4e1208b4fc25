"""Element types and the rules by which they mix (torch's: a Python scalar never widens a tensor)."""

from __future__ import annotations

import builtins
from typing import Any

import ml_dtypes
import numpy as np

BOOL, INTEGER, FLOATING, COMPLEX = 0, 1, 2, 3


class dtype:
    """The type of a tensor's elements. There is one object a type, so `is` and `==` agree.

    >>> import autograd
    >>> autograd.float32.is_floating_point, autograd.float32.itemsize
    (True, 4)
    """

    __slots__ = ("category", "is_signed", "itemsize", "name")

    def __init__(self, name: str, category: builtins.int, itemsize: builtins.int, is_signed: builtins.bool) -> None:
        self.name, self.category, self.itemsize, self.is_signed = name, category, itemsize, is_signed

    @property
    def is_floating_point(self) -> builtins.bool:
        return self.category == FLOATING

    @property
    def is_complex(self) -> builtins.bool:
        return self.category == COMPLEX

    @property
    def is_inexact(self) -> builtins.bool:
        """Whether it is a floating or complex one: those that have derivatives."""
        return self.category >= FLOATING

    def number(self, value: Any) -> Any:
        """A number as the Python type that this dtype has."""
        return _PYTHON[self.category](value)

    def to_complex(self) -> dtype:
        """The complex dtype whose parts are of this floating one (complex64 for half precision)."""
        return self if self.is_complex else complex128 if self is float64 else complex64

    def to_real(self) -> dtype:
        """The dtype of the real and the imaginary part; itself unless complex."""
        return self if not self.is_complex else float64 if self is complex128 else float32

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __reduce__(self) -> tuple:
        return _by_name, (self.name,)


bool = dtype("bool", BOOL, 1, False)
uint8 = dtype("uint8", INTEGER, 1, False)
uint16 = dtype("uint16", INTEGER, 2, False)
uint32 = dtype("uint32", INTEGER, 4, False)
uint64 = dtype("uint64", INTEGER, 8, False)
int8 = dtype("int8", INTEGER, 1, True)
int16 = short = dtype("int16", INTEGER, 2, True)
int32 = int = dtype("int32", INTEGER, 4, True)
int64 = long = dtype("int64", INTEGER, 8, True)
float16 = half = dtype("float16", FLOATING, 2, True)
bfloat16 = dtype("bfloat16", FLOATING, 2, True)
float32 = float = dtype("float32", FLOATING, 4, True)
float64 = double = dtype("float64", FLOATING, 8, True)
complex64 = cfloat = dtype("complex64", COMPLEX, 8, True)
complex128 = cdouble = dtype("complex128", COMPLEX, 16, True)

ALL = (
    bool,
    uint8,
    uint16,
    uint32,
    uint64,
    int8,
    int16,
    int32,
    int64,
    float16,
    bfloat16,
    float32,
    float64,
    complex64,
    complex128,
)
HALVES = (float16, bfloat16)  # whose sums and squares are computed in float32
BY_NAME = {each.name: each for each in ALL}

_PYTHON = (builtins.bool, builtins.int, builtins.float, builtins.complex)
_BOOLS, _INTS = (builtins.bool, np.bool_), (builtins.int, np.integer)
_FLOATS, _COMPLEX = (builtins.float, np.floating), (builtins.complex, np.complexfloating)
_default = float32


class Native(dict):
    """A backend's own dtypes by ours; one that it lacks is named in the error."""

    def __missing__(self, kind: dtype) -> Any:
        raise TypeError(f"{kind} is not available here; there are {', '.join(each.name for each in self)}")


def _by_name(name: str) -> dtype:
    return BY_NAME[name]


def as_dtype(name: str, given: object) -> dtype:
    """What a function called `name` was given as dtype: one, or a type of Python's numbers, which stands for one."""
    if isinstance(given, dtype):
        return given
    for number, stands_for in zip(_PYTHON, (bool, int64, float64, complex128), strict=True):
        if given is number:
            return stands_for
    said = str(getattr(given, "__name__", given)).rpartition(".")[2]
    meant = globals().get(said)
    way = f"autograd.{said}" if isinstance(meant, dtype) else "a dtype, autograd.float32 say"
    raise TypeError(f"{name}: dtype is {given!r}; write {way}")


def get_default_dtype() -> dtype:
    """The floating dtype of new tensors made from Python numbers."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Sets the floating dtype of new tensors; TypeError unless `d` is a floating dtype."""
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"set_default_dtype: only floating-point types are supported, got {d!r}")
    _default = d


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that both convert to: the higher category wins, then the larger size.

    >>> import autograd
    >>> autograd.promote_types(autograd.int64, autograd.float16)
    autograd.float16
    """
    if type1 is type2:
        return type1
    if COMPLEX in (type1.category, type2.category):
        return complex128 if float64 in (type1, type2) or complex128 in (type1, type2) else complex64
    if type1.category != type2.category:
        return type1 if type1.category > type2.category else type2
    if type1.category == FLOATING and type1.itemsize == type2.itemsize:
        return float32  # float16 with bfloat16: neither holds all of the other's numbers
    small, large = sorted((type1, type2), key=lambda d: d.itemsize)
    if small.is_signed == large.is_signed or (large.is_signed and large.itemsize > small.itemsize):
        return large
    if large.itemsize == 8 or not {type1, type2} <= {uint8, int8}:
        raise RuntimeError(f"promote_types: {type1} and {type2} have no common integer type; cast one with .to()")
    return int16  # uint8 with int8


def can_cast(from_: dtype, to: dtype) -> builtins.bool:
    """Whether torch allows writing `from_` into a tensor of `to` (never down a category)."""
    return from_.category <= to.category


def dtype_of_scalar(value: object) -> dtype:
    """The dtype of a number of Python's; NumPy's count as those, whatever their size."""
    if isinstance(value, _BOOLS):
        return bool
    if isinstance(value, _INTS):
        return int64
    if isinstance(value, _FLOATS):
        return _default
    if isinstance(value, _COMPLEX):
        return _default.to_complex()
    raise TypeError(f"expected a Python number, got {type(value).__name__}")


class finfo:
    """The limits of a floating dtype: `eps`, `max`, `min`, `tiny`, `bits`, `resolution`.

    >>> import autograd
    >>> autograd.finfo(autograd.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: dtype | None = None) -> None:
        kind = _default if type is None else type
        kind = kind.to_real()
        if not kind.is_floating_point:
            raise TypeError(f"finfo: expected a floating-point dtype, got {kind}; use iinfo")
        limits = ml_dtypes.finfo(kind.name)
        self.dtype, self.bits = kind.name, limits.bits
        self.eps, self.max, self.min = (builtins.float(x) for x in (limits.eps, limits.max, limits.min))
        self.tiny = self.smallest_normal = builtins.float(limits.tiny)
        self.resolution = 10.0**-limits.precision


class iinfo:
    """The limits of an integer dtype: `max`, `min`, `bits`."""

    def __init__(self, type: dtype) -> None:
        if type.category != INTEGER:
            raise TypeError(f"iinfo: expected an integer dtype, got {type}")
        limits = np.iinfo(type.name)
        self.dtype, self.bits = type.name, limits.bits
        self.max, self.min = builtins.int(limits.max), builtins.int(limits.min)
