"""Readers of MNIST, CIFAR and image folders: generated files in the real formats."""

from __future__ import annotations

import gzip
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd.data import DataLoader
from autograd.data.datasets import CIFAR10, CIFAR100, KMNIST, MNIST, FakeData, FashionMNIST, ImageFolder, read_idx
from autograd.data.transforms import ToTensor
from tests.helpers import published_data as files

Image = pytest.importorskip("PIL.Image", reason="images are PIL's")
pytestmark = pytest.mark.cpu_only


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("end", ["", ".gz"])
def test_idx(kind: str, end: str, tmp_path: Path) -> None:
    array = (np.arange(24).reshape(2, 3, 4) - (0 if kind == "uint8" else 10)).astype(kind)
    files.write_idx(tmp_path / f"file{end}", array)
    read = read_idx(tmp_path / f"file{end}")
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


@pytest.mark.parametrize(
    "damage",
    [b"", b"\0\0", b"PNG here", b"\0\0\x07\x01\0\0\0\0", b"\0\0\x08\x01\0\0\0\x05abc", b"\0\0\x08\x01\0\0\0\x01abc"],
)
def test_damaged_idx(damage: bytes, tmp_path: Path) -> None:
    for data in (damage, gzip.compress(damage)):
        (tmp_path / "file").write_bytes(data)
        with pytest.raises(ValueError, match="read_idx"):
            read_idx(tmp_path / "file")


@pytest.mark.parametrize("dataset", [MNIST, FashionMNIST, KMNIST])
def test_mnist(dataset: type[MNIST], tmp_path: Path) -> None:
    files.write_mnist(tmp_path, 20, 10, dataset.__name__)
    train, test = dataset(tmp_path), dataset(str(tmp_path), train=False, transform=ToTensor(), download=True)
    assert (len(train), len(test)) == (20, 10)
    assert tuple(train.data.shape) == (20, 28, 28)
    assert train.data.dtype is autograd.uint8
    assert train.targets.tolist() == [i % 10 for i in range(20)]
    image, label = train[13]
    assert image.size == (28, 28)
    assert image.mode == "L"
    assert np.array_equal(np.asarray(image), train.data[13].numpy())
    assert label == 3
    assert type(label) is int
    x, y = next(iter(DataLoader(test, batch_size=4)))
    assert tuple(x.shape) == (4, 1, 28, 28)
    assert x.dtype is autograd.float32
    assert autograd.allclose(x[:, 0] * 255, test.data[:4].float(), atol=1e-4)
    assert y.tolist() == [0, 1, 2, 3]
    assert len(train.classes) == 10
    assert train.class_to_idx[train.classes[4]] == 4
    assert "Number of datapoints: 20" in repr(train)
    with pytest.raises(RuntimeError, match="Nothing is downloaded"):
        dataset(tmp_path / "elsewhere", download=True)


@pytest.mark.parametrize("binary", [False, True], ids=["pickles", "binary"])
def test_cifar10(binary: bool, tmp_path: Path) -> None:
    files.write_cifar10(tmp_path, 4, binary)
    train = CIFAR10(tmp_path, transform=ToTensor(), target_transform=lambda label: -label)
    planes, labels = files.cifar_arrays(4)
    assert train.data.shape == (20, 32, 32, 3)
    assert train.data.dtype == np.uint8
    assert train.targets == labels * 5
    x, y = train[2]
    assert tuple(x.shape) == (3, 32, 32)
    assert y == -2
    assert np.allclose(x.numpy() * 255, planes[2].reshape(3, 32, 32), atol=1e-4)
    assert len(CIFAR10(tmp_path, train=False)) == 4
    assert train.classes[:2] == ["airplane", "automobile"]
    assert train.class_to_idx["truck"] == 9


def test_cifar100(tmp_path: Path) -> None:
    planes, fine = files.cifar_arrays(6, 100)
    folder = tmp_path / "cifar-100-python"
    folder.mkdir()
    for name in ("train", "test"):
        content = {"data": planes, "fine_labels": fine, "coarse_labels": [0] * 6}
        (folder / name).write_bytes(pickle.dumps(content, protocol=2))
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": [f"c{i}" for i in range(100)]}, protocol=2))
    assert CIFAR100(tmp_path).targets == fine
    assert CIFAR100(tmp_path).classes[99] == "c99"
    other = tmp_path / "binary" / "cifar-100-binary"
    other.mkdir(parents=True)
    records = np.concatenate([np.zeros((6, 1), np.uint8), np.array(fine, np.uint8)[:, None], planes], axis=1)
    (other / "test.bin").write_bytes(records.tobytes())
    binary = CIFAR100(tmp_path / "binary", train=False)
    assert binary.targets == fine
    assert np.array_equal(binary.data, CIFAR100(tmp_path, train=False).data)


