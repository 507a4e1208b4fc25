"""A stand-in for a GPU: the real CupyBackend, on a namespace that has CuPy's names and keywords and no more.

Its arrays wrap NumPy's but refuse every implicit conversion and every read on the host, as device
arrays would; its functions are NumPy's where CuPy has one of that name that takes those keywords.
It proves nothing about a GPU's arithmetic; it finds code that could not even run there.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import operator
import time
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograd.backend import Backend, register_backend
from autograd.backend.cupy import CupyBackend
from autograd.device import device as Device


class HostReadError(TypeError):
    """Device code read a value on the host, or mixed a NumPy array in."""


class GuardArray:
    """A device array: operators with its like and with Python numbers, the attributes that CuPy's have."""

    __array_priority__ = 2000
    __hash__ = object.__hash__

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    shape, ndim, size, dtype, itemsize, strides, flags, nbytes = (
        property(operator.attrgetter(f"array.{name}"))
        for name in ("shape", "ndim", "size", "dtype", "itemsize", "strides", "flags", "nbytes")
    )
    T = property(lambda self: GuardArray(self.array.T))
    base = property(lambda self: self.array.base)

    @property
    def data(self) -> Any:
        """A pointer into memory, which views share."""
        root = self.array
        while isinstance(root.base, np.ndarray):
            root = root.base
        return SimpleNamespace(mem=root, ptr=self.array.ctypes.data)

    def get(self) -> np.ndarray:
        """The explicit transfer."""
        return self.array.copy()

    def copy(self, order: str = "C") -> GuardArray:
        return GuardArray(self.array.copy(order))

    def astype(self, dtype: Any) -> GuardArray:
        return GuardArray(self.array.astype(dtype))

    def view(self, dtype: Any) -> GuardArray:
        return GuardArray(self.array.view(dtype))

    def reshape(self, *shape: Any) -> GuardArray:
        return GuardArray(self.array.reshape(*shape))

    def transpose(self, *axes: Any) -> GuardArray:
        return GuardArray(self.array.transpose(*axes))

    def __getitem__(self, index: Any) -> GuardArray:
        return wrap(self.array[unwrap(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[unwrap(index)] = unwrap(value)

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise HostReadError("a device array was read on the host or converted to NumPy's implicitly")

    __bool__ = __int__ = __float__ = __index__ = __len__ = __iter__ = item = tolist = __array__ = __contains__ = _refuse


def wrap(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return GuardArray(np.asarray(value))
    if isinstance(value, tuple | list):
        made = [wrap(each) for each in value]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    return value


def unwrap(value: Any) -> Any:
    if isinstance(value, GuardArray):
        return value.array
    if isinstance(value, np.ndarray | np.generic) and not isinstance(value, np.dtype):
        raise HostReadError("a NumPy array was mixed with device arrays")
    if isinstance(value, tuple | list):
        return type(value)(unwrap(each) for each in value)
    return value


def _operator(name: str) -> Any:
    function = getattr(operator, name)

    def method(self: GuardArray, *others: Any) -> Any:
        if any(isinstance(other, str) or other is None for other in others):
            return NotImplemented
        with np.errstate(all="ignore"):
            result = function(self.array, *map(unwrap, others))
        return self if name.startswith("i") and name != "invert" else wrap(result)

    return method


def _reflected(name: str) -> Any:
    function = getattr(operator, name)

    def method(self: GuardArray, other: Any) -> Any:
        with np.errstate(all="ignore"):
            return wrap(function(unwrap(other), self.array))

    return method


for _name in (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "and_",
    "or_",
    "xor",
    "lshift",
    "rshift",
    "matmul",
):
    setattr(GuardArray, f"__{_name.strip('_')}__", _operator(_name))
    setattr(GuardArray, f"__r{_name.strip('_')}__", _reflected(_name))
    if _name != "matmul":  # CuPy has no @=
        setattr(GuardArray, f"__i{_name.strip('_')}__", _operator(f"i{_name.strip('_')}"))
for _name in ("eq", "ne", "lt", "le", "gt", "ge", "neg", "abs", "invert"):
    setattr(GuardArray, f"__{_name}__", _operator(_name))


class GuardFunction:
    """One function of the namespace: NumPy's, called as CuPy's must be."""

    AT = ("add", "subtract", "maximum", "minimum", "bitwise_and", "bitwise_or", "bitwise_xor")

    def __init__(self, name: str, here: Any, there: Any) -> None:
        self.name, self.here = name, here
        try:
            self.signature: inspect.Signature | None = inspect.signature(there)
        except (TypeError, ValueError):
            self.signature = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.signature is not None:
            try:
                self.signature.bind(*args, **kwargs)
            except TypeError as error:
                raise HostReadError(f"cupy.{self.name}: {error}") from None
        elif set(kwargs) - {"dtype", "out", "casting"}:
            raise HostReadError(f"cupy.{self.name} takes no {sorted(kwargs)}")
        if self.name == "asarray" and isinstance(args[0], np.ndarray):
            return GuardArray(np.array(*args, **{**kwargs, "copy": True}))  # the explicit transfer
        with np.errstate(all="ignore"):  # a GPU gives inf and nan silently
            made = self.here(*map(unwrap, args), **{name: unwrap(value) for name, value in kwargs.items()})
        if self.name == "diagonal":  # CuPy's can be written, NumPy's only if asked
            made.flags.writeable = True
        return wrap(made)

    def at(self, x: GuardArray, index: Any, value: Any) -> None:
        assert self.name in self.AT, f"cupy.{self.name}.at does not exist"
        self.here.at(x.array, unwrap(index), unwrap(value))


class GuardModule:
    """What stands in for the module `cupy`."""

    ndarray = GuardArray

    def __init__(self, here: Any, there: Any) -> None:
        self._here, self._there = here, there

    @functools.cached_property
    def cuda(self) -> Any:
        class Place(contextlib.nullcontext):
            def synchronize(self) -> None: ...

        class Event:
            """A mark that is reached at once; its clock is one that no test takes the time by."""

            def record(self, stream: None = None) -> None:
                self.time = time.monotonic_ns()

        class Cuda:
            Device = staticmethod(lambda index: Place())

            @staticmethod
            def get_elapsed_time(first: Event, last: Event) -> float:
                return (last.time - first.time) / 1e6

        Cuda.Event = Event  # type: ignore[attr-defined]

        return Cuda()

    def __getattr__(self, name: str) -> Any:
        there = getattr(self._there, name)  # AttributeError: CuPy has no such name
        here = getattr(self._here, name)
        if isinstance(here, type | float):
            return here
        if inspect.ismodule(here):
            return GuardModule(here, there)
        return GuardFunction(name, here, there)


class GuardBackend(CupyBackend):
    """CupyBackend but for what needs a compiler: the random kernel and erf are the portable references."""

    def __init__(self, cupy: Any) -> None:
        super().__init__(cupy, 0)
        self.device = Device("guard")

    random_bits = Backend.random_bits
    erf = Backend.erf


def register() -> None:
    """Makes the device 'guard' known."""

    def factory(index: int | None) -> Backend:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import cupy
        except ImportError as error:
            raise RuntimeError("device 'guard' needs CuPy's package, to know its names") from error
        return GuardBackend(GuardModule(np, cupy))

    register_backend("guard", factory)
