"""Numbers that come out of well-known first lessons."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
import optim
from tests.helpers.oracle import host

PEOPLE = autograd.tensor([[-2.0, -1.0], [25.0, 6.0], [17.0, 4.0], [-15.0, -6.0]], device="cpu")
IS_FEMALE = autograd.tensor([1.0, 0.0, 0.0, 1.0], device="cpu")


def people() -> tuple[autograd.Tensor, autograd.Tensor]:
    device = autograd.get_default_device()
    return PEOPLE.to(device), IS_FEMALE.to(device)


class Neuron(nn.Module):
    """sigmoid(w x + b)."""

    def __init__(self, weights: list[float], bias: float) -> None:
        super().__init__()
        self.weights = nn.Parameter(autograd.tensor(weights))
        self.bias = nn.Parameter(autograd.tensor(bias))

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        return autograd.sigmoid((x * self.weights).sum(-1) + self.bias)


class Network(nn.Module):
    """Two inputs, two hidden neurons, one output."""

    def __init__(self, weights: list[float], bias: float) -> None:
        super().__init__()
        self.h1, self.h2, self.o1 = (Neuron(weights, bias) for _ in range(3))

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        return self.o1(autograd.stack([self.h1(x), self.h2(x)], -1))


def test_one_neuron(float64: autograd.dtype) -> None:
    out = Neuron([0.0, 1.0], 4.0)(autograd.tensor([2.0, 3.0]))
    assert out.item() == pytest.approx(0.9990889488055994, abs=1e-15)
    assert round(out.item(), 3) == 0.999


def test_two_two_one_network(float64: autograd.dtype) -> None:
    assert Network([0.0, 1.0], 0.0)(autograd.tensor([2.0, 3.0])).item() == pytest.approx(0.7216325609518421, abs=1e-15)


def test_first_gradient_of_the_people(float64: autograd.dtype) -> None:
    net = Network([1.0, 1.0], 0.0)
    people_, is_female = people()
    y = net(people_[0].double())
    assert round(y.item(), 3) == 0.524
    ((is_female[0] - y) ** 2).backward()
    # The lecture multiplies rounded factors, 0.952 * 0.249 * 0.0904 = 0.0214.
    assert net.h1.weights.grad[0].item() == pytest.approx(0.0214, abs=1e-4)
    assert net.h1.weights.grad[0].item() == pytest.approx(0.021469535265811093, abs=1e-15)


@pytest.mark.numbers
def test_the_people_are_learned(float64: autograd.dtype) -> None:
    autograd.manual_seed(0)
    people_, is_female = (x.double() for x in people())
    net = Network([0.0, 0.0], 0.0)
    for parameter in net.parameters():
        nn.init.normal_(parameter)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    for _ in range(1000):
        for x, target in zip(people_, is_female, strict=True):  # one person at a time
            optimizer.zero_grad()
            ((target - net(x)) ** 2).backward()
            optimizer.step()
    with autograd.no_grad():
        y = net(people_)
        assert F.mse_loss(y, is_female).item() < 0.01
        assert (y.round() == is_female).all()
        emily, frank = net(autograd.tensor([[-7.0, -3.0], [20.0, 2.0]])).tolist()
    assert emily > 0.9
    assert frank < 0.1


def test_logistic_regression(float64: autograd.dtype, rng: np.random.Generator) -> None:
    """The gradient of the mean cross entropy is (1/m) X (A - Y)^T, samples in columns; descent finds the plane."""
    features, m = 3, 200
    X = rng.normal(size=(features, m))
    Y = (np.array([[1.0, -2.0, 0.5]]) @ X + 0.3 > 0).astype(float)
    w = autograd.zeros(features, 1, requires_grad=True)
    b = autograd.zeros(1, requires_grad=True)
    inputs, targets = autograd.tensor(X), autograd.tensor(Y)
    for _ in range(300):
        A = autograd.sigmoid(w.T @ inputs + b)
        cost = -(targets * A.log() + (1 - targets) * (1 - A).log()).sum() / m
        cost.backward()
        dz = host(A) - Y
        np.testing.assert_allclose(host(w.grad), X @ dz.T / m, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(host(b.grad), [dz.mean()], rtol=1e-9, atol=1e-12)
        with autograd.no_grad():
            for p in (w, b):
                p -= 0.5 * p.grad
                p.grad = None
    assert cost.item() < 0.2
    assert ((host(A) > 0.5) == Y).mean() > 0.97


def test_softmax_regression(float64: autograd.dtype, rng: np.random.Generator) -> None:
    """The gradient of the summed cross entropy by the scores is A - Y."""
    Z = autograd.tensor(rng.normal(size=(6, 4)), requires_grad=True)
    classes = rng.integers(0, 4, 6)
    F.cross_entropy(Z, autograd.tensor(classes), reduction="sum").backward()
    A = np.exp(host(Z)) / np.exp(host(Z)).sum(1, keepdims=True)
    np.testing.assert_allclose(host(Z.grad), A - np.eye(4)[classes], atol=1e-12)
    by_hand = autograd.tensor(host(Z), requires_grad=True)
    logarithms = autograd.log(autograd.softmax(by_hand, 1))
    (-(autograd.tensor(np.eye(4)[classes]) * logarithms).sum()).backward()
    np.testing.assert_allclose(host(by_hand.grad), A - np.eye(4)[classes], atol=1e-12)