def test_cifar_of_python_2(tmp_path: Path) -> None:
    """The published pickles are Python 2's: strings of bytes, arrays by numpy.core.multiarray."""
    planes, labels = files.cifar_arrays(2)
    raw = planes.tobytes()
    program = (
        b"\x80\x02}(U\x04dataq\x01cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02M\x00\x0c\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
        b"K\x00tb\x89T" + len(raw).to_bytes(4, "little") + raw + b"tbU\x06labels](K\x00K\x01eu."
    )
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "test_batch").write_bytes(program)
    assert pickle.loads(program, encoding="latin1")["labels"] == [0, 1]
    dataset = CIFAR10(tmp_path, train=False)
    assert dataset.targets == labels
    assert np.array_equal(dataset.data.transpose(0, 3, 1, 2).reshape(2, -1), planes)


def test_cifar_pickles_are_not_executed(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> object:
            return os.mkdir, (str(tmp_path / "touched"),)

    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "test_batch").write_bytes(pickle.dumps({"data": Evil(), "labels": []}, protocol=2))
    with pytest.raises(pickle.UnpicklingError, match="mkdir"):
        CIFAR10(tmp_path, train=False)
    assert not (tmp_path / "touched").exists()


def test_image_folder(tmp_path: Path) -> None:
    for name, count in (("cat", 2), ("ant", 3)):
        files.write_images(tmp_path / name, count, 10)
    (tmp_path / "cat" / "deeper").mkdir()
    Image.fromarray(np.full((4, 6), 7, np.uint8)).save(tmp_path / "cat" / "deeper" / "gray.bmp")
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    folder = ImageFolder(tmp_path, transform=ToTensor())
    assert folder.classes == ["ant", "cat"]
    assert folder.class_to_idx == {"ant": 0, "cat": 1}
    assert folder.targets == [0, 0, 0, 1, 1, 1]
    assert [os.path.basename(path) for path, _ in folder.samples] == [
        "0.png",
        "1.png",
        "2.png",
        "0.png",
        "1.png",
        "gray.bmp",
    ]
    x, y = folder[5]
    assert tuple(x.shape) == (3, 4, 6)
    assert y == 1
    chosen = ImageFolder(tmp_path, is_valid_file=lambda path: path.endswith("0.png"))
    assert len(chosen) == 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="empty"):
        ImageFolder(tmp_path)
    assert len(ImageFolder(tmp_path, allow_empty=True).classes) == 3
    with pytest.raises(FileNotFoundError, match="class folder"):
        ImageFolder(tmp_path / "empty")


def test_fake_data() -> None:
    data = FakeData(5, (3, 8, 9), num_classes=3, transform=ToTensor(), random_offset=4)
    first, again = data[1], data[1]
    assert tuple(first[0].shape) == (3, 8, 9)
    assert autograd.equal(first[0], again[0])
    assert not autograd.equal(first[0], data[2][0])
    assert all(0 <= data[i][1] < 3 for i in range(5))
    with pytest.raises(IndexError):
        data[5]


def test_damaged_files_raise_one_exception(tmp_path: Path) -> None:
    files.write_mnist(tmp_path, 4, 4)
    files.write_idx(tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte", np.zeros(4, np.float32))
    with pytest.raises(autograd.SerializationError, match="MNIST: .*float32"):
        MNIST(tmp_path)
    packed = gzip.compress(b"\0\0\x08\x01\0\0\0\x05abcde")
    for damaged in (packed[:-3], packed[:20], b"\x1f\x8b" + packed[4:], packed[:12] + b"\xff" * 4 + packed[16:]):
        (tmp_path / "file").write_bytes(damaged)
        with pytest.raises(autograd.SerializationError, match="read_idx: .*file"):
            read_idx(tmp_path / "file")
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    planes, labels = files.cifar_arrays(2)
    for content in (
        [],
        {},
        {"data": planes},
        {"data": planes, "labels": [1]},
        {"data": planes, "labels": [1, 10**12]},
        {"data": planes.astype(float), "labels": labels},
        {"data": planes[:, 1:], "labels": labels},
    ):
        (folder / "test_batch").write_bytes(pickle.dumps(content, 2))
        with pytest.raises(autograd.SerializationError, match="CIFAR10: .*test_batch"):
            CIFAR10(tmp_path, train=False)
    (folder / "test_batch").write_bytes(pickle.dumps({"data": planes.astype(int), "labels": np.array(labels)}, 2))
    assert CIFAR10(tmp_path, train=False).targets == labels
    (tmp_path / "images" / "a").mkdir(parents=True)
    Image.new("RGB", (5, 5)).save(tmp_path / "images" / "a" / "x.png")
    whole = (tmp_path / "images" / "a" / "x.png").read_bytes()
    for end in range(0, len(whole) // 2, 3):
        (tmp_path / "images" / "a" / "x.png").write_bytes(whole[:end])
        with pytest.raises((OSError, autograd.SerializationError)):
            ImageFolder(tmp_path / "images")[0]
