"""Which of torch's names the Python files of a folder use that are not here: `python -m tests.helpers.scan_names FOLDER`.

Aliases of imports are followed, and chains of attributes below them; of attributes of anything else those are looked
for that torch's Tensor, Module or Optimizer has. Each missing name is listed with the files that use it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import autograd
import nn
import optim
from torchlike.aliases import ROOTS, torch_names

CLASSES = {"Tensor": autograd.Tensor, "nn.Module": nn.Module, "optim.Optimizer": optim.Optimizer}


def dotted(node: ast.AST) -> str | None:
    """`a.b.c` of a chain of attributes that begins with a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        below = dotted(node.value)
        return None if below is None else f"{below}.{node.attr}"
    return None


class Uses(ast.NodeVisitor):
    """The dotted names of torch that a file uses, and the attributes of what is no module of torch."""

    def __init__(self) -> None:
        self.meaning: dict[str, str] = {}  # what names in the file stand for
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name.partition(".")[0] in ROOTS:
                self.names.add(alias.name)
                root = alias.name.partition(".")[0]
                self.meaning[alias.asname or root] = alias.name if alias.asname else root

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level or module.partition(".")[0] not in ROOTS:
            return
        for alias in node.names:
            full = module if alias.name == "*" else f"{module}.{alias.name}"
            self.names.add(full)
            self.meaning[alias.asname or alias.name] = full

    def visit_Attribute(self, node: ast.Attribute) -> None:
        chain = dotted(node)
        first, _, rest = (chain or "").partition(".")
        if first in self.meaning:
            self.names.add(f"{self.meaning[first]}.{rest}")
            return
        if isinstance(node.ctx, ast.Load):
            self.attributes.add(node.attr)
        self.visit(node.value)


def uses_of(path: Path) -> Uses:
    """What a file uses; nothing if it is not Python 3."""
    found = Uses()
    with contextlib.suppress(SyntaxError, ValueError, RecursionError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(path.read_text(errors="replace"))
        for node in ast.walk(tree):  # imports inside functions come later in the text than uses above them
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.visit(node)
        found.visit(tree)
    return found


@functools.cache
def shortest_missing(name: str) -> str | None:
    """The first part of a dotted name that is not here; None if all is."""
    parts = name.split(".")
    with torch_names():
        try:
            value: Any = importlib.import_module(parts[0])
        except ImportError:
            return parts[0]
        for count in range(2, len(parts) + 1):
            path = ".".join(parts[:count])
            try:
                value = getattr(value, parts[count - 1])
            except Exception:
                try:
                    value = importlib.import_module(path)
                except Exception:
                    return path
            if isinstance(value, type) or not hasattr(value, "__name__") or callable(value):
                break  # what stands below a class or a value is not a name of torch
    return None


@functools.cache
def known_to_torch(attribute: str) -> tuple[str, ...]:
    """The classes of torch that have this attribute where the one here has not; none without torch."""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return ()
    theirs = {"Tensor": torch.Tensor, "nn.Module": torch.nn.Module, "optim.Optimizer": torch.optim.Optimizer}
    having = [name for name, kind in theirs.items() if hasattr(kind, attribute)]
    if any(hasattr(kind, attribute) for kind in CLASSES.values()):
        return ()
    return tuple(having)


def missing(folder: Path) -> dict[str, list[str]]:
    """Each missing name with the files that use it, the most used first."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        uses = uses_of(path)
        if uses.names:
            for name in sorted(set(_missing_in(uses))):
                found[name].append(str(path.relative_to(folder)))
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _missing_in(uses: Uses) -> Iterator[str]:
    for name in uses.names:
        absent = shortest_missing(name)
        if absent is not None:
            yield absent
    for attribute in uses.attributes:
        for kind in known_to_torch(attribute):
            yield f"{kind}.{attribute}"


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python -m tests.helpers.scan_names FOLDER")
    for name, files in missing(Path(sys.argv[1])).items():
        print(f"{len(files):5}  {name:50}  {files[0]}{' ...' if len(files) > 1 else ''}")


if __name__ == "__main__":
    main()
