"""What the code of a step reaches by name, and whether it is still as it was.

A recorded step is the step at one moment: its model, its optimizer, numbers in closures, globals and attributes. These
are found by walking from the function: through what its code names, the objects' attributes, containers, and the code
of their classes. What is found is watched: tensors, modules and functions by identity, plain values by value.
"""

from __future__ import annotations

import argparse
import functools
import random
import sys
import types
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..backend.base import Backend
from ..device import device
from ..dtypes import dtype
from ..engine.node import Node
from ..engine.primitive import Primitive
from ..engine.tensor import Tensor

PLAIN = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis), range, slice, dtype, device, np.generic)
_OPAQUE = (Backend, Primitive, Node, types.CodeType, types.BuiltinFunctionType, types.GeneratorType)
ENGINE = ("autograd", "nn", "optim", "torchlike")
LIBRARIES = {*ENGINE, "numpy", "scipy", "cupy", "tqdm"} | set(sys.stdlib_module_names)
_NAMESPACES = (types.SimpleNamespace, argparse.Namespace)
_EVERY_NAME = {"vars", "getattr", "__dict__", "eval", "exec", "globals", "locals"}  # code that may reach anything
_MOST = 20_000  # objects; a step that reaches more is not watched
_MISSING = object()


class TooMuchError(Exception):
    """The step reaches more than can be watched."""


@dataclass(eq=False)
class Watched:
    """One place where the step finds a value: `read()` is what is there now."""

    path: str
    value: Any
    expression: str  # of the value, by the names {c} of the container and {k} of the key
    container: Any
    key: Any = None

    def read(self) -> Any:
        try:
            return eval(self.expression.format(c="c", k="k"), {"c": self.container, "k": self.key, "getattr": getattr})
        except (KeyError, IndexError, ValueError, AttributeError):
            return _MISSING


def same(x: Any, y: Any) -> bool:
    """Whether two plain values are one, in kind and to the last bit; others are only if they are one object."""
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, tuple | frozenset):
        return len(x) == len(y) and all(map(same, x, y))
    return isinstance(x, PLAIN) and repr(x) == repr(y)


def alike(x: Any, y: Any) -> bool:
    """Whether a hyperparameter that is read afresh may take another's place: of its kind, and zero if that is."""
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, tuple):
        return len(x) == len(y) and all(map(alike, x, y))
    return (x == 0) == (y == 0) if type(x) in (int, float) else same(x, y)


class Surroundings:
    """What a function reaches, and the values found there."""

    def __init__(self, function: Callable[..., Any]) -> None:
        names: set[str] = set()
        while True:  # more code is found with more names, until there are no more
            walk = _Walk(names)
            walk.visit("", function)
            if walk.names <= names:
                break
            names |= walk.names
        self.watched = walk.watched
        self.tensors = walk.tensors
        self.arrays = walk.arrays
        self._draws = [(path, state(), state) for path, state in walk.draws]

    def changed(self, loose: Collection[int] = ()) -> str | None:
        """The path of the first thing that is not as it was (alike will do in the dictionaries `loose`), or None."""
        for each in self.watched:
            if not (alike if id(each.container) in loose else same)(each.read(), each.value):
                return each.path
        for path, before, state in self._draws:
            if not _same_state(before, state()):
                return path
        return None

    def guard(self, loose: Iterable[int] = (), but: Iterable[int] = ()) -> Callable[[], bool]:
        """A function that tells whether all is as it was.

        What the dictionaries in `loose` (ids) hold is read afresh at each replay: it need only be alike. `but` are
        containers that are not looked at.
        """
        loose, but = set(loose), set(but)
        names: dict[str, Any] = {"same": same, "alike": alike, "getattr": getattr}
        given: dict[int, str] = {}

        def name(x: Any) -> str:
            if id(x) not in given:
                given[id(x)] = f"v{len(given)}"
                names[given[id(x)]] = x
            return given[id(x)]

        tests = []
        for each in self.watched:
            if id(each.container) in but:
                continue
            key = repr(each.key) if type(each.key) in (str, int) else name(each.key)
            found = each.expression.format(c=name(each.container), k=key)
            if each.expression.startswith("len("):
                tests.append(f"{found} == {each.value}" if each.value else f"not {name(each.container)}")
            elif isinstance(each.value, (*PLAIN, tuple, frozenset)):
                equal = "alike" if id(each.container) in loose else "same"
                tests.append(f"({found} is {name(each.value)} or {equal}({found}, {name(each.value)}))")
            else:
                tests.append(f"{found} is {name(each.value)}")
        lines = ["def holds():", "    try:", f"        return {' and '.join(tests) or True}"]
        lines += ["    except (KeyError, IndexError, ValueError, AttributeError):", "        return False"]
        exec("\n".join(lines), names)
        return names["holds"]


