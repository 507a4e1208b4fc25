"""Python text that makes a function and its arguments again: names, values, and how these lie in memory."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import linecache
import math
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import dtypes
from ..backend import get_default_device
from ..device import device
from ..engine.callers import is_engine
from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from ..ops.creation import zeros

_PUBLIC = ("autograd", "nn.functional", "nn", "autograd.linalg", "autograd.special", "autograd.fft", "autograd.Tensor")


class UnknownError(Exception):
    """No text makes this value again."""


# Tensors


class _Layout(NamedTuple):
    """How to cut a tensor out of one in C order: the shape of that one, what is taken of it, and a permutation."""

    whole: tuple[int, ...]
    taken: tuple[slice | int, ...]
    order: tuple[int, ...]


def _layout(x: Tensor) -> _Layout | None:
    """The way to x's strides; None for C order, and for strides that cutting can't give."""
    shape, strides = tuple(x.shape), tuple(x.stride())
    if x.is_contiguous() or not x.numel():
        return None
    single = [i for i, size in enumerate(shape) if size == 1]
    long = sorted((i for i, size in enumerate(shape) if size > 1), key=lambda i: -strides[i])
    if strides[long[-1]] < 1:
        return None
    whole, taken = [1] * len(single), [slice(None)] * len(single)
    outer = 0  # the stride of the dimension before, in C order: one that divides all strides up to there
    for i in long:
        inner = math.gcd(outer, strides[i])
        step = strides[i] // inner
        end = (shape[i] - 1) * step + 1
        room = outer // inner if outer else end
        if room < end:
            return None
        whole.append(room)
        taken.append(slice(None) if room == end and step == 1 else slice(None, end, step if step > 1 else None))
        outer = inner
    order = [*single, *long]
    rest = ([], []) if outer == 1 else ([outer], [0])
    return _Layout((*whole, *rest[0]), (*taken, *rest[1]), tuple(order.index(i) for i in range(len(shape))))


def replica(x: Tensor) -> Tensor:
    """A copy of the values without a history, with the strides of x."""
    with no_grad():
        layout = _layout(x)
        if layout is None:
            return x.detach().clone()
        window = zeros(layout.whole, dtype=x.dtype, device=x.device)[layout.taken].permute(*layout.order)
        return window.detach().copy_(x.detach())


def _numbers(value: Any) -> str:
    """A number, or nested lists of them."""
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    if isinstance(value, complex) and not (math.isfinite(value.real) and math.isfinite(value.imag)):
        return f"complex({_numbers(value.real)}, {_numbers(value.imag)})"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def _tensor_text(x: Tensor) -> str:
    place = "" if x.device == get_default_device() else f", device={str(x.device)!r}"
    options = f"dtype={x.dtype!r}{place}"
    layout = _layout(x)
    if not x.numel():
        text = f"autograd.zeros({tuple(x.shape)}, {options}"
    else:
        text = f"autograd.tensor({_numbers(x.tolist())}, {options}"
    if layout is None:
        return f"{text}, requires_grad=True)" if x.requires_grad else f"{text})"
    window = f"autograd.zeros({layout.whole}, {options})"
    if any(part != slice(None) for part in layout.taken):
        window += f"[{', '.join(_index(part) for part in layout.taken)}]"
    if layout.order != tuple(range(x.ndim)):
        window += f".permute{layout.order}"
    return f"{window}.detach().copy_({text})){'.requires_grad_()' if x.requires_grad else ''}"


def _index(part: slice | int) -> str:
    if isinstance(part, int):
        return str(part)
    end = "" if part.stop is None else str(part.stop)
    return f":{end}" if part.step is None else f":{end}:{part.step}"


# Functions and other values


class Writer:
    """Writes expressions for values as the user's code in `scopes` knows them, and gathers the imports."""

    def __init__(self, scopes: Sequence[dict[str, Any]]) -> None:
        self.scopes = scopes
        self.imports: dict[str, None] = {}

    @classmethod
    def at(cls, frame: types.FrameType | None) -> Writer:
        return cls([] if frame is None else [frame.f_locals, frame.f_globals])

    def value(self, value: Any) -> str:
        """An expression; UnknownError if there is none."""
        if isinstance(value, Tensor):
            return _tensor_text(value)
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
            self.imports["import numpy"] = None
            made = f"numpy.array({_numbers(value.tolist())}, dtype={value.dtype.name!r})"
            return made if isinstance(value, np.ndarray) else f"{made}[()]"
        if value is None or isinstance(value, bool | int | float | complex | str | bytes | types.EllipsisType):
            return _numbers(value) if type(value) in (float, complex) else repr(value)
        if isinstance(value, dtypes.dtype):
            return repr(value)
        if isinstance(value, device):
            return f"autograd.device({str(value)!r})"
        if isinstance(value, slice):
            return f"slice({self.value(value.start)}, {self.value(value.stop)}, {self.value(value.step)})"
        if isinstance(value, dict) and type(value) is dict:
            return f"{{{', '.join(f'{self.value(k)}: {self.value(v)}' for k, v in value.items())}}}"
        if isinstance(value, list) and type(value) is list:
            return f"[{', '.join(map(self.value, value))}]"
        if isinstance(value, tuple) and not hasattr(value, "_fields"):
            return f"({''.join(self.value(each) + ', ' for each in value).strip()})"
        if isinstance(value, functools.partial):
            self.imports["import functools"] = None
            given = [self.value(each) for each in (value.func, *value.args)]
            given += [f"{key}={self.value(each)}" for key, each in value.keywords.items()]
            return f"functools.partial({', '.join(given)})"
        if isinstance(value, types.MethodType):
            return f"{self.value(value.__self__)}.{value.__name__}"
        if hasattr(value, "__qualname__"):
            named = self._function(value)
        else:
            named = _name_in([*self.scopes, _variables(type(value).__module__)], value)
        if named is None:
            raise UnknownError
        return named

    def _function(self, value: Any) -> str | None:
        """A function or a class: by the name it was defined with, if it has one."""
        qualified, name, module = value.__qualname__, value.__name__, value.__module__ or ""
        if module.split(".")[0] in ("autograd", "nn", "optim", "torchlike") and is_engine(_file(module)):
            return self._public(value, module, qualified)
        own = getattr(value, "__globals__", None) or _variables(module)
        if name == "<lambda>":
            return _name_in([own], value) or _source_of_lambda(value) or _name_in(self.scopes, value)
        if isinstance(value, types.BuiltinFunctionType):
            self.imports[f"from {module} import {qualified}"] = None
            return qualified
        if own.get(name) is value:
            return name
        # Below its definition, a function made inside another is known by its own name.
        return _name_in([own], value) or qualified.rpartition("<locals>.")[2]

    def _public(self, value: Any, module: str, qualified: str) -> str | None:
        """What a function of the engine is called in public."""
        name = qualified.rpartition(".")[2]
        for place in _PUBLIC:
            root, _, rest = place.partition(".")
            home: Any = sys.modules.get(root)
            for part in filter(None, rest.split(".")):
                home = getattr(home, part, None)
            if home is not None and inspect.getattr_static(home, name, None) is value:
                self.imports["import nn.functional" if place == "nn.functional" else f"import {root}"] = None
                return f"{place}.{name}"
        if "<" in qualified or getattr(importlib.import_module(module), name, None) is not value:
            return None
        self.imports[f"from {module} import {name}"] = None
        return name


