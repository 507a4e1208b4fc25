"""A folder of images for each class."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ...engine.errors import SerializationError
from .vision import VisionDataset

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def default_loader(path: str) -> Any:
    """The image of a file, in RGB.

    A damaged one raises an OSError, as Pillow says (UnidentifiedImageError is one), or a SerializationError.
    """
    from PIL import Image

    with open(path, "rb") as file:
        try:
            return Image.open(file).convert("RGB")
        except OSError:
            raise
        except Exception as error:  # the decoders raise SyntaxError, ValueError, struct.error, ...
            raise SerializationError(f"{path} is damaged: {type(error).__name__}: {error}") from error


class DatasetFolder(VisionDataset):
    """Samples in `root/class/...`: the classes are the folders' names in order, the files may lie deeper.

    `samples` is a list of (path, class number), `targets` of the numbers alone. A file counts if its
    name ends in one of `extensions`, or if `is_valid_file(path)` says so.
    """

    def __init__(
        self,
        root: Any,
        loader: Callable[[str], Any],
        extensions: tuple[str, ...] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        if (extensions is None) == (is_valid_file is None):
            raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")
        self.loader, self.extensions = loader, extensions
        self.classes, self.class_to_idx = self.find_classes(str(self.root))
        valid = is_valid_file or (lambda path: path.lower().endswith(extensions or ()))
        self.samples = [
            (path, number)
            for name, number in self.class_to_idx.items()
            for path in _files(os.path.join(str(self.root), name))
            if valid(path)
        ]
        self.targets = [number for _, number in self.samples]
        missing = [name for name, number in self.class_to_idx.items() if number not in set(self.targets)]
        if missing and not allow_empty:
            supported = "" if extensions is None else f" Supported extensions are: {', '.join(extensions)}"
            raise FileNotFoundError(f"Found no valid file for the classes {', '.join(missing)}.{supported}")

    def find_classes(self, directory: str) -> tuple[list[str], dict[str, int]]:
        """The names of the folders, sorted, and their numbers."""
        classes = sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())
        if not classes:
            raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
        return classes, {name: number for number, name in enumerate(classes)}

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        return self.changed(self.loader(path), target)

    def __len__(self) -> int:
        return len(self.samples)


def _files(folder: str) -> list[str]:
    """All files below a folder, folder by folder in order."""
    return [
        os.path.join(path, name)
        for path, _, names in sorted(os.walk(folder, followlinks=True))
        for name in sorted(names)
    ]


class ImageFolder(DatasetFolder):
    """Images in `root/class/...`; a sample is a PIL image in RGB and the class's number."""

    def __init__(
        self,
        root: Any,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        loader: Callable[[str], Any] = default_loader,
        is_valid_file: Callable[[str], bool] | None = None,
        allow_empty: bool = False,
    ) -> None:
        extensions = IMG_EXTENSIONS if is_valid_file is None else None
        super().__init__(root, loader, extensions, transform, target_transform, is_valid_file, allow_empty)
        self.imgs = self.samples
