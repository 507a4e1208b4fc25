"""Sparse tensors: each piece of code gives what PyTorch gives, elementwise and with its dtype, or an error as there."""

from __future__ import annotations

import io

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.engine.errors import LayoutError, OperationError
from tests.helpers.oracle import host
from tests.helpers.snippets import assert_as_in_torch, outcome, pieces

MADE = """
places = torch.tensor([[0, 1, 1, 1], [2, 0, 2, 0]])
numbers = torch.tensor([3.0, -4.0, 5.0, 0.5])
s = torch.sparse_coo_tensor(places, numbers, (2, 3))
c = s.coalesce()
d = torch.arange(6.0).reshape(2, 3) / 3 - 0.5
h = torch.sparse_coo_tensor([[3, 0, 3]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], (4, 2))
"""

CODE = r"""
s, c, h, s._nnz(), c._nnz(), s._indices(), s._values(), c.indices(), c.values()

s.is_sparse, d.is_sparse, s.layout, d.layout, s.is_sparse_csr, s.shape, s.numel(), s.dim(), len(s), s.dtype, s.device

s.is_coalesced(), c.is_coalesced(), c.coalesce() is c, s.coalesce() is s, c.coalesce().is_coalesced()

s.sparse_dim(), s.dense_dim(), h.sparse_dim(), h.dense_dim(), d.sparse_dim(), d.dense_dim()

(c * 2).is_coalesced(), (c + c).is_coalesced(), c.t().is_coalesced(), c.clone().is_coalesced(), c[0].is_coalesced()

c.sum(0).is_coalesced(), c.relu().is_coalesced(), s.relu().is_coalesced(), c.double().is_coalesced(), (c @ c.t()).is_coalesced()

torch.sparse_coo_tensor([[0, 1], [1, 0]], [1, 2]), torch.sparse_coo_tensor([[0, 1]], [[1.0, 2.0], [3.0, 4.0]], (3, 2))

torch.sparse_coo_tensor((2, 3)), torch.sparse_coo_tensor(size=(2, 3), dtype=torch.float64)

torch.sparse_coo_tensor(torch.zeros(1, 0), torch.zeros(0), (4,)).to_dense()

torch.sparse_coo_tensor(places.int(), numbers, (2, 3), dtype=torch.float64)._indices()

torch.sparse_coo_tensor([[0, 1], [1, 0]], [1.0, 2.0, 3.0], (2, 2))

torch.sparse_coo_tensor([0, 1], [1.0, 2.0], (2,))

torch.sparse_coo_tensor([[0, 1]], [1.0, 2.0], (2, 2))

torch.sparse_coo_tensor()

torch.sparse.FloatTensor(places, numbers, torch.Size([2, 3])), torch.sparse.FloatTensor(2, 3), torch.sparse.LongTensor(2)

numbers[0] = 9
s, s._values()

s.to_dense(), c.to_dense(), h.to_dense(), d.to_dense() is d

d.to_sparse(), d.to_sparse().indices(), d.to_sparse(1), d.to_sparse(1).values(), torch.zeros(2, 3).to_sparse()._nnz()

s.indices()

s.values()

d.coalesce()

d.indices()

d.values()

d._nnz()

d.is_coalesced()

d.sparse_mask(c), d.sparse_mask(c).values(), c.sparse_mask(c)

s + s, c + c, s + c, h + h, d + s, torch.add(d, s, alpha=2), torch.add(s, c, alpha=2), d - s, s - c, torch.sub(c, s)

s + d

s - d

s + 1

1 - s

s + s.t()

s * 2, 2 * s, s * torch.tensor(2.0), s * d, d * s, c * c, s * d[0], s * d[:, :1], h * 2, h * torch.ones(4, 2)

c * torch.sparse_coo_tensor([[0, 1], [2, 1]], [2.0, 7.0], (2, 3)).coalesce()

s / 2, s / torch.tensor(2.0), torch.div(s, 2), s // 2, s * 2.5, torch.sparse_coo_tensor([[1]], [3], (2,)) * 2.5

s / d

d / s

s ** 2, s.pow(2), s.square(), c.pow(2.0)

-s, s.abs(), s.sin(), s.tanh(), s.relu(), s.sign(), s.floor(), s.ceil(), s.round(), s.expm1(), s.asinh(), s.erf(), s.sgn()

c.abs().sqrt(), c.abs().log1p(), torch.isnan(s), s.neg(), torch.relu(s), F.relu(s), s.trunc(), s.sinh(), s.atan()

s.exp()

s.cos()

s.sigmoid()

s.mean()

s.max()

s.clamp(0, 1)

s == s

torch.allclose(s, s)

s[0:1]

s[torch.tensor([1])]

s.view(3, 2)

s.storage()

s.numpy()

s.is_contiguous(), s.stride()

F.conv1d(s, s)

torch.where(d > 0, s, d)

s @ d.t(), d @ s.t(), torch.mm(s, d.t()), torch.mm(d, s.t()), torch.spmm(s, d.t()), torch.matmul(s, d.t()), s.mm(d.t())

torch.sparse.mm(s, d.t()), torch.sparse.mm(d, s.t()), torch.sparse.mm(s, s.t()), c @ c.t(), s.t() @ s, s.mv(torch.ones(3))

s @ torch.ones(3), torch.mv(s, torch.ones(3)), torch.bmm(torch.stack([s, s]), torch.ones(2, 3, 2))

torch.addmm(torch.ones(2, 2), s, d.t()), torch.sparse.addmm(torch.ones(2, 2), s, d.t(), beta=2, alpha=3)

F.linear(s, d), F.linear(d, s), F.linear(s, d, torch.ones(2)), nn.Linear(3, 2)(s).shape

s @ d

s @ d.t().double()

torch.sum(s), s.sum(), s.sum(0), s.sum(1), s.sum(-1), s.sum(1, keepdim=True), s.sum((0, 1)), torch.sparse.sum(s, 0)

torch.sparse.sum(s), torch.sparse.sum(s, (0, 1)), torch.sparse.sum(s, 1, dtype=torch.float64), torch.sparse.sum(h, 1), h.sum(0)

torch.sparse.softmax(s, 1), torch.sparse.log_softmax(s, 1), torch.sparse.softmax(s, 0), torch.sparse.softmax(h, 1)

torch.sparse.softmax(s, 1, dtype=torch.float64), torch.sparse.log_softmax(h, 0), torch.sparse.softmax(h, -1)

s.norm(), torch.norm(s), s.norm(1), s.norm(float("inf")), h.norm(), s.any()

s.t(), s.T, s.transpose(0, 1), s.permute(1, 0), s.unsqueeze(0), s.unsqueeze(-1), h.unsqueeze(2), h.unsqueeze(0)

torch.cat([s, s]), torch.cat([s, c], 1), torch.stack([s, s]), torch.cat([h, h], 1), torch.cat([h, h], 0)

torch.cat([s, d])

s.index_select(0, torch.tensor([1, 0, 1])), s.index_select(1, torch.tensor([2])), h.index_select(1, torch.tensor([1, 0]))

s[0], s[1][0], s[0, 2], s.select(1, 0), list(s), s.unbind(), h[3], s[-1]

s[2]

s.clone(), s.detach(), s.to(torch.float64), s.double(), s.int(), s.half(), s.bool(), s.type(torch.float64), s.to("cpu") is s

torch.zeros_like(s), torch.empty_like(s), torch.zeros_like(s)._nnz(), torch.zeros_like(s, dtype=torch.float64)

torch.ones_like(s)

s.mul_(2), s.add_(c), s.neg_(), s.div_(4), s.copy_(c), s.zero_(), s._nnz()

s.add_(d)

d.add_(s), d.sub_(s, alpha=2)

c.values().mul_(3)
c

copy.deepcopy(s), copy.copy(s), pickle.loads(pickle.dumps(c)).is_coalesced(), pickle.loads(pickle.dumps(s))

m = nn.Module()
m.register_buffer("adjacency", s)
m.double().adjacency, list(m.state_dict()), m.load_state_dict({"adjacency": c}), m.adjacency

r = torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [3.0, 4.0, 5.0], (2, 3))
r.to_dense(), r.crow_indices(), r.col_indices(), r.values(), r._nnz(), r.layout, r.is_sparse, r.is_sparse_csr, r @ d.t()

r = s.to_sparse_csr()
r.crow_indices(), r.col_indices(), r.values(), r.to_sparse(), (r * 2).to_dense(), (r @ torch.ones(3)), d.to_sparse_csr().values()

torch.sparse_csr_tensor([0, 1, 4], [2, 0, 2], [3.0, 4.0, 5.0], (2, 3), check_invariants=True)

s.crow_indices()

d.to_sparse(layout=torch.sparse_csr).values(), d.to_sparse_coo().values()
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("code", pieces(CODE))
def test_code_gives_what_torch_gives(code: str) -> None:
    assert_as_in_torch(MADE + code)


PRINTED = r"""
s

