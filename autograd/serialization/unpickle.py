"""A reader of pickles that executes nothing.

A pickle is a program for a small stack machine, two of whose instructions import and call anything.
This one runs the program with `pickletools` taking it apart: names stand for the few things in a
table, only those can be called, and everything else is refused by its name.
"""

from __future__ import annotations

import collections
import pickle
import pickletools
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

import numpy as np


class Rebuild:
    """A function that a pickle may call; nothing else can be called."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


PUSHES = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "UNICODE", "BINUNICODE",
    "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES",
    "BINBYTES8", "BYTEARRAY8",
}  # fmt: skip
CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False, "EMPTY_LIST": list,
    "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple, "EMPTY_SET": set,
}  # fmt: skip
GATHERS: dict[str, Callable[[list[Any]], Any]] = {
    "LIST": list, "TUPLE": tuple, "FROZENSET": frozenset, "DICT": lambda items: dict(_pairs(items)),
}  # fmt: skip


def _pairs(items: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(items[::2], items[1::2], strict=True)


class Machine:
    """Runs one pickle. `names` says what a global stands for; `persistent` what a persistent id does."""

    def __init__(self, names: Mapping[str, Any], persistent: Callable[[Any], Any] | None = None) -> None:
        self.names, self.persistent = names, persistent
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self, stream: IO[bytes]) -> Any:
        """The object of the pickle that begins at the stream's position; the stream ends up behind it."""
        try:
            for opcode, argument, _ in pickletools.genops(stream):
                if opcode.name == "STOP":
                    return self.stack.pop()
                self.step(opcode.name, argument)
        except pickle.UnpicklingError:
            raise
        except (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise pickle.UnpicklingError(f"this pickle is damaged: {error}") from error
        raise pickle.UnpicklingError("this pickle has no end")

    def step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in PUSHES:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name]())
        elif name in GATHERS:
            stack.append(GATHERS[name](self.gathered()))
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self.memo[int(argument)])
        elif name == "MARK":
            self.marks.append(len(stack))
        elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
            count = int(name[-1])
            stack[-count:] = [tuple(stack[-count:])]
        elif name in ("APPENDS", "SETITEMS", "ADDITEMS"):
            self.extend(self.gathered())
        elif name in ("APPEND", "SETITEM"):
            count = 1 if name == "APPEND" else 2
            items = stack[-count:]
            del stack[-count:]
            self.extend(items)
        elif name == "GLOBAL":
            stack.append(self.named(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            module, attribute = stack[-2:]
            stack[-2:] = [self.named(module, attribute)]
        elif name in ("REDUCE", "NEWOBJ"):
            called, arguments = stack[-2:]
            if not isinstance(called, Rebuild) or not isinstance(arguments, tuple):
                raise pickle.UnpicklingError(f"this pickle calls {called!r}, which is no function")
            stack[-2:] = [called.function(*arguments)]
        elif name == "BUILD":
            state = stack.pop()
            build(stack[-1], state)
        elif name == "BINPERSID" and self.persistent is not None:
            stack.append(self.persistent(stack.pop()))
        elif name == "POP":
            stack.pop()
        elif name == "POP_MARK":
            self.gathered()
        elif name == "DUP":
            stack.append(stack[-1])
        elif name not in ("PROTO", "FRAME"):
            raise pickle.UnpicklingError(f"this pickle uses the instruction {name}, which plain data does not need")

    def gathered(self) -> list[Any]:
        """What was pushed since the last mark."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def extend(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, dict):
            for key, value in _pairs(items):
                target[key] = value
        elif isinstance(target, list):
            target.extend(items)
        elif isinstance(target, set):
            target.update(items)
        else:
            raise pickle.UnpicklingError(f"this pickle adds items to a {type(target).__name__}")

    def named(self, module: str, attribute: str) -> Any:
        name = f"{module}.{attribute}"
        if name not in self.names:
            raise pickle.UnpicklingError(
                f"this pickle names {name}. Loading it would run that code, so it is refused: only tensors, arrays, "
                "numbers, strings and containers of them are read. Save a state_dict() instead of the object"
            )
        return self.names[name]


def build(target: Any, state: Any) -> None:
    """The instruction that gives an object its state, for the three kinds of objects that can need it."""
    if isinstance(target, np.ndarray):
        if not isinstance(state[2], np.dtype) or state[2].hasobject:
            raise pickle.UnpicklingError("this pickle holds an array of Python objects")
        raw = state[4].encode("latin-1") if isinstance(state[4], str) else state[4]
        target.__setstate__((*state[:4], raw))
    elif isinstance(target, np.dtype):
        if any(part is not None for part in state[2:5]):
            raise pickle.UnpicklingError("this pickle holds a structured array")
        if state[1] in "<>":
            # What is on the stack can't be exchanged for another object, so a foreign order is set in place.
            target.__setstate__(tuple(state[:8]))  # type: ignore[attr-defined]
    elif not isinstance(target, collections.OrderedDict):  # whose attributes (torch's _metadata) are left out
        raise pickle.UnpicklingError(f"this pickle sets the attributes of a {type(target).__name__}")


def _kind(name: Any, align: bool = False, copy: bool = False) -> np.dtype:
    kind = np.dtype(name.decode() if isinstance(name, bytes) else str(name), copy=True)
    if kind.hasobject:
        raise pickle.UnpicklingError("this pickle holds an array of Python objects")
    return kind


def _scalar(kind: np.dtype, raw: Any) -> Any:
    return np.frombuffer(raw.encode("latin-1") if isinstance(raw, str) else raw, dtype=kind)[0]


PLAIN: dict[str, Any] = {
    "collections.OrderedDict": Rebuild(collections.OrderedDict),
    "collections.Counter": Rebuild(collections.Counter),
    "collections.defaultdict": Rebuild(lambda *default: collections.defaultdict()),
    "_codecs.encode": Rebuild(lambda text, encoding="utf-8": text.encode(encoding)),
    "numpy.ndarray": np.ndarray,
    "numpy.dtype": Rebuild(_kind),
}
for _module in ("__builtin__", "builtins"):
    for _type in (set, frozenset, complex, bytearray, bytes, list, dict, tuple, int, float, bool, str):
        PLAIN[f"{_module}.{_type.__name__}"] = Rebuild(_type)
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    PLAIN[f"{_module}._reconstruct"] = Rebuild(lambda cls, shape, kind: np.ndarray((0,), np.uint8))
    PLAIN[f"{_module}.scalar"] = Rebuild(_scalar)


def read_pickle(stream: IO[bytes], names: Mapping[str, Any] = PLAIN) -> Any:
    """The plain data of a pickle: containers, numbers, strings, NumPy arrays.

    Strings of Python 2 are read as latin-1. Anything else, a class or a function, raises
    `pickle.UnpicklingError` with its name, before anything of it ran.

    >>> import io, pickle
    >>> read_pickle(io.BytesIO(pickle.dumps({"a": [1, 2.5, "b"]})))
    {'a': [1, 2.5, 'b']}
    """
    return Machine(names).run(stream)
