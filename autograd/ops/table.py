"""Where every operation and its derivative stand: what `python -m autograd.ops NAME` prints.

All of it is read from the Primitive objects and from the source of the public functions, so it is never out of date.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ..engine.primitive import Primitive
from ..engine.tensor import Tensor

ROOT = Path(__file__).resolve().parents[2]
# Where public functions are looked for, in this order; the last are built on this package.
FACES = (
    "autograd",
    "autograd.linalg",
    "autograd.fft",
    "autograd.masked",
    "autograd.special",
    "autograd.signal.windows",
    "nn.functional",
)
_OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "remainder",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.USub: "neg",
    ast.Invert: "bitwise_not",
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.BitAnd: "bitwise_and",
    ast.BitOr: "bitwise_or",
}


@functools.cache
def primitives() -> dict[str, Primitive]:
    """All primitives of the package, by `module.name`: `trigonometric.sin`, `linalg.products.matmul`."""
    found: dict[str, Primitive] = {}
    for module in modules():
        for value in vars(module).values():
            made = value if isinstance(value, Primitive) else getattr(value, "primitive", None)
            if isinstance(made, Primitive) and made.compute.__module__ == module.__name__:
                found[f"{module.__name__.removeprefix(f'{__package__}.')}.{made.name}"] = made
    return found


def modules() -> Iterator[ModuleType]:
    """The modules of this package that define operations."""
    package = importlib.import_module(__package__)
    for found in pkgutil.walk_packages(package.__path__, f"{__package__}."):
        if not found.ispkg and found.name.rpartition(".")[2] not in ("__main__", "faces", "table"):
            yield importlib.import_module(found.name)


@functools.cache
def public_functions() -> dict[str, Callable[..., Any]]:
    """The functions of the public faces, by the name under which a user finds them; `nn.functional.relu`."""
    found: dict[str, Callable[..., Any]] = {}
    for face in FACES:
        module = importlib.import_module(face)
        for name, value in vars(module).items():
            if not name.startswith("_") and inspect.isfunction(value) and _of_this_project(value):
                found[name if face == "autograd" else f"{face.removeprefix('autograd.')}.{name}"] = value
    return found


def _of_this_project(function: Any) -> bool:
    return Path(inspect.unwrap(function).__code__.co_filename).is_relative_to(ROOT)


def place(function: Any) -> str:
    """file:line of a function."""
    code = inspect.unwrap(function).__code__
    return f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_firstlineno}"


Definition = ast.Lambda | ast.FunctionDef


@functools.cache
def _definitions(filename: str) -> dict[tuple[int, tuple[str, ...]], Definition]:
    """The functions and lambdas of a file, by their first line and the names of their arguments."""
    found: dict[tuple[int, tuple[str, ...]], Definition] = {}
    for node in ast.walk(ast.parse(Path(filename).read_text())):
        if isinstance(node, Definition):
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
            names = tuple(each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))
            found.setdefault((first, names), node)
    return found


def _definition(function: Any) -> Definition | None:
    """The part of the source that defines a function or a lambda."""
    code = inspect.unwrap(function).__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return _definitions(code.co_filename).get((code.co_firstlineno, names))


def rules(primitive: Primitive) -> list[tuple[str, str, str]]:
    """(input, formula, file:line) of each derivative; the formula of a longer rule is its name."""
    found = []
    for name, derivative in zip(primitive.inputs, primitive.derivatives, strict=True):
        if derivative is None:
            continue
        node = _definition(derivative.rule)
        formula = ast.unparse(node.body) if isinstance(node, ast.Lambda) else f"{derivative.rule.__name__}(...)"
        found.append((name, formula, place(derivative.rule)))
    return found


def parts(function: Any) -> dict[str, Any]:
    """What a function calls, also through its module's own helpers: Primitives, and other operations by name."""
    found: dict[str, Any] = {}
    seen: set[Any] = set()
    waiting = [inspect.unwrap(function)]
    while waiting:
        current = waiting.pop()
        node = None if current in seen else _definition(current)
        seen.add(current)
        for statement in [] if node is None else node.body if isinstance(node.body, list) else [node.body]:
            for part in ast.walk(statement):
                for name, value in _called(part, current.__globals__):
                    made = value if isinstance(value, Primitive) else getattr(value, "primitive", None)
                    if isinstance(made, Primitive):
                        found[made.name] = made
                    elif inspect.isfunction(value) and value.__module__ == current.__module__ and name[0] == "_":
                        waiting.append(inspect.unwrap(value))
                    elif inspect.isfunction(value) and value.__module__.startswith(("autograd.ops", "nn.functional")):
                        found[value.__name__] = value
    return dict(sorted(found.items()))


