"""`python -m autograd.ops NAME` says where every operation and its derivative stand."""

from __future__ import annotations

import re

import pytest

from autograd.ops.__main__ import main
from autograd.ops.table import ROOT, describe, primitives, public_functions, rules

pytestmark = pytest.mark.cpu_only

PLACE = re.compile(r"([\w/]+\.py):(\d+)")


def test_every_rule_is_found_where_it_says() -> None:
    everything = primitives()
    assert len(everything) > 180
    for key, primitive in everything.items():
        found = rules(primitive)
        assert len(found) == sum(each is not None for each in primitive.derivatives), key
        for name, formula, where in found:
            file, line = where.split(":")
            text = "\n".join((ROOT / file).read_text().split("\n")[int(line) - 1 :][:12])
            named = re.match(r"(\w+)\(\.\.\.\)$", formula)
            assert f"def {named[1]}(" in text if named else "lambda" in text, (key, name, formula, where)


def test_every_public_function_is_described() -> None:
    functions = public_functions()
    assert len(functions) > 500
    for name in functions:
        text = describe(name)
        for file, line in PLACE.findall(text):
            assert int(line) <= len((ROOT / file).read_text().split("\n"))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("gelu", "g * _gelu_slope(x)"),
        ("cumprod", "_recurrence_from_the_end"),
        ("scatter_reduce", "_extreme_slopes"),
        ("conv2d", "_convolution_input(g, weight"),
        ("max_pool2d", "_max_scatter(g, out1"),
        ("layer_norm", "_by_input("),
        ("svd", "_svd_slope("),
        ("logsumexp", "d/dx  g * out"),
        ("index_put", "_without(g, indices, pattern)"),
        ("pad", "_crop(g, widths)"),
        ("sin", "d/dx  g * cos(x)"),
        ("trigonometric.asin", "g / sqrt(1 - x * x)"),
    ],
)
def test_a_derivative_is_found_by_the_name_a_user_knows(name: str, rule: str) -> None:
    assert rule in describe(name)


@pytest.mark.parametrize("name", ["einsum", "interpolate"])
def test_what_is_composed_says_of_what(name: str) -> None:
    assert re.search(r"composed of .*mul", describe(name), re.DOTALL)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sin", "cos"]) == 0
    assert capsys.readouterr().out.count("d/dx") == 2
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(key in out for key in primitives())
    assert main(["conv"]) == 1
    assert "no operation is called 'conv'; there are" in capsys.readouterr().err
