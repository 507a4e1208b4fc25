"""The house stands on its own floors: no file imports, at any line, one that is built on it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.cpu_only

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograd", "nn", "optim", "torchlike")
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
}
OPTIONAL = {"autograd.backend.cupy"}  # needs what may not be installed, and is imported when it is asked for
# Which of these may hand over to torchlike, by its name and when something is asked of them that only torch has.
HANDING_OVER = {"autograd", "autograd.__main__"}


def _imported(name: str, node: ast.AST) -> Iterator[str]:
    """The project's modules that an import statement in the module `name` imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in FILES)
    elif isinstance(node, ast.ImportFrom):
        package = name if FILES[name].name == "__init__.py" else name.rpartition(".")[0]
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        source = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            inner = f"{source}.{alias.name}"
            if inner in FILES or source in FILES:
                yield inner if inner in FILES else source


def _imports(name: str) -> Iterator[tuple[str, bool]]:
    """What a module imports, and whether inside a function; what is for the type checker alone does not count."""

    def walk(node: ast.AST, inside: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            yield from ((module, inside) for module in _imported(name, child) if module != name)
            yield from walk(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    return walk(ast.parse(FILES[name].read_text()), False)


GRAPH = {name: list(_imports(name)) for name in FILES}


def test_no_import_stands_inside_a_function() -> None:
    found = {(name, module) for name, imports in GRAPH.items() for module, inside in imports if inside}
    assert {pair for pair in found if pair[1] not in OPTIONAL} == set()


def test_no_circle() -> None:
    """Each module can be read after those it imports."""
    left = {name: {module for module, _ in imports} for name, imports in GRAPH.items()}
    while ready := {name for name, waits_for in left.items() if not waits_for & left.keys()}:
        left = {name: waits_for for name, waits_for in left.items() if name not in ready}
    assert sorted(left) == []


FLOORS = ("torchlike", "optim", "nn", "autograd")  # each imports only what stands to its right, or itself


@pytest.mark.parametrize("package", FLOORS[1:])
def test_packages_import_downwards(package: str) -> None:
    above = FLOORS[: FLOORS.index(package)]
    wrong = {
        (name, module)
        for name, imports in GRAPH.items()
        if name.partition(".")[0] == package and name not in HANDING_OVER
        for module, _ in imports
        if module.partition(".")[0] in above
    }
    assert wrong == set()


LADDER = (
    "errors",
    "size",
    "cell",
    "hooks",
    "callers",
    "modes",
    "array",
    "memory",
    "primitive",
    "methods",
    "tensor",
    "overrides",
    "node",
    "views",
    "widening",
    "laying",
    "apply",
    "sweep",
    "function",
)


def test_the_engine_is_a_ladder() -> None:
    """A file of the engine imports those before it in this order, which is the order in which to read them."""
    engine = {name.rpartition(".")[2] for name in FILES if name.startswith("autograd.engine.")}
    assert engine == set(LADDER)
    for place, step in enumerate(LADDER):
        below = {f"autograd.engine.{name}" for name in LADDER[:place]}
        own = {module for module, _ in GRAPH[f"autograd.engine.{step}"] if module.startswith("autograd.engine")}
        assert own <= below, step
        outside = {m for m, _ in GRAPH[f"autograd.engine.{step}"]} - own
        assert all(m.split(".")[1] in ("backend", "device", "dtypes") for m in outside if "." in m), (step, outside)
