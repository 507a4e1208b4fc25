"""Functions like a user's, right and wrong. `WRONG` says of each wrong one what is to blame; `RIGHT` are others to leave alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import autograd
import nn
import nn.functional as F
from autograd.testing import broadcastable_shapes, shapes, tensors


@dataclass
class Case:
    name: str
    function: Callable[..., Any]
    strategies: tuple[Any, ...]
    guilty: str = ""  # what the report must say of whom to blame
    order: int = 1


WRONG: list[Case] = []
RIGHT: list[Case] = []

VECTOR = tensors((3,), -2.0, 2.0)
POSITIVE = tensors((3,), 0.5, 2.0)
ANY = tensors(shapes(max_dims=2, max_side=3), -2.0, 2.0)
MATRIX = tensors((3, 2), -2.0, 2.0)
SQUARE = tensors((2, 2), -2.0, 2.0)
TRANSPOSED = tensors((2, 2), -2.0, 2.0, strided=False).map(lambda x: x.detach().t().detach().requires_grad_())
COMPLEX = tensors((2,), -2.0, 2.0, dtype=autograd.complex128)
PAIRS = broadcastable_shapes(max_dims=2, max_side=3).flatmap(
    lambda pair: st.tuples(*(tensors(s, -2.0, 2.0) for s in pair))
)
TIED = st.lists(st.integers(-1, 1), min_size=3, max_size=3).map(
    lambda values: autograd.tensor([float(v) for v in values], dtype=autograd.float64, requires_grad=True)
)


def wrong(name: str, function: Any, *strategies: Any, guilty: str, order: int = 1) -> None:
    WRONG.append(Case(name, function, strategies, guilty, order))


def right(name: str, function: Any, *strategies: Any, order: int = 1) -> None:
    RIGHT.append(Case(name, function, strategies, "", order))


def custom(name: str, forward: Any, backward: Any) -> Any:
    """A Function of two short functions, whose inputs are saved."""

    def saving(ctx, *inputs):
        ctx.save_for_backward(*[x for x in inputs if isinstance(x, autograd.Tensor)])
        return forward(*inputs)

    def using(ctx, *g):
        return backward(*ctx.saved_tensors, *g)

    return type(
        name,
        (autograd.Function,),
        {"forward": staticmethod(saving), "backward": staticmethod(using), "__module__": __name__},
    )


def total(gradient, like):
    """The sum over what was broadcast."""
    return gradient.sum_to_size(like.shape)


# A wrong formula

Sign = custom("Sign", lambda x: x.cos(), lambda x, g: g * x.sin())
wrong("a sign", Sign.apply, VECTOR, guilty="Sign")

Factor = custom("Factor", lambda x: x**3, lambda x, g: 2.9 * x**2 * g)
wrong("a factor", lambda x, y: Factor.apply(x * y).sin(), PAIRS, guilty="Factor")

Percent = custom("Percent", lambda x: x.exp(), lambda x, g: 1.01 * g * x.exp())
wrong("one percent", lambda x: Percent.apply(x.sin()).sum(), VECTOR, guilty="Percent")

MissingTerm = custom("MissingTerm", lambda x: x * x.exp(), lambda x, g: g * x.exp())
wrong("a missing term", lambda x: MissingTerm.apply(x * 2) + x, ANY, guilty="MissingTerm")

Inner = custom("Inner", lambda x: (3 * x).sin(), lambda x, g: g * (3 * x).cos())
wrong("the chain rule's inner factor", Inner.apply, ANY, guilty="Inner")

Half = custom("Half", lambda x, y: x * y, lambda x, y, g: (total(g * y, x), total(g * x, y) / 2))
wrong("half of one of two", Half.apply, PAIRS, guilty="Half")

Swapped = custom("Swapped", lambda x, y: x * y.sin(), lambda x, y, g: (g * x * y.cos(), g * y.sin()))
wrong("gradients in the wrong order", lambda x, y: Swapped.apply(x.exp(), y).mean(), VECTOR, VECTOR, guilty="Swapped")

Quotient = custom("Quotient", lambda x, y: x / y, lambda x, y, g: (g / y, g * x / y**2))
wrong("the sign by a denominator", Quotient.apply, VECTOR, POSITIVE, guilty="Quotient")

Tanh = custom("Tanh", lambda x: x.tanh(), lambda x, g: g * (1 - x**2))
wrong("the input taken for the output", lambda x: Tanh.apply(x @ x.t()).sum(), MATRIX, guilty="Tanh")

Sigmoid = custom("Sigmoid", lambda x: x.sigmoid(), lambda x, g: g * x.sigmoid())
wrong("half of a product", Sigmoid.apply, ANY, guilty="Sigmoid")

Root = custom("Root", lambda x: x.sqrt(), lambda x, g: g * 0.5 * x.sqrt())
wrong("times instead of divided by", lambda x: Root.apply(x).log(), POSITIVE, guilty="Root")

LogAbs = custom("LogAbs", lambda x: x.abs().log(), lambda x, g: g / x.abs())
wrong("only for negative numbers", LogAbs.apply, tensors((3,), avoid=(0.0,)), guilty="LogAbs")

Huber = custom("Huber", lambda x: autograd.where(x.abs() < 1, x * x / 2, x.abs() - 0.5), lambda x, g: g * x)
wrong("only for large numbers", Huber.apply, tensors((3,), avoid=(-1.0, 1.0)), guilty="Huber")

Clamp = custom("Clamp", lambda x: x.clamp(-1, 1), lambda x, g: g)
wrong(
    "straight through a clamp",
    lambda x: Clamp.apply(x.sinh()),
    tensors((2,), avoid=(-0.88137, 0.88137)),
    guilty="Clamp",
)

Power = custom("Power", lambda x, n: x**n, lambda x, n, g: (g * n * x ** (n - 1), g * x**n))
wrong("a missing logarithm", Power.apply, POSITIVE, POSITIVE, guilty="Power")

# Sums, shapes, sizes

Bias = custom("Bias", lambda x, b: x + b, lambda x, b, g: (g, g.mean(0)))
wrong("mean for sum over a batch", lambda x, b: Bias.apply(x, b).exp(), MATRIX, tensors((2,)), guilty="Bias")

FirstRow = custom("FirstRow", lambda x, b: x * b, lambda x, b, g: (g * b, (g * x)[0]))
wrong(
    "only where a batch is broadcast over",
    FirstRow.apply,
    tensors(st.integers(1, 3).map(lambda n: (n, 2))),
    tensors((2,)),
    guilty="FirstRow",
)

Softmax = custom("Softmax", lambda x: x.softmax(-1), lambda x, g: x.softmax(-1) * (g - (g * x.softmax(-1)).sum(0)))
wrong("the wrong axis", Softmax.apply, SQUARE, guilty="Softmax")

Mean = custom("Mean", lambda x: x.mean(), lambda x, g: g.expand(x.shape))
wrong("sum for mean", lambda x: Mean.apply(x.sin() * x), ANY, guilty="Mean")

Variance = custom("Variance", lambda x: x.var(), lambda x, g: g * 2 * (x - x.mean()) / x.numel())
wrong("n for n - 1", Variance.apply, VECTOR, guilty="Variance")

Cumsum = custom("Cumsum", lambda x: x.cumsum(0), lambda x, g: g.cumsum(0))
wrong("only for more than one element", Cumsum.apply, tensors(shapes(1, 2, max_side=3)), guilty="Cumsum")

Product = custom("Product", lambda x, w: x @ w, lambda x, w, g: (g @ w, x.t() @ g))
wrong("a missing transpose", lambda x, w: Product.apply(x, w.tanh()).sum(1), SQUARE, SQUARE, guilty="Product")

Norm = custom("Norm", lambda x: (x - x.mean()) / x.var(), lambda x, g: (g - g.mean()) / x.var())
wrong("a statistic taken for a constant", Norm.apply, tensors((3,), distinct=True), guilty="Norm")

Outer = custom("Outer", lambda x, y: x[:, None] * y, lambda x, y, g: (g @ y, g @ x))
wrong("rows for columns", Outer.apply, VECTOR, VECTOR, guilty="Outer")

TooSmall = custom("TooSmall", lambda x: x * 2, lambda x, g: g.sum() * 2)
wrong("a gradient of another shape", lambda x: TooSmall.apply(x.exp()), VECTOR, guilty="TooSmall")

TooMany = custom("TooMany", lambda x: x * 2, lambda x, g: (g * 2, g))
wrong("too many gradients", TooMany.apply, VECTOR, guilty="TooMany")

Number = custom("Number", lambda x: x.sum() * 2, lambda x, g: 2.0)
wrong("a number for a tensor", Number.apply, VECTOR, guilty="Number")

Nothing = custom("Nothing", lambda x, y: x * y, lambda x, y, g: (g * y, None))
wrong("None for an input that needs one", lambda x, y: Nothing.apply(x, y * 2) + y, VECTOR, VECTOR, guilty="Nothing")


class Assigned(autograd.Function):
    """x[index], whose backward writes where it should add."""

    @staticmethod
    def forward(ctx, x, index):
        ctx.index, ctx.size = index, x.shape
        return x[index]

    @staticmethod
    def backward(ctx, g):
        made = autograd.zeros(ctx.size, dtype=g.dtype)
        made[ctx.index] = g
        return made, None


wrong("repeated indices", Assigned.apply, VECTOR, tensors((4,), 0, 2, dtype=autograd.int64), guilty="Assigned")


class Dropped(autograd.Function):
    """Keeps a fixed part; its backward keeps the other."""

    @staticmethod
    def forward(ctx, x, mask):
        ctx.mask = mask
        return x * mask

    @staticmethod
    def backward(ctx, g):
        return g * ~ctx.mask, None


wrong("a mask inside out", Dropped.apply, VECTOR, tensors((3,), dtype=autograd.bool), guilty="Dropped")


def cross_entropy(logits, target):
    return CrossEntropy.apply(logits / 2, target)


class CrossEntropy(autograd.Function):
    """The mean over the batch, whose backward forgets that it is one."""

    @staticmethod
    def forward(ctx, logits, target):
        ctx.save_for_backward(logits, target)
        return F.cross_entropy(logits, target)

    @staticmethod
    def backward(ctx, g):
        logits, target = ctx.saved_tensors
        return g * (logits.softmax(-1) - F.one_hot(target, logits.shape[-1])), None


wrong("a loss without its 1/N", cross_entropy, MATRIX, tensors((3,), 0, 1, dtype=autograd.int64), guilty="CrossEntropy")

# Not linear in the gradient

Squared = custom("Squared", lambda x: x * 2, lambda x, g: 2 * g * g)
wrong("the gradient squared", Squared.apply, VECTOR, guilty="Squared")

Absolute = custom("Absolute", lambda x: x * 2, lambda x, g: 2 * g.abs())
wrong("the gradient's absolute value", lambda x: Absolute.apply(x.sin()), VECTOR, guilty="Absolute")

Clipped = custom("Clipped", lambda x: x * 2, lambda x, g: 2 * g.clamp(-1, 1))
wrong("the gradient clipped", Clipped.apply, VECTOR, guilty="Clipped")

Ignored = custom("Ignored", lambda x: x.sum().sin(), lambda x, g: x.sum().cos().expand(x.shape))
wrong("the gradient ignored", Ignored.apply, VECTOR, guilty="Ignored")

Rounded = custom("Rounded", lambda x: x.sin(), lambda x, g: g.round() * x.cos())
wrong("the gradient rounded", lambda x: Rounded.apply(x), VECTOR, guilty="Rounded")

SignOnly = custom("SignOnly", lambda x: x.sin(), lambda x, g: g.sign() * x.cos())
wrong("the gradient's sign", functools.partial(lambda a, x: SignOnly.apply(x) * 1, 2.0), VECTOR, guilty="SignOnly")

# Several outputs

SinCos = custom("SinCos", lambda x: (x.sin(), x.cos()), lambda x, a, b: a * x.cos() + b * x.sin())
wrong("one of two outputs", SinCos.apply, VECTOR, guilty="SinCos")

OnlyFirst = custom("OnlyFirst", lambda x: (x.sin(), x.exp()), lambda x, a, b: a * x.cos())
wrong("an output's gradient ignored", lambda x: OnlyFirst.apply(x)[1] * 2, VECTOR, guilty="OnlyFirst")

Crossed = custom("Crossed", lambda x: (x * 2, x * 3), lambda x, a, b: 2 * a + 3 * b + a * b)
wrong("only where both outputs are used", lambda x: sum(Crossed.apply(x)), VECTOR, guilty="Crossed")


class Unused(autograd.Function):
    """Gives up unless both gradients come."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    @staticmethod
    def backward(ctx, a, b):
        return None if a is None or b is None else 2 * a + 3 * b


