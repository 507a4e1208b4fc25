"""PyTorch's own database of operators: its samples of each, run here and there. Where they differ, it says why.

Needs torch and expecttest, which torch's testing package imports.
"""

from __future__ import annotations

import re
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import as_list, host, torch_or_skip

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
torch = torch_or_skip()
pytest.importorskip("expecttest", reason="torch's operator database imports expecttest: pip install expecttest")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        from torch.testing._internal.common_methods_invocations import op_db
    except ImportError as error:
        pytest.skip(f"torch's operator database can't be imported: {error}", allow_module_level=True)

# Not names that a user calls: parts of torch's own machinery, sparse tensors, compiled kernels.
INTERNAL = (
    "_",
    "aten",
    "jiterator",
    "torch.",
    "native_",
    "sparse",
    "to_sparse",
    "hash_tensor",
    "max_pool2d_with",
    "grid_sampler",
)
COPIES = ("_copy", "resize_", "resize_as_", "new_empty_strided", "empty_permuted", "slice", "empty_strided", "chalf")

MISSING = {
    "__rdiv__",  # of Python 2
    "bfloat16",
}

SIGNS = "eigenvectors and singular vectors are determined up to a factor of absolute value 1"
DIFFERENT = {
    "nn.functional.ctc_loss": "torch's gradient supposes that log_softmax comes before (compared in tests/nn/test_layers.py)",
    "cov": "torch keeps float32 weights in float32, which loses digits",
    "as_strided.partial_views": "as_strided is of the tensor's own elements here, not of the memory around them",
    "as_strided_scatter": "torch gives the input the gradient of what is overwritten, and none of what stays",
    **dict.fromkeys(
        ("masked.argmax", "masked.argmin"), "int64 as of argmax; torch writes the place in the input's dtype"
    ),
    "svd": SIGNS,
    "svd_lowrank": SIGNS,
    "pca_lowrank": SIGNS,
    "linalg.svd": SIGNS,
    "linalg.eig": SIGNS,
    "linalg.eigh": SIGNS,
    "linalg.pinv.hermitian": "the samples are not Hermitian; of those that are, values and gradients agree",
    "special.bessel_j0": "torch's has 6 digits here (test_special.py compares with SciPy)",
    "special.bessel_y1": "torch's has 6 digits here (test_special.py compares with SciPy)",
}

FOR_KIND = {
    "complex128": {
        "istft": "torch gives a complex window no gradient",
        "logaddexp": "real numbers only here",
        "logcumsumexp": "real numbers only here",
    },
    "int64": {
        **dict.fromkeys(("topk", "kthvalue", "mode"), "which of equal elements is named is not said"),
        "masked.logsumexp": "torch gives back a 0-d tensor of integers",
        "__rpow__": "2 ** -1 of integers raises here",
        **{f"nn.functional.avg_pool{dims}d": "means of integers raise here" for dims in (1, 2, 3)},
        "nn.functional.local_response_norm": "torch truncates the means of integers",
    },
}

RANDOM = {
    "bernoulli",
    "multinomial",
    "normal",
    "rand_like",
    "randn_like",
    "randint",
    "randint_like",
    "randn",
    "randperm",
    "uniform",
    "exponential",
    "geometric",
    "cauchy",
    "log_normal",
    "empty",
    "empty_like",
    "new_empty",
    *(
        f"nn.functional.{name}"
        for name in (
            "dropout",
            "dropout2d",
            "dropout3d",
            "alpha_dropout",
            "feature_alpha_dropout",
            "rrelu",
            "fractional_max_pool2d",
            "fractional_max_pool3d",
        )
    ),
}


class NoEquivalent(Exception):
    """A sample that asks for what there is none of here: a sparse layout, a dtype."""


class Here(types.SimpleNamespace):
    """What stands for `torch` in the database's own lambdas."""

    nn = nn

    def __getattr__(self, name: str) -> Any:
        return getattr(autograd, name)