def _name_in(scopes: Sequence[dict[str, Any]], value: Any) -> str | None:
    """A variable that holds the value."""
    for scope in scopes:
        for name, each in list(scope.items()):
            if each is value and name.isidentifier() and name != "_":
                return name
    return None


def _variables(module: str) -> dict[str, Any]:
    return vars(sys.modules[module]) if module in sys.modules else {}


def _file(module: str) -> str:
    return getattr(sys.modules.get(module), "__file__", None) or "<unknown>"


def _tree(filename: str, scope: dict[str, Any] | None = None) -> tuple[str, ast.Module] | None:
    text = "".join(linecache.getlines(filename, scope))
    try:
        return (text, ast.parse(text)) if text else None
    except SyntaxError:
        return None


def _covers(node: Any, line: int, end_line: int, column: int, end_column: int) -> bool:
    return (node.lineno, node.col_offset) <= (line, column) and (end_line, end_column) <= (
        node.end_lineno,
        node.end_col_offset,
    )


def _segment(text: str, node: Any) -> str | None:
    found = ast.get_source_segment(text, node)
    return found if found is None or "\n" not in found else f"({found})"


def _source_of_lambda(function: types.FunctionType) -> str | None:
    """The text of a lambda, found by where its instructions come from."""
    code = function.__code__
    parsed = _tree(code.co_filename, function.__globals__)
    spans = [tuple(place) for place in code.co_positions() if None not in place and place[3]]
    if parsed is None or not spans:
        return None
    text, tree = parsed
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Lambda)
        and all(_covers(node, *span) for span in spans)  # type: ignore[arg-type]
        and {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)} <= set(code.co_varnames)
    ]

    def nearness(node: ast.Lambda) -> tuple[bool, int, int]:
        """The body is what is returned; else the innermost."""
        body = node.body
        whole = (body.lineno, body.end_lineno, body.col_offset, body.end_col_offset)
        return whole in spans, node.lineno, node.col_offset

    return _segment(text, max(found, key=nearness)) if found else None


