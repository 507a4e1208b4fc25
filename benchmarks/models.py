"""The models that are timed, each written once, for this engine's `nn` and for torch's."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any


def mlp(*sizes: int) -> Callable[[Any, Any], Any]:
    """Linear layers of these sizes with ReLU between them."""

    def build(core: Any, nn: Any) -> Any:
        layers: list[Any] = []
        for inputs, outputs in itertools.pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        return nn.Sequential(*layers[:-1])

    return build


def cnn(core: Any, nn: Any) -> Any:
    """Two convolutions with pooling, two linear layers, for 28 x 28 pixels."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 7 * 7, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def resnet20(core: Any, nn: Any) -> Any:
    """The residual network of 20 layers for 32 x 32 pixels (K. He et al., 2015, section 4.2)."""

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self, inputs: int, outputs: int, stride: int) -> None:
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
                nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
                nn.BatchNorm2d(outputs),
            )
            self.shortcut = nn.Identity()
            if stride > 1:
                self.shortcut = nn.Sequential(
                    nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
                )

        def forward(self, x: Any) -> Any:
            return core.relu(self.body(x) + self.shortcut(x))

    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    for inputs, outputs in ((16, 16), (16, 32), (32, 64)):
        layers += [Block(inputs, outputs, outputs // inputs), Block(outputs, outputs, 1), Block(outputs, outputs, 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def _transformer(nn: Any, width: int, heads: int, layers: int, causal: bool) -> Any:
    """Blocks of attention and a two-layer perceptron, each behind a layer norm and beside a skip connection."""
    attend = nn.functional.scaled_dot_product_attention

    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
            self.query_key_value, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x: Any) -> Any:
            batch, length, _ = x.shape
            of_heads = self.query_key_value(self.before(x)).view(batch, length, 3, heads, width // heads)
            query, key, value = of_heads.permute(2, 0, 3, 1, 4).unbind(0)
            seen = attend(query, key, value, is_causal=causal).transpose(1, 2).reshape(batch, length, width)
            x = x + self.out(seen)
            return x + self.perceptron(self.between(x))

    return nn.Sequential(*[Block() for _ in range(layers)], nn.LayerNorm(width))


def gpt(vocabulary: int, context: int, width: int, heads: int, layers: int) -> Callable[[Any, Any], Any]:
    """A language model (A. Radford et al., 2019) from token numbers to scores, a row a token."""

    def build(core: Any, nn: Any) -> Any:
        class GPT(nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
                self.blocks = _transformer(nn, width, heads, layers, causal=True)
                self.head = nn.Linear(width, vocabulary, bias=False)
                self.register_buffer("numbers", core.arange(context))

            def forward(self, x: Any) -> Any:
                return self.head(self.blocks(self.tokens(x) + self.places(self.numbers))).view(-1, vocabulary)

        return GPT()

    return build


def vit(width: int, heads: int, layers: int) -> Callable[[Any, Any], Any]:
    """A vision transformer (A. Dosovitskiy et al., 2020) on patches of 4 x 4 of 32 x 32 pixels."""

    def build(core: Any, nn: Any) -> Any:
        class ViT(nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.patches = nn.Conv2d(3, width, 4, stride=4)
                self.first = nn.Parameter(core.zeros(1, 1, width))
                self.places = nn.Parameter(core.zeros(1, 65, width))
                self.blocks = _transformer(nn, width, heads, layers, causal=False)
                self.head = nn.Linear(width, 10)

            def forward(self, x: Any) -> Any:
                patches = self.patches(x).flatten(2).transpose(1, 2)
                tokens = core.cat([self.first.expand(x.shape[0], 1, width), patches], dim=1)
                return self.head(self.blocks(tokens + self.places)[:, 0])

        return ViT()

    return build


def lstm(inputs: int, hidden: int) -> Callable[[Any, Any], Any]:
    """A recurrent network (S. Hochreiter, J. Schmidhuber, 1997) whose last state is classified."""

    def build(core: Any, nn: Any) -> Any:
        class LSTM(nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.cells = nn.LSTM(inputs, hidden, batch_first=True)
                self.head = nn.Linear(hidden, 10)

            def forward(self, x: Any) -> Any:
                return self.head(self.cells(x)[0][:, -1])

        return LSTM()

    return build
