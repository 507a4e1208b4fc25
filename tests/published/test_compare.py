"""What counts as agreement."""

from __future__ import annotations

import numpy as np

from tests.published.compare import verdict


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