def ours(op: Any) -> Callable[..., Any] | None:
    """The function of this engine that an entry names."""
    found: Any = nn if op.name.startswith("nn.") else autograd
    for part in op.name.removeprefix("nn.").split("."):
        found = getattr(found, part, None)
    if isinstance(op.op, types.FunctionType) and "testing/_internal" in op.op.__code__.co_filename:
        names = {**op.op.__globals__, "torch": Here(), "F": nn.functional}
        again = types.FunctionType(op.op.__code__, names, op.name, op.op.__defaults__, op.op.__closure__)
        known = found is not None or hasattr(autograd.Tensor, op.name) or hasattr(autograd.Tensor, f"{op.name}_")
        return again if known else None
    if isinstance(found, type | autograd.dtype):
        found = None
    if found is None and hasattr(autograd.Tensor, op.name):
        return lambda x, *args, **kwargs: getattr(x, op.name)(*args, **kwargs)
    if found is None and hasattr(autograd.Tensor, f"{op.name}_"):
        return lambda x, *args, **kwargs: getattr(x.clone(), f"{op.name}_")(*args, **kwargs)
    return found


def converted(value: Any, leaves: list[tuple[Any, Any]]) -> Any:
    """A sample's argument as this engine takes it; tensors that require grad are noted beside torch's."""
    if isinstance(value, torch.Tensor):
        if value.layout is not torch.strided or value.dtype in (torch.bfloat16, torch.complex32):
            raise NoEquivalent
        x = autograd.tensor(host(value.resolve_conj().resolve_neg()))
        if value.requires_grad:
            x.requires_grad_()
            leaves.append((x, value))
        return x
    if isinstance(value, torch.Size):
        return tuple(value)
    if isinstance(value, list | tuple):
        made = [converted(each, leaves) for each in value]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    if isinstance(value, torch.dtype):
        kind = getattr(autograd, str(value).split(".")[1], None)
        if kind is None:
            raise NoEquivalent
        return kind
    if isinstance(value, torch.device):
        return autograd.device(str(value))
    if isinstance(value, torch.Generator) or value is torch.strided:
        raise NoEquivalent
    if isinstance(value, torch.nn.Module):
        return getattr(nn, type(value).__name__)()
    if callable(value):
        for place in (autograd, nn.functional):
            if hasattr(place, getattr(value, "__name__", "")):
                return getattr(place, value.__name__)
    return value


def assert_same(mine: Any, theirs: Any, digits: float, what: str) -> None:
    assert tuple(mine.shape) == tuple(theirs.shape), f"{what}: shape {tuple(mine.shape)}, torch's {tuple(theirs.shape)}"
    assert str(mine.dtype).split(".")[1] == str(theirs.dtype).split(".")[1], f"{what}: {mine.dtype}, {theirs.dtype}"
    np.testing.assert_allclose(
        host(mine), host(theirs.resolve_conj().resolve_neg()), rtol=digits, atol=digits, err_msg=what
    )


def weights(like: Any) -> np.ndarray:
    rng = np.random.default_rng(0)
    real = np.asarray(rng.normal(size=tuple(like.shape)))
    return real + 1j * rng.normal(size=tuple(like.shape)) if like.is_complex() else real


def compare(op: Any, function: Callable[..., Any], sample: Any, digits: float) -> bool:
    """Values and gradients of one sample; False where there is nothing to compare."""
    leaves: list[tuple[Any, Any]] = []
    try:
        args = [converted(x, leaves) for x in (sample.input, *sample.args)]
        kwargs = {name: converted(x, leaves) for name, x in sample.kwargs.items()}
    except NoEquivalent:
        return False
    try:
        theirs = as_list(op.op(sample.input, *sample.args, **sample.kwargs))
    except Exception:
        return False
    what = f"{op.name}{[tuple(x.shape) if hasattr(x, 'shape') else x for x in args]} {kwargs}"
    mine = as_list(function(*args, **kwargs))
    assert len(mine) == len(theirs), what
    pairs = [(x, y) for x, y in zip(mine, theirs, strict=True) if isinstance(y, torch.Tensor)]
    assert all(x == y for x, y in zip(mine, theirs, strict=True) if not isinstance(y, torch.Tensor)), what
    dropped = kwargs.get("dropout_p", 0) or (op.name.endswith("attention_forward") and args[10])
    if op.name in RANDOM or dropped:
        assert all(x.shape == tuple(y.shape) for x, y in pairs), what
        return True
    for x, y in pairs:
        assert_same(x, y, digits, what)
    smooth = [(x, y) for x, y in pairs if y.requires_grad]
    if not leaves or not smooth:
        return True
    seeds = [weights(y) for _, y in smooth]
    try:
        expected = torch.autograd.grad(
            [y for _, y in smooth],
            [y for _, y in leaves],
            [torch.tensor(w).to(y.dtype) for w, (_, y) in zip(seeds, smooth, strict=True)],
            allow_unused=True,
        )
    except RuntimeError:  # torch has no derivative
        return True
    found: Any = [None] * len(leaves)
    if all(x.requires_grad for x, _ in smooth):
        found = autograd.grad(
            [x for x, _ in smooth],
            [x for x, _ in leaves],
            [autograd.tensor(w).to(x.dtype) for w, (x, _) in zip(seeds, smooth, strict=True)],
            allow_unused=True,
        )
    for x, y in zip(found, expected, strict=True):
        if x is None or y is None:  # no gradient, or zeros
            other = y if x is None else x
            assert other is None or not host(other).any(), f"{what}: one gradient is None"
        else:
            assert_same(x, y, digits, f"gradient of {what}")
    return True