c.double()

s.to_sparse_csr()

torch.sparse_coo_tensor((2, 3))

s.requires_grad_()

torch.sparse_coo_tensor(places, numbers.requires_grad_(), (2, 3))

torch.eye(30).to_sparse()

h
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("code", pieces(PRINTED))
def test_a_sparse_tensor_is_printed_as_torch_prints_it(code: str) -> None:
    body = MADE + code.rpartition("\n")[0] + "\nrepr(" + code.rpartition("\n")[2] + ")"
    theirs, ours = (outcome(body, lib) for lib in (pytest.importorskip("torch"), autograd))
    assert "".join(ours.split()) == "".join(theirs.split())


def _random(dense: tuple[int, ...] = (), shape: tuple[int, ...] = (40, 7), count: int = 400) -> autograd.Tensor:
    draw = np.random.default_rng(0)
    rows = np.minimum(draw.geometric(0.02, count) - 1, shape[0] - 1)  # some rows have very many
    indices = np.stack([rows, *(draw.integers(0, size, count) for size in shape[1:])])
    values = autograd.tensor(draw.standard_normal((count, *dense)))
    return autograd.sparse_coo_tensor(autograd.tensor(indices), values, (*shape, *dense))


def _dense(x: autograd.Tensor) -> np.ndarray:
    """By NumPy alone."""
    made = np.zeros(tuple(x.shape))
    np.add.at(made, tuple(host(x._indices())), host(x._values()))
    return made


