"""CIFAR-10 and CIFAR-100, from the Python pickles or the binary files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ...engine.errors import SerializationError
from ...serialization.reading import reading
from ...serialization.unpickle import read_pickle
from .vision import VisionDataset, first_existing, image_of

PIXELS = 3 * 32 * 32
MOST = 2**16  # classes


class CIFAR10(VisionDataset):
    """32 x 32 colour images of ten kinds of things, 50,000 for training and 10,000 for testing (A. Krizhevsky, 2009).

    `root` holds the unpacked folder `cifar-10-batches-py` or `cifar-10-batches-bin`. The pickles are
    read without executing them. `data` is a uint8 array (N, 32, 32, 3), `targets` a list of ints. A damaged
    file raises a SerializationError.
    """

    pickled, binary = "cifar-10-batches-py", "cifar-10-batches-bin"
    parts: ClassVar = {True: [f"data_batch_{i}" for i in range(1, 6)], False: ["test_batch"]}
    names_file, names_key, names_text = "batches.meta", "label_names", "batches.meta.txt"
    labels_key, label_bytes = "labels", 1

    def __init__(
        self,
        root: Any,
        train: bool = True,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        folders = [os.path.join(str(self.root), name) for name in (self.pickled, self.binary)]
        self.folder = first_existing(type(self).__name__, folders)
        read = self._read_pickle if self.folder == folders[0] else self._read_binary
        parts = [read(os.path.join(self.folder, name)) for name in self.parts[train]]
        planes = np.concatenate([images for images, _ in parts])
        self.data = planes.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        self.targets: list[int] = [int(label) for _, labels in parts for label in labels]
        self.classes: list[str] = self._class_names()
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}

    def _read_pickle(self, path: str) -> tuple[np.ndarray, list[Any]]:
        with open(path, "rb") as file:
            content = read_pickle(file)
        with reading(type(self).__name__, path):
            images, labels = content["data"], content[self.labels_key]
            if not isinstance(images, np.ndarray) or images.dtype.kind not in "iu" or images.size % PIXELS:
                raise SerializationError(f"its data is no array of whole numbers, {PIXELS} an image")
            images = images.reshape(-1, PIXELS).astype(np.uint8)
            labels = labels.tolist() if isinstance(labels, np.ndarray) else labels
            if not isinstance(labels, list) or not all(
                isinstance(n, int | np.integer) and 0 <= n < MOST for n in labels
            ):
                raise SerializationError(f"its {self.labels_key} are no list of class numbers")
            if len(images) != len(labels):
                raise SerializationError(f"it has {len(images)} images, but {len(labels)} labels")
        return images, labels

    def _read_binary(self, path: str) -> tuple[np.ndarray, np.ndarray]:
        """Records of a label's bytes, of which the last is the fine one, and the red, green and blue planes."""
        records = np.fromfile(path + ".bin", np.uint8)
        length = self.label_bytes + PIXELS
        if len(records) % length:
            raise SerializationError(f"{type(self).__name__}: {path}.bin is not made of records of {length} bytes")
        rows = records.reshape(-1, length)
        return rows[:, self.label_bytes :], rows[:, self.label_bytes - 1]

    def _class_names(self) -> list[str]:
        path = os.path.join(self.folder, self.names_file)
        if os.path.exists(path):
            with open(path, "rb") as file:
                content = read_pickle(file)
            with reading(type(self).__name__, path):
                names = content[self.names_key]
                if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                    raise SerializationError(f"its {self.names_key} are no list of names")
                return names
        text = os.path.join(self.folder, self.names_text)
        if os.path.exists(text):
            with open(text, encoding="utf-8") as lines, reading(type(self).__name__, text):
                return [line.strip() for line in lines if line.strip()]
        return [str(number) for number in range(max(self.targets, default=-1) + 1)]

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self.changed(image_of(self.data[index]), self.targets[index])

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"


class CIFAR100(CIFAR10):
    """32 x 32 colour images of a hundred kinds of things, 50,000 for training and 10,000 for testing."""

    pickled, binary = "cifar-100-python", "cifar-100-binary"
    parts: ClassVar = {True: ["train"], False: ["test"]}
    names_file, names_key, names_text = "meta", "fine_label_names", "fine_label_names.txt"
    labels_key, label_bytes = "fine_labels", 2
