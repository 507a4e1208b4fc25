"""Transforms beside torchvision's: with torch's random numbers the same draws, so from one seed the same images."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.data import transforms as T
from autograd.data.transforms import functional as F
from tests.helpers.oracle import torch_or_skip
from tests.helpers.torch_random import same_state
from tests.helpers.vision import torchvision_or_skip

Image = pytest.importorskip("PIL.Image", reason="images are PIL's")
pytestmark = pytest.mark.cpu_only
PIXELS = np.random.default_rng(0).integers(0, 256, (24, 31, 3)).astype(np.uint8)
SMOOTH = (np.add.outer(np.arange(24) * 5, np.arange(31) * 4)[:, :, None] + [0, 9, 30]).astype(np.uint8)


@pytest.fixture(autouse=True)
def torchs() -> Iterator[None]:
    with autograd.use_torch_random():
        yield


RANDOM = [
    "RandomCrop(9)",
    "RandomCrop((40, 20), padding=(1, 2, 3, 4), pad_if_needed=True, fill=7)",
    "RandomCrop(20, padding=4, padding_mode='reflect')",
    "RandomResizedCrop(16)",
    "RandomResizedCrop((8, 12), scale=(0.9, 1.0), ratio=(3.0, 4.0))",
    "RandomHorizontalFlip()",
    "RandomVerticalFlip(p=0.3)",
    "RandomGrayscale(p=0.6)",
    "RandomRotation(40)",
    "RandomRotation((10, 80), expand=True, fill=9)",
    "RandomRotation(30, interpolation=T.InterpolationMode.BILINEAR, center=(3, 4))",
    "RandomAffine(25, translate=(0.2, 0.3), scale=(0.7, 1.4), shear=10)",
    "RandomAffine((0, 90), shear=(-5, 5, -9, 9), fill=3, interpolation=T.InterpolationMode.BILINEAR)",
    "RandomPerspective(p=0.8)",
    "RandomPerspective(0.3, p=1.0, interpolation=T.InterpolationMode.NEAREST, fill=5)",
    "ElasticTransform()",
    "ElasticTransform(alpha=120.0, sigma=2.0)",
    "ColorJitter(0.4, 0.3, 0.5, 0.2)",
    "ColorJitter(brightness=(0.5, 0.8), saturation=2.0)",
    "GaussianBlur(3)",
    "GaussianBlur((5, 3), sigma=(0.3, 4.0))",
    "RandomInvert()",
    "RandomPosterize(3)",
    "RandomSolarize(100)",
    "RandomAdjustSharpness(2.5, p=0.7)",
    "RandomAutocontrast()",
    "RandomEqualize()",
    "RandomApply([T.RandomCrop(9), T.RandomHorizontalFlip()], p=0.7)",
    "RandomChoice([T.RandomCrop(9), T.RandomHorizontalFlip(), T.RandomVerticalFlip()])",
    "RandomChoice([T.RandomCrop(9), T.RandomHorizontalFlip()], p=[0.2, 0.8])",
    "RandomOrder([T.RandomCrop(9), T.RandomHorizontalFlip(), T.ColorJitter(0.3)])",
    "AutoAugment()",
    "AutoAugment(T.AutoAugmentPolicy.CIFAR10, fill=12)",
    "AutoAugment(T.AutoAugmentPolicy.SVHN)",
    "RandAugment()",
    "RandAugment(3, 20, fill=100)",
    "TrivialAugmentWide()",
    "TrivialAugmentWide(interpolation=T.InterpolationMode.BILINEAR)",
    "AugMix()",
    "AugMix(severity=8, chain_depth=2, all_ops=False)",
]
FLOATS_TOO = [call for call in RANDOM if not any(n in call for n in ("Posterize", "Solarize", "Equalize", "Aug"))]
FIXED = [
    "CenterCrop(40)",
    "CenterCrop((9, 12))",
    "Resize(12)",
    "Resize((40, 50), T.InterpolationMode.BICUBIC)",
    "Resize(12, T.InterpolationMode.NEAREST_EXACT)",
    "Resize(16, max_size=18)",
    "Pad((1, 2), padding_mode='symmetric')",
    "Grayscale(3)",
    "FiveCrop(8)",
    "TenCrop((8, 9), vertical_flip=True)",
]


def seed(number: int) -> None:
    torch_or_skip().manual_seed(number)
    autograd.manual_seed(number)


def forms(image: Any) -> Any:
    """Height, width, channels as numbers from 0 to 255, of images and tensors of either engine; a tuple's stacked."""
    if isinstance(image, tuple | list):
        return np.stack([forms(each) for each in image])
    if isinstance(image, Image.Image):
        return np.asarray(image).astype(np.float64)
    array = image.numpy()
    return array.astype(np.float64) * (255 if array.dtype.kind == "f" else 1)


