"""Files in torch's own format: what is written here is read by PyTorch, what comes back is what was there."""

from __future__ import annotations

import argparse
import io
import os
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd
import nn
import optim
from autograd.serialization.files import default_format
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

BASE = autograd.arange(24.0).reshape(2, 3, 4)
LINEAR = nn.Parameter(autograd.ones(2, 3))
CONTENTS: dict[str, Any] = {
    "base": BASE,
    "view": BASE[:, 1:].mT,
    "strided": BASE[:, :, ::2],
    "expanded": autograd.ones(1).expand(3, 2),
    "permuted": autograd.rand(2, 3, 4).permute(2, 0, 1).clone(),
    "scalar": autograd.tensor(2.5),
    "empty": autograd.zeros(0, 3),
    "bool": autograd.tensor([True, False]),
    "int8": autograd.tensor([-1], dtype=autograd.int8),
    "half": autograd.rand(3).half(),
    "bfloat16": autograd.rand(3, device="cpu").bfloat16(),
    "double": autograd.rand(3).double(),
    "complex": autograd.rand(2) + 1j,
    "complex128": autograd.rand(2).double() * 1j,
    "uint64": autograd.tensor([2**63], dtype=autograd.uint64),
    "leaf": autograd.ones(2, requires_grad=True),
    "result": autograd.ones(2, requires_grad=True) * 2,
    "parameter": LINEAR,
    "frozen": nn.Parameter(autograd.ones(2), requires_grad=False),
    "buffer": nn.Buffer(autograd.ones(2)),
    "nested": OrderedDict(list=[1, (2.5, None)], text="text", inner={3: {1}}),
    "large": [2**70, -(2**40), float("inf"), b"bytes", ""],
    "counter": Counter("abca"),
    "kinds": [autograd.Size([2, 3]), 1 + 2j],
}


def written(obj: Any) -> io.BytesIO:
    file = io.BytesIO()
    autograd.save(obj, file, format="torch")
    file.seek(0)
    return file


def assert_equal(ours: Any, theirs: Any, name: str = "") -> None:
    """Equal content of an object here and one there, or of two here."""
    if isinstance(ours, autograd.Tensor):
        mine, other = (x.float() if "bfloat16" in str(x.dtype) else x for x in (ours, theirs))
        assert np.array_equal(host(mine), host(other)), name
        assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1], name
        assert ours.numel() == 0 or tuple(ours.stride()) == tuple(theirs.stride()), name
        assert ours.requires_grad == theirs.requires_grad, name
        assert type(theirs).__name__ in (type(ours).__name__, "Tensor"), name
    elif isinstance(ours, dict):
        assert type(theirs) is type(ours)
        assert list(ours) == list(theirs)
        for key in ours:
            assert_equal(ours[key], theirs[key], f"{name}.{key}")
    elif isinstance(ours, list | tuple):
        assert len(ours) == len(theirs)
        for place, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_equal(mine, other, f"{name}.{place}")
    else:
        assert ours == theirs, name


@pytest.mark.parametrize("weights_only", [True, False])
def test_torch_reads_it(weights_only: bool) -> None:
    torch = torch_or_skip()
    assert_equal(CONTENTS, torch.load(written(CONTENTS), weights_only=weights_only))


@pytest.mark.parametrize("weights_only", [True, False])
def test_it_is_read_here(weights_only: bool) -> None:
    loaded = autograd.load(written(CONTENTS), weights_only=weights_only)
    assert_equal(CONTENTS, loaded)
    assert [type(loaded[name]).__name__ for name in ("parameter", "buffer", "view")] == [
        "Parameter",
        "Buffer",
        "Tensor",
    ]


def test_names_of_devices_and_dtypes() -> None:
    torch = torch_or_skip()
    obj = {"device": autograd.device("cuda:1"), "dtype": autograd.float16}
    assert torch.load(written(obj)) == {"device": torch.device("cuda:1"), "dtype": torch.float16}
    assert autograd.load(written(obj)) == obj


def test_shared_memory_stays_shared() -> None:
    torch = torch_or_skip()
    x = autograd.zeros(1000)
    shared = {"whole": x, "part": x[10:20], "again": x, "parameter": nn.Parameter(x)}
    file = written(shared)
    assert len(file.getvalue()) < 4 * 1000 + 2500
    for loaded in (torch.load(file), autograd.load(written(shared))):
        loaded["part"].fill_(1.0)
        assert [float(loaded[name].detach().sum()) for name in shared] == [10.0] * 4
        assert loaded["again"] is loaded["whole"]


def test_storages_lie_at_multiples_of_64_bytes(tmp_path: Path) -> None:
    torch = torch_or_skip()
    path = tmp_path / "weights.pt"
    autograd.save({str(n): autograd.rand(n) for n in range(1, 40)}, path, format="torch")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            begin = (
                info.header_offset
                + 30
                + sum(int.from_bytes(data[info.header_offset + at :][:2], "little") for at in (26, 28))
            )
            assert begin % 64 == 0
    assert float(torch.load(path, mmap=True)["7"].sum()) == float(autograd.load(path)["7"].sum())


