"""Random numbers written over a tensor: `uniform_`, `normal_` and their kin."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..backend import Array, Namespace, torch_draws
from ..engine.errors import OperationError
from ..engine.modes import no_grad
from ..engine.primitive import primitive
from ..engine.tensor import Tensor
from ..engine.views import check_writable
from .choosing import clamp
from .creation import full
from .exponential import log1p
from .generator import Generator
from .inplace import overwrite
from .operation import operation
from .promotion import cast
from .random import _fill_as_torch, bernoulli, rand, randint, randn
from .rounding import ceil
from .trigonometric import tan


@operation(face=None)
def uniform_(input: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with uniform numbers in [from, to)."""
    check_writable(input, "uniform_")
    low, high = from_, to
    if low > high:
        raise OperationError(f"uniform_: expected from <= to, got {low} and {high}")
    filled = _fill_as_torch("uniform_", input, generator, torch_draws.uniform, low=float(low), high=float(high))
    if filled is not None:
        return filled
    drawn = rand(tuple(input.shape), dtype=input.dtype, device=input.device, generator=generator)
    return overwrite("uniform_", input, _scale_into(drawn, float(high - low), float(low)))


@primitive(mutates=(0,))
def _scale_into(xp: Namespace, x: Array, scale: Array, offset: Array) -> Array:
    x *= scale
    x += offset
    return x


@operation(face=None)
def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with normal numbers."""
    check_writable(input, "normal_")
    if std < 0:
        raise OperationError(f"normal_: expected std >= 0, got {std}")
    filled = _fill_as_torch("normal_", input, generator, torch_draws.normal, mean=float(mean), std=float(std))
    if filled is not None:
        return filled
    drawn = randn(tuple(input.shape), dtype=input.dtype, device=input.device, generator=generator)
    return overwrite("normal_", input, _scale_into(drawn, float(std), float(mean)))


@operation(face=None)
def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Fills with ones with probability p, which may be a tensor that broadcasts, else zeros."""
    check_writable(input, "bernoulli_")
    if isinstance(p, Tensor):
        filled = _fill_as_torch("bernoulli_", input, generator, torch_draws.bernoulli_each, p.detach())
    else:
        filled = _fill_as_torch("bernoulli_", input, generator, torch_draws.bernoulli, p=float(p))
        p = full((), float(p), dtype=dtypes.float64, device=input.device)
    if filled is not None:
        return filled
    drawn = bernoulli(p.expand(input._array.shape), generator=generator)
    return overwrite("bernoulli_", input, cast(drawn, input.dtype))


@operation(face=None)
def random_(input: Tensor, from_: int = 0, to: int | None = None, *, generator: Generator | None = None) -> Tensor:
    """Fills with integers in [from_, to); with one bound, in [0, bound)."""
    check_writable(input, "random_")
    if to is None and not from_:
        filled = _fill_as_torch("random_", input, generator, torch_draws.whole)
    else:
        least, end = (from_, to) if to is not None else (0, from_)
        filled = _fill_as_torch("random_", input, generator, torch_draws.integers, low=least, high=end)
    if filled is not None:
        return filled
    low, high = (from_, to) if to is not None else (0, from_ or 2 ** min(8 * input.itemsize - 1, 24))
    drawn = randint(low, high, tuple(input.shape), device=input.device, generator=generator)
    return overwrite("random_", input, cast(drawn, input.dtype))


@no_grad()
def _fill(
    name: str,
    input: Tensor,
    transform: Callable[[Tensor], Tensor],
    generator: Generator | None,
    numbers: Callable[..., Array],
    **parameters: float,
) -> Tensor:
    """Fills a tensor with a function of uniform numbers, or with torch's numbers."""
    check_writable(input, name)
    filled = _fill_as_torch(name, input, generator, numbers, **parameters)
    if filled is not None:
        return filled
    uniform = rand(tuple(input.shape), dtype=dtypes.float64, device=input.device, generator=generator)
    return overwrite(name, input, cast(transform(uniform), input.dtype))


def _check(name: str, holds: bool, what: str) -> None:
    if not holds:
        raise OperationError(f"{name}: expected {what}")


@operation(face=None)
def exponential_(input: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with exponential numbers of rate lambd."""
    _check("exponential_", lambd > 0, f"lambd > 0, got {lambd}")
    numbers = torch_draws.exponential
    return _fill("exponential_", input, lambda u: -log1p(-u) / lambd, generator, numbers, lambd=lambd)


@operation(face=None)
def cauchy_(input: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with Cauchy numbers."""
    _check("cauchy_", sigma > 0, f"sigma > 0, got {sigma}")
    numbers, parameters = torch_draws.cauchy, {"median": median, "sigma": sigma}
    return _fill(
        "cauchy_", input, lambda u: median + sigma * tan(math.pi * (u - 0.5)), generator, numbers, **parameters
    )


@operation(face=None)
def geometric_(input: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Fills with the number of trials until the first success of probability p."""
    _check("geometric_", 0 < p < 1, f"p between 0 and 1, got {p}")
    numbers = torch_draws.geometric
    return _fill(
        "geometric_", input, lambda u: clamp(ceil(log1p(-u) / math.log1p(-p)), min=1.0), generator, numbers, p=p
    )


@operation(face=None)
def log_normal_(input: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Fills with the exponentials of normal numbers."""
    _check("log_normal_", std > 0, f"std > 0, got {std}")
    check_writable(input, "log_normal_")
    filled = _fill_as_torch("log_normal_", input, generator, torch_draws.log_normal, mean=mean, std=std)
    if filled is not None:
        return filled
    return input.normal_(mean, std, generator=generator).exp_()
