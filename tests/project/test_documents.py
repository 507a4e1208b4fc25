"""The documents hold: their Python runs, the recipes pass the tests they name, paths and make's targets exist."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
import optim
from autograd.ops.arithmetic import mul
from autograd.ops.elementwise import unary
from autograd.ops.trigonometric import cos
from autograd.testing import GradcheckError

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
ABSENT = {".venv", "out", "build", "dist"}  # what commands make

pytestmark = pytest.mark.cpu_only


def text(document: str) -> str:
    return (ROOT / document).read_text()


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a language, each at its own line, so that a traceback names the document's."""
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text(document), re.MULTILINE | re.DOTALL)
    return ["\n" * text(document)[: match.start(1)].count("\n") + match[1] for match in found]


def run(document: str, given: dict[str, Any], change: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """What a document's Python leaves behind, run from top to bottom; `change` is a slip in it.

    Every block finds the given names as they were, and what the blocks before it have defined.
    """
    assert change[0] in text(document)
    names: dict[str, Any] = {"__name__": document}
    for block in blocks(document, "python"):
        names.update(given)
        code = block.replace(*change) if change[0] else block
        before = {*names}
        exec(compile(code, str(ROOT / document), "exec"), names)
        for test in (name for name in {*names} - before if name.startswith("test_")):
            names[test]()
    return names


def training(folder: Path) -> dict[str, Any]:
    """What the README's examples take for granted: data, a training step, files of weights."""
    pytest.importorskip("hypothesis")
    torch = pytest.importorskip("torch", reason="PyTorch, which writes the file of weights, is not installed")
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    weight = autograd.ones(2, requires_grad=True)
    descent = optim.SGD([weight], lr=0.1)
    scheduler = optim.lr_scheduler.StepLR(descent, 1)
    batch = autograd.randn(2, 784), autograd.tensor([1, 2])
    loader = autograd.data.DataLoader(autograd.data.TensorDataset(*batch))
    state = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)).state_dict()
    torch.save(state, folder / "resnet50-0676ba61.pth")

    def step(x: autograd.Tensor, y: autograd.Tensor) -> autograd.Tensor:
        descent.zero_grad()
        loss = (weight * x * y).sum()
        loss.backward()
        descent.step()
        return loss.detach()

    return {
        "model": model,
        "loader": loader,
        "step": step,
        "x": autograd.ones(2),
        "y": autograd.ones(2),
        "path": folder / "run",
        "scheduler": scheduler,
        "epoch": 3,
        "unary": unary,
        "mul": mul,
        "cos": cos,
    }


def test_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On the CPU, and with a small model's weights under the large one's name."""
    monkeypatch.chdir(tmp_path)
    run("README.md", training(tmp_path), ('"cuda"', '"cpu"'))
    assert "inputs: x0: float32[2]" in capsys.readouterr().out


def test_the_attack_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run("SECURITY.md", {})
    said = capfd.readouterr().out
    assert "it is a pickle, and reading it may run any code" in said
    assert "must not be seen" not in said


@pytest.fixture
def recipes() -> dict[str, Any]:
    return run("CONTRIBUTING.md", {})


CHECKS = [
    "agrees_with_torch",
    "single_precision_agrees_with_torch",
    "gradient_is_the_numeric_one",
    "second_gradient_is_the_numeric_one",
    "non_contiguous_inputs",
    "broadcast_inputs",
]


def check_operation(function: Any, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the table's tests find out from a row."""
    from tests.ops import test_operations

    monkeypatch.setattr(autograd, row.name, function)
    for name in CHECKS:
        getattr(test_operations, f"test_{name}")(row)
    for kind in ("bool", "int64", "float16"):
        test_operations.test_other_dtypes_agree_with_torch(row, kind)
    test_operations.test_device_code_is_pure(row, "strict")


def test_the_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its row finds nothing wrong with it, and what is wrong if the rule has a slip."""
    for needed in ("torch", "array_api_strict"):
        pytest.importorskip(needed)
    names = run("CONTRIBUTING.md", {})
    check_operation(names["exp2"], names["operation"], monkeypatch)
    names = run("CONTRIBUTING.md", {}, ("g * out * math.log(2.0)", "g * out"))
    with pytest.raises((AssertionError, GradcheckError)):
        check_operation(names["exp2"], names["operation"], monkeypatch)


def test_the_layer(recipes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    from tests.nn.test_layers import test_layer_is_torch

    monkeypatch.setattr(nn, "PReLU", recipes["PReLU"])
    for training in (True, False):
        test_layer_is_torch(*recipes["layer"], training)


def test_the_optimizer(recipes: dict[str, Any]) -> None:
    """The steps are those of SGD with momentum, also after its state went through a dictionary."""
    found = []
    for kind in (recipes["HeavyBall"], optim.SGD):
        p = autograd.tensor([1.0, -2.0], dtype=autograd.float64, requires_grad=True)
        optimizer = kind([p], lr=0.1, momentum=0.9)
        for _ in range(5):
            optimizer.zero_grad()
            (p**2).sum().backward()
            optimizer.step()
            again = kind([p], lr=0.1, momentum=0.9)
            again.load_state_dict(optimizer.state_dict())
            optimizer = again
        found.append(p.tolist())
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_the_backend(recipes: dict[str, Any]) -> None:
    x = autograd.ones(2, 3, device="plain", requires_grad=True)
    nn.Linear(3, 2).to("plain")(x).sum().backward()
    assert x.grad.device == "plain"
    assert type(x._backend) is recipes["Plain"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_exist(document: str) -> None:
    """Links, and the repository's paths in code: `optim/lion.py`, `.ci/run`."""
    words = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text(document), flags=re.MULTILINE | re.DOTALL))
    links = re.findall(r"\]\(([^)#:]+)\)", text(document))
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - ABSENT
    paths = {
        path for words in map(str.split, words) for path in words if path.partition("/")[0] in folders and "/" in path
    }
    missing = sorted(
        path for path in {*paths, *links} if not (ROOT / path).exists() and Path(path).name != "last_full_run.json"
    )
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_exist(document: str) -> None:
    """make's targets, also those in prose."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = [*re.findall(r"`([^`\n]+)`", text(document)), *itertools.chain(*map(str.splitlines, blocks(document, "sh")))]
    named = {match[1] for line in code for match in re.finditer(r"\bmake ([a-z-]+)", line)}
    assert named <= targets
