"""Empty dimensions and 0-d tensors: every reduction, scan and rearrangement, in shape, dtype, value and gradient
what torch gives; where torch refuses, an error or an answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers.oracle import as_list, here, host, there, torch_or_skip

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
torch = torch_or_skip()

SHAPES: list[tuple[int, ...]] = [(), (0,), (1,), (0, 0), (0, 3), (3, 0), (1, 0), (2, 0, 3)]

OF_DIMS = [
    "sum",
    "mean",
    "prod",
    "std",
    "var",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "max",
    "min",
    "any",
    "all",
    "count_nonzero",
    "logsumexp",
    "norm",
    "nansum",
    "nanmean",
    "median",
    "nanmedian",
    "mode",
    "aminmax",
    "std_mean",
    "var_mean",
    "special.logsumexp",
    "linalg.vector_norm",
]
ALONG = [
    "cumsum",
    "cumprod",
    "cummax",
    "cummin",
    "logcumsumexp",
    "sort",
    "argsort",
    "softmax",
    "log_softmax",
    "unbind",
    "flip",
    "trapezoid",
    "cumulative_trapezoid",
    "unique_consecutive",
    "squeeze",
    "special.softmax",
    "nn.functional.glu",
    "nn.functional.normalize",
]
WHOLE = [
    "diff",
    "msort",
    "trace",
    "diag",
    "tril",
    "triu",
    "fliplr",
    "flipud",
    "rot90",
    "flatten",
    "ravel",
    "unique",
    "unique_consecutive",
    "nonzero",
    "argwhere",
    "clone",
    "t",
    "cov",
    "corrcoef",
    "logdet",
    "det",
    "inverse",
    "pinverse",
    "cholesky",
    "trapezoid",
    "linalg.cond",
    "linalg.matrix_rank",
    "linalg.svdvals",
    "linalg.norm",
    "linalg.matrix_norm",
    "linalg.slogdet",
    "linalg.matrix_exp",
    "bincount",
    "histc",
    "numel",
    "adjoint",
]
PIECES = ("chunk", "split", "tensor_split", "repeat_interleave", "roll")

# Of empty integers torch gives a softmax of int64, the least int64 for a median, factors and weights of int64, 0
# areas of int64: here floats, as of integers that are not empty, or the error that those get.
INTEGERS = {
    "cov",
    "softmax",
    "log_softmax",
    "special.softmax",
    "nn.functional.normalize",
    "median",
    "nanmedian",
    "cholesky",
    "linalg.cond",
    "linalg.matrix_rank",
    "linalg.slogdet",
    "pinverse",
    "inverse",
    "linalg.svdvals",
    "bincount",
    "trapezoid",
}


def calls() -> Iterator[tuple[str, tuple[int, ...], tuple[Any, ...], dict[str, Any]]]:
    for shape in SHAPES:
        dims = range(-1, len(shape)) if shape else (-1, 0)
        for name in OF_DIMS:
            order = (2.0,) if "norm" in name else ()
            yield from ((name, shape, (*order, dim), {"keepdim": keep}) for dim in dims for keep in (False, True))
            if name not in ("logsumexp", "special.logsumexp"):
                yield name, shape, order, {}
            if len(shape) > 1 and not name.startswith(("arg", "m", "p", "cum", "nanmedian", "aminmax")):
                yield name, shape, (*order, (0, 1)), {}
        for name in ALONG:
            yield from (
                (name, shape, (), {"dim" if name != "flip" else "dims": dim if name != "flip" else (dim,)})
                for dim in dims
            )
        yield from ((name, shape, (), {}) for name in WHOLE)
        for name, n, dim in itertools.product(PIECES, (1, 2, 3, 5), range(len(shape))):
            yield name, shape, (n, dim), {}
        yield from (("split", shape, (0, dim), {}) for dim in range(len(shape)))
        yield from (("diff", shape, (n, dim), {}) for n in range(4) for dim in range(len(shape)))
        yield from (
            ("unique", shape, (), {"dim": dim, "return_inverse": True, "return_counts": True})
            for dim in range(len(shape))
        )
        yield from (("linalg.matrix_norm", shape, (order,), {}) for order in ("fro", "nuc", 1, 2, float("inf")))
        yield from (("movedim", shape, pair, {}) for pair in ((0, 0), (-1, 0), (0, -1)))
        yield from ((name, shape, (-2, -1), {}) for name in ("transpose", "swapaxes"))


def outcome(
    function: Callable[..., Any], library: Any, shape: tuple[int, ...], kind: str, args: tuple, kwargs: dict
) -> Any:
    x = library.ones(shape, dtype=getattr(library, kind))
    if kind == "float32":
        x.requires_grad_()
    out = as_list(function(x, *args, **kwargs))
    found: list[Any] = [
        (tuple(y.shape), str(y.dtype).split(".")[1], host(y).astype(float).tolist()) if hasattr(y, "dtype") else y
        for y in out
    ]
    if hasattr(out[0], "requires_grad") and out[0].requires_grad and out[0].dtype is not torch.bool:
        grad = torch.autograd.grad if library is torch else autograd.grad
        (slope,) = grad(out[0].sum(), x, allow_unused=True)
        found.append(np.zeros(shape).tolist() if slope is None else host(slope).tolist())
    return found


@pytest.mark.filterwarnings("ignore")
def test_empty_dimensions() -> None:
    complaints, count = [], 0
    for (name, shape, args, kwargs), kind in itertools.product(calls(), ("float32", "int64")):
        if kind == "int64" and name in INTEGERS:
            continue
        try:
            theirs = outcome(there(name), torch, shape, kind, args, kwargs)
        except (RuntimeError, IndexError, TypeError, ValueError, NotImplementedError, AttributeError):
            continue
        count += 1
        try:
            mine = outcome(here(name), autograd, shape, kind, args, kwargs)
        except Exception as error:
            complaints.append(f"{name}{shape} {args} {kwargs} {kind}: {type(error).__name__} {error}")
            continue
        mine = mine[: len(theirs)]  # a gradient, of no elements, where torch has none
        if repr(mine).replace("-0.0", "0.0") != repr(theirs).replace("-0.0", "0.0"):
            complaints.append(f"{name}{shape} {args} {kwargs} {kind}: {mine}, torch's {theirs}")
    assert count > 2000
    assert not complaints, f"{len(complaints)} of {count}:\n" + "\n".join(complaints[:60])


def test_layers_with_an_empty_batch() -> None:
    for name, args in (("channel_shuffle", (2,)), ("pixel_shuffle", (2,))):
        for shape in ((0, 4, 2, 2), (2, 4, 0, 2)):
            mine = here(f"nn.functional.{name}")(autograd.zeros(shape), *args)
            assert tuple(mine.shape) == tuple(there(f"nn.functional.{name}")(torch.zeros(shape), *args).shape)


@pytest.mark.parametrize("name", ["T", "mT", "H", "mH"])
@pytest.mark.filterwarnings("ignore")
def test_transposes_of_a_number(name: str) -> None:
    assert tuple(getattr(autograd.tensor(3.0), name).shape) == tuple(getattr(torch.tensor(3.0), name).shape) == ()


@pytest.mark.parametrize(
    "source",
    [
        "x << 1",
        "x >> 1",
        "3 << x",
        "-9 >> x",
        "x << y",
        "y >> x",
        "x.__ilshift__(2)",
        "x.__irshift__(y)",
        "x << 70",
        "x >> 70",
    ],
)
@pytest.mark.parametrize("kind", ["int64", "int32", "int8", "uint8"])
def test_shifts(source: str, kind: str) -> None:
    found = []
    for library in (autograd, torch):
        x, y = (library.tensor(values, dtype=getattr(library, kind)) for values in ([0, 1, 5, 100], [1, 3, 0, 2]))
        out = eval(source, {"x": x, "y": y})
        found.append((str(out.dtype).split(".")[1], host(out).tolist()))
    assert found[0] == found[1]