class _Walk:
    """One way through all that a function reaches, given the names of attributes that some code reads."""

    def __init__(self, known: set[str]) -> None:
        self.known = known
        self.everything = bool(known & _EVERY_NAME)
        self.names: set[str] = set()
        self.watched: list[Watched] = []
        self.tensors: dict[int, Tensor] = {}
        self.arrays: list[tuple[str, np.ndarray]] = []
        self.draws: list[tuple[str, Callable[[], Any]]] = [
            ("the state of Python's random numbers", random.getstate),
            ("the state of NumPy's random numbers", np.random.get_state),
        ]
        self._seen: dict[int, Any] = {}

    def visit(self, path: str, start: Any) -> None:
        waiting = deque([(path, start)])
        while waiting:
            path, x = waiting.popleft()
            if isinstance(x, (*PLAIN, *_OPAQUE)) or id(x) in self._seen:
                continue
            self._seen[id(x)] = x
            if len(self._seen) > _MOST:
                raise TooMuchError(f"the step reaches more than {_MOST} objects")
            waiting.extend(self._inside(path, x))

    def _watch(self, path: str, value: Any, expression: str, container: Any, key: Any = None) -> tuple[str, Any]:
        self.watched.append(Watched(path, value, expression, container, key))
        return path, value

    def _inside(self, path: str, x: Any) -> list[tuple[str, Any]]:
        """What an object leads to."""
        if isinstance(x, Tensor):
            return self._tensor(path, x)
        if isinstance(x, types.FunctionType):
            return self._function(path, x)
        if isinstance(x, types.MethodType):
            return [(path, x.__self__), (path, x.__func__)]
        if isinstance(x, functools.partial):
            return [(path, x.func), (path, x.args), (path, x.keywords)]
        if isinstance(x, np.ndarray):
            self.arrays.append((path, x))
            return []
        if isinstance(x, tuple | frozenset):
            return [(f"{path}[{i}]", each) for i, each in enumerate(x)]
        if isinstance(x, list | deque):
            self._watch(f"the length of {path}", len(x), "len({c})", x)
            return [self._watch(f"{path}[{i}]", each, "{c}[{k}]", x, i) for i, each in enumerate(x)]
        if isinstance(x, set):
            self._watch(path, frozenset(x), "frozenset({c})", x) if x else self._watch(path, 0, "len({c})", x)
            return [(path, each) for each in x]
        if isinstance(x, dict):
            return self._dictionary(path, x)
        if isinstance(x, type):
            return self._class(path, x)
        if isinstance(x, random.Random):
            self.draws.append((path, x.getstate))
        elif isinstance(x, np.random.Generator):
            self.draws.append((path, lambda: x.bit_generator.state))
        elif isinstance(x, np.random.RandomState):
            self.draws.append((path, x.get_state))
        elif isinstance(wrapped := getattr(x, "__wrapped__", None), types.FunctionType):  # functools.lru_cache
            return [(path, wrapped)]
        elif not isinstance(x, types.ModuleType):
            return self._object(path, x)
        return []

    def _tensor(self, path: str, x: Tensor) -> list[tuple[str, Any]]:
        self.tensors[id(x)] = x
        inside = [self._watch(f"the hooks of {path}", x._hooks, "{c}._hooks", x)]
        return inside if x._hooks is None else [(inside[0][0], x._hooks.gradient), (inside[0][0], x._hooks.after)]

    def _function(self, path: str, x: types.FunctionType) -> list[tuple[str, Any]]:
        inside: list[tuple[str, Any]] = []
        library = _is_library(x.__module__)
        for name, cell in zip(x.__code__.co_freevars, x.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:  # not bound yet
                continue
            inside.append((name, value) if library else self._watch(name, value, "{c}.cell_contents", cell))
        if library:
            return inside
        inside += [(f"a default of {x.__name__}()", each) for each in x.__defaults__ or ()]
        inside += [(f"a default of {x.__name__}()", each) for each in (x.__kwdefaults__ or {}).values()]
        names = _names_in(x.__code__)
        self.names |= names
        for name in sorted(names & x.__globals__.keys()):
            value = x.__globals__[name]
            inside.append(self._watch(name, value, "{c}[{k}]", x.__globals__, name))
            if isinstance(value, types.ModuleType) and not _is_library(value.__name__):
                for inner in sorted(names & value.__dict__.keys()):
                    found = value.__dict__[inner]
                    inside.append(self._watch(f"{name}.{inner}", found, "{c}[{k}]", value.__dict__, inner))
        return inside

    def _dictionary(self, path: str, x: Mapping[Any, Any]) -> list[tuple[str, Any]]:
        self._watch(f"the length of {path}", len(x), "len({c})", x)
        inside = []
        for key, value in list(x.items()):
            shown = repr(key) if isinstance(key, PLAIN) else f"a {type(key).__name__}"
            inside.append((path, key))
            inside.append(self._watch(f"{path}[{shown}]", value, "{c}[{k}]", x, key))
        return inside

    def _class(self, path: str, x: type) -> list[tuple[str, Any]]:
        inside: list[tuple[str, Any]] = []
        for kind in x.__mro__:
            if _is_library(kind.__module__):
                continue
            for name, value in list(kind.__dict__.items()):
                value = getattr(
                    value, "__func__", getattr(value, "fget", value)
                )  # static and class methods, properties
                if isinstance(value, types.FunctionType):
                    inside.append((f"{path}.{name}", value))
                elif name in self.known and not name.startswith("__"):
                    shown = f"{kind.__name__}.{name}"
                    inside.append(self._watch(shown, kind.__dict__[name], "{c}.__dict__[{k}]", kind, name))
        return inside

    def _object(self, path: str, x: Any) -> list[tuple[str, Any]]:
        kind = type(x)
        engine = kind.__module__.partition(".")[0] in ENGINE
        if _is_library(kind.__module__) and not engine and not isinstance(x, _NAMESPACES):
            return []
        inside: list[tuple[str, Any]] = [] if engine else [(kind.__name__, kind)]
        held = getattr(x, "__dict__", {})
        whole = engine or self.everything
        if whole:
            self._watch(f"the attributes of {path or kind.__name__}", len(held), "len({c})", held)
        for name, value in list(held.items()):
            # A subclass of this package's classes has their attributes, too, whose code is not walked.
            if whole or name in self.known or name.startswith("_"):
                inside.append(self._watch(f"{path}.{name}", value, "{c}[{k}]", held, name))
        for name in {n for each in kind.__mro__ for n in getattr(each, "__slots__", ()) if n in self.known}:
            if (value := getattr(x, name, _MISSING)) is not _MISSING:
                inside.append(self._watch(f"{path}.{name}", value, f"getattr({{c}}, {name!r})", x))
        return inside


def _is_library(module: str | None) -> bool:
    return (module or "builtins").partition(".")[0] in LIBRARIES


@functools.lru_cache(maxsize=1024)
def _names_in(code: types.CodeType) -> frozenset[str]:
    """The names that code reads, of globals, of attributes and in strings, in functions within it, too."""
    names = set(code.co_names)
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            names |= _names_in(each)
        elif isinstance(each, str) and each.isidentifier():
            names.add(each)
    return frozenset(names)


def _same_state(x: Any, y: Any) -> bool:
    """Whether two states of a generator of random numbers are one."""
    if isinstance(x, np.ndarray):
        return np.array_equal(x, y)
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(_same_state(x[key], y[key]) for key in x)
    if isinstance(x, tuple | list):
        return len(x) == len(y) and all(map(_same_state, x, y))
    return bool(x == y)
