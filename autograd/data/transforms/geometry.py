"""One image turned, moved, sheared, bent: a PIL image by Pillow, a tensor by sampling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine.tensor import Tensor
from ...ops.creation import as_tensor
from .basics import InterpolationMode, colour_of, pil_mode, pil_to_tensor, to_pil_image

Points = Sequence[Sequence[float]]


def inverse_affine(
    center: Sequence[float], angle: float, translate: Sequence[float], scale: float, shear: Sequence[float]
) -> list[float]:
    """Rows (a, b, c), (d, e, f) of where a pixel comes from: x = a x' + b y' + c, y = d x' + e y' + f.

    The image is sheared, turned clockwise by degrees and scaled about the centre, then moved.
    """
    turn, across, down = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(turn - down) / math.cos(down)
    b = -math.cos(turn - down) * math.tan(across) / math.cos(down) - math.sin(turn)
    d = math.sin(turn - down) / math.cos(down)
    e = -math.sin(turn - down) * math.tan(across) / math.cos(down) + math.cos(turn)
    (a, b), (d, e) = (e / scale, -b / scale), (-d / scale, a / scale)  # the inverse: a e - b d is 1
    x, y = -center[0] - translate[0], -center[1] - translate[1]
    return [a, b, a * x + b * y + center[0], d, e, d * x + e * y + center[1]]


def _fills(fill: Any, channels: int) -> np.ndarray | None:
    if fill is None:
        return None
    values = [float(each) for each in (fill if isinstance(fill, Sequence) else [fill])]
    if len(values) not in (1, channels):
        raise ValueError(f"The number of elements in 'fill' does not match the number of channels, {channels}: {fill}")
    return np.array(values, np.float32).reshape(-1, 1, 1)


def _sampled(img: Tensor, x: np.ndarray, y: np.ndarray, interpolation: Any, fill: Any) -> Tensor:
    """Values at places, -1 to 1 of each side from the outer edge of its first to that of its last pixel.

    Outside of the image lie zeros, or `fill`, mixed in where a pixel is partly outside.
    """
    mode = interpolation.value if isinstance(interpolation, InterpolationMode) else interpolation
    if mode not in ("nearest", "bilinear"):
        raise ValueError(f"a tensor is sampled with nearest or bilinear, got {mode!r}")
    array = img.detach().cpu().numpy()
    values = array if img.is_floating_point() else array.astype(np.float32)
    kind = values.dtype.type
    height, width = values.shape[-2:]
    x, y = (((each.astype(kind) + kind(1)) * kind(n) - kind(1)) / kind(2) for each, n in ((x, width), (y, height)))
    if mode == "nearest":
        corners = [(np.rint(x), np.rint(y), np.ones_like(x))]
    else:
        left, top = np.floor(x), np.floor(y)
        columns, rows = ((left, left + 1 - x), (left + 1, x - left)), ((top, top + 1 - y), (top + 1, y - top))
        corners = [(column, row, a * b) for row, a in rows for column, b in columns]
    result = np.zeros((*values.shape[:-2], *x.shape), kind)
    covered = np.zeros(x.shape, kind)
    for column, row, weight in corners:
        inside = (column >= 0) & (column <= width - 1) & (row >= 0) & (row <= height - 1)
        weight = np.where(inside, weight, kind(0))
        i, j = (np.clip(each, 0, n - 1).astype(np.int64) for each, n in ((row, height), (column, width)))
        result += values[..., i, j] * weight
        covered += weight
    fills = _fills(fill, values.shape[-3] if values.ndim > 2 else 1)
    if fills is not None:
        other = fills.astype(kind)
        if mode == "nearest":
            result = np.where(covered < 0.5, other, result)
        else:
            result = result * covered + (1 - covered) * other
    result = result if img.is_floating_point() else np.rint(result)
    return as_tensor(result.astype(array.dtype), device=img.device)


def _affine_sampled(
    img: Tensor, matrix: Sequence[float], size: tuple[int, int], interpolation: Any, fill: Any
) -> Tensor:
    """The image by an inverse affine map about its middle."""
    height, width = img.shape[-2:]
    rows, columns = size
    x = np.arange(columns, dtype=np.float32) - np.float32(columns * 0.5 - 0.5)
    y = (np.arange(rows, dtype=np.float32) - np.float32(rows * 0.5 - 0.5))[:, None]
    a, b, c, d, e, f = (np.float32(each) for each in matrix)
    across, down = np.float32(0.5 * width), np.float32(0.5 * height)
    column = _fused(x, y, a / across, b / across, c / across)
    return _sampled(img, column, _fused(x, y, d / down, e / down, f / down), interpolation, fill)


def _fused(x: np.ndarray, y: np.ndarray, a: np.float32, b: np.float32, c: np.float32) -> np.ndarray:
    """a x + b y + c with one rounding a term."""
    # As PyTorch's matrix product has it: of two pixels equally near a place, the last bit tells which one is taken.
    first = (x.astype(np.float64) * a).astype(np.float32)
    return (first + y.astype(np.float64) * b).astype(np.float32) + c


def rotate(
    img: Any,
    angle: float,
    interpolation: Any = InterpolationMode.NEAREST,
    expand: bool = False,
    center: Any = None,
    fill: Any = None,
) -> Any:
    """The image turned counter-clockwise by degrees about its middle, or `center` (x, y); `expand` keeps all of it."""
    if not isinstance(img, Tensor):
        colour = None if fill is None else colour_of(img, fill)
        return img.rotate(angle, pil_mode(interpolation), expand, center, fillcolor=colour)
    height, width = img.shape[-2:]
    middle = [0.0, 0.0] if center is None else [center[0] - width * 0.5, center[1] - height * 0.5]
    matrix = inverse_affine(middle, -angle, [0.0, 0.0], 1.0, [0.0, 0.0])
    size = (height, width)
    if expand:
        corners = np.array([[x * width, y * height, 1] for x in (-0.5, 0.5) for y in (-0.5, 0.5)], np.float32)
        places = corners @ np.array(matrix, np.float32).reshape(2, 3).T + np.array([width, height], np.float32) * 0.5
        # A ten thousandth of a pixel is rounding, for which no pixel is added.
        high, low = (np.trunc(each / np.float32(1e-4)) * np.float32(1e-4) for each in (places.max(0), places.min(0)))
        columns, rows = (np.ceil(high) - np.floor(low)).astype(int).tolist()
        size = (rows, columns)
    return _affine_sampled(img, matrix, size, interpolation, fill)


def affine(
    img: Any,
    angle: float,
    translate: Sequence[float],
    scale: float,
    shear: Any,
    interpolation: Any = InterpolationMode.NEAREST,
    fill: Any = None,
    center: Any = None,
) -> Any:
    """The image sheared (degrees, one number or x and y), turned clockwise, scaled, and moved by pixels (x, y)."""
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0.0:
        raise ValueError("Argument scale should be positive")
    shears = [float(shear), 0.0] if isinstance(shear, int | float) else [float(each) for each in shear]
    shears = shears * 2 if len(shears) == 1 else shears
    if len(shears) != 2:
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    if isinstance(img, Tensor):
        height, width = img.shape[-2:]
        middle = [0.0, 0.0] if center is None else [center[0] - width * 0.5, center[1] - height * 0.5]
        matrix = inverse_affine(middle, angle, [float(each) for each in translate], scale, shears)
        return _affine_sampled(img, matrix, (height, width), interpolation, fill)
    from PIL import Image

    middle = [img.width * 0.5, img.height * 0.5] if center is None else center
    matrix = inverse_affine(middle, angle, translate, scale, shears)
    colour = None if fill is None else colour_of(img, fill)
    return img.transform(img.size, Image.Transform.AFFINE, matrix, pil_mode(interpolation), fillcolor=colour)


def perspective_coefficients(startpoints: Points, endpoints: Points) -> list[float]:
    """a to h of x = (a x' + b y' + c) / (g x' + h y' + 1), y = (d x' + e y' + f) / (...): ends to starts."""
    rows = []
    for (x, y), (column, row) in zip(endpoints, startpoints, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -column * x, -column * y])
        rows.append([0, 0, 0, x, y, 1, -row * x, -row * y])
    target = np.array(startpoints, np.float64).reshape(8)
    found = np.linalg.lstsq(np.array(rows, np.float64), target, rcond=None)[0]
    return found.astype(np.float32).tolist()


def perspective(
    img: Any,
    startpoints: Points,
    endpoints: Points,
    interpolation: Any = InterpolationMode.BILINEAR,
    fill: Any = None,
) -> Any:
    """The image seen so that four points (x, y) of it come to lie where the end points are."""
    coefficients = perspective_coefficients(startpoints, endpoints)
    if not isinstance(img, Tensor):
        from PIL import Image

        colour = None if fill is None else colour_of(img, fill)
        kind = Image.Transform.PERSPECTIVE
        return img.transform(img.size, kind, coefficients, pil_mode(interpolation), fillcolor=colour)
    height, width = img.shape[-2:]
    a, b, c, d, e, f, g, h = (np.float32(each) for each in coefficients)
    x = np.arange(width, dtype=np.float32) + np.float32(0.5)
    y = (np.arange(height, dtype=np.float32) + np.float32(0.5))[:, None]
    across, down = np.float32(0.5 * width), np.float32(0.5 * height)
    depth = _fused(x, y, g, h, np.float32(1))
    column = _fused(x, y, a / across, b / across, c / across) / depth - np.float32(1)
    row = _fused(x, y, d / down, e / down, f / down) / depth - np.float32(1)
    return _sampled(img, column, row, interpolation, fill)


def elastic_transform(
    img: Any, displacement: Tensor, interpolation: Any = InterpolationMode.BILINEAR, fill: Any = None
) -> Any:
    """Every pixel taken from a place that `displacement` (1, height, width, 2), x and y, is away; 2 is a side."""
    if not isinstance(img, Tensor):
        moved = elastic_transform(pil_to_tensor(img), displacement, interpolation, fill)
        return to_pil_image(moved, img.mode)
    height, width = img.shape[-2:]
    if tuple(displacement.shape) != (1, height, width, 2):
        raise ValueError(f"Argument displacement shape should be {(1, height, width, 2)}, got {displacement.shape}")
    moved = displacement.detach().cpu().numpy()[0]
    column = np.linspace((1 - width) / width, (width - 1) / width, width, dtype=np.float32) + moved[..., 0]
    row = np.linspace((1 - height) / height, (height - 1) / height, height, dtype=np.float32)[:, None] + moved[..., 1]
    return _sampled(img, column, row, interpolation, fill)
