"""Gradients through sparse tensors: what PyTorch gives, and finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import autograd
from tests.helpers.oracle import host
from tests.helpers.snippets import assert_as_in_torch, pieces

MADE = """
places = torch.tensor([[0, 1, 1, 1], [2, 0, 2, 0]])
numbers = torch.tensor([3.0, -4.0, 5.0, 0.5], requires_grad=True)
s = torch.sparse_coo_tensor(places, numbers, (2, 3))
c = s.coalesce()
d = (torch.arange(6.0).reshape(2, 3) / 3 - 0.5).requires_grad_()
w = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
leaf = torch.sparse_coo_tensor(places, numbers.detach(), (2, 3)).requires_grad_()
"""

CODE = r"""
(torch.sparse.mm(s, d.t()) * w).sum().backward()
numbers.grad, d.grad

(d @ s.t() * w).sum().backward()
numbers.grad, d.grad

(torch.sparse.mm(leaf, d.t()) * w).sum().backward()
leaf.grad, leaf.grad.is_sparse, leaf.grad._nnz(), d.grad

(torch.sparse.addmm(w, s, d.t(), beta=2, alpha=3) * w).sum().backward()
numbers.grad, d.grad

(s.to_dense() * d).sum().backward()
numbers.grad, d.grad

leaf.to_dense().pow(2).sum().backward()
leaf.grad, leaf.grad.is_sparse

(d.to_sparse().values() * torch.arange(6.0)).sum().backward()
d.grad

torch.sparse.sum(s).backward()
numbers.grad

(torch.sparse.sum(s, 0).to_dense() * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
numbers.grad

(torch.sparse.sum(c, 1).to_dense() * torch.tensor([1.0, 2.0])).sum().backward()
numbers.grad

torch.sparse.sum(leaf).backward()
leaf.grad

(torch.sparse.softmax(s, 1).to_dense() * d).sum().backward()
numbers.grad, d.grad

(torch.sparse.log_softmax(s, 1).to_dense() * d).sum().backward()
numbers.grad, d.grad

((s * 2 + s).to_dense() * d).sum().backward()
numbers.grad, d.grad

((d + s) * d).sum().backward()
numbers.grad, d.grad

((s * d).to_dense() * d).sum().backward()
numbers.grad, d.grad

(c.values() * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
numbers.grad

(s.t().to_dense() * d.t()).sum().backward()
numbers.grad, d.grad

(s.mv(torch.tensor([1.0, 2.0, 3.0])) ** 2).sum().backward()
numbers.grad

(torch.sparse.mm(s, s.t()).to_dense() * w).sum().backward()
numbers.grad

(d.sparse_mask(c.detach()).to_dense() * w[:, :1]).sum().backward()
d.grad

leaf.detach().requires_grad, leaf.is_leaf, s.is_leaf, s.requires_grad, c.requires_grad, (leaf * 2).requires_grad

s.to_dense().backward()

torch.autograd.gradcheck(lambda v, y: torch.sparse.mm(torch.sparse_coo_tensor(places, v, (2, 3)), y), (numbers.detach().double().requires_grad_(), d.detach().double().t().contiguous().requires_grad_()))

r = torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], torch.tensor([3.0, 4.0, 5.0]), (2, 3))
(r @ d.t() * w).sum().backward()
d.grad
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("code", pieces(CODE))
def test_code_gives_what_torch_gives(code: str) -> None:
    assert_as_in_torch(MADE + code)


PLACES = autograd.tensor([[0, 1, 1, 1], [2, 0, 2, 0]])  # one is named twice


def sparse(values: autograd.Tensor) -> autograd.Tensor:
    return autograd.sparse_coo_tensor(PLACES.to(values.device), values, (2, 3))


FUNCTIONS: list[Callable[[Any, Any], Any]] = [
    lambda s, d: s @ d.t(),
    lambda s, d: d @ s.t(),
    lambda s, d: (s @ s.t()).to_dense() @ d,
    lambda s, d: (s * d).to_dense(),
    lambda s, d: (s * s.coalesce()).to_dense() * d,
    lambda s, d: d * d + s,
    lambda s, d: (s.sin() + s * 3).to_dense() * d,
    lambda s, d: s[1].to_dense() * d,
    lambda s, d: autograd.cat([s, s], 1).to_dense() @ autograd.cat([d, d], 1).t(),
    lambda s, d: autograd.stack([s, s]).sum((0, 2)).to_dense() * d.t(),
    lambda s, d: s.index_select(1, autograd.tensor([2, 2, 0], device=d.device)).to_dense() * d,
    lambda s, d: autograd.sparse.softmax(s, 1).to_dense() * d,
    lambda s, d: autograd.sparse.log_softmax(s, 0).to_dense() * d,
    lambda s, d: s.to_sparse_csr() @ d.t(),
    lambda s, d: d.sparse_mask(s.detach().coalesce()).to_dense() * s.to_dense(),
    lambda s, d: s.norm() * d,
    lambda s, d: autograd.bmm(autograd.stack([s, s]), d.t().expand(2, 3, 2)),
]


def operands() -> tuple[autograd.Tensor, autograd.Tensor]:
    """The values of a sparse tensor, and a dense one."""
    values = autograd.tensor([3.0, -4.0, 5.0, 0.5], dtype=autograd.float64, requires_grad=True)
    return values, (autograd.arange(6.0, dtype=autograd.float64).reshape(2, 3) / 3 - 0.5).requires_grad_()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_two_derivatives_are_the_numeric_ones(function: Callable[[Any, Any], Any]) -> None:
    values, dense = operands()
    assert autograd.autograd.gradcheck(lambda v, d: function(sparse(v), d), (values, dense))
    assert autograd.autograd.gradgradcheck(lambda v, d: function(sparse(v), d), (values, dense))


@pytest.mark.parametrize("layout", [autograd.Tensor.to_sparse, autograd.Tensor.to_sparse_csr])
def test_the_gradient_has_the_places_of_the_tensor_and_adds_up(layout) -> None:
    matrix = autograd.tensor([[0.0, 2.0], [3.0, 0.0]])
    x = layout(matrix).requires_grad_()
    for count in (1, 2):
        (x @ autograd.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
        assert x.grad is not None
        assert x.grad.layout is x.layout
        assert host(x.grad.to_dense()).tolist() == [[0, 7 * count], [3 * count, 0]]


def test_views_and_writes_of_the_values_are_seen_by_the_version_counter() -> None:
    values = autograd.tensor([1.0, 2.0, 3.0, 4.0])
    weight = autograd.ones(3, 2, requires_grad=True)
    out = sparse(values) @ weight
    values.mul_(2)  # whose memory the sparse tensor has
    with pytest.raises(RuntimeError, match="in place"):
        out.sum().backward()