def compared(call: str, kind: str, seeds: int, share: float = 0.0) -> None:
    """The same call there and here of one image; up to `share` of the bytes may be rounded to their neighbour."""
    theirs = torchvision_or_skip().transforms
    import torch

    there, here = eval(f"T.{call}", {"T": theirs}), eval(f"T.{call}", {"T": T})
    assert repr(there) == repr(here)
    for number in range(seeds):
        pixels = PIXELS if number % 2 else SMOOTH
        ours: Any = Image.fromarray(pixels)
        other: Any = ours
        if kind != "image":
            array = np.ascontiguousarray(pixels.transpose(2, 0, 1))
            array = array if kind == "bytes" else array.astype(np.float32) / 255
            ours, other = autograd.from_numpy(array.copy()), torch.from_numpy(array.copy())
        seed(number)
        random.seed(number)
        expected = forms(there(other))
        random.seed(number)
        found = forms(here(ours))
        assert found.shape == expected.shape
        different = np.abs(found - expected)
        close = 255 * tolerance(call) if kind == "floats" else 0
        assert (different > close).mean() <= share, (number, different.max(), (different > close).mean())
        assert different.max() <= 1, (number, different.max())
        same_state()


def tolerance(call: str) -> float:
    """Of floats from 0 to 1: places between pixels are single precision numbers, which magnify what is rounded."""
    return 3e-5 if call.startswith("Elastic") else 1e-5 if call.startswith(("RandomPersp", "Resize((40")) else 1e-6


@pytest.mark.parametrize("call", RANDOM)
@pytest.mark.parametrize("kind", ["image", "bytes"])
def test_random_ones(call: str, kind: str) -> None:
    sums = call.startswith(("Elastic", "AugMix"))  # of floats, added in another order and then rounded to bytes
    compared(call, kind, 8, 0.001 if sums else 0.0)


@pytest.mark.parametrize("call", [*FLOATS_TOO, "RandomErasing(0.7)", "RandomErasing(1.0, value='random')"])
def test_random_ones_of_floats(call: str) -> None:
    compared(call, "floats", 6)


@pytest.mark.parametrize("call", FIXED)
@pytest.mark.parametrize("kind", ["image", "bytes", "floats"])
def test_fixed_ones(call: str, kind: str) -> None:
    fixed_point = call.startswith("Resize") and kind == "bytes"  # as PyTorch scales bytes
    compared(call, kind, 2, 0.03 if fixed_point else 0.0)


COLOURS: list[tuple[str, tuple[Any, ...]]] = [
    ("adjust_brightness", (1.7,)),
    ("adjust_contrast", (0.3,)),
    ("adjust_saturation", (1.8,)),
    ("adjust_hue", (-0.3,)),
    ("adjust_hue", (0.5,)),
    ("adjust_gamma", (2.2, 0.9)),
    ("adjust_sharpness", (0.0,)),
    ("adjust_sharpness", (2.0,)),
    ("autocontrast", ()),
    ("equalize", ()),
    ("invert", ()),
    ("posterize", (2,)),
    ("solarize", (128,)),
]


@pytest.mark.parametrize(("name", "arguments"), COLOURS, ids=str)
def test_colours(name: str, arguments: tuple[Any, ...]) -> None:
    there = torchvision_or_skip().transforms.functional
    import torch

    for pixels in (PIXELS, SMOOTH, np.full_like(PIXELS, 7)):
        image, array = Image.fromarray(pixels), np.ascontiguousarray(pixels.transpose(2, 0, 1))
        assert np.array_equal(
            forms(getattr(F, name)(image, *arguments)), forms(getattr(there, name)(image, *arguments))
        )
        found = forms(getattr(F, name)(autograd.from_numpy(array), *arguments))
        expected = forms(getattr(there, name)(torch.from_numpy(array), *arguments))
        assert np.array_equal(found, expected)


