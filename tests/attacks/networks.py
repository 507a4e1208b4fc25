"""Small versions of published networks, written once for any engine that has torch's names.

`engine` has `nn`, `F` and `cat`; each function returns a network and what draws a batch for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

CLASSES = 10


def images(rng: np.random.Generator, batch: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """(batch, 3, side, side) and classes."""
    return rng.normal(size=(batch, 3, side, side)), rng.integers(0, CLASSES, batch)


def text(rng: np.random.Generator, batch: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """(batch, side) tokens and the ones that follow."""
    tokens = rng.integers(0, 48, (batch, side + 1))
    return tokens[:, :-1], tokens[:, 1:]


def _convolution(nn: Any, a: int, b: int, kernel: int, stride: int = 1, groups: int = 1, relu: bool = True) -> Any:
    """A convolution, batch norm and perhaps a ReLU."""
    layers = [nn.Conv2d(a, b, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(b)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


def _head(nn: Any, channels: int) -> list[Any]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES)]


def resnet18(engine: Any, width: int = 16) -> Any:
    """K. He et al., "Deep residual learning for image recognition", 2015."""
    nn, F = engine.nn, engine.F

    class Block(nn.Module):
        def __init__(self, a: int, b: int, stride: int) -> None:
            super().__init__()
            self.first = _convolution(nn, a, b, 3, stride)
            self.second = _convolution(nn, b, b, 3, relu=False)
            straight = a == b and stride == 1
            self.beside = nn.Sequential() if straight else _convolution(nn, a, b, 1, stride, relu=False)

        def forward(self, x: Any) -> Any:
            return F.relu(self.second(self.first(x)) + self.beside(x))

    layers, channels = [_convolution(nn, 3, width, 3)], width
    for stage in range(4):
        for number in range(2):
            layers.append(Block(channels, width << stage, 2 if stage and not number else 1))
            channels = width << stage
    return nn.Sequential(*layers, *_head(nn, channels))


def shufflenet(engine: Any, widths: tuple[int, ...] = (24, 48, 96)) -> Any:
    """N. Ma et al., "ShuffleNet V2", 2018."""
    nn, cat = engine.nn, engine.cat

    def shuffled(x: Any) -> Any:
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)

    def branch(a: int, b: int, stride: int) -> list[Any]:
        return [_convolution(nn, a, b, 1), _convolution(nn, b, b, 3, stride, b, relu=False), _convolution(nn, b, b, 1)]

    class Keep(nn.Module):
        def __init__(self, a: int) -> None:
            super().__init__()
            self.branch = nn.Sequential(*branch(a // 2, a // 2, 1))

        def forward(self, x: Any) -> Any:
            left, right = x.chunk(2, 1)
            return shuffled(cat([left, self.branch(right)], 1))

    class Down(nn.Module):
        def __init__(self, a: int, b: int) -> None:
            super().__init__()
            self.left = nn.Sequential(_convolution(nn, a, a, 3, 2, a, relu=False), _convolution(nn, a, b // 2, 1))
            self.right = nn.Sequential(*branch(a, b // 2, 2))

        def forward(self, x: Any) -> Any:
            return shuffled(cat([self.left(x), self.right(x)], 1))

    layers, channels = [_convolution(nn, 3, 12, 3)], 12
    for width, count in zip(widths, (3, 7, 3), strict=True):
        layers += [Down(channels, width), *(Keep(width) for _ in range(count))]
        channels = width
    return nn.Sequential(*layers, _convolution(nn, channels, 128, 1), *_head(nn, 128))


def dual_path(engine: Any) -> Any:
    """DPN-26, an eighth as wide: Y. Chen et al., "Dual path networks", 2017."""
    nn, F, cat = engine.nn, engine.F, engine.cat

    class Block(nn.Module):
        def __init__(self, last: int, inner: int, out: int, dense: int, stride: int, first: bool) -> None:
            super().__init__()
            self.out = out
            self.path = nn.Sequential(
                _convolution(nn, last, inner, 1),
                _convolution(nn, inner, inner, 3, stride, 4),
                _convolution(nn, inner, out + dense, 1, relu=False),
            )
            self.beside = _convolution(nn, last, out + dense, 1, stride, relu=False) if first else nn.Sequential()

        def forward(self, x: Any) -> Any:
            x, y, d = self.beside(x), self.path(x), self.out
            return F.relu(cat([x[:, :d] + y[:, :d], x[:, d:], y[:, d:]], 1))

    layers, last = [_convolution(nn, 3, 8, 3)], 8
    for stage, dense in enumerate((2, 4, 3, 16)):
        for number in range(2):
            stride = 2 if stage and not number else 1
            layers.append(Block(last, 12 << stage, 32 << stage, dense, stride, not number))
            last = (32 << stage) + (number + 2) * dense
    return nn.Sequential(*layers, *_head(nn, last))


def plain56(engine: Any) -> Any:
    """Fifty-six layers, none skipped: what residual networks are compared with."""
    nn = engine.nn
    layers, channels = [_convolution(nn, 3, 8, 3)], 8
    for width in (8, 16, 32):
        for number in range(18):
            layers.append(_convolution(nn, channels, width, 3, 2 if width != 8 and not number else 1))
            channels = width
    return nn.Sequential(*layers, *_head(nn, channels))


def densenet(engine: Any, growth: int = 8) -> Any:
    """G. Huang et al., "Densely connected convolutional networks", 2016."""
    nn, cat = engine.nn, engine.cat

    def before(a: int, b: int, kernel: int) -> list[Any]:
        return [nn.BatchNorm2d(a), nn.ReLU(inplace=True), nn.Conv2d(a, b, kernel, padding=kernel // 2, bias=False)]

    class Grow(nn.Module):
        def __init__(self, a: int) -> None:
            super().__init__()
            self.path = nn.Sequential(*before(a, 4 * growth, 1), *before(4 * growth, growth, 3))

        def forward(self, x: Any) -> Any:
            return cat([self.path(x), x], 1)

    channels = 2 * growth
    layers: list[Any] = [nn.Conv2d(3, channels, 3, padding=1, bias=False)]
    for stage in range(3):
        for _ in range(4):
            layers.append(Grow(channels))
            channels += growth
        if stage < 2:
            layers += [*before(channels, channels // 2, 1), nn.AvgPool2d(2)]
            channels //= 2
    return nn.Sequential(*layers, nn.BatchNorm2d(channels), nn.ReLU(inplace=True), *_head(nn, channels))


def gpt(engine: Any, width: int = 48, heads: int = 4, depth: int = 3, vocabulary: int = 48) -> Any:
    """A. Radford et al., "Language models are unsupervised multitask learners", 2019."""
    nn, F = engine.nn, engine.F

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.think = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x: Any) -> Any:
            n, length, _ = x.shape
            q, k, v = (
                part.reshape(n, length, heads, width // heads).transpose(1, 2)
                for part in self.qkv(self.before(x)).chunk(3, -1)
            )
            seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.joined(seen.transpose(1, 2).reshape(n, length, width))
            return x + self.think(self.between(x))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(32, width)
            self.blocks = nn.Sequential(*(Block() for _ in range(depth)))
            self.after, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

        def forward(self, tokens: Any) -> Any:
            x = self.tokens(tokens) + self.places.weight[: tokens.shape[1]]
            return self.head(self.after(self.blocks(x))).transpose(1, 2)

    return Net()


NETWORKS: dict[str, tuple[Callable[[Any], Any], Callable[[np.random.Generator, int, int], tuple]]] = {
    "ResNet-18": (resnet18, images),
    "ShuffleNetV2": (shufflenet, images),
    "DPN-26": (dual_path, images),
    "56 layers without skips": (plain56, images),
    "DenseNet": (densenet, images),
    "GPT": (gpt, text),
}
