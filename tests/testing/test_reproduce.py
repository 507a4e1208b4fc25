"""What is printed makes the same functions and values again, and runs as it is printed."""

from __future__ import annotations

import functools
import math
import operator
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from tests.helpers.oracle import host

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import (  # noqa: E402
    given,
    settings,
    strategies as st,
)

from autograd.testing import GradcheckError, GradientError, assert_gradients, shapes, tensors  # noqa: E402
from autograd.testing.reproduce import Writer, replica  # noqa: E402

ROOT = Path(autograd.__file__).parent.parent
DTYPES = [autograd.float64, autograd.float32, autograd.complex128, autograd.int64, autograd.bool]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_tensors_come_back_as_they_lie(data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from(DTYPES))
    x = data.draw(tensors(shapes(min_side=0), dtype=dtype)).detach()
    if x.ndim and x.numel():
        x = x.permute(*data.draw(st.permutations(range(x.ndim))))
        if data.draw(st.booleans()):
            x = x[..., :: data.draw(st.integers(1, 3))]
    if dtype.is_inexact and data.draw(st.booleans()):
        x = x.detach().requires_grad_()
    made = eval(Writer([]).value(x), {"autograd": autograd})
    for y in (made, replica(x)):
        assert y.dtype is x.dtype
        assert np.array_equal(host(x), host(y))
        assert y.is_leaf
        long = [i for i, size in enumerate(x.shape) if size > 1]
        if x.numel():
            assert [y.stride(i) for i in long] == [x.stride(i) for i in long]
    assert made.requires_grad == x.requires_grad


def test_numbers_that_python_has_no_letters_for() -> None:
    for values in ([math.inf, -math.inf, math.nan, -0.0, 1e-310], [complex(math.inf, 1), complex(0, math.nan)]):
        x = autograd.tensor(np.array(values))
        y = eval(Writer([]).value(x), {"autograd": autograd})
        np.testing.assert_array_equal(host(x), host(y))
    assert math.copysign(1, eval(Writer([]).value(-0.0))) == -1


def test_other_values() -> None:
    for value in (
        None,
        True,
        3,
        2.5,
        1j,
        "a'b",
        b"c",
        ...,
        slice(1, None, 2),
        [1, (2,), ()],
        {"a": [1.0]},
        autograd.float32,
        np.float64(2.0),
    ):
        assert eval(Writer([]).value(value), {"autograd": autograd, "numpy": np}) == value
    assert eval(Writer([]).value(autograd.device("cpu")), {"autograd": autograd}) == autograd.device("cpu")
    array = eval(Writer([]).value(np.array([[1, 2]], dtype=np.int8)), {"numpy": np})
    assert array.dtype == np.int8
    assert array.shape == (1, 2)


class Ops:
    @staticmethod
    def static(x):
        return x

    @classmethod
    def of_class(cls, x):
        return x

    class Cube(autograd.Function):
        pass

    def method(self, x):
        return x

    def __call__(self, x):
        return x


