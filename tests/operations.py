"""The table of operations: one row each, from which forward, gradient, dtype, method and purity tests are generated.

A row names the operation as autograd and torch both call it (`nn.functional.x` for those of layers)
and says how to make arguments for it. Arrays among the arguments become tensors; floating ones are
differentiated unless they are wrapped in `Fixed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Call:
    """Arguments of one call."""

    args: tuple
    kwargs: dict[str, Any] = field(default_factory=dict)


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(args, kwargs)


@dataclass
class Fixed:
    """A floating array that is not differentiated."""

    array: np.ndarray


class Draw:
    """Makes arrays."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(20)

    def real(self, *shape: int, low: float = -2.0, high: float = 2.0) -> np.ndarray:
        return np.asarray(self.rng.uniform(low, high, shape))

    def complex(self, *shape: int, low: float = -2.0, high: float = 2.0) -> np.ndarray:
        return np.asarray(self.rng.uniform(low, high, shape) + 1j * self.rng.uniform(low, high, shape))

    def whole(self, *shape: int, low: int = 0, high: int = 5) -> np.ndarray:
        return np.asarray(self.rng.integers(low, high, shape))

    def mask(self, *shape: int) -> np.ndarray:
        return np.asarray(self.rng.random(shape) < 0.5)


def images(draw: Draw, *shape: int) -> np.ndarray:
    """Values no two of which are close, so that maxima do not jump within a finite difference."""
    count = int(np.prod(shape))
    return (draw.rng.permutation(count) / 7.0 - count / 14.0).reshape(shape)


def spread(draw: Draw, *shape: int) -> np.ndarray:
    """Values no two of which are close, so that their order does not change within a finite difference."""
    return images(draw, *shape) if np.prod(shape) else np.zeros(shape)


@dataclass(frozen=True)
class Inputs:
    """Fixed samples, and the family of all inputs that hypothesis draws others from.

    "unary": a tensor of any shape; "binary": tensors that broadcast; "reduced": a tensor and any of its
    dimensions; "along": a tensor and one of its dimensions.
    """

    samples: Callable[[Draw], list[Call]]
    family: str
    domains: tuple[tuple[float, float], ...] = ((-2.0, 2.0),)
    avoid: tuple[float, ...] = ()  # kinks and jumps, where no derivative is the numeric one
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, draw: Draw) -> list[Call]:
        return self.samples(draw)


@dataclass(frozen=True)
class Operation:
    """One row."""

    name: str
    samples: Callable[[Draw], Iterable[Call]]  # or Inputs; of plain samples hypothesis draws the values anew
    differentiable: bool = True
    integers: bool = True  # samples truncated to integers, or to half precision, have one right answer
    twice: bool = True  # the second derivative is defined at these samples
    torch_gradient: bool = True  # torch can differentiate it, too
    redrawn: bool = True  # the samples' values may be drawn anew: no kink lies among them
    exact: bool = True  # torch's own values hold to all digits

    def __str__(self) -> str:
        return self.name


