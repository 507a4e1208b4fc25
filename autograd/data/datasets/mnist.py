"""MNIST and its successors, in the IDX format."""

from __future__ import annotations

import contextlib
import gzip
import math
import os
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ...engine.errors import SerializationError
from ...ops.creation import from_numpy
from ...serialization.reading import reading
from .vision import VisionDataset, first_existing, image_of

DEFLATED = 1032  # no gzipped byte stands for more
KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(path: Any) -> np.ndarray:
    """The array in an IDX file, plain or gzipped (Y. LeCun, C. Cortes, C. Burges: the MNIST database, 1998).

    Two zero bytes, a byte for the type, one for the number of dimensions, the dimensions as 4-byte
    numbers, the data; all big-endian. Raises SerializationError, a ValueError, for a file that is something else
    or not whole; no more is unpacked of a gzipped one than its first bytes declare.
    """
    with open(path, "rb") as file, reading("read_idx", path):
        zipped = file.read(2) == b"\x1f\x8b"
        longest = file.seek(0, os.SEEK_END) * (DEFLATED if zipped else 1)
        file.seek(0)
        with gzip.open(file) if zipped else contextlib.nullcontext(file) as content:
            head = content.read(4)
            if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in KINDS:
                raise SerializationError("it is not an IDX file")
            shape = tuple(int(n) for n in np.frombuffer(content.read(4 * head[3]), ">u4"))
            kind = np.dtype(KINDS[head[2]])
            length = math.prod(shape) * kind.itemsize
            data = content.read(length + 1) if length <= longest else b""
        if len(shape) != head[3] or len(data) != length:
            raise SerializationError(f"it has too few or too many bytes for shape {shape}")
        return np.frombuffer(data, kind).reshape(shape).astype(kind.newbyteorder("="))


class MNIST(VisionDataset):
    """28 x 28 images of handwritten digits, 60,000 for training and 10,000 for testing.

    The files, gzipped or not, lie in `root/MNIST/raw` as torchvision puts them, or in `root` itself.
    `data` is a uint8 tensor (N, 28, 28), `targets` an int64 tensor (N,); a sample is a PIL image, or what
    `transform` makes of it, and an int.
    """

    classes: ClassVar[list[str]] = [
        "0 - zero",
        "1 - one",
        "2 - two",
        "3 - three",
        "4 - four",
        "5 - five",
        "6 - six",
        "7 - seven",
        "8 - eight",
        "9 - nine",
    ]

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
        part = "train" if train else "t10k"
        images, labels = self._read(f"{part}-images-idx3-ubyte", 3), self._read(f"{part}-labels-idx1-ubyte", 1)
        if len(images) != len(labels):
            raise SerializationError(f"{type(self).__name__}: {len(images)} images, but {len(labels)} labels")
        self.data, self.targets = from_numpy(images), from_numpy(labels.astype(np.int64))

    def _read(self, name: str, dimensions: int) -> np.ndarray:
        folders = (self.raw_folder, str(self.root))
        paths = [os.path.join(folder, name + end) for folder in folders for end in ("", ".gz")]
        path = first_existing(type(self).__name__, paths)
        array = read_idx(path)
        if array.dtype != np.uint8 or array.ndim != dimensions:
            raise SerializationError(
                f"{type(self).__name__}: {path} holds {array.dtype} of shape {array.shape}, not bytes in {dimensions} "
                "dimensions"
            )
        return array

    @property
    def raw_folder(self) -> str:
        """Where the files lie."""
        return os.path.join(str(self.root), type(self).__name__, "raw")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The classes' numbers by their names."""
        return {name: number for number, name in enumerate(self.classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self.changed(image_of(self.data[index].numpy()), int(self.targets[index]))

    def __len__(self) -> int:
        return len(self.data)

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"


class FashionMNIST(MNIST):
    """Images of clothes in MNIST's format (H. Xiao, K. Rasul, R. Vollgraf, 2017)."""

    classes: ClassVar[list[str]] = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]


class KMNIST(MNIST):
    """Images of ten cursive Japanese characters in MNIST's format (T. Clanuwat et al., 2018)."""

    classes: ClassVar[list[str]] = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
