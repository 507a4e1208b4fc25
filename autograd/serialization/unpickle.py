"""A reader of pickles that executes nothing.

A pickle is a program for a small stack machine, two of whose instructions import and call anything.
This one runs the program with `pickletools` taking it apart: names stand for the few things in a
table, only those can be called, and everything else is refused by its name. A pickle can also ask for
more than it holds: the objects that it has made can be copied, hashed and written out again and again.
So calls and keys are paid for, from a budget that is in proportion to the pickle's length.
"""

from __future__ import annotations

import collections
import io
import math
import pickle
import pickletools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

import numpy as np

from ..engine.errors import SerializationError
from .moved import present_name
from .reading import Keys, reading, shown


class Rebuild:
    """A function that a pickle may call; `keys` says what of its argument it hashes."""

    def __init__(self, function: Callable[..., Any], keys: Callable[[Any], Iterable[Any]] | None = None) -> None:
        self.function, self.keys = function, keys

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)


PUSHES = {
    "INT",
    "BININT",
    "BININT1",
    "BININT2",
    "LONG",
    "LONG1",
    "LONG4",
    "FLOAT",
    "BINFLOAT",
    "UNICODE",
    "BINUNICODE",
    "SHORT_BINUNICODE",
    "BINUNICODE8",
    "STRING",
    "BINSTRING",
    "SHORT_BINSTRING",
    "BINBYTES",
    "SHORT_BINBYTES",
    "BINBYTES8",
    "BYTEARRAY8",
}
CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": set,
}
A_BYTE, AT_LEAST = 16, 1_000_000  # the budget: this many steps a byte of the pickle, and these


def _size(value: Any) -> int:
    """How much a function may copy of an argument."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    return len(value) if isinstance(value, str | bytes | bytearray | list | tuple | dict | set | frozenset) else 1


def _pairs(items: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(items[::2], items[1::2], strict=True)


class Machine:
    """Runs pickles. `names` says what a global stands for, `persistent` what a persistent id does.

    `trusted` are classes and functions that the pickle may use as any pickle can; their code runs.
    """

    def __init__(
        self, names: Mapping[str, Any], persistent: Callable[[Any], Any] | None = None, trusted: Iterable[Any] = ()
    ) -> None:
        self.names, self.persistent = names, persistent
        self.trusted = {f"{each.__module__}.{each.__qualname__}": each for each in trusted}
        self.classes = tuple(each for each in self.trusted.values() if isinstance(each, type))
        self.keys = Keys()

    def run(self, stream: io.BytesIO) -> Any:
        """The object of the pickle that begins at the stream's position; the stream ends up behind it.

        The stream is in memory: of another, `pickletools` would take as many bytes as a damaged file asks for.
        """
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}
        self.budget = A_BYTE * (stream.getbuffer().nbytes - stream.tell()) + AT_LEAST
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name == "STOP":
                result = self.stack.pop()
                self.finish(result)
                return result
            self.step(opcode.name, argument)
        raise SerializationError("this pickle has no end")

    def step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in PUSHES:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name]())
        elif name in ("LIST", "TUPLE"):
            items = self.gathered()
            stack.append(items if name == "LIST" else tuple(items))
        elif name in ("DICT", "FROZENSET"):
            items = self.gathered()
            self.pay_keys(items[::2] if name == "DICT" else items)
            stack.append(dict(_pairs(items)) if name == "DICT" else frozenset(items))
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
            stack[-2:] = [self.call(called, arguments, {}, new=name == "NEWOBJ")]
        elif name == "NEWOBJ_EX":
            called, arguments, named = stack[-3:]
            stack[-3:] = [self.call(called, arguments, named, new=True)]
        elif name == "BUILD":
            state = stack.pop()
            self.build(stack[-1], state)
        elif name == "BINPERSID" and self.persistent is not None:
            stack.append(self.persistent(stack.pop()))
        elif name == "POP":
            stack.pop()
        elif name == "POP_MARK":
            self.gathered()
        elif name == "DUP":
            stack.append(stack[-1])
        elif name not in ("PROTO", "FRAME"):
            raise SerializationError(f"this pickle uses the instruction {name}, which plain data does not need")

    def pay(self, steps: int) -> None:
        self.budget -= steps
        if self.budget < 0:
            raise SerializationError("this pickle copies or hashes over and over what it holds once")

    def pay_keys(self, keys: Iterable[Any]) -> None:
        for key in keys:
            self.pay(self.keys.check(key))

    def gathered(self) -> list[Any]:
        """What was pushed since the last mark."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def extend(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if isinstance(target, dict):
            self.pay_keys(items[::2])
            for key, value in _pairs(items):
                target[key] = value
        elif isinstance(target, list):
            target.extend(items)
        elif isinstance(target, set):
            self.pay_keys(items)
            target.update(items)
        else:
            raise SerializationError(f"this pickle adds items to a {type(target).__name__}")

    def named(self, module: Any, attribute: Any) -> Any:
        if not isinstance(module, str) or not isinstance(attribute, str):
            raise SerializationError("this pickle names something by what is no string")
        name = present_name(module, attribute)
        if name in self.trusted:
            return self.trusted[name]
        if name not in self.names:
            raise SerializationError(
                f"this pickle names {name}. Loading it would run that code, so it is refused: only tensors, arrays, "
                "numbers, strings and containers of them are read. Save a state_dict() instead of the object"
                + (", or name it in safe_globals(), too" if self.trusted else "")
            )
        return self.names[name]

    def call(self, called: Any, arguments: Any, named: Any, new: bool) -> Any:
        if isinstance(arguments, tuple) and isinstance(named, dict):
            if isinstance(called, Rebuild) and not named:
                self.pay(1 + sum(map(_size, arguments)))
                if called.keys is not None and arguments:
                    self.pay_keys(called.keys(arguments[0]))
                return called.function(*arguments)
            if any(called is each for each in self.trusted.values()):
                return called.__new__(called, *arguments, **named) if new else called(*arguments, **named)
        raise SerializationError(f"this pickle calls {shown(called)}, which is no function")

    def build(self, target: Any, state: Any) -> None:
        """The instruction that gives an object its state, for the kinds of objects that can need it."""
        if isinstance(target, self.classes):
            if hasattr(target, "__setstate__"):
                target.__setstate__(state)
                return
            state, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
            target.__dict__.update(state or {})
            for name, value in (slots or {}).items():
                setattr(target, name, value)
        elif isinstance(target, np.ndarray):
            self.pay(sum(map(_size, state)))
            _set_array(target, *state)
        elif isinstance(target, np.dtype):
            _set_order(target, state)
        elif not isinstance(target, collections.OrderedDict):  # whose attributes (torch's _metadata) are left out
            raise SerializationError(f"this pickle sets the attributes of a {type(target).__name__}")

    def finish(self, result: Any) -> None:
        """Refuses a result in which one of the functions is left over."""
        seen, pending = set(), [result]
        while pending:
            each = pending.pop()
            if isinstance(each, Rebuild):
                raise SerializationError("this pickle holds a class or a function as if it were data")
            if isinstance(each, list | tuple | dict | set | frozenset) and id(each) not in seen:
                seen.add(id(each))
                pending.extend(each)
                if isinstance(each, dict):
                    pending.extend(each.values())


