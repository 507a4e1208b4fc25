"""What messages tell users to install exists: this distribution, with an extra of its pyproject, or what the file imports."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("autograd", "nn", "optim", "torchlike")
IMPORTED_AS = {"pillow": "PIL"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

pytestmark = pytest.mark.cpu_only


def _advice() -> Iterator[tuple[Path, str]]:
    """Each string of the packages that says `pip install`, and what it says is to be installed."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for asked in re.findall(r"pip install (?:'([^']+)'|([\w.\[\],=<>-]+))", node.value):
                        yield path, asked[0] or asked[1]


ADVICE = list(_advice())


@pytest.mark.parametrize(("path", "asked"), ADVICE, ids=[f"{path.stem}-{asked}" for path, asked in ADVICE])
def test_it_can_be_installed(path: Path, asked: str) -> None:
    found = re.fullmatch(r"([\w.-]+)(?:\[([\w,-]+)\])?", asked)
    assert found, f"{asked} is no name of a distribution"
    name, extras = found[1], found[2]
    if name == PROJECT["name"]:
        assert extras, f"{asked} is installed already where the message is read"
        assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()
    else:
        module = IMPORTED_AS.get(name, name)
        assert re.search(rf"\b(?:import|from) {module}\b", path.read_text(encoding="utf-8")), (
            f"nothing there imports {module}"
        )


def test_there_is_advice() -> None:
    assert {asked for _, asked in ADVICE} >= {f"{PROJECT['name']}[gpu]"}