class Cube(autograd.Function):
    """x^3, wrong by a factor."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0] ** 2


ops = Ops()
layer = nn.Linear(2, 2)
named_lambda = lambda x: x  # noqa: E731


def local() -> object:
    def inside(x):
        return x

    return inside


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (Cube.apply, "Cube.apply"),
        (Ops.Cube.apply, "Ops.Cube.apply"),
        (Ops.static, "Ops.static"),
        (Ops.of_class, "Ops.of_class"),
        (ops.method, "ops.method"),
        (ops, "ops"),
        (layer, "layer"),
        (layer.forward, "layer.forward"),
        (local(), "inside"),
        (local, "local"),
        (named_lambda, "named_lambda"),
        (lambda x, y=(1, 2): x[y], "lambda x, y=(1, 2): x[y]"),
        (functools.partial(Cube.apply, 2, key="v"), "functools.partial(Cube.apply, 2, key='v')"),
        (functools.partial(lambda a, x: a * x, 2), "functools.partial(lambda a, x: a * x, 2)"),
        (autograd.sin, "autograd.sin"),
        (F.relu, "nn.functional.relu"),
        (autograd.linalg.inv, "autograd.linalg.inv"),
        (operator.mul, "mul"),
        (autograd.Tensor.mul_, "autograd.Tensor.mul_"),
        (math.sin, "sin"),
    ],
)
def test_functions_by_name(function, text: str) -> None:
    writer = Writer([globals()])
    assert writer.value(function) == text
    scope = dict(globals()) | {"inside": function}
    exec("\n".join(writer.imports), scope)
    made = eval(text, scope)
    assert callable(made)
    if not isinstance(function, functools.partial) and "lambda" not in text:
        assert made == function


def test_two_lambdas_on_a_line_and_one_of_several() -> None:
    two = [lambda x: x * 1, lambda x: x * 2]
    assert [Writer([]).value(each) for each in two] == ["lambda x: x * 1", "lambda x: x * 2"]
    outer = lambda x: lambda y: y + x  # noqa: E731
    assert Writer([]).value(outer(1)) == "lambda y: y + x"
    assert Writer([]).value(outer) == "lambda x: lambda y: y + x"
    long = [lambda x: x + 1]
    assert eval(Writer([]).value(long[0]))(2) == 3


def reports(*arguments, **options) -> str:
    with pytest.raises(GradientError) as caught:
        assert_gradients(*arguments, **options)
    return str(caught.value).partition("to reproduce:\n")[2]


def run(printed: str, **scope) -> str:
    with pytest.raises(GradcheckError) as caught:
        exec("\n".join(line.strip() for line in printed.splitlines()), globals() | scope)
    return str(caught.value)


def test_options_and_constants() -> None:
    function = lambda x, n, flags: Cube.apply(x) * n if flags["on"] else x  # noqa: E731
    printed = reports(function, tensors((2,)), 3, {"on": True}, eps=1e-5, atol=1e-6, rtol=1e-4)
    assert printed.rstrip().endswith("(x0, x1, x2,), eps=1e-05, atol=1e-06, rtol=0.0001)")
    assert "x2 = {'on': True}" in printed
    run(printed)


def test_the_check_that_failed_is_printed() -> None:
    """The first derivative is wrong: gradcheck, whatever the order asked for."""
    printed = reports(Cube.apply, tensors((2,)), order=2)
    assert "gradcheck(Cube.apply, (x0,))" in printed
    assert "gradgradcheck" not in printed
    run(printed)
    printed = reports(lambda x: x * x + (x * x).detach() * x - (x * x * x).detach(), tensors((2,)), order=2)
    assert "gradcheck(function, (x0,))" in printed


def test_the_default_dtype(float64) -> None:
    printed = reports(lambda x: Cube.apply(x) + autograd.ones(2), tensors((2,)))
    assert "autograd.set_default_dtype(autograd.float64)" in printed
    run(printed)


def test_inputs_without_a_gradient_stay_so() -> None:
    printed = reports(
        lambda x, i, y: Cube.apply(x)[i] * y,
        tensors((2,)),
        tensors((2,), 0, 1, dtype=autograd.int64),
        tensors((2,), 1.0, 2.0, requires_grad=False),
    )
    assert printed.count("requires_grad=True") == 1
    run(printed)


def test_what_has_no_name_says_what_to_put() -> None:
    printed = reports(*[eval("lambda x, o: Cube.apply(x)"), tensors((1,)), object()])
    lines = [line.strip() for line in printed.splitlines()]
    assert any(line.startswith("# put the function that was checked here, ") for line in lines)
    assert any(line.startswith("x1 = ...  # put the object that was given here, ") for line in lines)
    run(printed.replace("function = ...", "function = lambda x, o: Cube.apply(x)"))


SCRIPT = """
import functools
import autograd, nn
from autograd.testing import GradientError, assert_gradients, tensors

class Cube(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x.reshape(-1).sum() * 0 + g * 2.9 * x**2

class Net(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale
    def forward(self, x):
        return Cube.apply(x) * self.scale

def model(x, power=1):
    return Cube.apply(x).sin() ** power

def decorated(function):
    @functools.wraps(function)
    def inner(x):
        return function(x)
    return inner

@decorated
def wrapped(x):
    return Cube.apply(x)
"""

CALLS = [
    "model",
    "Cube.apply",
    "lambda x: model(x, 2)",
    "functools.partial(model, power=3)",
    "Net(2.0)",
    "Net(2.0).forward",
    "nn.Sequential(nn.Tanh(), Net(3.0))",
    "wrapped",
    "(lambda x:\n        model(x))",
]


@pytest.mark.cpu_only
def test_pasted_into_a_users_script(tmp_path: Path) -> None:
    """Each is pasted below the definitions, in a file of its own, and one process runs them all."""
    script = tmp_path / "script.py"
    calls = "".join(
        f"try:\n    assert_gradients({call}, tensors((2, 2)))\nexcept GradientError as error:\n"
        "    print(str(error).partition('to reproduce:\\n')[2], end='\\n---\\n')\n"
        for call in CALLS
    )
    script.write_text(SCRIPT + calls)
    environment = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment)
    printed = done.stdout.split("\n---\n")[:-1]
    assert len(printed) == len(CALLS), done.stderr
    for number, each in enumerate(printed):
        pasted = "\n".join(line.removeprefix("    ") for line in each.splitlines())
        (tmp_path / f"pasted{number}.py").write_text(SCRIPT + pasted)
    runner = (
        "import runpy, sys\nfrom autograd.testing import GradcheckError\nfor path in sys.argv[1:]:\n    try:\n"
        "        runpy.run_path(path, run_name='__main__')\n    except GradcheckError:\n        print(path, 'raised')\n"
    )
    paths = [str(tmp_path / f"pasted{number}.py") for number in range(len(CALLS))]
    done = subprocess.run([sys.executable, "-c", runner, *paths], capture_output=True, text=True, env=environment)
    assert done.stdout.splitlines() == [f"{path} raised" for path in paths], done.stderr


def test_what_chance_decides_is_run_often() -> None:
    state = np.random.default_rng(0)

    def seldom(x):
        return x * (1.0 + (state.random() > 0.8))

    printed = reports(seldom, tensors((2,)))
    assert "for _ in range(100):  # chance decides\n" in printed
    with pytest.raises(GradcheckError, match="not deterministic"):
        exec("\n".join(line.removeprefix("    ") for line in printed.splitlines()), globals() | {"seldom": seldom})
