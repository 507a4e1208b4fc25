"""Attack: random stacks of layers, in place ones among them, against the same stacks in torch.

Both have the same parameters; values, gradients, buffers and sometimes second derivatives are compared.
A stack that fails is shrunk to the fewest layers that still fail, and printed as code.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import host, torch_or_skip

pytestmark = pytest.mark.numbers

Random = np.random.Generator
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """A layer as it is written: its name and arguments."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"nn.{self.name}({', '.join([*map(repr, self.args), *(f'{k}={v!r}' for k, v in self.kwargs)])})"

    def build(self, engine: Any) -> Any:
        return getattr(engine, self.name)(*self.args, **dict(self.kwargs))


def layer(name: str, *args: Any, **kwargs: Any) -> Layer:
    return Layer(name, args, tuple(kwargs.items()))


@dataclass(frozen=True)
class Stack:
    """A program: layers on an input of some shape, trained or evaluated, differentiated once or twice."""

    shape: Shape
    layers: tuple[Layer, ...]
    training: bool
    twice: bool
    seed: int

    def __str__(self) -> str:
        lines = ",\n    ".join(map(str, self.layers))
        mode = "train" if self.training else "eval"
        order = "twice" if self.twice else "once"
        return (
            f"net = nn.Sequential(\n    {lines},\n).double().{mode}()\n"
            f"net(rng({self.seed}).uniform(-2, 2, {self.shape}))  # differentiated {order}"
        )


# What may come next, given the shape so far