UNARY_SHAPES = [(2, 3), (), (0, 2), (1, 2, 1)]
BINARY_SHAPES = [((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (3,)), ((3,), ()), ((0, 3), (1, 3)), ((), ())]


def unary(low: float, high: float, *avoid: float) -> Inputs:
    return Inputs(
        lambda draw: [call(draw.real(*shape, low=low, high=high)) for shape in UNARY_SHAPES],
        "unary",
        ((low, high),),
        avoid,
    )


def binary(
    low: float = -2.0,
    high: float = 2.0,
    first: tuple[float, float] | None = None,
    scalars: bool = True,
    smooth: bool = True,
) -> Inputs:
    a, b = first or (low, high)

    def samples(draw: Draw) -> list[Call]:
        calls = [call(draw.real(*x, low=a, high=b), draw.real(*y, low=low, high=high)) for x, y in BINARY_SHAPES]
        return [*calls, call(draw.real(2, 2, low=a, high=b), 1.75)] if scalars else calls

    return Inputs(samples, "binary" if smooth else "apart", ((a, b), (low, high)))


def reduced(low: float = -2.0, high: float = 2.0, **more: Any) -> Inputs:
    """None, one and several dimensions, kept or not."""

    def samples(draw: Draw) -> list[Call]:
        return [
            call(draw.real(2, 3, low=low, high=high), **more),
            call(draw.real(low=low, high=high), **more),
            call(draw.real(2, 3, 2, low=low, high=high), 1, **more),
            call(draw.real(2, 3, 2, low=low, high=high), dim=-1, keepdim=True, **more),
            call(draw.real(2, 3, 2, low=low, high=high), (0, 2), **more),
            call(draw.real(2, 3, 2, low=low, high=high), dim=(-1, 0), keepdim=True, **more),
        ]

    return Inputs(samples, "reduced", ((low, high),), options=tuple(more.items()))


def along(low: float = -2.0, high: float = 2.0, distinct: bool = False) -> Inputs:
    """One dimension."""

    def made(draw: Draw, *shape: int) -> np.ndarray:
        return spread(draw, *shape) if distinct else draw.real(*shape, low=low, high=high)

    return Inputs(
        lambda d: [call(made(d, 2, 3), 1), call(made(d, 3, 2), 0), call(made(d, 2, 3, 2), dim=-2), call(made(d, 3), 0)],
        "distinct along" if distinct else "along",
        ((low, high),),
    )


def one_dim(draw: Draw) -> list[Call]:
    return [
        call(draw.real(2, 3)),
        call(draw.real(2, 3), 1),
        call(draw.real(2, 3), dim=-2, keepdim=True),
        call(draw.real(3), 0),
    ]


WHOLE = tuple(range(-7, 8))
HALVES = tuple(i + 0.5 for i in range(-7, 7))
FLOAT_UNARY = {
    "abs": (-3, 3, 0), "neg": (-3, 3), "positive": (-3, 3), "square": (-3, 3), "reciprocal": (0.3, 3), "sqrt": (0.2, 4),
    "rsqrt": (0.2, 4), "exp": (-2, 2), "exp2": (-2, 2), "expm1": (-2, 2), "log": (0.2, 4), "log2": (0.2, 4),
    "log10": (0.2, 4), "log1p": (-0.7, 3), "sin": (-3, 3), "cos": (-3, 3), "tan": (-1.2, 1.2), "asin": (-0.9, 0.9),
    "acos": (-0.9, 0.9), "atan": (-3, 3), "sinh": (-2, 2), "cosh": (-2, 2), "tanh": (-2, 2), "asinh": (-3, 3),
    "acosh": (1.2, 4), "atanh": (-0.9, 0.9), "erf": (-2, 2), "sigmoid": (-4, 4), "relu": (-3, 3, 0),
    "sign": (-3, 3, 0), "floor": (-3, 3, *WHOLE), "ceil": (-3, 3, *WHOLE), "round": (-3, 3, *HALVES),
    "trunc": (-3, 3, *WHOLE),
}  # fmt: skip
ACTIVATIONS = {
    "relu": (0,), "relu6": (0, 6), "hardtanh": (-1, 1), "leaky_relu": (0,), "elu": (0,), "sigmoid": (), "tanh": (),
    "silu": (), "gelu": (), "softplus": (), "logsigmoid": (),
}  # fmt: skip
PREDICATES = ["isnan", "isinf", "isfinite", "logical_not"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor", "isclose"]


def shapes(*calls: Callable[[Draw], Call]) -> Callable[[Draw], list[Call]]:
    return lambda draw: [each(draw) for each in calls]


LAYERS = {
    "linear": shapes(
        lambda d: call(d.real(4, 3), d.real(2, 3), d.real(2)),
        lambda d: call(d.real(2, 2, 3), d.real(2, 3)),
        lambda d: call(d.real(3), d.real(2, 3), d.real(2)),
        lambda d: call(d.real(0, 3), d.real(2, 3), d.real(2)),
    ),
    "conv1d": shapes(
        lambda d: call(d.real(2, 2, 7), d.real(3, 2, 3), d.real(3), stride=2, padding=1),
        lambda d: call(d.real(2, 7), d.real(3, 2, 3), dilation=2),
        lambda d: call(d.real(1, 4, 6), d.real(4, 2, 3), d.real(4), padding="same", groups=2),
    ),
    "conv2d": shapes(
        lambda d: call(d.real(2, 2, 4, 5), d.real(3, 2, 3, 3), d.real(3), padding=1),
        lambda d: call(d.real(1, 2, 6, 5), d.real(2, 2, 3, 2), stride=(2, 1), padding=(0, 1)),
        lambda d: call(d.real(1, 4, 5, 5), d.real(4, 1, 3, 3), d.real(4), groups=4, dilation=2),
        lambda d: call(d.real(2, 3, 3, 3), d.real(2, 3, 1, 1), d.real(2)),
        lambda d: call(d.real(2, 5, 5), d.real(3, 2, 2, 2), padding="valid"),
        lambda d: call(d.real(1, 2, 5, 4), d.real(2, 2, 3, 3), padding="same"),
        lambda d: call(d.real(1, 1, 5, 5), d.real(1, 1, 2, 2), stride=3),
        lambda d: call(d.real(0, 2, 4, 4), d.real(3, 2, 3, 3), d.real(3)),
    ),
    "conv3d": shapes(lambda d: call(d.real(1, 2, 3, 4, 3), d.real(2, 2, 2, 2, 2), d.real(2), stride=(1, 2, 1), padding=1)),
    "max_pool1d": shapes(lambda d: call(images(d, 2, 2, 7), 3, stride=2, padding=1)),
    "max_pool2d": shapes(
        lambda d: call(images(d, 2, 2, 4, 4), 2),
        lambda d: call(images(d, 1, 2, 6, 5), 3, stride=2, padding=1),
        lambda d: call(images(d, 2, 5, 5), (2, 3), stride=1),
        lambda d: call(images(d, 1, 1, 6, 6), 2, stride=1, dilation=2),
        lambda d: call(images(d, 1, 2, 5, 5), 2, ceil_mode=True),
    ),
    "max_pool3d": shapes(lambda d: call(images(d, 1, 1, 4, 4, 2), 2)),
    "avg_pool1d": shapes(lambda d: call(d.real(2, 2, 7), 3, stride=2, padding=1)),
    "avg_pool2d": shapes(
        lambda d: call(d.real(2, 2, 4, 4), 2),
        lambda d: call(d.real(1, 2, 6, 5), 3, stride=2, padding=1),
        lambda d: call(d.real(1, 2, 6, 5), 3, stride=2, padding=1, count_include_pad=False),
        lambda d: call(d.real(1, 2, 5, 5), 2, ceil_mode=True),
        lambda d: call(d.real(2, 5, 5), (2, 3), stride=1, divisor_override=5),
    ),
    "avg_pool3d": shapes(lambda d: call(d.real(1, 1, 4, 4, 2), 2)),
    "batch_norm": shapes(
        lambda d: call(d.real(4, 3), None, None, d.real(3), d.real(3), training=True),
        lambda d: call(d.real(2, 3, 2, 2), None, None, d.real(3), d.real(3), training=True, eps=1e-3),
        lambda d: call(d.real(2, 3, 2), None, None, training=True),
        lambda d: call(d.real(4, 3), Fixed(d.real(3)), Fixed(d.real(3, low=0.5)), d.real(3), d.real(3)),
    ),
    "softmax": shapes(lambda d: call(d.real(2, 3), dim=1), lambda d: call(d.real(2, 3, 2), dim=-2), lambda d: call(d.real(), dim=0)),
    "log_softmax": shapes(lambda d: call(d.real(2, 3), dim=1), lambda d: call(d.real(2, 3, 2), dim=0)),
    "pad": shapes(
        lambda d: call(d.real(2, 3), (1, 2)),
        lambda d: call(d.real(2, 3), (0, 1, 2, 0), value=1.5),
        lambda d: call(d.real(2, 4), (-1, 1)),
    ),
    "mse_loss": shapes(
        *(lambda d, r=r: call(d.real(2, 3), d.real(2, 3), reduction=r) for r in ("mean", "sum", "none")),
    ),
    "l1_loss": shapes(
        *(lambda d, r=r: call(d.real(2, 3), d.real(2, 3), reduction=r) for r in ("mean", "sum", "none")),
    ),
    "binary_cross_entropy": shapes(
        *(
            lambda d, r=r: call(d.real(2, 3, low=0.1, high=0.9), Fixed(d.real(2, 3, low=0, high=1)), reduction=r)
            for r in ("mean", "sum", "none")
        ),
        lambda d: call(d.real(4, low=0.1, high=0.9), Fixed(d.real(4, low=0, high=1)), Fixed(d.real(4, low=0.5))),
        lambda d: call(d.real(4, low=0.1, high=0.9), d.real(4, low=0.1, high=0.9), reduction="sum"),
    ),
    "binary_cross_entropy_with_logits": shapes(
        *(lambda d, r=r: call(d.real(2, 3), d.real(2, 3, low=0, high=1), reduction=r) for r in ("mean", "sum", "none")),
        lambda d: call(d.real(2, 3), Fixed(d.real(2, 3, low=0, high=1)), Fixed(d.real(3, low=0.5)), pos_weight=Fixed(d.real(3, low=0.5))),
    ),
    "nll_loss": shapes(
        lambda d: call(d.real(4, 3), d.whole(4, high=3)),
        lambda d: call(d.real(4, 3), d.whole(4, high=3), Fixed(d.real(3, low=0.5)), reduction="sum"),
        lambda d: call(d.real(2, 3, 2), d.whole(2, 2, high=3), ignore_index=1),
        lambda d: call(d.real(3), d.whole(high=3)),
        lambda d: call(d.real(2, 3, 2, 2), d.whole(2, 2, 2, high=3), reduction="none"),
    ),
    "cross_entropy": shapes(
        lambda d: call(d.real(4, 3), d.whole(4, high=3)),
        lambda d: call(d.real(4, 3), d.whole(4, high=3), Fixed(d.real(3, low=0.5))),
        lambda d: call(d.real(4, 3), d.whole(4, high=3), reduction="sum", label_smoothing=0.1),
        lambda d: call(d.real(4, 3), d.whole(4, high=3), Fixed(d.real(3, low=0.5)), label_smoothing=0.2),
        lambda d: call(d.real(4, 3), d.whole(4, high=3), reduction="none"),
        lambda d: call(d.real(4, 3), np.array([0, -100, 2, 1])),
        lambda d: call(d.real(4, 3), np.array([0, 1, 2, 1]), ignore_index=1, label_smoothing=0.1),
        lambda d: call(d.real(2, 3, 2), d.whole(2, 2, high=3)),
        lambda d: call(d.real(3), d.whole(high=3)),
        lambda d: call(d.real(4, 3), d.real(4, 3, low=0, high=1)),
        lambda d: call(d.real(2, 3, 2), d.real(2, 3, 2, low=0, high=1), label_smoothing=0.1, reduction="sum"),
        lambda d: call(d.real(4, 3), d.real(4, 3, low=0, high=1), Fixed(d.real(3, low=0.5)), reduction="none"),
    ),
}  # fmt: skip

SHAPES = {
    "reshape": shapes(lambda d: call(d.real(2, 6), (3, 4)), lambda d: call(d.real(2, 6), (-1,)), lambda d: call(d.real(1), ())),
    "flatten": shapes(lambda d: call(d.real(2, 3, 2)), lambda d: call(d.real(2, 3, 2), 1), lambda d: call(d.real())),
    "ravel": shapes(lambda d: call(d.real(2, 3))),
    "unflatten": shapes(lambda d: call(d.real(2, 6), 1, (2, -1))),
    "squeeze": shapes(lambda d: call(d.real(1, 3, 1)), lambda d: call(d.real(1, 3, 1), 0), lambda d: call(d.real(1, 3, 1), 1), lambda d: call(d.real(1, 3, 1), (0, 2))),
    "unsqueeze": shapes(lambda d: call(d.real(3), 0), lambda d: call(d.real(3), -1)),
    "permute": shapes(lambda d: call(d.real(2, 3, 4), (2, 0, 1)), lambda d: call(d.real(2, 3), (-1, 0))),
    "transpose": shapes(lambda d: call(d.real(2, 3, 4), 0, 2), lambda d: call(d.real(2, 3), -1, -2)),
    "t": shapes(lambda d: call(d.real(2, 3)), lambda d: call(d.real(3))),
    "movedim": shapes(lambda d: call(d.real(2, 3, 4), 0, -1), lambda d: call(d.real(2, 3, 4), (0, 1), (2, 0))),
    "broadcast_to": shapes(lambda d: call(d.real(1, 3), (2, 2, 3))),
    "clone": shapes(lambda d: call(d.real(2, 3))),
    "cat": shapes(lambda d: call([d.real(2, 3), d.real(1, 3)]), lambda d: call([d.real(2, 1), d.real(2, 0), d.real(2, 2)], 1), lambda d: call([d.real(2)], -1)),
    "stack": shapes(lambda d: call([d.real(2, 3), d.real(2, 3)]), lambda d: call([d.real(2), d.real(2)], -1)),
    "narrow": shapes(lambda d: call(d.real(4, 3), 0, 1, 2)),
    "select": shapes(lambda d: call(d.real(4, 3), 1, -1)),
    "split": shapes(lambda d: call(d.real(5, 2), 2), lambda d: call(d.real(2, 5), [1, 4], dim=1)),
    "chunk": shapes(lambda d: call(d.real(5, 2), 3)),
    "unbind": shapes(lambda d: call(d.real(2, 3)), lambda d: call(d.real(2, 3), 1)),
    "flip": shapes(lambda d: call(d.real(2, 3), (0,)), lambda d: call(d.real(2, 3), (0, 1))),
    "roll": shapes(lambda d: call(d.real(2, 3), 1), lambda d: call(d.real(2, 3), (1, -1), (0, 1))),
    "tril": shapes(lambda d: call(d.real(3, 3)), lambda d: call(d.real(2, 3, 4), 1)),
    "triu": shapes(lambda d: call(d.real(3, 3)), lambda d: call(d.real(2, 3, 4), -1)),
}  # fmt: skip

PRODUCTS = {
    "matmul": shapes(
        lambda d: call(d.real(2, 3), d.real(3, 4)), lambda d: call(d.real(3), d.real(3)), lambda d: call(d.real(2, 3), d.real(3)),
        lambda d: call(d.real(3), d.real(3, 2)), lambda d: call(d.real(2, 2, 3), d.real(3, 2)), lambda d: call(d.real(2, 1, 2, 3), d.real(3, 3, 2)),
        lambda d: call(d.real(2, 2, 3), d.real(3)), lambda d: call(d.real(3), d.real(2, 3, 2)), lambda d: call(d.real(0, 3), d.real(3, 2)),
        lambda d: call(d.real(2, 0), d.real(0, 2)),
    ),
    "mm": shapes(lambda d: call(d.real(2, 3), d.real(3, 4))),
    "bmm": shapes(lambda d: call(d.real(2, 2, 3), d.real(2, 3, 2))),
    "mv": shapes(lambda d: call(d.real(2, 3), d.real(3))),
    "dot": shapes(lambda d: call(d.real(3), d.real(3))),
    "outer": shapes(lambda d: call(d.real(2), d.real(3))),
    "addmm": shapes(lambda d: call(d.real(4), d.real(2, 3), d.real(3, 4)), lambda d: call(d.real(2, 4), d.real(2, 3), d.real(3, 4), beta=0.5, alpha=2.0)),
}  # fmt: skip

INDEXING = {
    "gather": shapes(lambda d: call(d.real(3, 4), 1, d.whole(3, 2, high=4)), lambda d: call(d.real(3, 4), 0, d.whole(2, 3, high=3))),
    "scatter_add": shapes(lambda d: call(d.real(3, 4), 1, d.whole(2, 3, high=4), d.real(2, 3)), lambda d: call(d.real(3, 4), 0, d.whole(2, 3, high=3), Fixed(d.real(3, 4)))),
    "index_select": shapes(lambda d: call(d.real(3, 4), 0, np.array([2, 0, 2])), lambda d: call(d.real(3, 4), 1, np.array([3]))),
    "masked_fill": shapes(lambda d: call(d.real(2, 3), d.mask(2, 3), 1.5), lambda d: call(d.real(2, 3), d.mask(3), d.real())),
    "masked_select": shapes(lambda d: call(d.real(2, 3), d.mask(2, 3)), lambda d: call(d.real(2, 3), d.mask(3))),
    "where": shapes(lambda d: call(d.mask(2, 3), d.real(2, 3), d.real(3)), lambda d: call(d.mask(3), d.real(2, 3), 0.5), lambda d: call(d.mask(2, 1), 1.0, d.real(3))),
}  # fmt: skip

ROWS = [
    *(Operation(name, unary(*domain)) for name, domain in FLOAT_UNARY.items()),
    *(Operation(name, unary(-3, 3), differentiable=False) for name in PREDICATES),
    *(Operation(f"nn.functional.{name}", unary(-7, 7, *kinks)) for name, kinks in ACTIVATIONS.items()),
    Operation("nn.functional.gelu", lambda d: [call(d.real(2, 3), approximate="tanh")]),
    *(Operation(name, binary()) for name in ("add", "sub", "mul")),
    *(Operation(name, binary(scalars=False, smooth=False)) for name in ("maximum", "minimum")),
    Operation("rsub", binary()),
    Operation("add", lambda d: [call(d.real(2), d.real(2), alpha=2.5), call(d.real(2), 1.5, alpha=2)]),
    Operation("sub", lambda d: [call(d.real(2), d.real(2), alpha=-0.5), call(d.real(2), 1.5, alpha=2)]),
    Operation("div", binary(0.5, 2.0, first=(-2.0, 2.0))),
    Operation("div", lambda d: [call(d.real(2, 3), d.real(3, low=0.5), rounding_mode=m) for m in ("floor", "trunc")], differentiable=False),
    *(Operation(name, lambda d: binary(0.5, 2.0, first=(-3.0, 3.0))(d)) for name in ("remainder", "fmod")),
    Operation("floor_divide", lambda d: [call(Fixed(d.real(2, 3)), Fixed(d.real(3, low=0.5)))], differentiable=False),
    Operation("pow", binary(-2.0, 2.0, first=(0.3, 2.0))),
    Operation("pow", lambda d: [call(d.real(2, 3), 2), call(d.real(2, 3), 3.0), call(d.real(2), 0), call(d.real(2), 1), call(1.5, d.real(2))]),
    *(Operation(name, binary(0.2, 3.0, scalars=False)) for name in ("atan2", "logaddexp")),
    *(Operation(name, binary(scalars=name in COMPARISONS[:6]), differentiable=False) for name in COMPARISONS),
    Operation("clamp", lambda d: [call(d.real(2, 3), -1.0, 1.0), call(d.real(2, 3), min=0.5), call(d.real(2, 3), max=0.5), call(d.real(2, 3), d.real(3, low=-2, high=-1), d.real(3, low=0)), call(d.real(4, 3, low=-3, high=3), d.real(3, low=-1.5, high=-0.5), d.real(3, low=0.2, high=1)), call(d.real(4, 3), max=d.real(3, low=0.2, high=0.5))]),
    Operation("clamp_min", lambda d: [call(d.real(2, 3), 0.5)]),
    Operation("clamp_max", lambda d: [call(d.real(2, 3), 0.5)]),
    *(Operation(name, reduced()) for name in ("sum", "mean")),
    *(Operation(name, lambda d: reduced()(d)[:1] + reduced()(d)[2:]) for name in ("std", "var")),
    Operation("logsumexp", lambda d: [call(d.real(2, 3), 1), call(d.real(2, 3, 2), (0, 2), keepdim=True)]),
    Operation("var", lambda d: [call(d.real(2, 3), 1, correction=0), call(d.real(2, 3), unbiased=False)]),
    Operation("std", lambda d: [call(d.real(2, 3), 1, correction=0)]),
    Operation("var_mean", lambda d: [call(d.real(2, 3), 1)]),
    Operation("std_mean", lambda d: [call(d.real(2, 3), 1)]),
    *(Operation(name, lambda d: [call(d.real(2, 3), 1), call(d.real(2, 3, 2), (0, 2), keepdim=True), call(d.real(2, 3))]) for name in ("amax", "amin")),
    *(Operation(name, lambda d: [*one_dim(d), call(d.real(2, 3), d.real(3))]) for name in ("max", "min")),
    *(Operation(name, one_dim, differentiable=False) for name in ("argmax", "argmin")),
    *(Operation(name, lambda d: [call(d.mask(2, 3)), call(d.mask(2, 3), 1), call(d.mask(2, 3), dim=0, keepdim=True)], differentiable=False) for name in ("any", "all")),
    Operation("count_nonzero", lambda d: [call(d.mask(2, 3)), call(d.mask(2, 3), 1)], differentiable=False),
    Operation("norm", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1), call(d.real(2, 3), 2, dim=1), call(d.real(2, 3), 3.0, dim=0, keepdim=True)]),
    *(Operation(f"nn.functional.{name}", samples) for name, samples in LAYERS.items()),
    *(Operation(name, samples) for name, samples in SHAPES.items()),
    *(Operation(name, samples) for name, samples in PRODUCTS.items()),
    *(Operation(name, samples) for name, samples in INDEXING.items()),
    Operation("softmax", lambda d: [call(d.real(2, 3), 1)]),
    Operation("log_softmax", lambda d: [call(d.real(2, 3), 1)]),
]  # fmt: skip
