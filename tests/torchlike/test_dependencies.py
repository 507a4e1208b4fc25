"""`torchlike` lies above the other packages: none of them imports it, but at two named places, and none needs it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = {
    ("autograd/__init__.py", "__getattr__"),  # what a script finds after `import autograd as torch`
    ("autograd/__main__.py", "module"),  # python -m autograd script.py
}


def imports(path: Path) -> set[str]:
    """The functions of a file in which torchlike is imported, wherever its name is given as text, too.

    What is for the type checker alone does not count.
    """

    def names(node: ast.AST) -> list[str]:
        if isinstance(node, ast.Import):
            return [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            return [node.module or ""]
        if isinstance(node, ast.Call):  # import_module(...), __import__(...)
            return [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        return []

    found = set()

    def visit(node: ast.AST, function: str) -> None:
        if any(name.partition(".")[0] == "torchlike" for name in names(node)):
            found.add(function)
        for_checker = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in node.orelse if for_checker else ast.iter_child_nodes(node):
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            visit(child, node.name if inside else function)

    visit(ast.parse(path.read_text()), "module")
    return found


def test_imports_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    for line in (
        "import torchlike",
        "import os, torchlike.jit as j",
        "from torchlike import jit",
        "from torchlike.jit import script",
        "importlib.import_module('torchlike.jit')",
        "__import__('torchlike')",
    ):
        path.write_text(line)
        assert imports(path) == {"module"}, line
        path.write_text(f"class C:\n    def f(self):\n        if self:\n            {line}\n")
        assert imports(path) == {"f"}, line
    path.write_text("if TYPE_CHECKING:\n    import torchlike\nelse:\n    import os")
    assert imports(path) == set()
    path.write_text("import autograd.torchlike_not; from . import torch; x = 'torchlike'")
    assert imports(path) == set()


def test_nothing_below_imports_it() -> None:
    files = [path for package in ("autograd", "nn", "optim") for path in (ROOT / package).rglob("*.py")]
    assert len(files) > 150
    found = {(str(path.relative_to(ROOT)), function) for path in files for function in imports(path)}
    assert found == PLACES


PROGRAM = """
import sys
import autograd, nn, optim, nn.models, autograd.data

model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))
optimizer = optim.Adam(model.parameters())
loader = autograd.data.DataLoader(autograd.data.TensorDataset(autograd.randn(8, 2), autograd.randn(8, 1)), batch_size=4)
for x, y in loader:
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()
autograd.save(model.state_dict(), sys.argv[1])
model.load_state_dict(autograd.load(sys.argv[1]))
print(autograd.linalg.svd(autograd.eye(2)), autograd.cuda.is_available(), autograd.device("cpu"))
assert "torchlike" not in sys.modules
assert autograd.jit.script(model) is model
assert "torchlike" in sys.modules
"""


@pytest.mark.cpu_only
def test_training_does_without_it(tmp_path: Path) -> None:
    pytest.importorskip("safetensors", reason="save writes safetensors files")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "weights")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_name_that_is_nowhere() -> None:
    import autograd

    for module, name in (
        (autograd, "autograd.heaviside_step"),
        (autograd, "autograd._heaviside"),
        (autograd.cuda, "autograd.cuda.Tensors"),
    ):
        home, _, missing = name.rpartition(".")
        with pytest.raises(AttributeError, match=rf"module '{home}' has no attribute '{missing}'"):
            getattr(module, missing)
