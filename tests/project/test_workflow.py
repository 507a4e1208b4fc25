"""GitHub's workflow runs the commands of `.ci/run`, on every Python that the metadata names."""

from __future__ import annotations

import re
import textwrap
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.cpu_only


def script() -> list[str]:
    """The lines of `.ci/run` that do something, without its preparation."""
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]


def workflow() -> str:
    return (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def commands(text: str) -> list[str]:
    """The lines of all the steps' `run: |` blocks."""
    blocks = re.findall(r"^ +run: \|\n((?: {10}.*\n)+)", text, re.MULTILINE)
    assert len(blocks) == text.count("run:"), "a step whose commands are written in another way"
    return [line for block in blocks for line in textwrap.dedent(block).splitlines()]


def test_the_commands_are_those_of_the_script() -> None:
    assert commands(workflow()) == script()


def test_the_script_makes_what_the_makefile_has() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    made = re.findall(r"^make ([a-z-]+)", "\n".join(script()), re.MULTILINE)
    assert made == ["test", "lint"]
    assert set(made) <= set(targets)


def test_every_supported_python_is_tested() -> None:
    (matrix,) = re.findall(r"^ +python: \[(.*)\]$", workflow(), re.MULTILINE)
    versions = re.findall(r'"(3\.\d+)"', matrix)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    classifiers = [name.rpartition(" ")[2] for name in project["classifiers"] if ":: Python :: 3." in name]
    assert versions == classifiers
    assert project["requires-python"] == f">={versions[0]}"
    assert "python-version: ${{ matrix.python }}" in workflow()
