"""Every function of one or two numbers at the edges: nan, infinities, zeros of both signs, the smallest and largest
numbers, integers and halves. Values and derivatives are torch's, but for the differences listed here, each with its
reason; one that is listed and no longer there fails, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.operation import Draw, Fixed, Inputs
from tests.helpers.oracle import as_list, here, host, there, torch_or_skip
from tests.helpers.table import TABLE

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
torch = torch_or_skip()

FLOATS = ("float32", "float64", "float16")
CLOSE = {"float16": 4e-3, "float32": 2e-5, "float64": 1e-10}
F = "nn.functional."


def edges(kind: str) -> np.ndarray:
    """Both signs of numbers that are special to some function or to the dtype."""
    limits = np.finfo(kind)
    tiny, eps, largest = (float(each) for each in (limits.tiny, limits.eps, limits.max))
    sizes = [0.0, float(limits.smallest_subnormal), tiny / 4, tiny, eps, 1e-7, 1e-5, 1e-3, 0.1, 0.25, 0.5, 0.75, 0.9]
    sizes += [1 - eps / 2, 1.0, 1 + eps, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.3, 17.4, 20.0, 20.5]
    sizes += [30.0, 50.0, 88.5, 89.0, 100.0, 103.0, 170.0, 200.0, 710.0, 745.0, 1e4, 1e10, 1e25, 1e100, largest / 2]
    sizes = [size for size in sizes if size <= largest] + [largest, math.inf]
    return np.array([math.nan, *sizes, *(-size for size in sizes)]).astype(kind)


def pairs(values: np.ndarray) -> list[np.ndarray]:
    return [each.reshape(-1) for each in np.meshgrid(values, values)]


def random_values(kind: str, count: int, seed: int) -> np.ndarray:
    """Numbers of all sizes and both signs."""
    rng = np.random.default_rng(seed)
    limits = np.finfo(kind)
    exponents = rng.uniform(float(limits.minexp) / 3, float(limits.maxexp) / 3, count) * rng.random(count)
    return (np.where(rng.random(count) < 0.5, -1.0, 1.0) * 2.0**exponents).astype(kind)


# The functions


def named(name: str) -> Callable[[str], Callable[..., Any]]:
    """The function of either engine that both call so."""
    return lambda engine: (here if engine == "here" else there)(name)


def with_options(name: str, *more: Any, **options: Any) -> Callable[[str], Callable[..., Any]]:
    return lambda engine: lambda *tensors: named(name)(engine)(*tensors, *more, **options)


def written(function: Callable[..., Any]) -> Callable[[str], Callable[..., Any]]:
    """A function that uses operators and methods alone."""
    return lambda engine: function


def of_family(*families: str) -> dict[str, Callable[[str], Callable[..., Any]]]:
    return {
        row.name: named(row.name) for row in TABLE if isinstance(row.samples, Inputs) and row.samples.family in families
    }


UNARY: dict[str, Callable[[str], Callable[..., Any]]] = {
    **of_family("unary"),
    **{
        name: named(name)
        for name in (
            "special.erf",
            "special.expm1",
            "special.log1p",
            "special.exp2",
            "special.sinc",
            "special.logit",
            "isreal",
            F + "gelu",
            "frexp",
        )
    },
    "gelu, tanh": with_options(F + "gelu", approximate="tanh"),
    "softplus, beta": with_options(F + "softplus", 2.0, 5.0),
    "elu, alpha": with_options(F + "elu", 0.7),
    "celu, alpha": with_options(F + "celu", 2.5),
    "leaky_relu, slope": with_options(F + "leaky_relu", 0.3),
    "hardtanh, limits": with_options(F + "hardtanh", -2.0, 0.5),
    "threshold": with_options(F + "threshold", 0.1, 20.0),
    F + "rrelu": named(F + "rrelu"),
    "logit, eps": with_options("logit", 0.1),
    "clamp": with_options("clamp", -1.0, 2.0),
    "clamp_min": with_options("clamp_min", 0.5),
    "clamp_max": with_options("clamp_max", -0.5),
    "round, decimals": with_options("round", decimals=2),
    "mvlgamma": with_options("mvlgamma", 2),
    "x ** 0": written(lambda x: x**0),
    "x ** 2": written(lambda x: x**2),
    "x ** 3": written(lambda x: x**3),
    "x ** 0.5": written(lambda x: x**0.5),
    "x ** -1": written(lambda x: x**-1),
    "2 ** x": written(lambda x: 2.0**x),
    "1 / x": written(lambda x: 1.0 / x),
    "x % 3": written(lambda x: x % 3.0),
    "log(sigmoid(x))": written(lambda x: x.sigmoid().log()),
    "log1p(expm1(x))": written(lambda x: x.expm1().log1p()),
    "tanh(log1p(exp(x)))": written(lambda x: x.exp().log1p().tanh()),
}

BINARY: dict[str, Callable[[str], Callable[..., Any]]] = {
    **of_family("binary", "apart"),
    **{
        name: named(name)
        for name in (
            "remainder",
            "fmod",
            "floor_divide",
            "heaviside",
            "nextafter",
            "ldexp",
            "special.zeta",
            "igamma",
            "igammac",
            "special.gammainc",
            "special.gammaincc",
            "xlogy",
            "special.xlog1py",
        )
    },
    "div, trunc": with_options("div", rounding_mode="trunc"),
    "div, floor": with_options("div", rounding_mode="floor"),
    **{
        name: with_options(F + name, reduction="none")
        for name in (
            "mse_loss",
            "l1_loss",
            "smooth_l1_loss",
            "huber_loss",
            "kl_div",
            "poisson_nll_loss",
            "soft_margin_loss",
            "hinge_embedding_loss",
            "binary_cross_entropy_with_logits",
            "binary_cross_entropy",
        )
    },
    "kl_div, log_target": with_options(F + "kl_div", reduction="none", log_target=True),
    "smooth_l1_loss, beta": with_options(F + "smooth_l1_loss", reduction="none", beta=0.3),
    "lerp": written(lambda x, y: x.lerp(y, 0.3)),
    "lerp to the end": written(lambda x, y: x.lerp(y, 1.0)),
}

# What differs, and why


@dataclass
class Difference:
    """Where a function's value or slope is not torch's on purpose."""

    part: str  # "value", "slope", both, or "sign": that of a zero
    where: Callable[..., Any]  # which of the inputs, as float64 arrays
    why: str
    names: tuple[str, ...]
    kinds: tuple[str, ...] = FLOATS
    always: bool = True  # False: torch's own result depends on the processor
    met: set[str] = field(default_factory=set)


def everywhere(*inputs: Any) -> Any:
    return np.ones(inputs[0].shape, bool)


def at_nan(*inputs: Any) -> Any:
    return np.isnan(inputs[0]) | np.isnan(inputs[-1])


def at_zero(*inputs: Any) -> Any:
    return (inputs[0] == 0) & (inputs[-1] == 0)


def beyond(limit: float) -> Callable[..., Any]:
    return lambda *inputs: np.abs(inputs[0]) >= limit


def below(limit: float) -> Callable[..., Any]:
    return lambda *inputs: inputs[0] <= limit


def near_a_limit(*inputs: Any) -> Any:
    """Infinities, nan, and numbers of the order of the smallest or the largest."""
    return np.any([~((np.abs(x) > 1e-6) & (np.abs(x) < 9e3)) for x in inputs], axis=0)


SINGLE, HALF = ("float32", "float64"), ("float16",)

DIFFERENCES = [
    Difference("value", everywhere, "torch's has eight digits, and none below -2 or so", ("special.airy_ai",)),
    Difference(
        "value slope",
        lambda x: (np.abs(x) > 1e37) | (x <= -3),
        "torch's loses digits, and is nan or inf at the ends, where a library computes it: on some processors",
        (F + "gelu",),
        always=False,
    ),
    Difference("value slope", at_nan, "nan passes; torch's sign of nan is 0", ("sign", "sgn", "abs", "angle")),
    Difference("slope", lambda x, y: np.isnan(x - y), "nan passes; torch's sign of nan is 0", ("l1_loss",)),
    Difference(
        "slope",
        at_nan,
        "of nan and a number neither is the larger; torch gives both all of the gradient",
        ("maximum", "minimum"),
    ),
    Difference("slope", at_nan, "nan is not positive; torch lets the gradient pass", ("relu", F + "relu")),
    Difference(
        "slope", at_nan, "nan passes, and so does its gradient; torch stops it", (F + "hardshrink", F + "softshrink")
    ),
    Difference("slope", at_nan, "torch takes nan for 0", ("special.i1", "special.i1e")),
    Difference(
        "sign",
        everywhere,
        "the sign of a zero, which in torch depends on the length of the array",
        (
            "relu",
            F + "relu",
            F + "relu6",
            "maximum",
            "minimum",
            "nextafter",
            "lerp",
            "lerp to the end",
            F + "gelu",
            F + "logsigmoid",
            F + "softshrink",
        ),
        always=False,
    ),
    Difference(
        "slope",
        lambda x: x == 0,
        "at -0.0 from the right; torch takes the root or the reciprocal of -0.0",
        ("mvlgamma", "x ** 0.5"),
    ),
    Difference("slope", lambda x: np.isneginf(x), "the power's limit; torch takes the root", ("x ** 0.5",), SINGLE),
    # More digits than torch's
    Difference(
        "slope",
        below(-2),
        "exp(x), of which torch's (exp(x) - 1) + 1 has few digits",
        ("expm1", "special.expm1", "log1p(expm1(x))"),
    ),
    Difference(
        "value slope",
        beyond(88),
        "torch overflows before the result does, or to nan",
        ("sinh", "cosh", "special.i1", "i0", "special.modified_bessel_i0", "special.modified_bessel_i1"),
        SINGLE,
        always=False,
    ),
    Difference("slope", below(1), "nan outside [1, inf), where the function is", ("acosh",)),
    Difference("slope", beyond(600), "torch's square of the input overflows", ("acosh",)),
    Difference(
        "value",
        below(-16),
        "the logarithm of a number next to 0 jumps by whole units",
        ("log1p(expm1(x))",),
        SINGLE,
        always=False,
    ),
    Difference(
        "value slope",
        below(-88),
        "torch's exponential overflows before the result vanishes",
        (F + "silu", F + "mish", "log(sigmoid(x))"),
        SINGLE,
        always=False,
    ),
    Difference(
        "slope", everywhere, "torch's trigamma has 9 digits, and no poles below 0", ("digamma", "special.psi"), SINGLE
    ),
    Difference(
        "value slope",
        lambda x: np.abs(x + 1) < 1e-6,
        "torch takes the tangent of a rounded multiple of pi",
        ("digamma", "special.psi", "lgamma", "special.gammaln", "mvlgamma"),
        ("float64",),
    ),
    Difference("slope", everywhere, "torch's cos(x) / x - sin(x) / x^2 cancels", ("sinc", "special.sinc")),
    Difference("value", below(-2), "torch's (1 + erf) / 2 cancels", ("special.ndtr",)),
    Difference("slope", below(-10), "torch's exp(-x^2 / 2 - log Phi) cancels", ("special.log_ndtr",), SINGLE),
    Difference("slope", beyond(10), "2 x erfcx(x) - 2 / sqrt(pi) cancels, in either order", ("special.erfcx",), SINGLE),
    Difference(
        "slope", everywhere, "I_1 and I_0 nearly cancel, in either order", ("special.i0e", "special.i1e"), always=False
    ),
    Difference(
        "value",
        everywhere,
        "torch's has 6 to 10 digits, fewer for large numbers (tests/ops/test_special.py compares with SciPy)",
        ("special.bessel_j0", "special.bessel_j1", "special.bessel_y0", "special.bessel_y1"),
        SINGLE,
    ),
    Difference(
        "value",
        near_a_limit,
        "of the smallest number, the limit at 0 or the value",
        (
            "special.modified_bessel_k0",
            "special.modified_bessel_k1",
            "special.scaled_modified_bessel_k0",
            "special.scaled_modified_bessel_k1",
        ),
        ("float64",),
        always=False,
    ),
    Difference(
        "value",
        near_a_limit,
        "of the smallest number, the limit at 0 or the value",
        ("special.modified_bessel_k1", "special.scaled_modified_bessel_k0", "special.scaled_modified_bessel_k1"),
        ("float32",),
        always=False,
    ),
    Difference("slope", everywhere, "1 / 6; torch's constant is a float32", (F + "hardsigmoid",), ("float64",)),
    Difference("value", near_a_limit, "x itself above 3 and 0 below -3; torch multiplies first", (F + "hardswish",)),
    Difference(
        "slope",
        near_a_limit,
        "the power of two may be finite where torch's is not",
        ("frexp",),
        ("float64",),
        always=False,
    ),
    Difference(
        "slope",
        everywhere,
        "by way of the distance, which neither overflows nor vanishes as its square does",
        ("atan2",),
    ),
    Difference("slope", near_a_limit, "1 with the sign; torch's inf / inf is nan", ("copysign",)),
    Difference(
        "value",
        near_a_limit,
        "C's fmod is exact; torch's depends on the processor",
        ("remainder", "fmod"),
        SINGLE,
        always=False,
    ),
    Difference(
        "value slope",
        everywhere,
        "nan of nan, limits at infinity where torch gives nan, and the pole's last digits",
        ("special.zeta",),
        SINGLE,
    ),
    Difference(
        "value slope",
        everywhere,
        "nan of nan; of numbers near 0 and above 10,000 the last digits of 1 - P",
        ("igamma", "igammac", "special.gammainc", "special.gammaincc"),
    ),
    Difference(
        "slope",
        everywhere,
        "the derivative of what is computed, whose logarithms end at -100; torch's is infinite",
        ("binary_cross_entropy",),
        SINGLE,
    ),
    Difference("slope", everywhere, "1e-12 is 0 in half precision", ("binary_cross_entropy",), HALF, always=False),
    # Half precision: torch computes composed functions in single precision, and rounds once
    Difference(
        "value slope",
        everywhere,
        "each step is rounded to half precision, and may overflow",
        ("i0", "kl_div", "logaddexp2", "lerp", "lerp to the end", "binary_cross_entropy_with_logits"),
        HALF,
        always=False,
    ),
]

# Differences of nearly equal numbers, in units of the dtype's eps: both engines round them, each in its own order.
ROUNDED = {
    "tanh": 1.0,
    F + "tanh": 1.0,
    F + "gelu": 2.0,
    "gelu, tanh": 16.0,
    "logaddexp2": 1.0,
    "lerp": 2.0,
    "special.zeta": 1.0,
    "kl_div": 2.0,
    "kl_div, log_target": 2.0,
    "poisson_nll_loss": 2.0,
    "binary_cross_entropy_with_logits": 1.0,
    "tanh(log1p(exp(x)))": 4.0,
    "special.i0e": 1.0,
    "special.i1e": 1.0,
    "log1p(expm1(x))": 1.0,
}


def differs(mine: Any, theirs: Any, kind: str, allowed: float) -> Any:
    """Which elements are not the same: nan, infinities, and others within rounding."""
    a, b = (np.asarray(each, dtype=np.float64) for each in (mine, theirs))
    limits = np.finfo(kind)
    known = ~(np.isnan(a) | np.isnan(b))
    finite = np.isfinite(a) & np.isfinite(b)
    with np.errstate(all="ignore"):
        apart = np.abs(a - b) > CLOSE[kind] * np.abs(b) + float(limits.tiny) + allowed * float(limits.eps)
    return (np.isnan(a) != np.isnan(b)) | (known & ~finite & (a != b)) | (finite & apart)


def other_zeros(mine: Any, theirs: Any) -> Any:
    """Which elements are zeros of different signs."""
    return (mine == 0) & (theirs == 0) & (np.signbit(mine) != np.signbit(theirs))


def results(engine: str, function: Callable[..., Any], inputs: list[np.ndarray], kind: str) -> dict[str, np.ndarray]:
    """The value, and the derivative of the sum by each input."""
    library = autograd if engine == "here" else torch
    tensors = [library.tensor(x.copy(), dtype=getattr(library, kind)).requires_grad_() for x in inputs]
    out = as_list(function(*tensors))[0]
    found = {"value": host(out), "dtype": str(out.dtype).split(".")[1]}
    if not out.requires_grad:
        return found
    grad = autograd.grad if engine == "here" else torch.autograd.grad
    try:
        slopes = grad(out.sum(), tensors, allow_unused=True)
    except (RuntimeError, NotImplementedError):  # no derivative by one of them
        slopes = grad(out.sum(), tensors[-1:], allow_unused=True) if len(tensors) > 1 else ()
        slopes = (None, *slopes) if len(slopes) == 1 else ()
    for number, slope in enumerate(slopes):
        found[f"slope {number}"] = np.zeros_like(inputs[number]) if slope is None else host(slope)
    return found


def check(
    name: str, function: Callable[[str], Callable[..., Any]], inputs: list[np.ndarray], kind: str, allowed: float
) -> list[str]:
    """What differs from torch, by more than so many eps, without being listed."""
    if name.removeprefix(F) == "binary_cross_entropy":
        inside = (inputs[0] >= 0) & (inputs[0] <= 1) & (inputs[1] >= 0) & (inputs[1] <= 1)
        inputs = [each[inside] for each in inputs]
    try:
        theirs = results("there", function("there"), inputs, kind)
    except (RuntimeError, NotImplementedError, TypeError):
        return []
    mine = results("here", function("here"), inputs, kind)
    if mine["dtype"] != theirs["dtype"]:
        return [f"{name}: {mine['dtype']}, torch's {theirs['dtype']}"]
    wide = [each.astype(np.float64) for each in inputs]
    complaints = []
    for part in (each for each in theirs if each != "dtype" and each in mine):
        if mine[part].shape != theirs[part].shape:
            return [f"{name}: shape {mine[part].shape}, torch's {theirs[part].shape}"]
        apart = differs(mine[part], theirs[part], kind, max(allowed, ROUNDED.get(name, 0.0)))
        signs = other_zeros(mine[part], theirs[part]) if part == "value" else np.zeros_like(apart)
        apart |= signs
        for difference in DIFFERENCES:
            concerned = signs if difference.part == "sign" else part.split()[0] in difference.part
            if name in difference.names and kind in difference.kinds:
                with np.errstate(all="ignore"):
                    listed = apart & concerned & difference.where(*wide)
                if listed.any():
                    difference.met.add(name)
                apart &= ~listed
        for i in np.flatnonzero(apart)[:3]:
            at = ", ".join(repr(each[i].item()) for each in inputs)
            complaints.append(
                f"{part} of {name}({at}) {kind}: {mine[part][i]!r}, torch's {theirs[part][i]!r} [{apart.sum()}]"
            )
    return complaints


def run(
    name: str, function: Callable[[str], Callable[..., Any]], count: int, together: Callable[[np.ndarray], list]
) -> None:
    for difference in DIFFERENCES:
        difference.met.discard(name)
    complaints = []
    for kind in FLOATS:
        complaints += check(name, function, together(edges(kind)), kind, 0.0)
        # Among these some lie where a function cancels. torch's zeta counts up from q, for ever if q is far below 0.
        if count and name != "special.zeta":
            complaints += check(name, function, together(random_values(kind, count, len(name))), kind, 8.0)
    assert not complaints, "\n".join(complaints)
    gone = [each.why for each in DIFFERENCES if name in each.names and each.always and name not in each.met]
    assert not gone, f"{name}: listed as different, but is not: {gone}"


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number(name: str, sweep: Callable[[int, int, int], int]) -> None:
    run(name, UNARY[name], sweep(0, 300, 2000), lambda values: [values])


@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_numbers(name: str, sweep: Callable[[int, int, int], int]) -> None:
    run(name, BINARY[name], sweep(0, 20, 40), pairs)


# Whole numbers

WHOLE = ("int64", "int32", "int16", "int8", "uint8", "bool")
OTHERWISE = {
    "x ** -1": "2 ** -1 is no integer",
    "pow": "2 ** -1 is no integer",
    "hinge_embedding_loss": "the margin 1.0 makes it floating; torch cuts it to an integer",
}
# By 0 both engines raise; the least number by -1 has no quotient, and ends torch's process.
DIVISIONS = ("remainder", "fmod", "floor_divide", "div, trunc", "div, floor", "x % 3")


def whole_edges(kind: str, division: bool) -> np.ndarray:
    if kind == "bool":
        return np.array([True] if division else [False, True])
    limits = np.iinfo(kind)
    values = [1, 2, 3, 7, 8, 31, 63, 64, 100, limits.max - 1, limits.max, -1, -2, -3, -8, limits.min + 1]
    values += [] if division else [0, limits.min]
    return np.array([each for each in values if limits.min <= each <= limits.max], dtype=kind)


@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_whole_numbers(name: str) -> None:
    """Values and dtypes of integers and bools, wherever torch takes them."""
    function = {**UNARY, **BINARY}[name]
    complaints = []
    for kind in WHOLE:
        values = whole_edges(kind, name in DIVISIONS)
        inputs = pairs(values) if name in BINARY else [values]
        if name == "pow" and kind != "bool":
            inputs = [each[inputs[1] >= 0] for each in inputs]
        try:
            theirs = as_list(function("there")(*(torch.tensor(x) for x in inputs)))[0]
        except (RuntimeError, NotImplementedError, TypeError):
            continue
        try:
            mine = as_list(function("here")(*(autograd.tensor(x) for x in inputs)))[0]
        except (RuntimeError, TypeError, ValueError) as error:
            if name not in OTHERWISE:
                complaints.append(f"{name} of {kind}: {error}")
            continue
        if str(mine.dtype).split(".")[1] != str(theirs.dtype).split(".")[1]:
            if name not in OTHERWISE:
                complaints.append(f"{name} of {kind}: {mine.dtype}, torch's {theirs.dtype}")
            continue
        a, b = host(mine), host(theirs)
        if b.dtype.kind == "f":
            apart = differs(a, b, str(b.dtype), 4.0) & ~_listed(name, inputs)
        else:
            apart = a != b
        complaints += [
            f"{name}({', '.join(str(x[i]) for x in inputs)}) of {kind}: {a[i]}, torch's {b[i]} [{apart.sum()}]"
            for i in np.flatnonzero(apart)[:2]
        ]
    assert not complaints, "\n".join(complaints)


def _listed(name: str, inputs: list[np.ndarray]) -> Any:
    """Where the values of floating numbers differ, too."""
    found = np.zeros(inputs[0].shape, bool)
    for difference in DIFFERENCES:
        if name in difference.names and "value" in difference.part:
            found |= difference.where(*(x.astype(np.float64) for x in inputs))
    return found


def _elementwise(row: Any) -> bool:
    """Whether a row is a function of each element of one or two floating arrays, and of nothing else."""
    for call in row.samples(Draw()):
        arrays = [x.array if isinstance(x, Fixed) else x for x in call.args]
        if call.kwargs or not 1 <= len(arrays) <= 2:
            return False
        if not all(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in arrays):
            return False
        try:
            shape = np.broadcast_shapes(*(x.shape for x in arrays))
        except ValueError:
            return False
        found = as_list(here(row.name)(*(autograd.tensor(x) for x in arrays)))
        if len(found) != 1 or tuple(found[0].shape) != shape:
            return False
    return True


def test_every_function_of_the_tables_is_attacked() -> None:
    of_more = {  # of rows, of matrices, of all elements
        "ravel",
        "clone",
        "alias_copy",
        "detach_copy",
        "t",
        "tril",
        "msort",
        "linalg.inv",
        "adjoint",
        "cholesky_inverse",
        "matrix_exp",
        "linalg.matrix_exp",
        "linalg.pinv",
        "linalg.cross",
        "flipud",
        "fliplr",
        "complex",
        "polar",
    }
    found = {row.name for row in TABLE if row.name not in of_more and _elementwise(row)}
    assert " ".join(sorted(found - {*UNARY, *BINARY})) == ""


def test_every_difference_names_a_function() -> None:
    known = {*UNARY, *BINARY}
    assert [name for difference in DIFFERENCES for name in difference.names if name not in known] == []
    assert [name for name in ROUNDED if name not in known] == []
