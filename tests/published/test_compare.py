"""What counts as agreement."""

from __future__ import annotations

import numpy as np
import pytest

from tests.published.compare import verdict
from tests.published.record import Record


def test_small_differences_agree_and_the_largest_is_named() -> None:
    theirs = {"loss 0": np.array([2.0]), "output": np.array([1.0, 4.0])}
    ours = {"loss 0": np.array([2.0]), "output": np.array([1.0, 4.004])}
    agrees, error, name = verdict(ours, theirs)
    assert agrees
    assert name == "output"
    np.testing.assert_allclose(error, 1e-3)


def test_another_shape_and_what_is_not_finite_differ() -> None:
    theirs = {"output": np.array([1.0, np.inf])}
    assert verdict({"output": np.array([1.0, np.inf])}, theirs)[0]
    assert not verdict({"output": np.array([1.0, np.nan])}, theirs)[0]
    assert not verdict({"output": np.array([1.0, np.inf, 0.0])}, theirs)[0]


def test_a_result_on_one_side_only_differs() -> None:
    agrees, _, why = verdict({"a": np.ones(1)}, {"a": np.ones(1), "b": np.ones(1)})
    assert not agrees
    assert "b first" in why


def test_noise_in_a_gradient_that_is_zero_is_measured_by_the_others() -> None:
    theirs = {"grad 0 weight": np.array([10.0]), "grad 0 bias": np.array([1e-9])}
    assert verdict({"grad 0 weight": np.array([10.0]), "grad 0 bias": np.array([-1e-6])}, theirs)[0]
    assert not verdict({"grad 0 weight": np.array([10.0]), "grad 0 bias": np.array([1e-3])}, theirs)[0]


def test_what_is_small_is_measured_by_its_elements_whatever_its_shape() -> None:
    pytest.importorskip("torch")
    sizes = [(3, 400), (100, 100), (5000,)]
    for size in sizes:
        theirs, ours = Record(), Record()
        theirs.note("output", np.full(size, 1e-2))
        ours.note("output", np.full(size, 1.1e-2))
        agrees, error, _ = verdict(ours.values, theirs.values)
        assert not agrees
        np.testing.assert_allclose(error, 0.1)


@pytest.mark.parametrize("shape", [(3, 4), (5000, 4), (4, 5000), (20000, 1)])
def test_another_shape_of_as_many_elements_differs(shape: tuple[int, ...]) -> None:
    pytest.importorskip("torch")
    theirs, ours = Record(), Record()
    theirs.note("output", np.ones(shape))
    ours.note("output", np.ones(shape[::-1] if shape != (4, 5000) else (20000,)))
    assert not verdict(ours.values, theirs.values)[0]


def test_gradients_of_a_step_share_a_scale_as_training_names_them() -> None:
    pytest.importorskip("torch")
    theirs, ours = Record(), Record()
    theirs.note("grad 0", {"conv.weight": np.array([10.0]), "conv.bias": np.array([1e-9])})
    theirs.note("grad 1", {"conv.weight": np.array([1e-5]), "conv.bias": np.array([1e-9])})
    ours.note("grad 0", {"conv.weight": np.array([10.0]), "conv.bias": np.array([-1e-6])})
    ours.note("grad 1", {"conv.weight": np.array([1e-5]), "conv.bias": np.array([1e-9])})
    assert verdict(ours.values, theirs.values)[0]
    ours.note("grad 1", {"conv.bias": np.array([1e-6])})
    assert verdict(ours.values, theirs.values)[2] == "grad 1.conv.bias"


def test_in_double_precision_more_digits_are_the_same() -> None:
    theirs = {"output": np.array([1.0, 4.0])}
    assert verdict({"output": np.array([1.0, 4.000001])}, theirs, "double")[0]
    assert verdict({"output": np.array([1.0, 4.001])}, theirs)[0]
    assert not verdict({"output": np.array([1.0, 4.001])}, theirs, "double")[0]
