"""Small generated files in the formats that published scripts read."""

from __future__ import annotations

import gzip
import math
import pickle
from pathlib import Path

import numpy as np

FOLDER: str | None = None  # where clones of published repositories are: pytest --published DIR


def write_idx(path: Path, array: np.ndarray) -> None:
    """An IDX file, gzipped if its name says so."""
    kinds = {"uint8": 0x08, "int8": 0x09, "int16": 0x0B, "int32": 0x0C, "float32": 0x0D, "float64": 0x0E}
    head = bytes([0, 0, kinds[array.dtype.name], array.ndim]) + np.array(array.shape, ">u4").tobytes()
    data = head + array.astype(array.dtype.newbyteorder(">")).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_mnist(root: Path, train: int = 256, test: int = 64, name: str = "MNIST") -> None:
    """Digits that can be told apart: the label is a bright bar's height."""
    rng = np.random.default_rng(0)
    for part, count in (("train", train), ("t10k", test)):
        labels = (np.arange(count) % 10).astype(np.uint8)
        images = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 + 2 * label : 5 + 2 * label, 4:24] = 250
        write_idx(root / name / "raw" / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(root / name / "raw" / f"{part}-labels-idx1-ubyte", labels)


def cifar_arrays(count: int, classes: int = 10) -> tuple[np.ndarray, list[int]]:
    """Images whose colour is their class."""
    rng = np.random.default_rng(1)
    labels = [i % classes for i in range(count)]
    data = rng.integers(0, 60, (count, 3, 1024))
    for row, label in zip(data, labels, strict=True):
        row[label % 3] += 15 * label
    return np.minimum(data, 255).astype(np.uint8).reshape(count, 3072), labels


def write_cifar10(root: Path, per_file: int = 40, binary: bool = False) -> None:
    """CIFAR-10's five training files and its test file, as Python pickles or binary."""
    folder = root / ("cifar-10-batches-bin" if binary else "cifar-10-batches-py")
    folder.mkdir(parents=True)
    names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]:
        data, labels = cifar_arrays(per_file)
        if binary:
            records = np.concatenate([np.array(labels, np.uint8)[:, None], data], axis=1)
            (folder / f"{name}.bin").write_bytes(records.tobytes())
        else:
            (folder / name).write_bytes(pickle.dumps({"data": data, "labels": labels, "batch_label": name}, protocol=2))
    if binary:
        (folder / "batches.meta.txt").write_text("\n".join(names) + "\n\n")
    else:
        (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": names}, protocol=2))


def write_words(folder: Path, words: int = 3000) -> None:
    """train.txt, valid.txt and test.txt of sentences with a grammar."""
    rng = np.random.default_rng(2)
    folder.mkdir(parents=True)
    for name, count in (("train", words), ("valid", words // 5), ("test", words // 5)):
        lines = [
            f"the {rng.choice(['cat', 'dog', 'bird'])} {rng.choice(['sees', 'hears'])} the {rng.choice(['sea', 'sky'])}"
            for _ in range(count // 5)
        ]
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


def write_cora(folder: Path, nodes: int = 2000, features: int = 40) -> None:
    """A citation graph: papers of a class share words and cite each other."""
    rng = np.random.default_rng(3)
    folder.mkdir(parents=True)
    labels = rng.integers(0, 7, nodes)
    words = (rng.random((nodes, features)) < 0.05 + 0.4 * (np.arange(features)[None] % 7 == labels[:, None])).astype(
        int
    )
    rows = [f"{1000 + i}\t" + "\t".join(map(str, words[i])) + f"\tclass{labels[i]}" for i in range(nodes)]
    (folder / "cora.content").write_text("\n".join(rows) + "\n")
    edges = []
    for i in range(nodes):
        alike = np.flatnonzero(labels == labels[i])
        edges += [f"{1000 + j}\t{1000 + i}" for j in rng.choice(alike, 2) if j != i]
    (folder / "cora.cites").write_text("\n".join(dict.fromkeys(edges)) + "\n")


def write_images(folder: Path, count: int = 8, size: int = 300) -> None:
    """Smooth colour pictures."""
    from PIL import Image

    folder.mkdir(parents=True)
    y, x = np.mgrid[:size, :size] / size
    for i in range(count):
        waves = [np.sin(math.pi * (a * x + b * y) + i) for a, b in ((3, 1), (1, 4), (2, 2))]
        Image.fromarray(((np.stack(waves, -1) + 1) * 127).astype(np.uint8)).save(folder / f"{i}.png")
