"""Random images, for trying a training script without its data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ops.generator import Generator
from ...ops.random import randint, randn
from ..transforms import ToPILImage
from .vision import VisionDataset


class FakeData(VisionDataset):
    """`size` random images with random classes; a sample depends on its index and `random_offset` alone."""

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.size, self.image_size, self.num_classes = size, image_size, num_classes
        self.random_offset = random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not 0 <= index < self.size:
            raise IndexError(f"FakeData: index {index} is out of range for {self.size} samples")
        generator = Generator().manual_seed(index + self.random_offset)
        image = ToPILImage()(randn(*self.image_size, generator=generator))
        target = int(randint(0, self.num_classes, (), generator=generator))
        return self.changed(image, target)

    def __len__(self) -> int:
        return self.size