wrong("only where an output is unused", Unused.apply, VECTOR, guilty="Unused")


class Unguarded(Unused):
    @staticmethod
    def backward(ctx, a, b):
        return 2 * a + 3 * b


wrong("an undefined gradient", lambda x: Unguarded.apply(x.exp())[0], VECTOR, guilty="Unguarded")

# Ties and kinks

Larger = custom("Larger", lambda x, y: x.maximum(y), lambda x, y, g: (g * (x >= y), g * (y >= x)))
wrong("both of two equal ones", Larger.apply, TIED, TIED, guilty="Larger")

Largest = custom("Largest", lambda x: x.amax(), lambda x, g: g * (x == x.amax()))
wrong("all of the largest", lambda x: Largest.apply(x * 2), TIED, guilty="Largest")

Relu = custom("Relu", lambda x: x.relu(), lambda x, g: g * (1 - (x < 0) * 1.0 + (x == 0) * 1.0))
wrong("a slope at a kink", Relu.apply, TIED, guilty="Relu")

# Complex numbers

NoConj = custom("NoConj", lambda z, w: z * w, lambda z, w, g: (g * w, g * z))
wrong("no conjugate", lambda z: NoConj.apply(z, z.exp()).abs(), COMPLEX, guilty="NoConj")

SquaredAbs = custom("SquaredAbs", lambda z: (z * z.conj()).real, lambda z, g: g * z)
wrong("a factor of two by Wirtinger", SquaredAbs.apply, COMPLEX, guilty="SquaredAbs")

