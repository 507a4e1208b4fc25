"""save and load: what goes in comes out; nothing in a file is executed; nothing is half-written."""

from __future__ import annotations

import io
import math
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim

safetensors = pytest.importorskip("safetensors.numpy", reason="weights are files of the safetensors package")


def same(a: Any, b: Any) -> bool:
    if isinstance(a, autograd.Tensor):
        return (
            type(a) is type(b)
            and a.dtype is b.dtype
            and a.device == b.device
            and a.requires_grad == b.requires_grad
            and a.shape == b.shape
            and np.array_equal(a.detach().cpu().numpy(), b.detach().cpu().numpy(), equal_nan=a.dtype.is_inexact)
        )
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


KINDS = [
    {"a": autograd.arange(6).reshape(2, 3).T, "b": autograd.zeros(()), "c": autograd.zeros(0, 2)},
    OrderedDict([("z", autograd.ones(1)), ("a", autograd.tensor(True))]),
    [autograd.rand(2, dtype=each, device="cpu") for each in (autograd.float16, autograd.float32, autograd.float64)],
    [autograd.ones(2, dtype=each) for each in (autograd.int8, autograd.int16, autograd.int32, autograd.uint8)],
    (autograd.randn(2, dtype=autograd.complex64), autograd.randn(2, 2, dtype=autograd.complex128)),
    {1: "one", (2, "b"): [None, True, 3, 2.5, math.nan, math.inf, "text"], 2.5: {"x": ()}},
    {"complex": 1 + 2j, "bytes": b"\x00\xff", "set": {1, 2}, "size": autograd.zeros(2, 3).shape},
    {"dtype": autograd.int64, "device": autograd.device("cuda:1")},
    {"array": np.arange(6.0).reshape(2, 3).T, "state": np.arange(3, dtype=np.uint32), "number": np.float32(2.5)},
    {"leaf": autograd.ones(2, requires_grad=True), "parameter": nn.Parameter(autograd.ones(2))},
    {"tensor": 1, "dict": {"tensor": [1]}, "": autograd.ones(1), "a.b": autograd.ones(1), "a": {"b": autograd.ones(2)}},
    autograd.ones(3),
    3.5,
]


@pytest.mark.parametrize("value", KINDS, ids=range(len(KINDS)))
def test_round_trip(value: Any, tmp_path: Path) -> None:
    autograd.save(value, tmp_path / "file")
    assert same(autograd.load(tmp_path / "file"), value)
    stream = io.BytesIO()
    autograd.save(value, stream)
    stream.seek(0)
    assert same(autograd.load(stream), value)


def test_a_tensor_that_occurs_twice_is_one_again(tmp_path: Path) -> None:
    x = autograd.ones(2)
    autograd.save({"a": x, "b": [x]}, tmp_path / "file")
    loaded = autograd.load(tmp_path / "file")
    assert loaded["a"] is loaded["b"][0]
    loaded["a"].add_(1)  # and its memory is its own, and writable
    assert loaded["a"].tolist() == [2, 2]


def test_a_state_dict_is_a_safetensors_file_for_everyone(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    autograd.save(model.state_dict(), tmp_path / "weights.safetensors")
    arrays = safetensors.load_file(tmp_path / "weights.safetensors")
    assert set(arrays) == set(model.state_dict())
    assert all(np.array_equal(arrays[key], value.cpu().numpy()) for key, value in model.state_dict().items())
    safetensors.save_file(arrays, tmp_path / "theirs.safetensors")
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    print(other.load_state_dict(autograd.load(tmp_path / "theirs.safetensors")))
    assert same(dict(other.state_dict()), dict(model.state_dict()))


def test_bfloat16_is_read(tmp_path: Path) -> None:
    header = b'{"x":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    values = np.array([1.5, -2.0], np.float32)
    raw = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    (tmp_path / "file").write_bytes(len(header).to_bytes(8, "little") + header + raw)
    loaded = autograd.load(tmp_path / "file")["x"]
    assert loaded.tolist() == [1.5, -2.0]
    assert loaded.dtype is autograd.bfloat16


def test_optimizer_state_goes_through_a_file(tmp_path: Path) -> None:
    def trained(steps: int, start: Any = None) -> tuple[nn.Module, optim.Optimizer]:
        autograd.manual_seed(0)
        model = nn.Linear(3, 2)
        optimizer = optim.Adam(model.parameters(), lr=0.1, amsgrad=True)
        if start is not None:
            model.load_state_dict(start["model"])
            optimizer.load_state_dict(start["optimizer"])
        x = autograd.arange(12.0).reshape(4, 3)
        for _ in range(steps):
            optimizer.zero_grad()
            (model(x) ** 2).sum().backward()
            optimizer.step()
        return model, optimizer

    model, optimizer = trained(3)
    autograd.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "file")
    resumed, _ = trained(2, autograd.load(tmp_path / "file"))
    assert same(dict(resumed.state_dict()), dict(trained(5)[0].state_dict()))


