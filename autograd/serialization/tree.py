"""Nested plain data as JSON beside named arrays: how a checkpoint fits into a safetensors file."""

from __future__ import annotations

import base64
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..device import device as Device
from ..engine.errors import SerializationError
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.host import on_host
from ..ops.sparse.parts import of_parts, parts_of
from ..parameter import Parameter
from .reading import Keys, shown
from .torch_files import size_of

BITS = 1000  # integers of more are written in base 16: Python reads long decimal ones in quadratic time, or not at all
ARRAYS = set(dtypes.BY_NAME)  # the NumPy dtypes that a file can hold


class NotPlainError(TypeError):
    """Something in the tree is neither a tensor nor plain data."""


class Writer:
    """Takes trees apart: `arrays` collects what is no JSON."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.known: dict[int, dict[str, Any]] = {}

    def encode(self, value: Any, path: str = "") -> Any:
        """The JSON of a value; containers other than lists are marked by an object with one key."""
        if value is None or type(value) in (bool, float, str):
            return value
        if type(value) is int:
            return value if value.bit_length() < BITS else {"int": hex(value)}
        if isinstance(value, Tensor):
            if value._backend.sparse:
                return {"sparse": [self.encode(part, _join(path, i)) for i, part in enumerate(parts_of(value))]}
            return self._tensor(value, path)
        if type(value) is list:
            return [self.encode(item, _join(path, i)) for i, item in enumerate(value)]
        if type(value) in (dict, OrderedDict, Counter, defaultdict):
            kind = "dict" if type(value) is defaultdict else type(value).__name__
            items = [[self.encode(k, path), self.encode(v, _join(path, k))] for k, v in value.items()]
            return {kind: items}
        if type(value) in (tuple, set, frozenset, Size):
            items = [self.encode(item, _join(path, i)) for i, item in enumerate(value)]
            return {type(value).__name__: items}
        if isinstance(value, np.ndarray) and value.dtype.name in ARRAYS:
            return {"ndarray": self._store(value, path)}
        if isinstance(value, np.generic) and value.dtype.name in ARRAYS:
            return {"number": self._store(np.asarray(value), path)}
        if type(value) is complex:
            return {"complex": [value.real, value.imag]}
        if type(value) in (bytes, bytearray):
            return {type(value).__name__: base64.b64encode(value).decode()}
        if isinstance(value, dtypes.dtype):
            return {"dtype": value.name}
        if isinstance(value, Device):
            return {"device": str(value)}
        raise NotPlainError(f"{path or 'the object'} is a {type(value).__name__}")

    def _tensor(self, value: Tensor, path: str) -> Any:
        if id(value) not in self.known:
            if type(value).__name__ not in ("Tensor", "Parameter", "Buffer"):
                raise NotPlainError(f"{path or 'the object'} is a {type(value).__name__}")
            mark: dict[str, Any] = {"tensor": self._store(on_host(value.detach().cpu(), "save"), path)}
            if value.requires_grad and value.is_leaf:
                mark["requires_grad"] = True
            if not value.is_cpu:
                mark["device"] = str(value.device)
            if type(value).__name__ == "Parameter":
                mark["parameter"] = True
            self.known[id(value)] = mark
        return self.known[id(value)]

    def _store(self, array: np.ndarray, path: str) -> Any:
        """The array's name; complex numbers are stored as pairs, since the format knows no complex128."""
        path = path.encode("utf-8", "backslashreplace").decode() or "tensor"  # half a surrogate pair is no UTF-8
        name, number = path, 1
        while name in self.arrays or name == "__metadata__":  # which the format keeps for itself
            name, number = f"{path}#{number}", number + 1
        if array.dtype.kind != "c":
            self.arrays[name] = np.asarray(array, order="C")
            return name
        self.arrays[name] = np.stack([array.real, array.imag], axis=-1)
        return {"complex": name}