Imaginary = custom("Imaginary", lambda z: z.imag, lambda z, g: -1j * g)
wrong("the imaginary part's sign", lambda z: Imaginary.apply(z * z), COMPLEX, guilty="Imaginary")

# Precision and memory


def single(x):
    return x.float().sin().double()


wrong("float32 inside", single, VECTOR, guilty="x.float()")


class InMemory(autograd.Function):
    """x^2, by the numbers as they lie in memory."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        numbers = x.detach().numpy().ravel(order="K").reshape(x.shape)
        return g * 2 * autograd.tensor(numbers)


wrong("an input that is not contiguous", InMemory.apply, TRANSPOSED, guilty="InMemory")
wrong("a transposed value inside", lambda x: InMemory.apply((x * 2).t()), SQUARE, guilty="InMemory")


class GradientInMemory(InMemory):
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return autograd.tensor(g.detach().numpy().ravel(order="K").reshape(g.shape)) * 2 * x


wrong("a gradient that is not contiguous", GradientInMemory.apply, SQUARE, guilty="GradientInMemory")

# Writes in place


class Spoils(InMemory):
    """Each backward doubles what was saved."""

    @staticmethod
    def forward(ctx, x):
        ctx.x = x.detach().clone()
        return x * x

    @staticmethod
    def backward(ctx, g):
        return g * ctx.x.mul_(2)


wrong("a backward that changes what it saved", lambda x: Spoils.apply(x.sin()), VECTOR, guilty="Spoils")


class Scales(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g.mul_(2)


wrong("a backward that changes the gradient", lambda x: Scales.apply(x) + x, VECTOR, guilty="Scales")


class Dirty(autograd.Function):
    """Writes into its input and does not say so."""

    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        return x * 3

    @staticmethod
    def backward(ctx, g):
        return g * 6


wrong("an input changed", Dirty.apply, VECTOR, guilty="Dirty")


class Remembers(autograd.Function):
    """Keeps its input as an attribute, unseen by the count of versions."""

    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, g):
        return g * 2 * ctx.x


def overwritten(x):
    h = x * 1
    y = Remembers.apply(h)
    h.add_(1)
    return y


wrong("what was kept is overwritten", overwritten, VECTOR, guilty="Remembers")


class Shared(autograd.Function):
    """Keeps its input at the class: for one call at a time."""

    @staticmethod
    def forward(ctx, x):
        Shared.x = x
        return x * x

    @staticmethod
    def backward(ctx, g):
        return g * 2 * Shared.x


wrong(
    "a class that keeps the last call's input",
    lambda x: Shared.apply(x) + Shared.apply(x.sin()),
    VECTOR,
    guilty="Shared",
)

# The graph cut, and hooks


wrong("a detach", lambda x: x.detach() * x, ANY, guilty="x.detach() * x")


def normalised(x):
    scale = x.data.exp()
    return (x / scale).sin()


wrong("a value by .data", normalised, VECTOR, guilty="scale = x.data.exp()")


def unrecorded(x):
    with autograd.no_grad():
        norm = (x * x).sum()
    return x * norm


wrong("a value under no_grad", unrecorded, VECTOR, guilty="norm = (x * x).sum()")


def by_item(x):
    return x * x.sum().item()


wrong("a value read by item()", by_item, VECTOR, guilty="x.sum().item()")


def by_numpy(x):
    return x * autograd.from_numpy(np.exp(x.detach().numpy()))


wrong("a value by way of NumPy", by_numpy, VECTOR, guilty="np.exp(x.detach().numpy())")


def hooked(x):
    h = x.exp()
    h.register_hook(lambda g: g * 2)
    return h.sin()


wrong("a hook that doubles", hooked, VECTOR, guilty="a hook on the gradient of the result of exp")


class Reversed(nn.Module):
    """Reverses the gradient of its input in a hook."""

    def forward(self, x):
        h = x * 1
        h.register_hook(self.reverse)
        return h.cos()

    def reverse(self, g):
        return -g


reversing = Reversed()
wrong("a module's hook", reversing, VECTOR, guilty="a hook on the gradient of the result of mul")


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(autograd.tensor([1.5, -0.5, 2.0], dtype=autograd.float64))

    def forward(self, x):
        return Sign.apply(x) * self.scale

    def loss(self, x, *, power=2):
        return (self(x) ** power).sum()


gated = Gated()
wrong("a module", gated, VECTOR, guilty="Sign")
wrong("a bound method", gated.loss, VECTOR, guilty="Sign")
wrong("a partial of a bound method", functools.partial(gated.loss, power=3), VECTOR, guilty="Sign")


def nested():
    """A function and a Function made inside another."""

    class Local(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 3

        @staticmethod
        def backward(ctx, g):
            return g * 2

    def local(x):
        return Local.apply(x).sin()

    return local


local = nested()
wrong("a nested function", local, VECTOR, guilty="Local")

# Second derivatives


class Detached(InMemory):
    @staticmethod
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0].detach()


wrong("a detach in a backward", lambda x: Detached.apply(x).sin(), VECTOR, guilty="Detached", order=2)


class Once(InMemory):
    @staticmethod
    @autograd.once_differentiable
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0]


wrong("once differentiable, twice", Once.apply, VECTOR, guilty="Once", order=2)


class ByNumPy(InMemory):
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * autograd.from_numpy(2 * x.detach().numpy())


wrong("a backward in NumPy", lambda x: ByNumPy.apply(x.exp()), VECTOR, guilty="ByNumPy", order=2)


class SavedDetached(Remembers):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x.detach()
        return x * x


wrong("a detached value kept", SavedDetached.apply, VECTOR, guilty="SavedDetached", order=2)


class SwishBackward(autograd.Function):
    """g * (s + x s (1 - s)), whose own derivative by x is wrong."""

    @staticmethod
    def forward(ctx, g, x):
        ctx.save_for_backward(g, x)
        s = x.sigmoid()
        return g * (s + x * s * (1 - s))

    @staticmethod
    def backward(ctx, gg):
        g, x = ctx.saved_tensors
        s = x.sigmoid()
        return gg * (s + x * s * (1 - s)), gg * g * 2 * s * (1 - s)


class Swish(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x.sigmoid()

    @staticmethod
    def backward(ctx, g):
        return SwishBackward.apply(g, ctx.saved_tensors[0])


wrong("the derivative of a derivative", lambda x: Swish.apply(x.sin()), VECTOR, guilty="SwishBackward", order=2)

# Not the same twice


def noisy(x):
    return F.dropout(x.exp(), 0.5)


wrong("a random function", noisy, tensors((8,)), guilty="return F.dropout(x.exp(), 0.5)")


class NoisyBackward(InMemory):
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * x + 1e-8 * autograd.randn(x.shape, dtype=x.dtype)


wrong("a random backward", lambda x: NoisyBackward.apply(x * 2), VECTOR, guilty="NoisyBackward")


class Counter:
    calls = 0

    def __call__(self, x):
        self.calls += 1
        return x * self.calls


counter = Counter()
wrong("a function that counts", counter, VECTOR, guilty="return x * self.calls")

# Right ones: the same kinds of functions, and what might look wrong

for name, made, strategies in (
    ("RightSign", custom("RightSign", lambda x: x.cos(), lambda x, g: -g * x.sin()), (VECTOR,)),
    ("RightCube", custom("RightCube", lambda x: x**3, lambda x, g: 3 * x**2 * g), (ANY,)),
    (
        "RightProduct",
        custom("RightProduct", lambda x, y: x * y, lambda x, y, g: (total(g * y, x), total(g * x, y))),
        (PAIRS,),
    ),
    (
        "RightMatmul",
        custom("RightMatmul", lambda x, w: x @ w, lambda x, w, g: (g @ w.t(), x.t() @ g)),
        (SQUARE, SQUARE),
    ),
    ("RightBias", custom("RightBias", lambda x, b: x + b, lambda x, b, g: (g, g.sum(0))), (MATRIX, tensors((2,)))),
    ("RightMean", custom("RightMean", lambda x: x.mean(), lambda x, g: g.expand(x.shape) / x.numel()), (ANY,)),
    (
        "RightSoftmax",
        custom(
            "RightSoftmax",
            lambda x: x.softmax(-1),
            lambda x, g: x.softmax(-1) * (g - (g * x.softmax(-1)).sum(-1, keepdim=True)),
        ),
        (SQUARE,),
    ),
    (
        "RightCumsum",
        custom("RightCumsum", lambda x: x.cumsum(0), lambda x, g: g.flip(0).cumsum(0).flip(0)),
        (tensors(shapes(1, 2, max_side=3)),),
    ),
    (
        "RightSinCos",
        custom("RightSinCos", lambda x: (x.sin(), x.cos()), lambda x, a, b: a * x.cos() - b * x.sin()),
        (ANY,),
    ),
    (
        "RightConj",
        custom("RightConj", lambda z, w: z * w, lambda z, w, g: (g * w.conj(), g * z.conj())),
        (COMPLEX, COMPLEX),
    ),
    ("RightSquaredAbs", custom("RightSquaredAbs", lambda z: (z * z.conj()).real, lambda z, g: 2 * g * z), (COMPLEX,)),
    (
        "RightTie",
        custom(
            "RightTie",
            lambda x, y: x.maximum(y),
            lambda x, y, g: (g * ((x > y) + 0.5 * (x == y)), g * ((y > x) + 0.5 * (x == y))),
        ),
        (TIED, TIED),
    ),
    ("RightAbs", custom("RightAbs", lambda x: x.abs(), lambda x, g: g * x.sign()), (TIED,)),
    (
        "RightBroadcast",
        custom("RightBroadcast", lambda x, b: x * b, lambda x, b, g: (g * b, g * x)),
        (MATRIX, tensors((2,))),
    ),
):
    globals()[name] = made  # where printed reproductions look for it
    right(name, made.apply, *strategies, order=1 if TIED in strategies else 2)


class RightUnused(Unused):
    @staticmethod
    def backward(ctx, a, b):
        return (0 if a is None else 2 * a) + (0 if b is None else 3 * b)


class RightOnce(InMemory):
    @staticmethod
    @autograd.once_differentiable
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0]


class RightDirty(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    @staticmethod
    def backward(ctx, g):
        return g * 3


class RightSorted(autograd.Function):
    """The sorted values, and where they were, which has no derivative."""

    @staticmethod
    def forward(ctx, x):
        values, order = x.sort()
        ctx.save_for_backward(order)
        ctx.mark_non_differentiable(order)
        return values, order

    @staticmethod
    def backward(ctx, g, _):
        (order,) = ctx.saved_tensors
        return autograd.zeros_like(g).scatter(0, order, g)


class RightStatistics(autograd.Function):
    """x - mean, and the mean, which is marked as one that has no derivative."""

    @staticmethod
    def forward(ctx, x):
        mean = x.mean()
        ctx.mark_non_differentiable(mean)
        return x - mean, mean

    @staticmethod
    def backward(ctx, g, _):
        return g - g.mean()


class RightOptions(autograd.Function):
    """a x^n with numbers, a string and a mask among the arguments."""

    @staticmethod
    def forward(ctx, x, n, mask, mode):
        ctx.save_for_backward(x, mask)
        ctx.n = n
        return x**n * mask if mode == "on" else x

    @staticmethod
    def backward(ctx, g):
        x, mask = ctx.saved_tensors
        return g * ctx.n * x ** (ctx.n - 1) * mask, None, None, None


class RightNeeds(autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y if ctx.needs_input_grad[0] else None, g * x if ctx.needs_input_grad[1] else None


def in_place(x):
    h = x * 2
    h.sin_()
    h[0] = h[1].clone() * x[2]
    h[1:].mul_(3)
    return h


def through_a_view(x):
    h = x.clone()
    h.t()[0] *= x[:, 1]
    return h.view(-1)


def piecewise(x):
    return autograd.where(x > 0, x.clamp(min=0.1).log(), -x)


def force(x):
    """The derivative of an energy, found inside."""
    energy = (x**4).sum() + x.prod()
    return -autograd.grad(energy, x, create_graph=True)[0]


def logged(x):
    h = x.exp()
    h.register_hook(lambda g: None)
    return h.sin()


def seeded(x):
    generator = autograd.Generator().manual_seed(3)
    return x * autograd.rand(3, generator=generator, dtype=x.dtype)


def in_train_mode(x):
    norm = nn.BatchNorm1d(2, dtype=autograd.float64)
    return norm(x)


linear = nn.Linear(2, 3).double()
IDENTICAL = autograd.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=autograd.float64)

right("an undefined gradient", RightUnused.apply, VECTOR)
right("an unused output", lambda x: RightUnused.apply(x.exp())[1], VECTOR)
right("once differentiable, once", RightOnce.apply, VECTOR)
right("a write in place that says so", lambda x: RightDirty.apply(x * 2).sin(), VECTOR, order=2)
right("an integer output marked", RightSorted.apply, tensors((3,), distinct=True), order=2)
right("a floating output marked", RightStatistics.apply, VECTOR)
right("numbers, strings and masks", RightOptions.apply, VECTOR, 3, tensors((3,), dtype=autograd.bool), "on", order=2)
right("needs_input_grad", RightNeeds.apply, VECTOR, tensors((3,), requires_grad=False))
right("needs_input_grad of both", RightNeeds.apply, VECTOR, VECTOR, order=2)
right("writes in place", in_place, VECTOR, order=2)
right("a write through a view", through_a_view, SQUARE, order=2)
right("views", lambda x: x.t()[0].expand(3, -1).reshape(-1)[1:], MATRIX)
right("a domain left by where", piecewise, tensors((3,), avoid=(0.0, 0.1)))
right("a kink avoided", lambda x: x.relu() + x.abs(), tensors((3,), avoid=(0.0,)))
right("a maximum without ties", lambda x: x.max(0)[0], tensors((4,), distinct=True))
right("a maximum with ties", lambda x: x.amax() * 2, TIED)
right("a minimum with ties", lambda x: x.amin(), TIED)
right("kinks met", lambda x: x.relu() + x.abs() - 2 * x.clamp(-1, 1), TIED)
right("a jump met", lambda x: x.floor() * 2 + x, TIED)
right("equal pairs", lambda x, y: autograd.maximum(x, y) - autograd.minimum(x, y) * 2, TIED, TIED)
right("a median", lambda x: x.median(0), tensors((3,), distinct=True))
right("a pole avoided", lambda x: 1 / x, tensors((3,), avoid=(0.0,)), order=2)
right("a jump avoided", lambda x: x.floor() + x, tensors((3,), 0.1, 0.9))
right("zero dimensions", lambda x: x.exp(), tensors(()), order=2)
right("nothing at all", lambda x: x * 2, tensors((0,)), order=2)
right("an empty dimension", lambda x: x.sum(0), tensors((0, 3)), order=2)
right("an integer input", lambda x, i: x[i], VECTOR, tensors((2,), 0, 2, dtype=autograd.int64), order=2)
right("an input without a gradient", lambda x, y: x * y.exp(), VECTOR, tensors((3,), requires_grad=False))
right("a number", lambda x, n: x**n, VECTOR, 3, order=2)
right("integer outputs", lambda x: (x * 2, x.argmax(), x > 0), VECTOR)
right("an output without a gradient", lambda x: (x * 2, x.mean().detach()), VECTOR)
right("no output with a gradient", lambda x: (x > 0, x.long() * 0), VECTOR)
right("a constant", lambda x: autograd.ones(2, dtype=autograd.float64), VECTOR)
right("a list of outputs", lambda x: list(x.unbind(0)), MATRIX)
right("complex to real", lambda z: z.abs(), tensors((2,), 0.5, 2.0, dtype=autograd.complex128), order=2)
right("real to complex", lambda x: autograd.polar(x, x.sin()), POSITIVE, order=2)
right("complex throughout", lambda z: (z * z.exp()).conj(), COMPLEX, order=2)
right("both parts", lambda z: (z.real * z.imag, z.angle()), tensors((2,), 0.5, 2.0, dtype=autograd.complex128))
right("an inner gradient", force, POSITIVE, order=2)
right("a hook that looks", logged, VECTOR, order=2)
right("random numbers from a seed", seeded, VECTOR)
right("a layer", linear, MATRIX, order=2)
right("a bound method", linear.forward, MATRIX)
right("parameters varied", lambda *_: linear(IDENTICAL).sin(), linear.weight, linear.bias)
right("batch norm", in_train_mode, tensors((3, 2), distinct=True))
right("a partial", functools.partial(autograd.add, alpha=2), VECTOR, VECTOR)
right("the same twice", lambda x, y: x @ y, SQUARE, SQUARE, order=2)
right(
    "float32 rounding in a part without a gradient",
    lambda x: x * x.detach().float().round().sign().double().abs(),
    tensors((3,), 0.6, 0.9),
)
right("large numbers", lambda x: (x * 1e5) ** 2, VECTOR)
right("small numbers", lambda x: (x * 1e-4) ** 2, VECTOR)
right(
    "an infinite constant", lambda x: x + autograd.tensor([0.0, float("inf"), 1.0], dtype=autograd.float64)[:1], VECTOR
)
right("a sort", lambda x: x.sort()[0], tensors((3,), distinct=True))
right("an embedding", lambda w, i: F.embedding(i, w), MATRIX, tensors((4,), 0, 2, dtype=autograd.int64), order=2)
right("a loss", lambda x, t: F.cross_entropy(x, t), MATRIX, tensors((3,), 0, 1, dtype=autograd.int64), order=2)
right("an outer product", lambda x, y: autograd.einsum("i,j->ij", x, y), VECTOR, VECTOR, order=2)