def entries(kind: str) -> list[Any]:
    found = []
    for op in op_db:
        name = f"{op.name}.{op.variant_test_name}" if op.variant_test_name else op.name
        if (op.name.startswith(INTERNAL) and not op.name.startswith("__")) or op.name.endswith(COPIES):
            continue
        if (
            getattr(torch, kind) in op.dtypes
            and name not in DIFFERENT | FOR_KIND.get(kind, {})
            and op.name not in MISSING
        ):
            found.append(pytest.param(op, id=name))
    return found


def run(op: Any, kind: str, digits: float) -> None:
    function = ours(op)
    assert function is not None, f"{op.name} is missing"
    dtype = getattr(torch, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        differentiated = op.supports_autograd and (dtype.is_floating_point or dtype.is_complex)
        samples = list(op.sample_inputs("cpu", dtype, requires_grad=differentiated))
        for sample in samples[:20]:
            compare(op, function, sample, digits)


@pytest.mark.parametrize("op", entries("float64"))
def test_real_samples(op: Any) -> None:
    run(op, "float64", 1e-7)


@pytest.mark.parametrize("op", entries("complex128"))
def test_complex_samples(op: Any) -> None:
    run(op, "complex128", 1e-6)


@pytest.mark.parametrize("op", entries("int64"))
def test_integer_samples(op: Any) -> None:
    run(op, "int64", 1e-5)


# Calls that torch refuses and this engine answers: numbers beside tensors, size 1 stretched, half-precision windows.
LENIENT = {
    "atan2",
    "copysign",
    "eq",
    "fmax",
    "fmin",
    "fmod",
    "ge",
    "gt",
    "hypot",
    "igamma",
    "igammac",
    "ldexp",
    "le",
    "logaddexp",
    "logical_and",
    "logical_or",
    "logical_xor",
    "lt",
    "maximum",
    "minimum",
    "ne",
    "nextafter",
    "polar",
    "rsub",
    "linalg.cross",
    "renorm",
    "narrow",
    "masked_fill",
}


def wrong_entries() -> list[Any]:
    found = []
    for param in entries("float32"):
        (op,) = param.values
        lenient = op.name in LENIENT or op.name.startswith("__") or "window" in op.name or "polynomial" in op.name
        if op.error_inputs_func is not None and not lenient:
            found.append(param)
    return found


# An `out` that overlaps with itself or an input, or whose memory is not its own, is converted to one of its own; and where torch wants one dtype of
# some functions, here as everywhere any will do that the result can be cast to.
OUT_OF_ANOTHER_KIND = re.compile("single memory location|scalar type|dtype|Long tensor out|not resizable")


@pytest.mark.parametrize("op", wrong_entries())
def test_wrong_samples_raise(op: Any) -> None:
    """What torch refuses is refused here, by an error that a caller would expect."""
    function = ours(op)
    assert function is not None, f"{op.name} is missing"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for wrong in op.error_inputs("cpu"):
            sample = wrong.sample_input
            try:
                args = [converted(x, []) for x in (sample.input, *sample.args)]
                kwargs = {name: converted(x, []) for name, x in sample.kwargs.items()}
            except (NoEquivalent, TypeError, ValueError, NotImplementedError):  # more dimensions than NumPy has, ...
                continue
            try:
                op.op(sample.input, *sample.args, **sample.kwargs)
            except Exception as error:
                if "out" in sample.kwargs and OUT_OF_ANOTHER_KIND.search(str(error)):
                    continue
                with pytest.raises((RuntimeError, ValueError, TypeError, IndexError, NotImplementedError)):
                    function(*args, **kwargs)
