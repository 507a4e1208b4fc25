"""`python -m autograd` takes what `python` takes, with torch's names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
from autograd.conflict import OF_THE_OTHER, warn_of_the_other
from tests.helpers.oracle import torch_or_skip
from torchlike.aliases import torch_names
from torchlike.torch_version import TorchVersion

pytestmark = pytest.mark.cpu_only

ROOT = Path(__file__).parents[2]
FILES = {
    "script.py": "import sys, torch\nprint(torch.__version__, __name__, sys.argv, sys.path[0])",
    "wrong.py": "def f():\n    return 1 / 0\n\n\nf()",
    "syntax.py": "x =",
    "exits.py": "raise SystemExit(7)",
    "package/__init__.py": "",
    "package/__main__.py": "import sys\nprint(__name__, sys.argv[1:])",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scripts")
    for name, text in FILES.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text)
    (made / "torch.py").write_text("__version__ = '2.13.0+pullback'")  # what plain Python finds
    return made


def run(folder: Path, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, input=text
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["script.py"], ""),
        (["script.py", "--lr", "0.1", "-h"], ""),
        (["./package/../script.py"], ""),
        (["-m", "script", "a"], ""),
        (["-m", "package", "a"], ""),
        (["package", "a"], ""),
        (["-c", "import sys, torch; print(torch.__version__, __name__, sys.argv)", "a"], ""),
        (["-", "a"], "import sys, torch\nprint(torch.__version__, __name__, sys.argv)"),
        ([], "import sys, torch\nprint(torch.__version__, __name__, sys.argv)"),
        (["wrong.py"], ""),
        (["exits.py"], ""),
        (["syntax.py"], ""),
        (["missing.py"], ""),
    ],
    ids=lambda value: " ".join(value)[:20] if isinstance(value, list) else "",
)
def test_it_runs_as_python_runs_it(arguments: list[str], text: str, folder: Path) -> None:
    ours, pythons = run(folder, "-m", "autograd", *arguments, text=text), run(folder, *arguments, text=text)
    assert ours.returncode == pythons.returncode
    assert ours.stdout == pythons.stdout
    assert ours.stderr.replace(f"{folder}/", "") == pythons.stderr.replace(f"{folder}/", "")


def test_mistakes_on_the_command_line(folder: Path) -> None:
    for arguments in (["-m"], ["-c"], ["-q"]):
        done = run(folder, "-m", "autograd", *arguments)
        assert done.returncode == 2
        assert "usage: python -m autograd" in done.stderr
    assert "usage: python -m autograd" in run(folder, "-m", "autograd", "-h").stdout
    assert run(folder, "-m", "autograd", "--version").stdout.startswith(f"pullback {autograd.__version__}, Python 3.")


CHILDREN = """
import torch
import torch.multiprocessing as mp


def work(rank, x, queue):
    queue.put((rank, torch.__name__, float(x.sum()), __name__))


def fail(rank):
    raise ValueError("rank", rank)


def leave(rank):
    raise SystemExit(3)


if __name__ == "__main__":
    queue = mp.get_context("spawn").SimpleQueue()
    mp.spawn(work, args=(torch.ones(2), queue), nprocs=1)
    print(queue.get())
    for function in (fail, leave):
        try:
            mp.spawn(function, nprocs=1)
        except mp.ProcessRaisedException as error:
            print(type(error).__name__, error.error_index, "ValueError: ('rank', 0)" in str(error))
        except mp.ProcessExitedException as error:
            print(type(error).__name__, error.exit_code)
    torch.save({"a": torch.ones(1)}, "weights.pt")
"""


def test_processes_that_are_spawned_have_torchs_names(folder: Path) -> None:
    (folder / "children.py").write_text(CHILDREN)
    done = run(folder, "-m", "autograd", "children.py")
    assert done.stdout.splitlines() == [
        "(0, 'autograd', 2.0, '__mp_main__')",
        "ProcessRaisedException 0 True",
        "ProcessExitedException 3",
    ], done.stderr
    assert torch_or_skip().load(folder / "weights.pt")["a"].item() == 1.0


def test_the_version_is_torchs_where_the_names_are() -> None:
    own = autograd.__version__
    with torch_names():
        import torch

        assert torch.__version__ == "2.13.0+pullback"
        assert torch.version.cuda is None or torch.cuda.is_available()
        assert torch.version.hip is None
        assert isinstance(torch.ones(1), torch.autograd.Variable)
        assert not isinstance(1.0, torch.autograd.Variable)
    assert autograd.__version__ == own != "2.13.0+pullback"


VERSIONS = [
    "2.13.0+pullback",
    "2.13.0",
    "2.4",
    "1.9.1",
    "2.13.0a0",
    "2.13.0rc1",
    "2.13.1",
    "10.0",
    "2",
    (2, 13),
    (1, 9),
]


@pytest.mark.parametrize("other", VERSIONS)
def test_versions_compare_as_torchs(other: str | tuple[int, int]) -> None:
    torch_or_skip()
    from torch.torch_version import TorchVersion as Theirs

    for text in VERSIONS:
        if isinstance(text, str):
            ours, theirs = TorchVersion(text), Theirs(text)
            assert (ours < other, ours <= other, ours > other, ours >= other, ours == other) == (
                theirs < other,
                theirs <= other,
                theirs > other,
                theirs >= other,
                theirs == other,
            ), text


def test_another_distribution_in_the_same_folder_is_named(tmp_path: Path) -> None:
    warn_of_the_other(str(tmp_path))
    (tmp_path / OF_THE_OTHER).write_text("")
    with pytest.warns(UserWarning, match="'pullback' and 'autograd' are installed into one folder"):
        warn_of_the_other(str(tmp_path))


def test_models_are_found_in_nn(folder: Path) -> None:
    code = "import sys, nn; assert 'nn.models' not in sys.modules; print(nn.models.LeNet.__name__)"
    assert run(folder, "-c", code).stdout == "LeNet\n"
