"""What datasets of images share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from ..dataset import Dataset


class VisionDataset(Dataset):
    """Samples of an image and a target under a folder, each changed by a transform of its own, or both by one."""

    def __init__(
        self,
        root: Any = None,
        transforms: Callable[..., Any] | None = None,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        if transforms is not None and (transform is not None or target_transform is not None):
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.root = os.path.expanduser(os.fspath(root)) if root is not None else None
        self.transforms, self.transform, self.target_transform = transforms, transform, target_transform

    def changed(self, image: Any, target: Any) -> tuple[Any, Any]:
        """The sample after its transforms."""
        if self.transforms is not None:
            return self.transforms(image, target)
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target

    def extra_repr(self) -> str:
        """Lines for the dataset's repr."""
        return ""

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]  # type: ignore[arg-type]
        lines += [] if self.root is None else [f"Root location: {self.root}"]
        lines += self.extra_repr().splitlines()
        lines += [] if self.transform is None else [f"Transform: {self.transform!r}".replace("\n", "\n    ")]
        return "\n    ".join([f"Dataset {type(self).__name__}", *lines])


def first_existing(name: str, candidates: Iterable[str]) -> str:
    """The first of some paths that exists; an error that lists them if none does."""
    paths = list(candidates)
    for path in paths:
        if os.path.exists(path):
            return path
    raise RuntimeError(
        f"{name}: dataset not found. Nothing is downloaded here; put one of these there: {', '.join(paths)}"
    )


def image_of(array: Any) -> Any:
    """A PIL image of an array of bytes: (height, width), or (height, width, 3)."""
    from PIL import Image

    return Image.fromarray(array)
