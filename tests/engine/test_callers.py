"""Whose line is it? The engine's packages are told by their own folders, not by what folders are called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn

ROOT = Path(autograd.__file__).parent.parent

SCRIPT = """
import warnings, sys
sys.path.insert(0, {root!r})
import autograd, nn, optim
from optim_tools import helper
from autograd.engine.callers import user_frames

def frames_here():
    return [(f.filename, f.line) for f in user_frames()]

assert frames_here()[-1] == (__file__, "return [(f.filename, f.line) for f in user_frames()]"), frames_here()
assert len(user_frames(1)) == 1

layer = nn.Linear(2, 1)
with autograd.no_grad():
    layer.weight.zero_().add_(float("inf"))
x = autograd.ones(1, 2, requires_grad=True)
with autograd.detect_anomaly():
    y = layer(x)  # the layer's line
    try:
        y.backward()
    except RuntimeError as error:
        assert "y = layer(x)  # the layer's line" in str(error), error
        assert "linear.py" not in str(error), error
    else:
        raise AssertionError("no anomaly")

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nn.MSELoss()(autograd.ones(2, 1), autograd.ones(2))
    nn.functional.mse_loss(autograd.ones(2, 1), autograd.ones(2))
    helper.loss()
assert [w.filename for w in caught] == [__file__, __file__, helper.__file__], caught

class Spy(optim.SGD):
    def step(self, closure=None):
        return super().step(closure)

def closure():
    closure.frames = frames_here()
    return autograd.ones(())

optim.SGD([x], lr=0.1).step(closure)  # the optimizer's line
files = [name for name, _ in closure.frames]
assert set(files) == {{__file__}}, files
assert closure.frames[0][1] == "optim.SGD([x], lr=0.1).step(closure)  # the optimizer's line", closure.frames

model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.0))
step = autograd.capture.record(lambda v: autograd.ones(int(nn.functional.relu(v).sum())))  # the step's line
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    step(autograd.ones(2))
assert [w.filename for w in caught] == [__file__], caught
assert f"({{__file__}}:" in str(caught[0].message), caught[0].message
print("all named")
"""

HELPER = """
import autograd, nn

def loss():
    return nn.functional.l1_loss(autograd.ones(2, 1), autograd.ones(2))
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("folder", ["autograd", "optim/autograd/nn"])
def test_a_users_folders_may_be_called_as_they_like(folder: str, tmp_path: Path) -> None:
    home = tmp_path / folder
    (home / "optim_tools").mkdir(parents=True)
    (home / "optim_tools" / "__init__.py").write_text("")
    (home / "optim_tools" / "helper.py").write_text(HELPER)
    script = home / "train.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout == "all named\n", done.stderr


@pytest.mark.cpu_only
def test_an_archive_of_the_engine(tmp_path: Path) -> None:
    import zipfile

    archive = tmp_path / "engine.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for package in ("autograd", "nn", "optim", "torchlike"):
            for path in (ROOT / package).rglob("*.py"):
                out.write(path, path.relative_to(ROOT))
    script = tmp_path / "train.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "import autograd, nn\n"
        f"assert autograd.__file__.startswith({str(archive)!r})\n"
        "from autograd.engine.callers import is_engine, user_frames\n"
        "class Mine(nn.Module):\n"
        "    def forward(self, x):\n"
        "        return [f.filename for f in user_frames()]\n"
        "assert set(nn.Sequential(Mine())(1)) == {__file__}\n"
        "assert is_engine(nn.Linear.forward.__code__.co_filename)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_tests_are_the_users() -> None:
    from autograd.engine.callers import is_engine

    assert not is_engine(__file__)
    assert is_engine(autograd.__file__)
    assert is_engine(nn.__file__)
