"""The transforms: objects that change an image when they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ... import dtypes
from ...engine.tensor import Tensor
from . import functional as F
from .basics import pair
from .functional import InterpolationMode


class Transform:
    """What the transforms share: a call is `forward`, and a repr that shows how they were made."""

    _shown: tuple[str, ...] | None = None  # of what the repr tells, where that is not all
    _separator, _whole_enums = ", ", False  # as torchvision's reprs have it

    def __repr__(self) -> str:
        names = [name for name in self.__dict__ if not name.startswith("_")] if self._shown is None else self._shown
        given = {name: getattr(self, name) for name in names}
        if not self._whole_enums:
            given = {name: x.value if isinstance(x, InterpolationMode) else x for name, x in given.items()}
        return f"{type(self).__name__}({self._separator.join(f'{name}={x}' for name, x in given.items())})"

    def __call__(self, *args: Any) -> Any:
        return self.forward(*args)

    def forward(self, img: Any) -> Any:
        """The image changed."""
        raise NotImplementedError(f"{type(self).__name__} has no forward()")


class Compose(Transform):
    """Transforms one after the other.

    >>> import autograd
    >>> from autograd.data import transforms
    >>> change = transforms.Compose([transforms.CenterCrop(2), transforms.Normalize((0.5,), (0.5,))])
    >>> change(autograd.ones(1, 4, 4))
    tensor([[[1., 1.],
             [1., 1.]]])
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def forward(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return "\n    ".join([f"{type(self).__name__}(", *map(repr, self.transforms)]) + "\n)"


class ToTensor(Transform):
    """An image or an array (height, width, channels) as floats (channels, height, width); bytes give 0 to 1."""

    def forward(self, pic: Any) -> Tensor:
        return F.to_tensor(pic)


class PILToTensor(Transform):
    """A PIL image as a tensor (channels, height, width) of the same numbers."""

    def forward(self, pic: Any) -> Tensor:
        return F.pil_to_tensor(pic)


class ToPILImage(Transform):
    """A tensor (channels, height, width) or an array (height, width, channels) as a PIL image."""

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def forward(self, pic: Any) -> Any:
        return F.to_pil_image(pic, self.mode)


class ConvertImageDtype(Transform):
    """Another dtype with the values scaled to its range."""

    def __init__(self, dtype: dtypes.dtype) -> None:
        self.dtype = dtype

    def forward(self, img: Tensor) -> Tensor:
        return F.convert_image_dtype(img, self.dtype)


class Normalize(Transform):
    """(x - mean) / std, channel by channel."""

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        self.mean, self.std, self._inplace = mean, std, inplace

    def forward(self, img: Tensor) -> Tensor:
        return F.normalize(img, self.mean, self.std, self._inplace)


class Resize(Transform):
    """Scaled to (height, width), or the shorter side to a number."""

    def __init__(
        self,
        size: Any,
        interpolation: Any = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        self.size, self.interpolation, self.max_size, self.antialias = size, interpolation, max_size, antialias

    def forward(self, img: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


Scale = Resize


class CenterCrop(Transform):
    """The rectangle in the middle."""

    def __init__(self, size: Any) -> None:
        self.size = pair(size)

    def forward(self, img: Any) -> Any:
        return F.center_crop(img, self.size)


class Pad(Transform):
    """Margins around the image."""

    def __init__(self, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> None:
        self.padding, self.fill, self.padding_mode = padding, fill, padding_mode

    def forward(self, img: Any) -> Any:
        return F.pad(img, self.padding, self.fill, self.padding_mode)


class Lambda(Transform):
    """A function of one's own."""

    _shown = ()

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def forward(self, img: Any) -> Any:
        return self.lambd(img)


class Grayscale(Transform):
    """Brightness alone, in one channel or three."""

    def __init__(self, num_output_channels: int = 1) -> None:
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        return F.to_grayscale(img, self.num_output_channels)


class FiveCrop(Transform):
    """The four corners and the middle: a tuple of five images."""

    def __init__(self, size: Any) -> None:
        self.size = pair(size)

    def forward(self, img: Any) -> tuple[Any, ...]:
        return F.five_crop(img, self.size)


class TenCrop(Transform):
    """The four corners and the middle of the image and of its mirror image: a tuple of ten."""

    def __init__(self, size: Any, vertical_flip: bool = False) -> None:
        self.size, self.vertical_flip = pair(size), vertical_flip

    def forward(self, img: Any) -> tuple[Any, ...]:
        return F.ten_crop(img, self.size, self.vertical_flip)


class LinearTransformation(Transform):
    """(x - mean_vector) @ transformation_matrix of the flattened tensor, in its shape: whitening, say."""

    def __init__(self, transformation_matrix: Tensor, mean_vector: Tensor) -> None:
        count = len(transformation_matrix)
        if tuple(transformation_matrix.shape) != (count, count) or mean_vector.shape[0] != count:
            raise ValueError(
                f"LinearTransformation: expected a matrix (n, n) and a mean (n,), got "
                f"{tuple(transformation_matrix.shape)} and {tuple(mean_vector.shape)}"
            )
        self.transformation_matrix, self.mean_vector = transformation_matrix, mean_vector

    def forward(self, img: Tensor) -> Tensor:
        count = img.shape[-3] * img.shape[-2] * img.shape[-1]
        if count != len(self.mean_vector):
            raise ValueError(
                f"LinearTransformation: a matrix for {len(self.mean_vector)} numbers, and an image {tuple(img.shape)}"
            )
        flat = img.reshape(-1, count) - self.mean_vector
        return (flat @ self.transformation_matrix).reshape(img.shape)

    def __repr__(self) -> str:
        matrix, mean = self.transformation_matrix.tolist(), self.mean_vector.tolist()
        return f"LinearTransformation(transformation_matrix={matrix}, mean_vector={mean})"