@pytest.mark.parametrize("count", [0, 1, 400])
def test_long_and_empty_rows_are_summed(count: int) -> None:
    x = _random(count=count)
    y = np.random.default_rng(1).standard_normal((7, 5))
    np.testing.assert_allclose(host(x @ autograd.tensor(y)), _dense(x) @ y, atol=1e-12)
    np.testing.assert_allclose(host(x.t() @ autograd.tensor(y.T @ y).new_ones(40, 2)), _dense(x).T @ np.ones((40, 2)))
    np.testing.assert_allclose(host(x.to_dense()), _dense(x), atol=1e-12)
    assert x.coalesce()._nnz() == len({tuple(place) for place in host(x._indices()).T.tolist()})


def test_values_that_are_arrays_are_added_up() -> None:
    x = _random(dense=(3,), shape=(40,))
    np.testing.assert_allclose(host(x.coalesce().to_dense()), _dense(x), atol=1e-12)


@pytest.mark.parametrize(
    "broken", [{"indices": [[0, 2]]}, {"indices": [[0, -1]]}, {"values": [1.0]}, {"size": (2, 2)}, {"indices": [0, 1]}]
)
def test_indices_that_do_not_fit_are_refused(broken: dict) -> None:
    given: dict = {"indices": [[0, 1]], "values": [1.0, 2.0], "size": (2,)} | broken
    with pytest.raises(OperationError, match="sparse_coo_tensor: "):
        autograd.sparse_coo_tensor(**given)


@pytest.mark.parametrize(
    ("crow", "col"), [([0, 1], [0, 1]), ([0, 2, 1], [0, 1]), ([0, 1, 2], [0, 5]), ([0, 1, 2], [0]), ([1, 1, 2], [0, 1])]
)
def test_rows_that_do_not_fit_are_refused(crow: list[int], col: list[int]) -> None:
    with pytest.raises(OperationError, match="sparse_csr_tensor: "):
        autograd.sparse_csr_tensor(crow, col, [1.0, 2.0], (2, 2))


def test_what_is_not_defined_names_the_operation_and_the_way_out() -> None:
    x = autograd.eye(3).to_sparse()
    message = r"^[\w.]+: not defined for sparse tensors; make them dense first, with x\.to_dense"
    for call in (x.exp, x.median, lambda: x.cumsum(0), lambda: F.gelu(x), lambda: autograd.linalg.norm(x, 2)):
        with pytest.raises(LayoutError, match=message):
            call()
    with pytest.raises(LayoutError, match="^sigmoid: "):
        autograd.sigmoid(x)


def test_a_failed_write_leaves_a_sparse_tensor_as_it_was() -> None:
    x = autograd.eye(3).to_sparse()
    before = x._version
    for write in (lambda: x.exp_(), lambda: x.add_(autograd.ones(3, 3)), lambda: x.fill_(2), lambda: x.clamp_(0, 1)):
        with pytest.raises(RuntimeError):
            write()
    assert (x._version, x._nnz(), x.values().tolist()) == (before, 3, [1, 1, 1])


def test_numpy_does_not_read_a_sparse_array() -> None:
    x = autograd.eye(2).to_sparse()
    with pytest.raises((TypeError, LayoutError)):
        np.asarray(x)
    with pytest.raises((TypeError, LayoutError)):
        np.sin(x._array)
    with pytest.raises((TypeError, LayoutError)):
        autograd.tensor([x, x])


def test_columns_are_put_in_order_and_named_once() -> None:
    x = autograd.sparse_csr_tensor([0, 2, 3], [2, 0, 1], [1.0, 2.0, 3.0], (2, 3))
    assert x.col_indices().tolist() == [0, 2, 1]
    assert host((x + x).sin().to_dense()) == pytest.approx(np.sin([[4.0, 0, 2], [0, 6, 0]]))
    with pytest.raises(OperationError, match="names a column twice"):
        autograd.sparse_csr_tensor([0, 2], [1, 1], [1.0, 2.0], (1, 2))


@pytest.mark.cpu_only
@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@pytest.mark.parametrize("form", [None, "torch"])
@pytest.mark.parametrize("layout", ["to_sparse", "to_sparse_csr"])
def test_files_keep_them(form: str | None, layout: str) -> None:
    x = getattr(autograd.tensor([[0.0, 2.0], [3.0, 0.0]]), layout)()
    file = io.BytesIO()
    autograd.save({"x": x}, file, **({} if form is None else {"format": form}))
    file.seek(0)
    read = autograd.load(file)["x"]
    assert (read.layout, read.to_dense().tolist()) == (x.layout, [[0, 2], [3, 0]])
    if form == "torch":
        file.seek(0)
        theirs = pytest.importorskip("torch").load(file)["x"]
        assert theirs.to_dense().tolist() == [[0, 2], [3, 0]]
