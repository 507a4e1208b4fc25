"""Other transforms, applied or not, in random order, one of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .drawing import choice, happens, order
from .transforms import Transform

Changes = Sequence[Callable[..., Any]]


class _Several(Transform):
    """What those of several transforms share."""

    def __init__(self, transforms: Changes) -> None:
        if not hasattr(transforms, "__len__") or isinstance(transforms, str):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = transforms

    def __repr__(self) -> str:
        return "\n    ".join([f"{type(self).__name__}(", *map(str, self.transforms)]) + "\n)"


class RandomApply(_Several):
    """A list of transforms, all of them with probability p."""

    def __init__(self, transforms: Changes, p: float = 0.5) -> None:
        super().__init__(transforms)
        self.p = p

    def forward(self, img: Any) -> Any:
        if happens(self.p):
            for transform in self.transforms:
                img = transform(img)
        return img

    def __repr__(self) -> str:
        return "\n    ".join([f"{type(self).__name__}(", f"p={self.p}", *map(str, self.transforms)]) + "\n)"


class RandomChoice(_Several):
    """One of the transforms, each with a probability in proportion to its number in `p`, by default equally likely."""

    p: Sequence[float] | None = None  # earlier pickles have none

    def __init__(self, transforms: Changes, p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError("Argument p should be a sequence")
        if p is not None and len(p) != len(transforms):
            raise ValueError(f"RandomChoice: {len(transforms)} transforms and {len(p)} probabilities")
        self.p = p

    def forward(self, *args: Any) -> Any:
        return self.transforms[choice(len(self.transforms), self.p)](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"


class RandomOrder(_Several):
    """The transforms in random order."""

    def forward(self, img: Any) -> Any:
        for number in order(len(self.transforms)):
            img = self.transforms[number](img)
        return img
