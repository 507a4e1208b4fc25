"""Sparse gradients: of embeddings, and what optimizers and `nn.utils` do with them, as in PyTorch."""

from __future__ import annotations

import pytest

import autograd
import nn
import optim
from tests.helpers.oracle import host, torch_or_skip
from tests.helpers.snippets import alike, assert_as_in_torch, outcome, pieces

MADE = """
table = nn.Embedding(6, 2, sparse=True)
with torch.no_grad(): table.weight.copy_(torch.arange(12.0).reshape(6, 2) / 10)
words = torch.tensor([[4, 1, 4], [0, 1, 5]])
goal = torch.linspace(-1, 1, 12).reshape(2, 3, 2)
def train(optimizer, steps=4, model=table):
    for step in range(steps):
        optimizer.zero_grad()
        (model(words + step % 2 * (words == 0)) - goal).pow(2).sum().backward()
        optimizer.step()
    return table.weight, [{k: float(v) if k == "step" else v for k, v in s.items() if v is not None} for s in optimizer.state_dict()["state"].values()]
"""

CODE = r"""
(table(words) * goal).sum().backward()
g = table.weight.grad
g, g.is_sparse, g._nnz(), g.is_coalesced(), g._indices(), g.coalesce().values(), g.shape, table

(table(words) * goal).sum().backward()
(table(words) * goal).sum().backward()
table.weight.grad, table.weight.grad.is_sparse

(F.embedding(words, table.weight, padding_idx=1, sparse=True) * goal).sum().backward()
table.weight.grad, table.weight.grad._nnz()

(F.embedding(words, table.weight, sparse=True) * goal).sum().backward()
(F.embedding(words, table.weight) * goal).sum().backward()
table.weight.grad, table.weight.grad.is_sparse

(F.embedding(words, table.weight) * goal).sum().backward()
(F.embedding(words, table.weight, sparse=True) * goal).sum().backward()
table.weight.grad, table.weight.grad.is_sparse

((F.embedding(words, table.weight) + F.embedding(words, table.weight, sparse=True)) * goal).sum().backward()
table.weight.grad, table.weight.grad.is_sparse

y = F.embedding(words, table.weight * 2, sparse=True)
(y * goal).sum().backward()
table.weight.grad

bag = nn.EmbeddingBag(6, 2, mode="sum", sparse=True, _weight=table.weight.detach().clone())
(bag(words) * goal[:, 0]).sum().backward()
bag.weight.grad, bag.weight.grad.is_sparse, bag

bag = nn.EmbeddingBag(6, 2, mode="mean", sparse=True, _weight=table.weight.detach().clone())
(bag(words) * goal[:, 0]).sum().backward()
bag.weight.grad, bag.weight.grad.is_sparse

nn.EmbeddingBag(6, 2, mode="max", sparse=True)(words).sum().backward()

F.embedding(words, table.weight, sparse=True, scale_grad_by_freq=True).sum().backward()

train(optim.SGD(table.parameters(), 0.1))

train(optim.SGD(table.parameters(), 0.1, momentum=0.9))

train(optim.SGD(table.parameters(), 0.1, momentum=0.9, nesterov=True))

train(optim.SGD(table.parameters(), 0.1, maximize=True))

train(optim.SGD(table.parameters(), 0.1, weight_decay=0.1))

train(optim.Adagrad(table.parameters(), 0.1))

train(optim.Adagrad(table.parameters(), 0.1, lr_decay=0.1, initial_accumulator_value=0.5))

train(optim.Adagrad(table.parameters(), 0.1, weight_decay=0.1))

train(optim.SparseAdam(table.parameters(), 0.1))

train(optim.SparseAdam(list(table.parameters()), 0.1, betas=(0.8, 0.9), eps=1e-4, maximize=True))

train(optim.Adam(table.parameters(), 0.1))

train(optim.AdamW(table.parameters(), 0.1))

train(optim.RMSprop(table.parameters(), 0.1))

train(optim.Adamax(table.parameters(), 0.1))

train(optim.Adadelta(table.parameters(), 0.1))

train(optim.NAdam(table.parameters(), 0.1))

train(optim.RAdam(table.parameters(), 0.1))

train(optim.ASGD(table.parameters(), 0.1))

train(optim.Rprop(table.parameters(), 0.1))

optimizer = optim.SparseAdam(nn.Linear(2, 2).parameters())
(nn.Linear(2, 2).weight ** 2).sum().backward()
optimizer.step()

layer = nn.Linear(2, 2)
layer(torch.ones(2)).sum().backward()
optim.SparseAdam(layer.parameters()).step()

optim.SparseAdam([torch.eye(2).to_sparse().requires_grad_()])

optimizer = optim.SparseAdam(table.parameters(), 0.1)
train(optimizer)
other = optim.SparseAdam(table.parameters(), 0.1)
other.load_state_dict(optimizer.state_dict())
train(other)

(table(words) * goal).sum().backward()
nn.utils.clip_grad_value_(table.parameters(), 0.5), table.weight.grad

(table(words) * goal).sum().backward()
table.weight.grad.norm(), table.weight.grad.coalesce().values().norm(), table.weight.grad.detach().clone(), table.weight.grad.data

(table(words) * goal).sum().backward()
table.zero_grad(set_to_none=False)
table.weight.grad, table.weight.grad.is_sparse

(table(words) * goal).sum().backward()
optim.SGD(table.parameters(), 0.1).zero_grad(set_to_none=False)
table.weight.grad

seen = []
table.weight.register_hook(lambda g: seen.append(g.is_sparse))
table(words).sum().backward()
seen

table.weight.register_hook(lambda g: g * 2)
table(words).sum().backward()
table.weight.grad

g, = torch.autograd.grad((table(words) * goal).sum(), table.weight)
g, g.is_sparse

g, = torch.autograd.grad((table(words) ** 3).sum(), table.weight, create_graph=True)
g.to_dense().sum().backward()
table.weight.grad

model = nn.Sequential(table, nn.Linear(2, 2))
with torch.no_grad(): model[1].weight.copy_(torch.eye(2) / 2); model[1].bias.zero_()
train(optim.SGD(model.parameters(), 0.1), model=model)

model = nn.Sequential(table, nn.Linear(2, 2))
with torch.no_grad(): model[1].weight.copy_(torch.eye(2) / 2); model[1].bias.zero_()
train(optim.Adagrad(model.parameters(), 0.1), model=model)

nn.Embedding.from_pretrained(torch.eye(3), freeze=False, sparse=True)(torch.tensor([1, 1])).sum().backward()

table.double()
train(optim.SparseAdam(table.parameters(), 0.1))

with torch.no_grad(): y = table(words)
y, y.requires_grad

table = nn.Embedding(4, 2, sparse=True, max_norm=1.0, _weight=torch.ones(4, 2))
(table(torch.tensor([1, 2])) * 3).sum().backward()
table.weight.grad, table.weight

table = nn.Embedding(4, 2, sparse=True, padding_idx=2, _weight=torch.ones(4, 2))
table(torch.tensor([1, 2])).sum().backward()
optim.SGD(table.parameters(), 0.5).step()
table.weight.grad, table.weight
"""