def _set_array(target: np.ndarray, _: Any, shape: Any, kind: Any, fortran: Any, raw: Any) -> None:
    if not isinstance(kind, np.dtype) or kind.hasobject:
        raise SerializationError("this pickle holds an array of Python objects")
    raw = raw.encode("latin-1") if isinstance(raw, str) else raw
    _check_shape(shape, kind, raw)
    if kind.kind == "b":  # other bytes than 0 and 1 are no truth values to NumPy's loops
        raw = (np.frombuffer(raw, np.uint8) != 0).tobytes()
    state: Any = 1, shape, kind, bool(fortran), bytes(raw)
    target.__setstate__(state)


def _check_shape(shape: Any, kind: np.dtype, raw: Any) -> None:
    if (
        not isinstance(shape, tuple)
        or len(shape) > 32
        or any(type(n) is not int or not 0 <= n < 2**63 for n in shape)
        or not isinstance(raw, bytes | bytearray)
        or math.prod(shape) * kind.itemsize != len(raw)
    ):
        raise SerializationError("this pickle holds an array whose shape does not fit to its bytes")


def _set_order(target: np.dtype, state: Any) -> None:
    """Sets a foreign order of bytes in place: what is on the stack can't be exchanged for another object."""
    if any(part is not None for part in state[2:5]):
        raise SerializationError("this pickle holds a structured array")
    if state[1] in ("<", ">"):
        sizes = (target.itemsize, target.alignment) if target.kind in "SU" else (-1, -1)
        state = (3, state[1], None, None, None, *sizes, target.flags)
        target.__setstate__(state)  # type: ignore[attr-defined]


KIND = re.compile(r"[<>=|]?(\?|b1|[iu][1248]|f[248]|c8|c16|[SU][1-9]\d{0,8})")


def _kind(name: Any, align: Any = False, copy: Any = False) -> np.dtype:
    name = name.decode() if isinstance(name, bytes) else name
    if isinstance(name, str) and KIND.fullmatch(name):
        return np.dtype(name, copy=True)
    raise SerializationError(f"this pickle holds an array of {shown(name)}: Python objects, or no plain numbers")


def _scalar(kind: Any, raw: Any) -> Any:
    raw = raw.encode("latin-1") if isinstance(raw, str) else raw
    array = np.ndarray((0,), np.uint8)
    _set_array(array, 1, (1,), kind, False, raw)
    return array[0]


def _frombuffer(raw: Any, kind: Any, shape: Any, order: Any, *_: Any) -> np.ndarray:
    array = np.ndarray((0,), np.uint8)
    _set_array(array, 1, shape, kind, order == "F", raw)
    return array


