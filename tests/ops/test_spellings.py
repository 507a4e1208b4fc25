"""Every way in which torch lets an operation be called: its overloads' names, their order and their defaults."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor
from autograd.ops.operation import OPERATIONS, OTHER_NAMES
from tests.helpers.oracle import as_list, assert_same, torch_or_skip

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
torch = torch_or_skip()


# What torch says


@dataclass(frozen=True)
class Overload:
    """One signature of torch's."""

    positional: tuple[str, ...]
    variadic: str | None
    keywords: tuple[str, ...]
    defaults: tuple[tuple[str, Any], ...]

    @property
    def names(self) -> list[str]:
        return [*self.positional, *self.keywords, *([self.variadic] if self.variadic else [])]


def of_stub(definition: ast.FunctionDef, method: bool) -> Overload:
    arguments = definition.args
    positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults = dict(zip(positional[::-1], arguments.defaults[::-1], strict=False))
    defaults.update(
        (each.arg, value) for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
    )
    literals = []
    for name, value in defaults.items():
        try:
            literals.append((name, ast.literal_eval(value)))
        except ValueError:  # a name: torch.strided, say
            continue
    if method:
        positional = positional[1:]
    return Overload(
        tuple("input" if name == "self" else name for name in positional),
        arguments.vararg.arg if arguments.vararg else None,
        tuple(each.arg for each in arguments.kwonlyargs),
        tuple(literals),
    )


def of_schema(schema: Any) -> Overload:
    arguments = [each for each in schema.arguments if not each.is_out]
    given = [("input" if each.name == "self" else each.name, each) for each in arguments]
    return Overload(
        tuple(name for name, each in given if not each.kwarg_only),
        None,
        tuple(name for name, each in given if each.kwarg_only),
        tuple((name, each.default_value) for name, each in given if each.has_default_value()),
    )


def of_signature(function: Any) -> Overload:
    parameters = inspect.signature(function).parameters.values()
    return Overload(
        tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)),
        next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None),
        tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY),
        tuple((p.name, p.default) for p in parameters if p.default is not p.empty),
    )


@functools.cache
def stub(name: str, inside: str = "") -> dict[str, list[ast.FunctionDef]]:
    body: list[Any] = ast.parse((Path(torch.__file__).parent / "_C" / name).read_text()).body
    if inside:
        body = next(each.body for each in body if isinstance(each, ast.ClassDef) and each.name == inside)
    found: dict[str, list[ast.FunctionDef]] = {}
    for each in body:
        if isinstance(each, ast.FunctionDef):
            found.setdefault(each.name, []).append(each)
    return found


def overloads(face: str, name: str) -> list[Overload]:
    """All of torch's signatures of one name; none if it has no such function, or one that is written in Python."""
    if face == "Tensor":
        return [of_stub(each, True) for each in stub("__init__.pyi", "TensorBase").get(name, [])]
    if face in ("linalg", "special", "fft"):
        prefix = "linalg" if face == "linalg" else face
        found = torch._C._jit_get_schemas_for_operator(f"aten::{prefix}_{name}")
        made = [of_schema(each) for each in found if not any(argument.is_out for argument in each.arguments)]
        return list(dict.fromkeys(made))
    stubs = {"autograd": "_VariableFunctions.pyi", "nn.functional": "_nn.pyi"}
    made = [of_stub(each, False) for each in stub(stubs[face]).get(name, [])] if face in stubs else []
    if made:
        return made
    theirs: Any = functools.reduce(getattr, face.split(".")[face == "autograd" :], torch)
    try:
        return [of_signature(getattr(theirs, name))]
    except (AttributeError, ValueError):  # there is none, or one that says nothing
        return []


def ours(face: str, name: str) -> Any:
    start = {"Tensor": Tensor, "nn.functional": nn.functional, "autograd": autograd}
    return getattr(start[face] if face in start else functools.reduce(getattr, face.split("."), autograd), name)


def shared() -> Iterator[Any]:
    """(face, name) of every public function and method that torch has, too."""
    for face, name in sorted({found for operation in OPERATIONS for found in operation.public_names()}):
        if overloads(face, name):
            yield pytest.param(face, name, id=f"{face}.{name}")


SHARED = list(shared())

# What need not be taken


NEVER = {
    "self": "the first argument of a method",
    "layout": "all tensors are strided",
    "pin_memory": "there is no pinned memory",
    "memory_format": "there is one order in memory",
    "names": "dimensions have no names",
    "names2": "dimensions have no names",
    "out_dtype": "of GPUs alone",
}
NAMES = {
    "autograd.result_type": "takes any number of operands here, and so by place alone",
    "autograd.einsum": "Python's own: *args, without names",
    "autograd.unique": "Python's own: *args, without names",
    "autograd.unique_consecutive": "Python's own: *args, without names",
}
