"""Files of torch.save, both formats, and ours read by torch's tools."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim

torch = pytest.importorskip("torch", reason="writes the files")
pytest.importorskip("safetensors")

BASE = torch.arange(24.0).reshape(2, 3, 4)
CONTENTS: dict[str, Any] = {
    "view": BASE[:, 1:].mT,
    "expanded": torch.ones(1).expand(3, 2),
    "flipped": BASE.flip(0)[0],
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
    "bool": torch.tensor([True, False]),
    "int8": torch.tensor([-1], dtype=torch.int8),
    "half": torch.randn(3).half(),
    "bfloat16": torch.randn(3).bfloat16(),
    "double": torch.randn(3).double(),
    "complex": torch.randn(2) + 1j,
    "leaf": torch.ones(2, requires_grad=True),
    "parameter": torch.nn.Parameter(torch.ones(2)),
    "uint64": torch.tensor([2**63], dtype=torch.uint64),
    "nested": {"list": [1, (2.5, None)], 3: "text", "set": {1}},
    "counter": Counter("abca"),
    "numpy": np.float64(3.5),
    "array": np.arange(6, dtype=np.int32).reshape(2, 3).T,
}


def equal(theirs: Any, ours: Any) -> bool:
    if isinstance(theirs, torch.Tensor):
        value = theirs.detach()
        return (
            np.array_equal(value.tolist(), ours.tolist())
            and str(value.dtype).removeprefix("torch.") == ours.dtype.name
            and theirs.requires_grad == ours.requires_grad
        )
    if isinstance(theirs, dict):
        return list(theirs) == list(ours) and all(equal(theirs[key], ours[key]) for key in theirs)
    if isinstance(theirs, list | tuple):
        return len(theirs) == len(ours) and all(map(equal, theirs, ours))
    if isinstance(theirs, np.ndarray):
        return np.array_equal(theirs, ours) and theirs.dtype == ours.dtype
    return theirs == ours


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "before 1.6"])
def test_what_torch_saves_is_read(zipped: bool, tmp_path: Path) -> None:
    torch.save(CONTENTS, tmp_path / "file.pt", _use_new_zipfile_serialization=zipped)
    loaded = autograd.load(tmp_path / "file.pt")
    assert list(loaded) == list(CONTENTS)
    for name, value in CONTENTS.items():
        assert equal(value, loaded[name]), name
        if (
            isinstance(loaded[name], autograd.Tensor) and name != "bfloat16"
        ):  # the very dtype object by which compiled kernels know it
            assert loaded[name].detach().numpy().dtype is np.dtype(loaded[name].dtype.name), name
    assert isinstance(loaded["parameter"], nn.Parameter)


def nets() -> tuple[Any, Any]:
    layers = [("Conv2d", (1, 2, 3)), ("ReLU", ()), ("BatchNorm2d", (2,)), ("Flatten", ()), ("Linear", (2 * 4 * 4, 3))]
    return tuple(lib.Sequential(*(getattr(lib, name)(*args) for name, args in layers)) for lib in (torch.nn, nn))  # type: ignore[return-value]


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "before 1.6"])
def test_training_goes_on_from_torchs_file(zipped: bool, tmp_path: Path) -> None:
    theirs, ours = nets()
    their_optimizer = torch.optim.AdamW(theirs.parameters(), lr=0.01)
    x = np.random.default_rng(0).normal(size=(5, 1, 6, 6)).astype(np.float32)

    def step(net: Any, optimizer: Any, data: Any) -> None:
        optimizer.zero_grad()
        (net(data) ** 2).mean().backward()
        optimizer.step()

    for _ in range(3):
        step(theirs, their_optimizer, torch.from_numpy(x))
    state = {"model": theirs.state_dict(), "optimizer": their_optimizer.state_dict()}
    torch.save(state, tmp_path / "file.pt", _use_new_zipfile_serialization=zipped)
    loaded = autograd.load(tmp_path / "file.pt")
    ours.load_state_dict(loaded["model"])
    optimizer = optim.AdamW(ours.parameters())
    optimizer.load_state_dict(loaded["optimizer"])
    for _ in range(3):
        step(theirs, their_optimizer, torch.from_numpy(x))
        step(ours, optimizer, autograd.tensor(x))
    for key, value in theirs.state_dict().items():
        np.testing.assert_allclose(
            ours.state_dict()[key].cpu().numpy(), value.numpy(), rtol=2e-4, atol=1e-6, err_msg=key
        )


def test_torch_reads_our_weights(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    theirs, ours = nets()
    autograd.save(ours.state_dict(), tmp_path / "weights.safetensors")
    print(theirs.load_state_dict(load_file(tmp_path / "weights.safetensors")))
    assert all(equal(value, ours.state_dict()[key]) for key, value in theirs.state_dict().items())


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "before 1.6"])
def test_a_whole_module_is_refused_by_name(zipped: bool, tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 1), tmp_path / "file.pt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(Exception, match=r"torch\.nn\.modules\.linear\.Linear.*state_dict"):
        autograd.load(tmp_path / "file.pt", weights_only=False)


def test_torchscript_is_refused(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "file.pt", "w") as archive:
        archive.writestr("net/data.pkl", b"N.")
        archive.writestr("net/constants.pkl", b"N.")
    with pytest.raises(RuntimeError, match="TorchScript"):
        autograd.load(tmp_path / "file.pt")