def _encode(text: Any, encoding: Any = "utf-8") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1", "utf-8", "utf8", "ascii"):
        raise SerializationError(f"this pickle encodes a {type(text).__name__} in {shown(encoding)}")
    return text.encode(encoding)


def _made(cls: Callable[..., Any], *signatures: tuple[Any, ...]) -> Callable[..., Any]:
    """The class as a function of arguments of these types; of others it may allocate by a number, or parse."""

    def make(*arguments: Any) -> Any:
        for signature in signatures:
            if len(signature) == len(arguments) and all(map(isinstance, arguments, signature)):
                return cls(*arguments)
        raise SerializationError(f"this pickle makes a {cls.__name__} of {', '.join(map(shown, arguments))}")

    return make


def _pairs_of(content: Any) -> list[Any]:
    pairs = list(content.items()) if isinstance(content, dict) else content
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise SerializationError("this pickle makes a dictionary of what are no pairs")
    return pairs


def _members(*of: type) -> Callable[[Any], Any]:
    """The argument as what a set is made of, if it is one of these containers."""

    def members(content: Any) -> Any:
        if not isinstance(content, of):
            raise SerializationError(f"this pickle makes a container of {shown(content)}")
        return content

    return members


def _keys(content: Any) -> list[Any]:
    """The keys of what a dictionary is made of."""
    return [pair[0] for pair in _pairs_of(_members(list, dict)(content))]


NUMBER = int | float
_bytes = _made(bytes, (), (bytes | bytearray,))
PLAIN: dict[str, Any] = {
    "collections.OrderedDict": Rebuild(lambda *pairs: collections.OrderedDict(*pairs[:1]), _keys),
    "collections.Counter": Rebuild(lambda *counts: collections.Counter(*map(dict, counts[:1])), _keys),
    "collections.defaultdict": Rebuild(lambda *default: collections.defaultdict()),
    "_codecs.encode": Rebuild(_encode),
    "numpy.ndarray": "ndarray",
    "numpy.dtype": Rebuild(_kind),
}
for _module in ("__builtin__", "builtins"):
    PLAIN |= {
        f"{_module}.set": Rebuild(lambda *members: set(*members[:1]), _members(list, tuple, set, frozenset)),
        f"{_module}.frozenset": Rebuild(
            lambda *members: frozenset(*members[:1]), _members(list, tuple, set, frozenset)
        ),
        f"{_module}.dict": Rebuild(lambda *pairs: dict(*pairs[:1]), _keys),
        f"{_module}.list": Rebuild(_made(list, (), (list | tuple,))),
        f"{_module}.tuple": Rebuild(_made(tuple, (), (list | tuple,))),
        f"{_module}.bytes": Rebuild(_bytes),
        f"{_module}.bytearray": Rebuild(
            lambda *arguments: bytearray(_encode(*arguments) if len(arguments) == 2 else _bytes(*arguments))
        ),
        f"{_module}.str": Rebuild(_made(str, (), (str,))),
        f"{_module}.complex": Rebuild(_made(complex, (NUMBER, NUMBER))),
        f"{_module}.int": Rebuild(_made(int, (), (NUMBER,))),
        f"{_module}.float": Rebuild(_made(float, (), (NUMBER,))),
        f"{_module}.bool": Rebuild(_made(bool, (), (NUMBER,))),
    }
for _module in ("numpy.core", "numpy._core"):
    PLAIN[f"{_module}.multiarray._reconstruct"] = Rebuild(lambda cls, shape, kind: np.ndarray((0,), np.uint8))
    PLAIN[f"{_module}.multiarray.scalar"] = Rebuild(_scalar)
    PLAIN[f"{_module}.numeric._frombuffer"] = Rebuild(_frombuffer)


class Unrestricted(pickle.Unpickler):
    """Python's own reader, which runs what a pickle says; `names` stand for what is torch's."""

    def __init__(self, names: Mapping[str, Any], persistent: Callable[[Any], Any], stream: IO[bytes]) -> None:
        super().__init__(stream)
        self.names, self.persistent = names, persistent

    def persistent_load(self, pid: Any) -> Any:
        return self.persistent(pid)

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] != "torch":
            return super().find_class(module, name)
        full = f"{module}.{name}"
        if full not in self.names:
            raise SerializationError(
                f"this pickle names {full}, an object of PyTorch's that is not read here. Save its state_dict()"
            )
        return self.names[full]


def read_pickle(stream: IO[bytes], names: Mapping[str, Any] = PLAIN) -> Any:
    """The plain data of a pickle: containers, numbers, strings, NumPy arrays.

    Strings of Python 2 are read as latin-1. Anything else, a class or a function, raises a
    SerializationError (a `pickle.UnpicklingError`) with its name, before anything of it ran.

    >>> import io, pickle
    >>> read_pickle(io.BytesIO(pickle.dumps({"a": [1, 2.5, "b"]})))
    {'a': [1, 2.5, 'b']}
    """
    with reading("read_pickle", getattr(stream, "name", "the stream")):
        return Machine(names).run(io.BytesIO(stream.read()))