def _join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def _complex(parts: Any) -> complex:
    real, imaginary = parts
    if not all(type(part) in (int, float) for part in parts):
        raise ValueError(f"a complex number of {shown(parts)}")
    return complex(real, imaginary)


def _integer(text: Any) -> int:
    return int(_text(text), 16)


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError(f"{shown(text)} instead of text")
    return text


KINDS: dict[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "Size": size_of,
    "sparse": lambda parts: of_parts(*parts),
    "dict": dict,
    "OrderedDict": OrderedDict,
    "Counter": lambda pairs: Counter(dict(pairs)),
}
ATOMS: dict[str, Callable[[Any], Any]] = {
    "complex": _complex,
    "int": _integer,
    "bytes": lambda text: base64.b64decode(_text(text), validate=True),
    "bytearray": lambda text: bytearray(base64.b64decode(_text(text), validate=True)),
    "dtype": lambda text: dtypes.BY_NAME[_text(text)],
    "device": lambda text: Device(_text(text)),
}
TENSOR = {"tensor", "requires_grad", "device", "parameter"}  # what can stand in a tensor's mark


class Reader:
    """Puts trees together again from their JSON and the arrays; `place` makes a tensor of an array."""

    def __init__(self, arrays: dict[str, np.ndarray], place: Callable[[np.ndarray, str], Tensor]) -> None:
        self.arrays, self.place = arrays, place
        self.known: dict[str, Tensor] = {}
        self.complex: dict[str, np.ndarray] = {}
        self.keys = Keys()

    def decode(self, value: Any) -> Any:
        """The value that a piece of JSON stands for."""
        if isinstance(value, list):
            return [self.decode(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "tensor" in value and value.keys() <= TENSOR:
            return self._tensor(value)
        if len(value) != 1:
            raise SerializationError(f"its structure has {shown(value)} where one kind is expected")
        ((kind, content),) = value.items()
        if kind == "ndarray":
            return self._array(content)
        if kind == "number":
            array = self._array(content)
            if array.ndim:
                raise SerializationError(f"{shown(content)} is no number, but an array of shape {array.shape}")
            return array[()]
        if kind in ATOMS:
            return ATOMS[kind](content)
        if kind not in KINDS:
            raise SerializationError(f"it holds a {shown(kind)}, which this version does not know")
        if not isinstance(content, list):
            raise SerializationError(f"its structure has {shown(content)} where the items of a {kind} are expected")
        items = [self.decode(item) for item in content]
        if kind in ("dict", "OrderedDict", "Counter"):
            keys = [key for key, _ in items]
        else:
            keys = items if kind in ("set", "frozenset") else []
        for key in keys:
            self.keys.check(key)
        return KINDS[kind](items)

    def _array(self, name: Any) -> np.ndarray:
        is_complex = isinstance(name, dict) and name.keys() == {"complex"}
        stored = _text(name["complex"] if is_complex else name)
        if stored not in self.arrays:
            raise SerializationError(f"it has no array {shown(stored)}, which its structure names")
        if not is_complex:
            return self.arrays[stored]
        if stored not in self.complex:  # once, however often it is named
            parts = self.arrays[stored]
            if parts.shape[-1:] != (2,) or parts.dtype.kind != "f":
                raise SerializationError(f"{shown(stored)} holds no complex numbers")
            self.complex[stored] = parts[..., 0] + 1j * parts[..., 1]
        return self.complex[stored]

    def _tensor(self, mark: dict[str, Any]) -> Tensor:
        name = str(mark["tensor"]) if isinstance(mark["tensor"], dict) else _text(mark["tensor"])
        if name not in self.known:
            made = self.place(self._array(mark["tensor"]), _text(mark.get("device", "cpu")))
            if mark.get("parameter"):
                made = Parameter(made, requires_grad=False)
            self.known[name] = made.requires_grad_() if mark.get("requires_grad") else made
        return self.known[name]