def anywhere(rng: Random, shape: Shape) -> list[Layer]:
    """Layers of any rank."""
    over = bool(rng.integers(2))
    return [
        *(layer(name, inplace=over) for name in ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardsigmoid", "Hardswish")),
        layer("LeakyReLU", 0.2, inplace=over),
        layer("ELU", 0.8, inplace=over),
        layer("CELU", 1.0, inplace=over),
        layer("Hardtanh", -0.7, 0.9, inplace=over),
        layer("Threshold", -0.3, 0.25, inplace=over),
        layer("RReLU", 0.25, 0.25, inplace=over),
        layer("Dropout", 0.0, inplace=over),
        *(layer(name) for name in ("Sigmoid", "Tanh", "GELU", "Softplus", "Softsign", "LogSigmoid", "Tanhshrink")),
        layer("GELU", approximate="tanh"),
        layer("Softshrink", 0.2),
        layer("Hardshrink", 0.2),
        layer("Identity"),
        layer("PReLU"),
        layer("PReLU", shape[1]),
        layer("Softmax", dim=int(rng.integers(1, len(shape)))),
        layer("LogSoftmax", dim=1),
        layer("Softmin", dim=-1),
        layer("LayerNorm", shape[-1]),
        layer("LayerNorm", list(shape[1:]), elementwise_affine=over),
        layer("RMSNorm", shape[-1]),
        layer("Linear", shape[-1], int(rng.integers(2, 7)), bias=over),
        *([layer("GLU", dim=1)] if shape[1] % 2 == 0 else []),
    ]


def normalising(rng: Random, shape: Shape) -> list[Layer]:
    """Layers that normalise channels."""
    channels, dims = shape[1], len(shape) - 2
    momentum = [0.1, 0.5, None][rng.integers(3)]
    affine, track = (bool(x) for x in rng.integers(2, size=2))
    found = [
        layer(f"BatchNorm{max(dims, 1)}d", channels, momentum=momentum, affine=affine, track_running_stats=track),
        # A group of one element is normalised to nothing but rounding, which the next layer may make as large as it likes.
        *(
            layer("GroupNorm", groups, channels, affine=affine)
            for groups in (1, 2, channels)
            if not channels % groups and channels // groups * math.prod(shape[2:]) > 1
        ),
    ]
    if dims and math.prod(shape[2:]) > 1:
        momentum = momentum or 0.1
        options = {"momentum": momentum, "affine": affine, "track_running_stats": track}
        found += [layer(f"InstanceNorm{dims}d", channels, **options), layer("LocalResponseNorm", 2, alpha=0.5)]
    return found


def spatial(rng: Random, shape: Shape) -> list[Layer]:
    """Layers of images of one to three dimensions."""
    channels, space, dims = shape[1], shape[2:], len(shape) - 2
    if not dims:
        return [layer("Unflatten", 1, (channels // n, n)) for n in (2, 3) if not channels % n and channels > n]
    kernel, stride, over = int(rng.integers(1, 4)), int(rng.integers(1, 3)), bool(rng.integers(2))
    out, pad = int(rng.integers(1, 6)), int(rng.integers(0, kernel // 2 + 1))
    size = int(rng.integers(1, 5))
    upsample = {1: ("nearest", "linear"), 2: ("nearest", "bilinear", "bicubic"), 3: ("nearest", "trilinear")}[dims]
    found = [
        layer(f"Conv{dims}d", channels, out, kernel, stride=stride, padding=pad, bias=over),
        layer(f"Conv{dims}d", channels, channels, kernel, padding=pad, groups=channels),
        layer(f"ConvTranspose{dims}d", channels, out, kernel, stride=stride, bias=over),
        layer(f"MaxPool{dims}d", kernel, stride, padding=pad, ceil_mode=over),
        layer(f"MaxPool{dims}d", kernel, 1, dilation=2),
        layer(f"AvgPool{dims}d", kernel, stride, padding=pad, count_include_pad=over),
        layer(f"AdaptiveMaxPool{dims}d", size),
        layer(f"AdaptiveAvgPool{dims}d", size),
        layer(f"ConstantPad{dims}d", 1, 0.5),
        layer(f"ReplicationPad{dims}d", 1),
        layer("Flatten"),
        *([layer(f"ReflectionPad{dims}d", 1)] if min(space) > 1 else []),
        layer(f"Dropout{dims}d", 0.0, inplace=over),
    ]
    if math.prod(space) <= 64:
        found += [layer("Upsample", scale_factor=2, mode=mode) for mode in upsample]
    if dims == 1 and space[0] % 2 == 0 and math.prod(space) < 40:
        found.append(layer("TransformerEncoderLayer", space[0], 2, 8, dropout=0.0, batch_first=True, norm_first=over))
    if dims == 2:
        found += [layer("Softmax2d"), layer("ChannelShuffle", channels)]
        found += [layer("PixelShuffle", 2)] if channels % 4 == 0 else []
        found += [layer("PixelUnshuffle", 2)] if not space[0] % 2 and not space[1] % 2 else []
    return found


STARTS: list[Shape] = [(4, 6), (3, 4, 7), (2, 3, 6), (2, 4, 6, 6), (3, 2, 5, 7), (4, 4, 3, 3), (2, 2, 4, 4, 3)]


def drawn(seed: int) -> Stack:
    """A random stack; a layer that torch can't put there is left out."""
    torch = torch_or_skip()
    rng = np.random.default_rng(seed)
    start = shape = STARTS[rng.integers(len(STARTS))]
    layers: list[Layer] = []
    for _ in range(rng.integers(1, 8)):
        kinds: list[Callable[[Random, Shape], list[Layer]]] = [anywhere, normalising, spatial]
        choices = kinds[rng.choice(3, p=[0.4, 0.25, 0.35])](rng, shape)
        if not choices:
            continue
        chosen = choices[rng.integers(len(choices))]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                after = tuple(chosen.build(torch.nn)(torch.rand(shape)).shape)
        except (RuntimeError, ValueError):
            continue
        if 0 < math.prod(after) <= 2000 and len(after) > 1:
            layers.append(chosen)
            shape = after
    return Stack(start, tuple(layers), bool(rng.random() < 0.7), bool(rng.random() < 0.3), seed)


class Refused(Exception):
    """The engine can't do this."""


def outcome(stack: Stack, net: Any, x: Any, grad: Any) -> dict[str, np.ndarray]:
    """All there is to compare."""
    x.requires_grad_()
    try:
        out = net(x * 1)
        targets = [x, *net.parameters()]
        weight = x.new_tensor(np.random.default_rng(stack.seed).normal(size=tuple(out.shape)))
        first = grad((out * weight).sum(), targets, create_graph=stack.twice, allow_unused=True)
        found = {"value": host(out), **{f"buffer {name}": host(b) for name, b in net.named_buffers()}}
        names = ["input", *(name for name, _ in net.named_parameters())]
        found |= {
            f"gradient of {name}": np.zeros(tuple(t.shape)) if g is None else host(g)
            for name, t, g in zip(names, targets, first, strict=True)
        }
        if stack.twice:
            bent = [(g * g).sum() for g in first if g is not None and g.requires_grad]
            second = grad(sum(bent), targets, allow_unused=True) if bent else [None] * len(targets)
            found |= {
                f"second gradient of {name}": np.zeros(tuple(t.shape)) if g is None else host(g)
                for name, t, g in zip(names, targets, second, strict=True)
            }
    except (RuntimeError, ValueError, NotImplementedError) as error:
        raise Refused(f"{type(error).__name__}: {error}") from None
    return found


def difference(stack: Stack) -> str | None:
    """What differs from torch, or None; None, too, for what torch can't do."""
    torch = torch_or_skip()
    torch.manual_seed(stack.seed)
    start = np.random.default_rng(stack.seed).uniform(-2, 2, stack.shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = torch.nn.Sequential(*(each.build(torch.nn) for each in stack.layers)).double()
            theirs.train(stack.training)
            for p in theirs.parameters():  # ones and zeros would hide what they multiply
                p.data.add_(torch.rand_like(p) * 0.2)
            state = {name: value.numpy().copy() for name, value in theirs.state_dict().items()}
            expected = outcome(stack, theirs, torch.tensor(start), torch.autograd.grad)
        except (Refused, RuntimeError, ValueError):
            return None
    if not all(np.isfinite(value).all() for value in expected.values()):
        return None
    ours = nn.Sequential(*(each.build(nn) for each in stack.layers)).double().train(stack.training)
    ours.load_state_dict({name: autograd.tensor(value) for name, value in state.items()})
    try:
        found = outcome(stack, ours, autograd.tensor(start), autograd.grad)
    except Refused as error:
        return str(error)
    if found.keys() != expected.keys():
        return f"the names differ: {sorted(found.keys() ^ expected.keys())}"
    sizes: dict[str, float] = {}  # of all gradients of one order: one alone may be the noise around an exact zero
    for name, value in expected.items():
        kind = name.split(" of ")[0]
        sizes[kind] = max(sizes.get(kind, 1e-3), float(np.abs(value).max(initial=0.0)))
    for name, value in found.items():
        if value.shape != expected[name].shape:
            return f"{name}: shape {value.shape}, torch's {expected[name].shape}"
        gap = float(np.abs(value - expected[name]).max(initial=0.0)) / sizes[name.split(" of ")[0]]
        if not gap < 1e-7:
            return f"{name} differs by {gap:.1e} of its size"
    return None


def shrunk(stack: Stack) -> Stack:
    """The fewest of its layers that still fail, and once rather than twice."""
    for smaller in (
        *(
            Stack(stack.shape, (*stack.layers[:i], *stack.layers[i + 1 :]), stack.training, stack.twice, stack.seed)
            for i in range(len(stack.layers))
        ),
        *([Stack(stack.shape, stack.layers, stack.training, False, stack.seed)] if stack.twice else []),
    ):
        if smaller.layers and difference(smaller) is not None:
            return shrunk(smaller)
    return stack


def test_stacks_agree_with_torch(sweep: Any, request: pytest.FixtureRequest) -> None:
    torch_or_skip()
    count = request.config.getoption("--fuzz") or sweep(40, 300, 5000)
    failures = []
    for seed in range(count):
        stack = drawn(seed)
        if stack.layers and difference(stack) is not None:
            least = shrunk(stack)
            failures.append(f"{difference(least)}\n{least}")
    assert not failures, f"{len(failures)} of {count} stacks differ:\n\n" + "\n\n".join(failures[:10])
