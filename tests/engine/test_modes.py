"""no_grad and its kin: contexts, decorators, generators, threads."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

import autograd
from autograd import BackwardError
from autograd.engine.primitive import primitive


@pytest.fixture
def x() -> autograd.Tensor:
    return autograd.ones(2, requires_grad=True)


def test_no_grad(x: autograd.Tensor) -> None:
    with autograd.no_grad():
        assert not (x * 2).requires_grad
        with autograd.enable_grad():
            assert (x * 2).requires_grad
        assert not autograd.is_grad_enabled()
    assert (x * 2).requires_grad


def test_as_decorators(x: autograd.Tensor) -> None:
    @autograd.no_grad()
    def silent(x: autograd.Tensor) -> autograd.Tensor:
        """Doubles."""
        return x * 2

    @autograd.no_grad
    def bare(x: autograd.Tensor) -> autograd.Tensor:
        return x * 2

    @autograd.enable_grad()
    def loud(x: autograd.Tensor) -> autograd.Tensor:
        return x * 2

    assert not silent(x).requires_grad
    assert not bare(x).requires_grad
    assert silent.__doc__ == "Doubles."
    with autograd.no_grad():
        assert loud(x).requires_grad


def test_generators_hold_the_mode_only_while_they_run(x: autograd.Tensor) -> None:
    @autograd.no_grad()
    def numbers():
        for _ in range(2):
            yield (x * 2).requires_grad

    for inside in numbers():
        assert not inside
        assert autograd.is_grad_enabled()


def test_set_grad_enabled(x: autograd.Tensor) -> None:
    with autograd.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    assert autograd.is_grad_enabled()
    autograd.set_grad_enabled(False)
    assert not autograd.is_grad_enabled()
    autograd.set_grad_enabled(True)
    assert autograd.is_grad_enabled()


def test_an_exception_restores_the_mode() -> None:
    with pytest.raises(ZeroDivisionError), autograd.no_grad():
        raise ZeroDivisionError
    assert autograd.is_grad_enabled()


def test_modes_belong_to_a_thread() -> None:
    seen = []
    with autograd.no_grad():
        thread = threading.Thread(target=lambda: seen.append(autograd.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_threads_compute_gradients_side_by_side() -> None:
    results = {}

    def work(number: int) -> None:
        x = autograd.full((3,), float(number), requires_grad=True)
        for _ in range(50):
            x.grad = None
            (x * x * x).sum().backward()
        results[number] = x.grad.tolist()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: [3.0 * n * n] * 3 for n in range(4)}


def test_inference_mode(x: autograd.Tensor) -> None:
    with autograd.inference_mode():
        y = x * 2
        assert y.is_inference()
        assert not y.requires_grad
        assert autograd.is_inference_mode_enabled()
        y.add_(1)
    with pytest.raises(BackwardError, match="inference_mode"):
        y * x
    with pytest.raises(BackwardError, match="inference_mode"):
        y.add_(1)
    assert (y.clone() * x).requires_grad
    with autograd.inference_mode(False):
        assert (x * 2).requires_grad

    @autograd.inference_mode()
    def predict(x: autograd.Tensor) -> autograd.Tensor:
        return x * 2

    assert predict(x).is_inference()


SILENT = {
    "log": lambda x: x.log(),
    "division": lambda x: x / 0,
    "overflow": lambda x: (x.double() * 1e300).float(),
    "to whole numbers": lambda x: (x / 0).int(),
    "data": lambda x: autograd.tensor([1e300]),
    "filled": lambda x: autograd.full((2,), 1e300),
    "product of matrices": lambda x: autograd.full((2, 2), 3e38) @ autograd.full((2, 2), 3e38),
    "determinant": lambda x: autograd.linalg.det(autograd.eye(2) * 1e30),
    "slope": lambda x: autograd.grad((x * 0).sqrt().sum(), x),
    "in place": lambda x: x.detach().div_(0),
}


@pytest.mark.parametrize("name", SILENT)
def test_infinities_are_made_without_numpys_warnings(name: str) -> None:
    """Also where the user's filters show every warning, and in a new thread."""

    def run() -> None:
        SILENT[name](autograd.tensor([-1.0, 0.0], requires_grad=True))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert [str(each.message) for each in caught] == []


@pytest.mark.cpu_only
def test_numpys_own_warnings_stay() -> None:
    autograd.tensor(-1.0).log()
    with pytest.warns(RuntimeWarning, match="invalid"):
        np.log(np.float64(-1.0))
    with np.errstate(all="raise"):
        assert autograd.tensor(-1.0).log().isnan()
        with pytest.raises(FloatingPointError):
            np.log(np.float64(-1.0))


def test_a_primitive_may_be_interrupted_by_others() -> None:
    """As by a signal's handler, which runs while a primitive computes."""

    @primitive()
    def interrupted(xp, x):  # type: ignore[no-untyped-def]
        inner.append(autograd.tensor([-1.0]).log())
        return x

    inner: list[autograd.Tensor] = []
    assert interrupted(autograd.ones(2)).tolist() == [1.0, 1.0]
    assert bool(inner[0].isnan())
