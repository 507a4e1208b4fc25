"""Files that an earlier version wrote: each is read by a process that knows nothing else of this project."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
import torchlike
from autograd.serialization.moved import MODULES, PARTED
from tests.serialization.earlier_files.write import describe
from torchlike import factorisations

pytest.importorskip("safetensors", reason="save_checkpoint and save write safetensors files")

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "earlier_files"
CONTENTS = json.loads((FILES / "contents.json").read_text())
# A pickle is read by `pickle` alone, which imports what the file names; what save wrote by `load`.
READ = {
    True: "import pickle; value = pickle.load(open(path, 'rb'))",
    False: "import autograd; value = autograd.load(path, weights_only=False if path.endswith('module') else None)",
}
SHOW = """
import json, sys
path = sys.argv[1]
{read}
sys.path.append(sys.argv[2])
from write import describe
print(json.dumps(describe(value)))
"""


def run(program: str, *arguments: Any) -> Any:
    """What a process prints as JSON."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_alike(found: Any, expected: Any) -> None:
    """The same, but for the last digits of numbers."""
    if isinstance(expected, list):
        assert isinstance(found, list), (found, expected)
        assert len(found) == len(expected)
        if expected and expected[0] in ("dict", "builtins.dict"):  # the order of a group's options says nothing
            found, expected = ([kind, sorted(items, key=repr)] for kind, items in (found, expected))
        for one, other in zip(found, expected, strict=True):
            assert_alike(one, other)
    else:
        assert type(found) is type(expected), (found, expected)
        if isinstance(expected, str):  # a Resize has torchvision's repr since
            expected = expected.replace("InterpolationMode.BILINEAR", "bilinear")
        assert found == (pytest.approx(expected, rel=1e-5, abs=1e-6) if isinstance(expected, float) else expected)


@pytest.mark.cpu_only
@pytest.mark.parametrize("name", [name for name in CONTENTS if name != "checkpoint"])
def test_a_file_of_an_earlier_version(name: str) -> None:
    if name == "images.pickle":
        pytest.importorskip("PIL", reason="its samples are PIL images")
    found = run(SHOW.format(read=READ[name.endswith(".pickle")]), FILES / name, FILES)
    assert_alike(found, CONTENTS[name])


CHECKPOINT = """
import json, sys
sys.path.append(sys.argv[2])
from write import describe, network
import autograd, optim

model = network()
optimizer = optim.Adam(model.parameters())
scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 9)
plain = autograd.load_checkpoint(sys.argv[1], model=model, optimizer=optimizer, scheduler=scheduler)
parts = [describe(part) for part in (model, optimizer, scheduler)]
print(json.dumps([*parts, plain, describe(autograd.rand(2))]))
"""


@pytest.mark.cpu_only
def test_a_checkpoint_of_an_earlier_version() -> None:
    *parts, plain, random = run(CHECKPOINT, FILES / "checkpoint", FILES)
    *expected, expected_plain, expected_random = CONTENTS["checkpoint"]
    assert_alike(parts, expected)
    assert plain == expected_plain
    assert random == expected_random


@pytest.mark.cpu_only
def test_trusted_classes_are_known_by_their_earlier_names() -> None:
    for name, classes in (
        ("memory_format.pickle", [torchlike.memory_format]),
        ("results.pickle", [type(autograd.max(autograd.eye(2), 1)), nn.utils.rnn.PackedSequence]),
        ("tensors.pickle", [nn.Linear]),
    ):
        classes = [*classes, factorisations.SVD, factorisations.QR, factorisations.TriangularSolution]
        with autograd.serialization.safe_globals(classes):
            assert_alike(json.loads(json.dumps(describe(autograd.load(FILES / name)))), CONTENTS[name])
    with (
        autograd.serialization.safe_globals([nn.Linear]),
        pytest.raises(autograd.SerializationError, match="memory_format"),
    ):
        autograd.load(FILES / "memory_format.pickle")


@pytest.mark.cpu_only
def test_the_table_of_what_has_moved() -> None:
    for old, new in MODULES.items():
        for place in new.split():
            assert importlib.util.find_spec(place) is not None, f"{place}, where {old} should be, is not there"
        path = ROOT / old.replace(".", "/")
        there = path.with_suffix(".py").exists() or (path / "__init__.py").exists()
        assert there == (old in PARTED), f"{old} {'is there' if there else 'is gone'}"


RESOLVE = """
import json, pickle, sys

def named(*texts):
    return b"\\x80\\x04" + b"".join(b"\\x8c" + bytes([len(text)]) + text.encode() for text in texts) + b"\\x93."

missing = []
for module, names in json.load(open(sys.argv[1])).items():
    for name in names:
        try:
            pickle.loads(named(module, name))
        except (ImportError, AttributeError) as error:
            missing.append(str(error))
print(json.dumps(missing))
"""


@pytest.mark.cpu_only
def test_whatever_an_earlier_version_may_name_is_found() -> None:
    """What has moved since then stands in `autograd/serialization/moved.py`."""
    assert run(RESOLVE, FILES / "names.json") == []
