"""Every public name of PyTorch's modules is here, or is left out for a reason that is written down."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

import autograd
from tests.helpers.left_out import LEFT_OUT, left_out
from tests.helpers.oracle import torch_or_skip
from tests.helpers.public_names import MODULES, missing_names, public_names
from torchlike.torch_version import __version__ as torch_version

pytestmark = pytest.mark.cpu_only


@pytest.fixture(scope="module")
def missing() -> set[str]:
    torch = torch_or_skip()
    if torch.__version__.partition("+")[0] != torch_version.partition("+")[0]:
        pytest.skip(f"the list is that of PyTorch {torch_version}, here is {torch.__version__}")
    return {f"{module}.{name}" for module, names in missing_names().items() for name in names}


def test_a_name_that_is_missing_is_listed(missing: set[str]) -> None:
    assert sorted(missing - set(left_out())) == [], "build it, or give a reason in tests/helpers/left_out.py"


def test_a_name_that_is_listed_is_missing(missing: set[str]) -> None:
    """What is here by now, or no longer in PyTorch, is taken off the list."""
    assert sorted(set(left_out()) - missing) == []


def test_no_name_is_listed_twice() -> None:
    counts = Counter(name for names in LEFT_OUT.values() for name in names.split())
    assert [name for name, count in counts.items() if count > 1] == []


def test_the_scan_sees_what_there_is_and_what_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    torch_or_skip()
    monkeypatch.delattr(autograd.linalg, "ldl_solve")
    monkeypatch.delattr(autograd.engine.methods.Methods, "geqrf")
    found = missing_names()
    assert "ldl_solve" in found["torch.linalg"]
    assert "geqrf" in found["torch.Tensor"]
    assert "Linear" in public_names("torch.nn")
    assert "math" not in public_names("torch.nn.functional")
    assert set(found) == set(MODULES)


def test_plain_calls_ask_nobody() -> None:
    """Importing all of it arms no `__torch_function__`: functions of plain tensors do not look for one."""
    program = (
        "import autograd, nn, optim, torchlike, nn.models\n"
        "from autograd.engine import overrides\n"
        "nn.LazyLinear(2)(autograd.ones(1, 3)).sum().backward()\n"
        "assert not overrides.armed\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
