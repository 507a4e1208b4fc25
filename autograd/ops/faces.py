"""What follows from the definitions of the operations, and is written from them: `python -m autograd.ops --write`.

The lists of names of `autograd`, `autograd.linalg` ..., and the signatures of the methods in `engine/methods.pyi`,
for type checkers and editors. Written down rather than made on import, they can be read, searched and completed.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_overloads

from ..engine.methods import Methods
from .operation import OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "# isort: split\n# From here to the next line of this kind: written by `python -m autograd.ops --write`."
END = "# Up to here: written by `python -m autograd.ops --write`.\n# isort: split"
FACES = {  # a face: its file
    "autograd": "autograd/__init__.py",
    "fft": "autograd/fft.py",
    "linalg": "autograd/linalg.py",
    "masked": "autograd/masked.py",
    "nn.functional": "nn/functional/__init__.py",
    "signal.windows": "autograd/signal/windows.py",
    "special": "autograd/special.py",
}
STUB = "autograd/engine/methods.pyi"
STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def written() -> dict[str, str]:
    """The files that follow from the definitions, as they should be."""
    files = {path: _with_names(face, (ROOT / path).read_text()) for face, path in FACES.items()}
    files[STUB] = stub()
    return {path: _formatted(path, text) for path, text in files.items()}


def write() -> list[str]:
    """Writes the files that are not as they should be, and returns their names."""
    changed = {path: text for path, text in written().items() if not _holds(path, text)}
    for path, text in changed.items():
        (ROOT / path).write_text(text)
    return list(changed)


def _holds(path: str, text: str) -> bool:
    return (ROOT / path).exists() and (ROOT / path).read_text() == text


def _formatted(path: str, text: str) -> str:
    for command in (["check", "--select", "I,RUF022", "--fix-only"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, "-q", "--stdin-filename", path, "-"]
        text = subprocess.run(ruff, input=text, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return text


# The names of a face


def _with_names(face: str, text: str) -> str:
    """The text of a file, the part between the two marks made anew."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    lines = [BEGIN]
    package = FACES[face].removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
    if not FACES[face].endswith("/__init__.py"):
        package = package.rpartition(".")[0]
    imports = _imports(face)
    for module, names in sorted(imports.items()):
        spelled = ", ".join(name if own == name else f"{own} as {name}" for name, own in sorted(names.items()))
        lines.append(f"from {_relative(module, package)} import {spelled}")
    public = {name for names in imports.values() for name in names}
    public |= _public_of(before) | _public_of(after)
    lines += ["", f"__all__ = {sorted(public)!r}", END]
    return before + "\n".join(lines) + after


