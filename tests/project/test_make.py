"""`make help` names every target; `make clean` removes all that git ignores, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IGNORED = {  # a line of .gitignore: what it stands for
    "__pycache__/": ["__pycache__/", "pkg/__pycache__/a.cpython-311.pyc", "pkg/part/__pycache__/a.f-1.py311.1.nbc"],
    "*.py[cod]": ["pkg/a.pyc", "pkg/part/a.pyo", "a.pyd"],
    "*.egg-info/": ["pullback.egg-info/PKG-INFO"],
    "build/": ["build/lib/pkg/a.py"],
    "dist/": ["dist/pullback.whl"],
    ".venv/": [".venv/bin/python", ".venv/.test"],
    ".pytest_cache/": [".pytest_cache/README.md"],
    ".hypothesis/": [".hypothesis/examples/a"],
    ".mypy_cache/": [".mypy_cache/3.11/a.json"],
    ".ruff_cache/": [".ruff_cache/a"],
    ".ipynb_checkpoints/": [".ipynb_checkpoints/a.ipynb", "notebooks/.ipynb_checkpoints/a.ipynb"],
    "*.nbi": ["pkg/a.nbi"],
    "*.nbc": ["pkg/part/a.nbc"],
    "/out/": ["out/digits.png"],
}
KEPT = [
    ".git/refs/heads/__pycache__",
    ".gitignore",
    ".github/workflows/ci.yml",
    ".env",
    "README.md",
    "pkg/a.py",
    "pkg/build.py",
    "pkg/dist/a.py",
    "pkg/out/a.py",
    "pkg/part/my cache.txt",
    "results.json",
    "weights.safetensors",
    "pyproject.toml",
]

pytestmark = [
    pytest.mark.cpu_only,
    pytest.mark.skipif(shutil.which("make") is None or os.name != "posix", reason="make is not installed"),
]


def make(*arguments: str, folder: Path = ROOT) -> str:
    command = ["make", "-f", str(ROOT / "Makefile"), *arguments]
    # `make test` runs these tests: what it hands down to a make below it would print "Entering directory"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


def test_help_names_every_target() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    lines = make("help").splitlines()
    assert [line.split()[1] for line in lines] == phony.split()
    assert all(re.fullmatch(r"make [a-z-]+ +\S.*", line) for line in lines)
    assert make() == make("help")


def test_every_ignored_file_has_an_example() -> None:
    assert set(IGNORED) == set((ROOT / ".gitignore").read_text().split())


def test_clean_removes_what_is_ignored_and_nothing_else(tmp_path: Path) -> None:
    for name in [*KEPT, *(each for examples in IGNORED.values() for each in examples)]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.touch()
    make("clean", folder=tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(KEPT)
    assert not list(tmp_path.rglob("__pycache__"))[1:]  # that in .git is a branch of this name
    make("clean", folder=tmp_path)