class Touch:
    """An object whose pickle, when executed, makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def zipped(content: bytes, **more: bytes) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", content)
        for name, data in more.items():
            archive.writestr(f"archive/{name}", data)
    stream.seek(0)
    return stream


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickled_code_is_never_executed(tmp_path: Path, protocol: int) -> None:
    evil = pickle.dumps({"weights": [1.0], "more": Touch(tmp_path / "touched")}, protocol)
    for file in (zipped(evil), io.BytesIO(evil)):
        with pytest.raises(pickle.UnpicklingError, match=r"mkdir|weights_only=False"):
            autograd.load(file)
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    "program",
    [
        b"cbuiltins\neval\n(S'1'\ntR.",  # a call
        b"(S'1'\nibuiltins\neval\n.",  # a call by the old instruction INST
        b"(cbuiltins\neval\nS'1'\no.",  # by OBJ
        b"\x82\x01.",  # an extension registered by number
        b"cnumpy\nndarray\n)R.",  # a name that is known, but no function
        b"(dN}S'a'\nsb.",  # attributes for a dict
        b"cnumpy\ndtype\n(S'O'\ntR.",  # Python objects in an array
        b"N",  # no end
        b"e.",  # no mark
    ],
)
def test_programs_that_plain_data_does_not_need_are_refused(program: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        autograd.load(zipped(program))


def test_windows_outside_of_their_storage_are_refused() -> None:
    def tensor(size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0) -> bytes:
        numbers = "".join(f"I{n}\n" for n in size), "".join(f"I{n}\n" for n in stride)
        return (
            "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
            f"I{offset}\n({numbers[0]}t({numbers[1]}tI00\nNtR."
        ).encode()

    data = {"data/0": np.arange(4, dtype="<f4").tobytes()}
    assert autograd.load(zipped(tensor((2, 2), (1, 2)), **data)).tolist() == [[0, 2], [1, 3]]
    for size, stride, offset in [((5,), (1,), 0), ((2,), (4,), 0), ((2,), (1,), 3), ((2,), (-1,), 1), ((1,), (1,), -1)]:
        with pytest.raises(pickle.UnpicklingError, match="outside"):
            autograd.load(zipped(tensor(size, stride, offset), **data))


def test_whole_modules_are_pickled_and_say_so(tmp_path: Path) -> None:
    model = nn.Linear(2, 1)
    autograd.save(model, tmp_path / "model")
    with pytest.raises(pickle.UnpicklingError, match="weights_only=False"):
        autograd.load(tmp_path / "model")
    loaded = autograd.load(tmp_path / "model", weights_only=False)
    assert same(dict(loaded.state_dict()), dict(model.state_dict()))


@pytest.mark.parametrize("damage", [b"", b"not a file of weights", b"PK\x03\x04", b"\x10\0\0\0\0\0\0\0{"])
def test_damaged_files_are_refused(damage: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(damage)
    with pytest.raises((RuntimeError, zipfile.BadZipFile)):
        autograd.load(tmp_path / "file")
    autograd.save({"x": autograd.ones(1000)}, tmp_path / "whole")
    (tmp_path / "file").write_bytes((tmp_path / "whole").read_bytes()[:-1])
    with pytest.raises(RuntimeError, match="not a whole safetensors file"):
        autograd.load(tmp_path / "file")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    autograd.save({"x": autograd.ones(1)}, tmp_path / "file")
    with pytest.raises(Exception, match="pickle"):
        autograd.save({"x": autograd.zeros(1), "f": lambda: None}, tmp_path / "file")
    assert autograd.load(tmp_path / "file")["x"].item() == 1
    with pytest.raises(FileNotFoundError):
        autograd.save({}, tmp_path / "missing" / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_map_location(tmp_path: Path) -> None:
    autograd.save({"x": autograd.ones(2)}, tmp_path / "file")
    for location in ("cpu", autograd.device("cpu"), {"cpu": "cpu"}, lambda x, device: x * 2):
        if autograd.get_default_device() == "cpu" or (not isinstance(location, dict) and not callable(location)):
            assert autograd.load(tmp_path / "file", map_location=location)["x"].device == "cpu"
    assert autograd.load(tmp_path / "file", map_location=lambda x, device: x * 2)["x"].tolist() == [2, 2]
    if not autograd.cuda.is_available():
        with pytest.raises(RuntimeError, match="map_location='cpu'"):
            autograd.load(tmp_path / "file", map_location="cuda")


def test_any_key_can_be_saved(tmp_path: Path) -> None:
    """Also those that the format keeps for itself, that are no strings, or no text."""
    x = autograd.arange(3.0, device="cpu")
    value = {
        "__metadata__": x,
        "structure": x + 1,
        "": x + 2,
        1: x + 3,
        "1": x + 4,
        None: x + 5,
        (1, 2): x + 6,
        "\ud800": x + 7,
    }
    autograd.save(value, tmp_path / "file")
    loaded = autograd.load(tmp_path / "file")
    assert list(loaded) == list(value)
    assert all(autograd.equal(loaded[key], value[key]) for key in value)
    assert set(safetensors.load_file(tmp_path / "file")) >= {"structure", "1"}


def test_any_tensor_can_be_saved(tmp_path: Path) -> None:
    base = autograd.arange(24.0, device="cpu").reshape(2, 3, 4)
    value = {
        "transposed": base.mT,
        "strided": base[:, ::2, 1:],
        "expanded": base[:1].expand(5, 3, 4),
        "scalar": base[0, 1, 2],
        "empty": base[:0],
        "base": base,
        "its row": base[1],
        "reversed": base.flip(0),
        "integer": 10**5000,
        "list": [base, base],
    }
    autograd.save(value, tmp_path / "file")
    loaded = autograd.load(tmp_path / "file")
    assert same(loaded, value)
    assert loaded["list"][0] is loaded["list"][1] is loaded["base"]
    with autograd.no_grad():
        loaded["its row"].zero_()
    assert autograd.equal(loaded["base"], base)


def test_what_could_not_be_read_again_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd.serialization import files

    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="hold themselves"):
        autograd.save(circle, tmp_path / "file")
    monkeypatch.setattr(files, "LONGEST_HEADER", 1000)
    with pytest.raises(ValueError, match="make long lists of numbers into arrays"):
        autograd.save({"order": list(range(1000))}, tmp_path / "file")
    autograd.save({"order": np.arange(1000)}, tmp_path / "file")


def test_tensors_of_one_storage_share_memory_as_in_torch() -> None:
    def tensor(size: str, stride: str, offset: int) -> str:
        storage = "((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
        return f"ctorch._utils\n_rebuild_tensor_v2\n{storage}I{offset}\n({size}t({stride}tI00\nNtR"

    program = (
        "(" + tensor("I4\n", "I1\n", 0) + tensor("I2\nI2\n", "I1\nI2\n", 0) + tensor("I2\nI9\n", "I1\nI0\n", 2) + "l."
    )
    data = {"data/0": np.arange(4, dtype="<f4").tobytes()}
    flat, square, expanded = autograd.load(zipped(program.encode(), **data))
    flat.mul_(10)
    assert square.tolist() == [[0, 20], [10, 30]]
    assert expanded.sum(1).tolist() == [180, 270]
    with pytest.raises((ValueError, RuntimeError)):
        expanded.add_(1)


def test_errors_of_the_caller_and_of_the_system_stay_as_they_are(tmp_path: Path) -> None:
    autograd.save({"x": autograd.ones(2)}, tmp_path / "file")

    def place(x: Any, location: str) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        autograd.load(tmp_path / "file", map_location=place)
    with pytest.raises(FileNotFoundError):
        autograd.load(tmp_path / "missing")
    with pytest.raises(IsADirectoryError):
        autograd.load(tmp_path)
    (tmp_path / "broken").write_bytes(b"x")
    with pytest.raises(autograd.SerializationError, match=r"load: .*broken.*neither a safetensors file"):
        autograd.load(tmp_path / "broken")