def _called(part: ast.AST, names: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an expression calls: a function by its name, a method of tensors, an operator."""
    if isinstance(part, ast.Name) and part.id in names:
        yield part.id, names[part.id]
    elif isinstance(part, ast.Attribute):
        owner = names.get(part.value.id) if isinstance(part.value, ast.Name) else None
        yield part.attr, getattr(owner if isinstance(owner, ModuleType) else Tensor, part.attr, None)
    elif isinstance(part, ast.BinOp | ast.UnaryOp):
        name = _OPERATORS.get(type(part.op), "")
        yield name, getattr(Tensor, name, None)
    elif isinstance(part, ast.Compare):
        for operator in part.ops:
            name = _OPERATORS.get(type(operator), "")
            yield name, getattr(Tensor, name, None)


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").split("\n")[0]


def describe_primitive(key: str, primitive: Primitive) -> str:
    """File and line, what it computes, and its rules."""
    lines = [f"{key}  {place(primitive.compute)}"]
    if primitive.__doc__:
        lines.append(f"    {_first_line(primitive)}")
    for name, formula, where in rules(primitive):
        lines += _wrapped(f"d/d{name}  {formula}  ({where})")
    if not any(primitive.derivatives):
        lines.append("    no derivative")
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 116, initial_indent="    ", subsequent_indent=" " * 8)


def describe_function(name: str, function: Any) -> str:
    """File and line, what it computes, and the operations that it is composed of."""
    lines = [f"{name}  {place(function)}", f"    {_first_line(function)}"]
    called = parts(function)
    if called:
        text = f"composed of {', '.join(called)}"
        lines += _wrapped(text)
    return "\n".join(lines)


def _is_plumbing(name: str, part: Any) -> bool:
    """Arithmetic, and what makes arguments ready: no reader looks for it here."""
    module = (part.compute if isinstance(part, Primitive) else part).__module__
    return name in _OPERATORS.values() or module.rpartition(".")[2] in ("promotion", "operands", "dims", "creation")


def describe(name: str) -> str:
    """All that goes by a name: public functions, primitives, and those that such a function is made of.

    LookupError, with the names that come near, if nothing does.
    """
    everything, functions = primitives(), public_functions()
    short = name.rpartition(".")[2]
    shown: dict[str, str] = {}

    def show(known: str, thing: Any, depth: int) -> None:
        made = thing if isinstance(thing, Primitive) else getattr(thing, "primitive", None)
        if isinstance(made, Primitive):
            key = next((key for key, each in everything.items() if each is made), made.name)
            shown.setdefault(key, describe_primitive(key, made))
            return
        where = place(thing)
        if any(where in text for text in shown.values()):
            return
        shown[known] = describe_function(known, thing)
        inner = [each for each in parts(thing).items() if depth and not _is_plumbing(*each)]
        made_of = [each for each in inner if isinstance(getattr(each[1], "primitive", each[1]), Primitive)]
        wrapped = [each for each in inner if each not in made_of and each[1] is not thing and parts(each[1])]
        for few in (made_of, wrapped):
            for key, part in few:
                if len(few) <= 4 or short in key:
                    show(key, part, depth - 1)

    for known, function in functions.items():
        if known == name or known.rpartition(".")[2] == name:
            show(known, function, 2)
    for key, primitive in everything.items():
        if key == name or primitive.name == short:
            show(key, primitive, 0)
    if not shown:
        near = sorted(known for known in (*functions, *everything) if short in known)
        raise LookupError(f"no operation is called {name!r}" + (f"; there are {', '.join(near[:20])}" if near else ""))
    return "\n\n".join(shown.values())