def first_argument(frame: types.FrameType | None) -> str | None:
    """The text of the first argument of the call that a frame is making."""
    if frame is None:
        return None
    parsed = _tree(frame.f_code.co_filename, frame.f_globals)
    span = next((place for i, place in enumerate(frame.f_code.co_positions()) if 2 * i == frame.f_lasti), (None,) * 4)
    if parsed is None or None in span:
        return None
    text, tree = parsed
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset) == span:
            first = next(iter(node.args), None)
            return None if first is None or isinstance(first, ast.Starred) else _segment(text, first)
    return None


def name_of(function: Callable[..., Any], frame: types.FrameType | None) -> str:
    """What a function is called in a sentence."""
    try:
        name = Writer.at(frame).value(function)
    except UnknownError:
        name = ""
    if all(part.isidentifier() for part in name.split(".")):
        return name
    return getattr(function, "__qualname__", None) or repr(function)


def reproduction(
    check: str,
    function: Callable[..., Any],
    arguments: Sequence[Any],
    options: dict[str, Any],
    frame: types.FrameType | None,
    random: bool = False,
) -> list[str]:
    """The lines that run `check(function, arguments, **options)` again, below the function's definition.

    Many times if it is `random` whether it fails.
    """
    writer = Writer.at(frame)
    lines: list[str] = []
    where = "" if frame is None else f", {frame.f_code.co_filename}:{frame.f_lineno}"
    try:
        called = writer.value(function)
    except UnknownError:
        called = first_argument(frame) or ""
        if not called:
            lines.append(f"# put the function that was checked here{where}:")
            called = "..."
    if not all(part.isidentifier() for part in called.split(".")):
        lines.append(f"function = {called}")
        called = "function"
    label = "argument" if called.split(".")[0].strip("0123456789") == "x" else "x"
    names = [f"{label}{i}" for i in range(len(arguments))]
    for name, value in zip(names, arguments, strict=True):
        try:
            lines.append(f"{name} = {writer.value(value)}")
        except UnknownError:
            lines.append(f"{name} = ...  # put the {type(value).__name__} that was given here{where}")
    if dtypes.get_default_dtype() is not dtypes.float32:
        lines.insert(0, f"autograd.set_default_dtype({dtypes.get_default_dtype()!r})")
    given = "".join(f", {name}={value!r}" for name, value in options.items())
    again = f"{check}({called}, ({', '.join(names)},){given})"
    lines += ["for _ in range(100):  # chance decides", f"    {again}"] if random else [again]
    writer.imports.pop("import autograd", None)
    return ["import autograd", *writer.imports, f"from autograd.testing import {check}", *lines]