def _imports(face: str) -> dict[str, dict[str, str]]:
    """By the module that defines it: the public name of each operation, and its name there."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for operation in OPERATIONS:
        module, own = operation.source
        if not module.startswith(__package__):
            continue  # somebody else's
        for shown, name in operation.public_names():
            if shown == face:
                found[module][name] = own
    if face == "nn.functional":  # and all that is public in the modules of that package
        for path in sorted((ROOT / "nn/functional").glob("[a-z]*.py")):
            names = _public_of(path.read_text(), imported=False)
            found[f"nn.functional.{path.stem}"] = {name: name for name in names}
    return found


def _public_of(text: str, imported: bool = True) -> set[str]:
    """The names without an underscore that a part of a module binds."""
    names: set[str] = set()
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            if not imported or getattr(statement, "module", "") == "__future__":
                continue
            names |= {alias.asname or alias.name for alias in statement.names}
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {
                part.id for target in statement.targets for part in ast.walk(target) if isinstance(part, ast.Name)
            }
    return {name for name in names if not name.startswith("_")}


def _relative(module: str, package: str) -> str:
    """The name of a module as it is imported inside a package."""
    parts, own = module.split("."), package.split(".")
    common = 0
    while common < min(len(parts), len(own)) and parts[common] == own[common]:
        common += 1
    if not common:
        return module
    return "." * (len(own) - common + 1) + ".".join(parts[common:])


# The methods


def stub() -> str:
    """The signatures of all that is attached to `Methods`, as a stub."""
    imports: dict[str, set[str]] = defaultdict(set)
    body: list[str] = []
    for name, value in sorted(vars(Methods).items()):
        if name in ("__module__", "__doc__", "__slots__"):
            continue
        body += _member(name, value, imports)
    imports["typing"].add("Any")
    lines = [
        '"""Written by `python -m autograd.ops --write`: the methods of tensors, for type checkers and editors."""',
        "",
    ]
    own = "autograd.engine"
    for module, names in sorted(imports.items()):
        spelled = _relative(module, own) if module.startswith("autograd") else module
        lines.append(f"from {spelled} import {', '.join(sorted(names))}" if names else f"import {module}")
    return "\n".join([*lines, "", "class Methods:", *(f"    {line}" for line in body)]) + "\n"


def _member(name: str, value: Any, imports: dict[str, set[str]]) -> Iterator[str]:
    if isinstance(value, property):
        yield "@property"
        yield _signature(name, value.fget, imports)
    elif isinstance(value, staticmethod):
        yield "@staticmethod"
        yield _signature(name, value.__func__, imports, bound=False)
    elif callable(value):
        overloads = get_overloads(inspect.unwrap(value))
        for overload in overloads:
            yield "@overload"
            yield _signature(name, overload, imports)
            imports["typing"].add("overload")
        if not overloads:
            yield _signature(name, value, imports)
    else:
        imports["builtins"] |= set()
        yield f"{name}: builtins.{type(value).__name__}"


def _signature(name: str, function: Any, imports: dict[str, set[str]], bound: bool = True) -> str:
    parameters = list(inspect.signature(function).parameters.values())
    spelled = []
    if bound:
        spelled.append("self")
        parameters = parameters[1:]
    keywords = False
    for parameter in parameters:
        if parameter.name == "out":
            continue  # of functions alone
        if parameter.kind is parameter.VAR_POSITIONAL:
            keywords = True
        if parameter.kind is parameter.KEYWORD_ONLY and not keywords:
            spelled.append("*")
            keywords = True
        text = (
            f"{STARS.get(parameter.kind, '')}{parameter.name}: {_annotation(parameter.annotation, function, imports)}"
        )
        spelled.append(text if parameter.default is parameter.empty else f"{text} = {_default(parameter.default)}")
    returned = _annotation(inspect.signature(function).return_annotation, function, imports)
    ignored = "  # type: ignore[override]" if name in ("__eq__", "__ne__") else ""
    return f"def {name}({', '.join(spelled)}) -> {returned}: ...{ignored}"


def _default(value: Any) -> str:
    plain = value is None or isinstance(value, bool | int | float | str) or value == ()
    return repr(value) if plain and value not in (float("inf"), -float("inf")) else "..."


def _annotation(annotation: Any, function: Callable[..., Any], imports: dict[str, set[str]]) -> str:
    """An annotation, and a note of what it needs to be imported."""
    if annotation is inspect.Parameter.empty:
        return "Any"
    text = annotation if isinstance(annotation, str) else annotation.__name__
    names = inspect.unwrap(function).__globals__
    tree = ast.parse(text)
    for part in ast.walk(tree):
        if not isinstance(part, ast.Name):
            continue
        if hasattr(builtins, part.id) and hasattr(Methods, part.id):  # `int` inside the class is the method
            part.id = f"builtins.{part.id}"
            imports["builtins"] |= set()
        elif part.id in names:
            value = names[part.id]
            if isinstance(value, ModuleType) and "." not in value.__name__:
                imports[f"{value.__name__} as {part.id}"] |= set()
            elif isinstance(value, ModuleType):
                imports[value.__name__.rpartition(".")[0]].add(part.id)
            elif isinstance(value, type):
                imports[value.__module__].add(part.id)
            else:
                imports[_home(part.id, names, imports)].add(part.id)
    if isinstance(annotation, type) and annotation.__module__ != "builtins":
        imports[annotation.__module__].add(text)
    return ast.unparse(tree)


def _home(name: str, names: dict[str, Any], imports: dict[str, set[str]]) -> str:
    """The module that a special form or an alias of types comes from."""
    for module in ("typing", "collections.abc", "autograd.types", "autograd.device", *imports):
        if getattr(importlib.import_module(module), name, None) is names[name]:
            return module
    return names["__name__"]