# What torchvision draws, and in which order: known without it.
DRAWS: list[tuple[Callable[[], Any], Callable[[Any], Any]]] = [
    (
        lambda: T.RandomCrop.get_params(autograd.ones(3, 9, 12), (4, 5)),
        lambda t: (int(t.randint(0, 6, (1,))), int(t.randint(0, 8, (1,))), 4, 5),
    ),
    (lambda: T.RandomRotation.get_params([-10.0, 50.0]), lambda t: t.empty(1).uniform_(-10, 50).item()),
    (lambda: T.GaussianBlur.get_params(0.1, 2.0), lambda t: t.empty(1).uniform_(0.1, 2.0).item()),
    (
        lambda: [x.tolist() if isinstance(x, autograd.Tensor) else x
                 for x in T.ColorJitter.get_params((0.5, 1.5), None, (0.1, 0.2), None)],
        lambda t: [t.randperm(4).tolist(), t.empty(1).uniform_(0.5, 1.5).item(), None,
                   t.empty(1).uniform_(0.1, 0.2).item(), None],
    ),
    (
        lambda: T.RandomAffine.get_params([0.0, 9.0], (0.5, 0.25), (1.0, 2.0), [0.0, 1.0, 2.0, 3.0], (20, 40)),
        lambda t: (
            (u := lambda a, b: t.empty(1).uniform_(a, b).item())(0, 9),
            (round(u(-10, 10)), round(u(-10, 10))),
            u(1, 2),
            (u(0, 1), u(2, 3)),
        ),
    ),
    (
        lambda: [T.RandomHorizontalFlip()(autograd.tensor([[[0.0, 1.0]]]))[0, 0, 0].item() for _ in range(20)],
        lambda t: [float(bool(t.rand(1) < 0.5)) for _ in range(20)],
    ),
    (
        lambda: T.RandomResizedCrop.get_params(autograd.ones(1, 200, 100), (0.2, 0.3), (0.5, 0.6)),
        lambda t: (
            area := 20000 * t.empty(1).uniform_(0.2, 0.3).item(),
            low := t.log(t.tensor([0.5, 0.6])),
            aspect := t.exp(t.empty(1).uniform_(float(low[0]), float(low[1]))).item(),
            h := round(math.sqrt(area / aspect)),
            w := round(math.sqrt(area * aspect)),
            (int(t.randint(0, 201 - h, (1,))), int(t.randint(0, 101 - w, (1,))), h, w),
        )[-1],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("here", "there"), DRAWS, ids=[str(i) for i in range(len(DRAWS))])
def test_draws(here: Callable[[], Any], there: Callable[[Any], Any]) -> None:
    torch = torch_or_skip()
    for number in range(5):
        seed(number)
        assert here() == there(torch)
        same_state()


def test_choices_are_pythons() -> None:
    numbers = list(range(5))
    random.seed(3)
    random.shuffle(numbers)
    expected = [*numbers, *random.choices(range(3), weights=[1, 2, 3])]
    changes = [T.Lambda(lambda x, i=i: [*x, i]) for i in range(5)]
    random.seed(3)
    found = T.RandomOrder(changes)([])
    assert [*found, *T.RandomChoice(changes[:3], p=[1, 2, 3])([])] == expected


def test_wrong_arguments_say_so() -> None:
    for call, error, message in [
        (lambda: T.RandomRotation(-3), ValueError, "must be positive"),
        (lambda: T.RandomAffine(3, translate=(2.0, 0.1)), ValueError, "between 0 and 1"),
        (lambda: T.RandomAffine(3, scale=(0.0, 1.0)), ValueError, "positive"),
        (lambda: T.RandomErasing(value="noise"), ValueError, "'random'"),
        (lambda: T.RandomErasing(1.0, value=(1.0, 2.0))(autograd.ones(3, 4, 4)), ValueError, "number of channels"),
        (lambda: T.RandomChoice([T.Grayscale()], p=[0.5, 0.5]), ValueError, "1 transforms and 2"),
        (lambda: T.RandomApply(3), TypeError, "sequence"),
        (lambda: T.ColorJitter(hue=0.7), ValueError, "between -0.5 and 0.5"),
        (lambda: T.AutoAugment("imagenet"), ValueError, "not recognized"),
        (lambda: T.RandAugment(magnitude=31), ValueError, "below 31"),
        (lambda: F.posterize(autograd.ones(3, 4, 4), 2), TypeError, "uint8"),
        (lambda: F.five_crop(autograd.ones(3, 4, 4), 5), ValueError, "larger"),
        (lambda: F.affine(autograd.ones(3, 4, 4), 0, [0, 0], 0.0, 0), ValueError, "positive"),
        (lambda: F.rotate(autograd.ones(3, 4, 4), 1, fill=[1, 2]), ValueError, "'fill'"),
        (lambda: T.RandomRotation(3, T.InterpolationMode.BICUBIC)(autograd.ones(3, 4, 4)), ValueError, "bicubic"),
        (lambda: T.LinearTransformation(autograd.eye(4), autograd.ones(3)), ValueError, "a matrix"),
    ]:  # type: ignore[var-annotated]
        with pytest.raises(error, match=message):
            call()  # type: ignore[no-untyped-call]
