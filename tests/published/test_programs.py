"""The rows of `tests.published` as tests: `pytest tests/published/test_programs.py --published DIR -k timm`."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import published_data
from tests.helpers.oracle import torch_or_skip
from tests.helpers.torch_random import needs_torchs_chances
from tests.published.__main__ import RESULTS, find, verdicts
from tests.published.rows import REPOSITORIES

if published_data.FOLDER is None:
    pytest.skip("published programs are not part of this repository: --published DIR", allow_module_level=True)

KNOWN: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
ROWS = [(repository, each.name) for repository in REPOSITORIES for each in repository.programs]


@functools.cache
def verdicts_on(repository: str, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What is found of these programs, all of which run after one import of what they share."""
    chosen = next(each for each in REPOSITORIES if each.name == repository)
    assert published_data.FOLDER is not None
    root = find(Path(published_data.FOLDER).resolve(), repository)
    if root is None:
        pytest.skip(f"no clone of {repository} in {published_data.FOLDER}")
    return verdicts(chosen, root, [each for each in chosen.programs if each.name in names])


@pytest.mark.parametrize(("repository", "name"), ROWS, ids=[f"{row[0].name}/{row[1]}" for row in ROWS])
def test_a_published_program_agrees(repository: Any, name: str, request: pytest.FixtureRequest) -> None:
    torch_or_skip()
    asked = [getattr(item, "callspec", None) for item in request.session.items]
    of_session = [each.params for each in asked if each is not None and "repository" in each.params]
    names = tuple(params["name"] for params in of_session if params["repository"] is repository)
    found = verdicts_on(repository.name, names)[name]
    if found["result"] in ("left out", "torch does not run it"):
        pytest.skip(found["why"])
    known = KNOWN.get(repository.name, {}).get(name, {}).get("result", "agrees")
    if found["result"] != "agrees" and known != "agrees":
        pytest.xfail(f"{found['result']}: {found['why']}")
    if found["result"] == "differs":
        needs_torchs_chances()
    assert found["result"] == "agrees", found