def test_training_goes_on_in_torch() -> None:
    torch = torch_or_skip()
    ours, theirs = nn.Linear(3, 2), torch.nn.Linear(3, 2)
    mine = optim.Adam(ours.parameters(), lr=0.1)
    x = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)

    def step(model: Any, optimizer: Any, batch: Any) -> None:
        optimizer.zero_grad()
        model(batch).square().sum().backward()
        optimizer.step()

    step(ours, mine, autograd.from_numpy(x))
    checkpoint = {"model": ours.state_dict(), "optimizer": mine.state_dict(), "epoch": 1}
    loaded = torch.load(written(checkpoint))
    theirs.load_state_dict(loaded["model"])
    other = torch.optim.Adam(theirs.parameters(), lr=0.1)
    other.load_state_dict(loaded["optimizer"])
    assert loaded["epoch"] == 1
    for _ in range(3):
        step(ours, mine, autograd.from_numpy(x))
        step(theirs, other, torch.from_numpy(x))
    np.testing.assert_allclose(host(ours.weight), host(theirs.weight), rtol=1e-5)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.binary(min_size=1, max_size=5),
    st.tuples(st.lists(st.integers(0, 3), max_size=3), st.sampled_from(["float32", "int64", "bool", "complex64"])).map(
        lambda each: autograd.ones(each[0], dtype=getattr(autograd, each[1]))
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers()), inner, max_size=3),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(OrderedDict),
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60)
@given(TREES)
def test_any_nesting_comes_back(tree: Any) -> None:
    torch = torch_or_skip()
    assert_equal(tree, torch.load(written(tree)))
    assert_equal(tree, autograd.load(written(tree)))


class Settings:
    def __init__(self) -> None:
        self.rate, self.start = 0.1, autograd.ones(2)


def test_objects_of_other_classes_are_named() -> None:
    torch = torch_or_skip()
    obj = {"args": argparse.Namespace(lr=0.1), "settings": Settings(), "array": np.arange(3)}
    for load in (torch.load, autograd.load):
        with pytest.raises(Exception, match="Namespace"):
            load(written(obj))
        loaded = load(written(obj), weights_only=False)
        assert loaded["args"].lr == loaded["settings"].rate == 0.1
        assert loaded["settings"].start.tolist() == [1.0, 1.0]
        assert loaded["array"].tolist() == [0, 1, 2]
    with autograd.serialization.safe_globals([argparse.Namespace, Settings]):
        assert autograd.load(written(obj))["args"].lr == 0.1


def test_torchs_objects_are_read_when_asked_for() -> None:
    torch = torch_or_skip()
    file = io.BytesIO()
    torch.save({"args": argparse.Namespace(lr=0.1), "w": torch.nn.Parameter(torch.ones(2))}, file)
    file.seek(0)
    loaded = autograd.load(file, weights_only=False)
    assert loaded["args"].lr == 0.1
    assert isinstance(loaded["w"], nn.Parameter)


class Net(nn.Module):
    pass


@pytest.mark.parametrize(
    "obj",
    [nn.Linear(1, 2), {"net": Net()}, [nn.Linear], optim.SGD([autograd.ones(1)], lr=0.1), {"f": autograd.exp}],
    ids=["layer", "net", "class", "optimizer", "function"],
)
def test_what_torch_does_not_know_is_refused(obj: Any, tmp_path: Path) -> None:
    path = tmp_path / "file.pt"
    path.write_bytes(b"before")
    with pytest.raises(TypeError, match=r"save: .*state_dict\(\)"):
        autograd.save(obj, path, format="torch")
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file.pt"]


def test_the_default_format(tmp_path: Path) -> None:
    torch = torch_or_skip()
    path = tmp_path / "weights.pt"
    with default_format("torch"):
        autograd.save({"a": autograd.ones(1)}, path)
        assert torch.load(path)["a"].item() == 1.0
        autograd.save(nn.Linear(1, 1), path)
        assert isinstance(autograd.load(path, weights_only=False), nn.Linear)
    autograd.save({"a": autograd.ones(1)}, path)
    assert path.read_bytes()[8:9] == b"{"
    with pytest.raises(ValueError, match="'safetensors' or 'torch'"):
        autograd.save({}, path, format="onnx")  # type: ignore[arg-type]


def test_containers_that_hold_themselves() -> None:
    nested: list[Any] = [1]
    nested.append(nested)
    loaded = autograd.load(written(nested), weights_only=False)
    assert loaded[1] is loaded
    deep: list[Any] = []
    for _ in range(10000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        written(deep)