@pytest.mark.cpu_only
@pytest.mark.parametrize("code", pieces(CODE))
def test_code_gives_what_torch_gives(code: str) -> None:
    assert_as_in_torch(MADE + code)


def _table(rows: int = 5) -> nn.Embedding:
    table = nn.Embedding(rows, 2, sparse=True)
    (table(autograd.tensor([1, 3, 1])) * autograd.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).sum().backward()
    return table


@pytest.mark.parametrize("norm_type", [2, 1, float("inf")])
def test_gradients_are_clipped_as_dense_ones_are(norm_type: float) -> None:
    table = _table()
    dense = nn.Parameter(autograd.zeros(5, 2))
    dense.grad = table.weight.grad.to_dense()
    norms = [nn.utils.clip_grad_norm_(x, 2.0, norm_type).item() for x in (table.weight, dense)]
    assert norms[0] == pytest.approx(norms[1])
    assert table.weight.grad.is_sparse
    assert host(table.weight.grad.to_dense()) == pytest.approx(host(dense.grad))


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "Adamax", "NAdam", "Lion", "Muon", "Adafactor"])
def test_what_takes_dense_gradients_alone_says_so_and_changes_nothing(name: str) -> None:
    table = _table()
    other = nn.Parameter(autograd.ones(2, 2))
    other.grad = autograd.ones(2, 2)
    optimizer = getattr(optim, name)([other, table.weight], lr=0.1)
    before = host(table.weight).copy()
    with pytest.raises(RuntimeError, match="does not support sparse gradients"):
        optimizer.step()
    assert (host(table.weight) == before).all()
    assert (host(other) == 1).all()
    assert not optimizer.state


def test_lbfgs_takes_them() -> None:
    table = nn.Embedding(4, 2, sparse=True)
    optimizer = optim.LBFGS(table.parameters(), lr=0.5)

    def closure() -> autograd.Tensor:
        optimizer.zero_grad()
        loss = (table(autograd.tensor([1, 3])) - 1).pow(2).sum()
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)
    assert host(table.weight)[[1, 3]] == pytest.approx(1, abs=1e-3)


def test_a_row_that_was_not_looked_up_keeps_its_bits() -> None:
    for make in (optim.SGD, optim.Adagrad, optim.SparseAdam):
        table = _table()
        before = host(table.weight).copy()
        make(table.parameters(), lr=0.1).step()
        assert [bool((a != b).any()) for a, b in zip(host(table.weight), before, strict=True)] == [0, 1, 0, 1, 0]


@pytest.mark.cpu_only
def test_a_state_of_torchs_is_taken_over() -> None:
    torch = torch_or_skip()
    code = MADE + "train(optim.SparseAdam(table.parameters(), 0.1), 6)"
    whole = outcome(code, torch)
    names: dict = {"torch": torch, "nn": torch.nn, "optim": torch.optim}
    exec(MADE + "o = optim.SparseAdam(table.parameters(), 0.1)\ntrain(o)", names)
    table = nn.Embedding(6, 2, sparse=True)
    with autograd.no_grad():
        table.weight.copy_(autograd.from_numpy(names["table"].weight.detach().numpy()))
    ours = optim.SparseAdam(table.parameters(), 0.1)
    state = names["o"].state_dict()
    for each in state["state"].values():
        each.update({k: autograd.from_numpy(x.numpy().copy()) for k, x in each.items() if k != "step"})
    ours.load_state_dict(state)
    words, goal = autograd.tensor([[4, 1, 4], [0, 1, 5]]), autograd.linspace(-1, 1, 12).reshape(2, 3, 2)
    for step in range(4, 6):
        ours.zero_grad()
        (table(words + step % 2 * (words == 0)) - goal).pow(2).sum().backward()
        ours.step()
    assert alike(table.weight.tolist(), whole[0][2])


def test_the_scaler_unscales_them() -> None:
    table = _table()
    scaler = autograd.amp.GradScaler("cpu", init_scale=4.0)
    before = host(table.weight.grad.to_dense())
    scaler.scale(autograd.tensor(1.0))
    scaler.unscale_(optim.SGD(table.parameters(), 0.1))
    assert host(table.weight.grad.to_dense()) == pytest.approx(before / 4)
