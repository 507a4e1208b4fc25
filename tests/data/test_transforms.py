"""Transforms of images: PIL's and tensors alike, the random ones by their distribution."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.data import images, transforms as T
from autograd.data.transforms import functional as F

Image = pytest.importorskip("PIL.Image", reason="images are PIL's")
pytestmark = pytest.mark.cpu_only
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (9, 12, 3)).astype(np.uint8)


def picture() -> Any:
    return Image.fromarray(PIXELS)


def pixels(img: Any) -> np.ndarray:
    """Height, width, channels."""
    if isinstance(img, autograd.Tensor):
        return img.numpy().transpose(1, 2, 0)
    array = np.asarray(img)
    return array if array.ndim == 3 else array[:, :, None]


def test_to_tensor_and_back() -> None:
    x = T.ToTensor()(picture())
    assert x.dtype is autograd.float32
    assert np.allclose(pixels(x), PIXELS / 255)
    assert np.array_equal(pixels(T.ToTensor()(PIXELS)), pixels(x))
    assert np.array_equal(pixels(T.PILToTensor()(picture())), PIXELS)
    assert np.array_equal(np.asarray(T.ToPILImage()(x)), PIXELS)
    assert np.array_equal(np.asarray(T.ToPILImage()(PIXELS)), PIXELS)
    gray = Image.fromarray(PIXELS[:, :, 0])
    assert tuple(T.ToTensor()(gray).shape) == (1, 9, 12)
    assert T.ToPILImage()(T.ToTensor()(gray)).mode == "L"
    assert T.ToTensor()(gray.convert("1")).max() == 1.0
    assert T.ToTensor()(gray.convert("F")).max() > 1.0
    assert T.ToPILImage("RGB")(T.ToTensor()(gray)).mode == "RGB"
    with pytest.raises(TypeError, match="PIL"):
        T.ToTensor()("text")
    with pytest.raises(ValueError, match="2/3 dimensional"):
        T.ToTensor()(np.ones(3))


def test_normalize() -> None:
    x = T.ToTensor()(picture())
    out = T.Normalize((0.1, 0.2, 0.3), (0.5, 0.6, 0.7))(x)
    assert np.allclose(pixels(out), (PIXELS / 255 - [0.1, 0.2, 0.3]) / [0.5, 0.6, 0.7], atol=1e-6)
    assert T.Normalize((0.0,), (1.0,), inplace=True)(x) is x
    with pytest.raises(ValueError, match="zero"):
        T.Normalize((0.0,), (0.0,))(x)
    with pytest.raises(TypeError, match="float tensor"):
        T.Normalize((0.0,), (1.0,))(T.PILToTensor()(picture()))


def test_convert_image_dtype() -> None:
    x = autograd.tensor([0, 128, 255], dtype=autograd.uint8)
    assert F.convert_image_dtype(x).tolist() == pytest.approx([0, 128 / 255, 1])
    assert F.convert_image_dtype(F.convert_image_dtype(x), autograd.uint8).tolist() == [0, 128, 255]
    assert F.convert_image_dtype(x, autograd.int16).tolist() == [0, 128 * 128, 255 * 128]
    assert F.convert_image_dtype(F.convert_image_dtype(x, autograd.int16), autograd.uint8).tolist() == [0, 128, 255]
    assert T.ConvertImageDtype(autograd.float64)(x).dtype is autograd.float64


SAME: dict[str, Any] = {  # on a PIL image and on the tensor of it, with what NumPy makes of the pixels
    "center crop": (T.CenterCrop((4, 6)), lambda p: p[2:6, 3:9]),
    "center crop with padding": (T.CenterCrop(11), lambda p: np.pad(p, ((1, 1), (0, 0), (0, 0)))[:, 0:11]),
    "pad": (T.Pad(2), lambda p: np.pad(p, ((2, 2), (2, 2), (0, 0)))),
    "pad sides": (T.Pad((1, 2, 3, 0), fill=7), lambda p: np.pad(p, ((2, 0), (1, 3), (0, 0)), constant_values=7)),
    "pad two": (T.Pad((1, 2), padding_mode="edge"), lambda p: np.pad(p, ((2, 2), (1, 1), (0, 0)), mode="edge")),
    "reflect": (T.Pad(3, padding_mode="reflect"), lambda p: np.pad(p, ((3, 3), (3, 3), (0, 0)), mode="reflect")),
    "symmetric": (T.Pad(3, padding_mode="symmetric"), lambda p: np.pad(p, ((3, 3), (3, 3), (0, 0)), mode="symmetric")),
    "horizontal flip": (T.RandomHorizontalFlip(p=1.0), lambda p: p[:, ::-1]),
    "vertical flip": (T.RandomVerticalFlip(p=1.0), lambda p: p[::-1]),
    "no flip": (T.RandomVerticalFlip(p=0.0), lambda p: p),
    "crop": (lambda img: F.crop(img, 1, 2, 5, 6), lambda p: p[1:6, 2:8]),
    "crop beyond": (lambda img: F.crop(img, -1, 8, 4, 6), lambda p: np.pad(p, ((1, 0), (0, 2), (0, 0)))[0:4, 8:14]),
    "random crop of all": (T.RandomCrop((9, 12)), lambda p: p),
    "compose": (T.Compose([T.CenterCrop(4), T.Pad(1)]), lambda p: np.pad(p[2:6, 4:8], ((1, 1), (1, 1), (0, 0)))),
    "nearest": (T.Resize((18, 24), T.InterpolationMode.NEAREST), lambda p: p.repeat(2, 0).repeat(2, 1)),
}


@pytest.mark.parametrize("name", SAME)
def test_images_and_tensors_alike(name: str) -> None:
    change, expected = SAME[name]
    assert np.array_equal(pixels(change(picture())), expected(PIXELS))
    assert np.array_equal(pixels(change(F.pil_to_tensor(picture()))), expected(PIXELS))


def test_resize_keeps_the_aspect_ratio() -> None:
    for img in (picture(), F.pil_to_tensor(picture())):
        assert F.get_dimensions(T.Resize(6)(img)) == [3, 6, 8]
        assert F.get_dimensions(T.Resize(18)(img)) == [3, 18, 24]
        assert F.get_dimensions(T.Resize(18, max_size=20)(img)) == [3, 15, 20]
        assert F.get_dimensions(T.Resize((5, 4))(img)) == [3, 5, 4]
        assert T.Resize((9, 12))(img) is img
    smooth = np.tile(np.linspace(0, 250, 24), (16, 1)).astype(np.uint8)
    by_pil = np.asarray(T.Resize((8, 12))(Image.fromarray(smooth)))
    by_tensor = T.Resize((8, 12))(autograd.from_numpy(smooth)[None])[0].numpy()
    assert np.abs(by_pil.astype(int) - by_tensor.astype(int)).max() <= 1
    up = T.Resize((32, 48))(autograd.from_numpy(smooth)[None].float())
    assert np.abs(up[0].numpy() - np.asarray(T.Resize((32, 48))(Image.fromarray(smooth)))).max() <= 1


def test_random_crops_are_everywhere_and_inside() -> None:
    autograd.manual_seed(0)
    x = autograd.arange(20.0).reshape(1, 4, 5)
    corners = {float(T.RandomCrop(2)(x)[0, 0, 0]) for _ in range(300)}
    assert corners == {float(5 * i + j) for i in range(3) for j in range(4)}
    padded = T.RandomCrop(4, padding=2)(x)
    assert tuple(padded.shape) == (1, 4, 4)
    assert tuple(T.RandomCrop(7, pad_if_needed=True)(x).shape) == (1, 7, 7)
    with pytest.raises(ValueError, match="larger than input"):
        T.RandomCrop(6)(x)


def test_random_resized_crop() -> None:
    autograd.manual_seed(0)
    areas, ratios = [], []
    for _ in range(300):
        top, left, h, w = T.RandomResizedCrop.get_params(autograd.ones(1, 60, 80), (0.2, 0.6), (0.5, 2.0))
        assert 0 <= top <= 60 - h
        assert 0 <= left <= 80 - w
        areas.append(h * w / 4800)
        ratios.append(w / h)
    assert 0.18 < min(areas) < 0.25
    assert 0.55 < max(areas) < 0.63
    assert 0.45 < min(ratios) < 0.6
    assert 1.5 < max(ratios) < 2.1
    assert T.RandomResizedCrop((5, 7))(picture()).size == (7, 5)
    assert T.RandomResizedCrop.get_params(autograd.ones(1, 2, 80), (1.0, 1.0), (0.5, 2.0)) == (0, 38, 2, 4)


def test_random_flips_and_erasing_have_their_probability() -> None:
    autograd.manual_seed(0)
    x = autograd.tensor([[[0.0, 1.0]]])
    flips = [float(T.RandomHorizontalFlip(0.3)(x)[0, 0, 0]) for _ in range(500)]
    assert 0.22 < np.mean(flips) < 0.38
    big = autograd.ones(3, 20, 20)
    erased = [float((T.RandomErasing(0.5, scale=(0.1, 0.2), value=0)(big) == 0).float().mean()) for _ in range(200)]
    assert 0.4 < np.mean([share > 0 for share in erased]) < 0.6
    assert all(share == 0 or 0.05 < share < 0.25 for share in erased)
    assert bool((big == 1).all())
    assert T.RandomErasing(1.0, value="random")(big).std() > 0
    assert set(T.RandomErasing(1.0, value=(2.0, 3.0, 4.0))(big).unique().tolist()) == {1.0, 2.0, 3.0, 4.0}


def test_colours() -> None:
    x = T.ToTensor()(picture())
    for adjust in (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation):
        for factor in (0.0, 0.5, 1.0, 1.5):
            by_pil = pixels(adjust(picture(), factor)) / 255
            assert np.abs(pixels(adjust(x, factor)) - by_pil).max() < 0.02, (adjust.__name__, factor)
    assert np.array_equal(pixels(F.adjust_hue(picture(), 0.0)).shape, PIXELS.shape)
    assert not np.array_equal(pixels(F.adjust_hue(picture(), 0.3)), PIXELS)
    with pytest.raises(ValueError, match="hue_factor"):
        F.adjust_hue(picture(), 0.7)
    gray = T.Grayscale()(picture())
    assert gray.mode == "L"
    assert np.abs(pixels(T.Grayscale(3)(x))[:, :, 1] * 255 - np.asarray(gray)).max() < 1.5
    assert T.RandomGrayscale(1.0)(picture()).mode == "RGB"
    autograd.manual_seed(0)
    jittered = T.ColorJitter(0.4, 0.4, 0.4, 0.1)(picture())
    assert jittered.size == (12, 9)
    assert not np.array_equal(pixels(jittered), PIXELS)
    assert np.array_equal(pixels(T.ColorJitter()(picture())), PIXELS)
    with pytest.raises(ValueError, match=">= 0"):
        T.ColorJitter(-1)


def test_others() -> None:
    autograd.manual_seed(0)
    assert T.RandomRotation((90, 90))(picture()).size == (12, 9)
    assert np.array_equal(
        pixels(T.RandomRotation((90, 90), expand=True)(picture())), PIXELS[:, ::-1].transpose(1, 0, 2)
    )
    square = F.pil_to_tensor(F.crop(picture(), 0, 0, 9, 9))
    assert np.array_equal(pixels(T.RandomRotation((90, 90))(square)), PIXELS[:, :9][:, ::-1].transpose(1, 0, 2))
    double = T.Lambda(lambda x: 2 * x)
    assert T.RandomApply([double, double], p=1.0)(1) == 4
    assert T.RandomApply([double], p=0.0)(1) == 1
    assert {T.RandomChoice([double, T.Lambda(lambda x: -x)])(1) for _ in range(30)} == {2, -1}
    assert {T.RandomOrder([double, T.Lambda(lambda x: x + 1)])(1) for _ in range(30)} == {3, 4}
    assert (
        repr(T.Compose([T.CenterCrop(2), T.ToTensor()])) == "Compose(\n    CenterCrop(size=(2, 2))\n    ToTensor()\n)"
    )


def test_grids_and_pictures(tmp_path: Path) -> None:
    batch = autograd.arange(5.0).reshape(5, 1, 1, 1).expand(5, 1, 2, 3)
    grid = images.make_grid(batch, nrow=3, padding=1, pad_value=9.0)
    assert tuple(grid.shape) == (3, 2 * 3 + 1, 3 * 4 + 1)
    assert grid[0, 1, 1] == 0
    assert grid[2, 4, 5] == 4
    assert grid[0, 0, 0] == 9
    assert grid[0, 5, 9] == 9  # no sixth image
    scaled = images.make_grid(batch, normalize=True)
    assert (scaled.min().item(), scaled.max().item()) == (0.0, 1.0)
    assert images.make_grid(batch, normalize=True, value_range=(0, 8)).max().item() == 0.5
    assert images.make_grid(list(batch), normalize=True, scale_each=True).max().item() == 0.0
    images.save_image(batch / 4, tmp_path / "grid.png", nrow=3)
    read = np.asarray(Image.open(tmp_path / "grid.png"))
    assert read.shape == (2 * 4 + 2, 3 * 5 + 2, 3)
    assert read[2, 7, 0] == 64


@pytest.mark.parametrize(
    "name", ["RandomCrop", "RandomErasing", "RandomChoice", "ColorJitter", "GaussianBlur", "Scale"]
)
def test_classes_under_the_module_that_earlier_pickles_name(name: str) -> None:
    found = pickle.loads(f"cautograd.data.transforms.transforms\n{name}\n.".encode())
    assert found is (T.Resize if name == "Scale" else getattr(T, name))


def test_a_choice_of_an_earlier_pickle() -> None:
    earlier = T.RandomChoice.__new__(T.RandomChoice)
    earlier.__dict__["transforms"] = [T.Lambda(lambda x: x + 1)]  # all that was in one
    assert earlier(1) == 2
    assert repr(earlier).endswith("(p=None)")
