"""What distributions have in common, against torch's; and that every name is here."""

from __future__ import annotations

import importlib
import inspect

import numpy as np
import pytest

import autograd
from autograd import distributions
from autograd.distributions import utils
from tests.helpers.oracle import assert_same, host, torch_or_skip


def test_every_name_of_torchs_is_here() -> None:
    torch = torch_or_skip()
    theirs = torch.distributions
    assert set(theirs.__all__) <= set(distributions.__all__)
    for module in ("constraints", "transforms", "kl", "utils", "constraint_registry"):
        ours, other = getattr(distributions, module), getattr(theirs, module)
        names = getattr(other, "__all__", ["biject_to", "transform_to", "ConstraintRegistry"])
        assert [name for name in names if not hasattr(ours, name)] == []
        assert set(names) <= set(ours.__all__)


def test_every_file_of_torchs_is_here() -> None:
    torch = torch_or_skip()
    for name in torch.distributions.__all__:
        thing = getattr(torch.distributions, name)
        if inspect.isclass(thing) and issubclass(thing, torch.distributions.Distribution):
            module = importlib.import_module(thing.__module__.replace("torch", "autograd"))
            assert getattr(module, name) is getattr(distributions, name)


def test_signatures_are_torchs() -> None:
    torch = torch_or_skip()
    for name in torch.distributions.__all__:
        thing = getattr(torch.distributions, name)
        ours = getattr(distributions, name)
        if not inspect.isclass(thing):
            continue
        given = [
            [(p.name, p.kind) for p in inspect.signature(each.__init__).parameters.values()] for each in (ours, thing)
        ]
        assert given[0] == given[1], name
        defaults = [
            {
                p.name: p.default
                for p in inspect.signature(each.__init__).parameters.values()
                if isinstance(p.default, int | float)
            }
            for each in (ours, thing)
        ]
        assert defaults[0] == defaults[1], name
        for attribute in vars(thing):
            if not attribute.startswith("_"):
                assert hasattr(ours, attribute) or attribute == "has_rsample", (name, attribute)


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_probabilities_and_logits_are_torchs(kind: str) -> None:
    torch = torch_or_skip()
    p = np.array([[0.0, 0.3, 0.7], [1.0, 0.0, 0.0]], kind)
    for binary in (False, True):
        for name in ("probs_to_logits", "logits_to_probs"):
            ours = getattr(utils, name)(autograd.tensor(p), is_binary=binary)
            assert_same(ours, getattr(torch.distributions.utils, name)(torch.tensor(p), is_binary=binary), rtol=1e-6)
    assert_same(utils.clamp_probs(autograd.tensor(p)), torch.distributions.utils.clamp_probs(torch.tensor(p)))


@pytest.mark.parametrize("diag", [-2, -1, 0, 1])
def test_triangles_are_torchs(diag: int) -> None:
    torch = torch_or_skip()
    m = np.arange(32.0).reshape(2, 4, 4)
    ours = utils.tril_matrix_to_vec(autograd.tensor(m), diag)
    assert_same(ours, torch.distributions.utils.tril_matrix_to_vec(torch.tensor(m), diag))
    if diag in (-1, 0):
        back = utils.vec_to_tril_matrix(ours, diag)
        assert_same(back, torch.distributions.utils.vec_to_tril_matrix(torch.tensor(host(ours)), diag))
    with pytest.raises(ValueError, match="outside"):
        utils.tril_matrix_to_vec(autograd.tensor(m), 4)
    with pytest.raises(ValueError, match="do not fill"):
        utils.vec_to_tril_matrix(autograd.zeros(4))


def test_parameters_have_one_shape_and_dtype() -> None:
    a, b, c = utils.broadcast_all(
        autograd.zeros(2, 1, dtype=autograd.float64), 1.0, autograd.ones(3, dtype=autograd.float64)
    )
    assert a.shape == b.shape == c.shape == (2, 3)
    assert b.dtype is autograd.float64
    with pytest.raises(ValueError, match="tensors or numbers"):
        utils.broadcast_all("a", 1.0)


def test_a_lazy_property_is_computed_once() -> None:
    class Own:
        calls = 0

        @utils.lazy_property
        def value(self) -> int:
            """Its document."""
            self.calls += 1
            return 3

    own = Own()
    assert (own.value, own.value, own.calls) == (3, 3, 1)
    assert Own.value.__doc__ == "Its document."
