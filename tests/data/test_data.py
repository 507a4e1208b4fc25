"""Datasets, samplers, the loader."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import autograd
from autograd.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    default_collate,
    random_split,
)


class Squares(Dataset):
    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> tuple[int, float]:
        return index, float(index**2)


def test_batches_in_order() -> None:
    batches = list(DataLoader(Squares(), batch_size=4))
    assert [x.tolist() for x, _ in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches[0][0].dtype is autograd.int64
    assert batches[0][1].dtype is autograd.float64
    assert len(DataLoader(Squares(), batch_size=4)) == 3
    assert len(DataLoader(Squares(), batch_size=4, drop_last=True)) == 2
    assert [x.tolist() for x, _ in DataLoader(Squares(), batch_size=4, drop_last=True)][-1] == [4, 5, 6, 7]
    assert len(list(DataLoader(Squares()))) == 10


def test_shuffling_is_seeded_and_new_each_epoch() -> None:
    def epochs(seed: int) -> list[list[int]]:
        loader = DataLoader(Squares(), batch_size=10, shuffle=True, generator=autograd.Generator().manual_seed(seed))
        return [next(iter(loader))[0].tolist() for _ in range(2)]

    first, second = epochs(1)
    assert sorted(first) == list(range(10))
    assert first != second
    assert epochs(1) == [first, second]
    assert epochs(2)[0] != first
    autograd.manual_seed(5)
    one = [x.tolist() for x, _ in DataLoader(Squares(), batch_size=3, shuffle=True)]
    autograd.manual_seed(5)
    assert [x.tolist() for x, _ in DataLoader(Squares(), batch_size=3, shuffle=True)] == one


def test_tensor_dataset() -> None:
    x, y = autograd.arange(6.0).reshape(3, 2), autograd.arange(3)
    dataset = TensorDataset(x, y)
    assert len(dataset) == 3
    assert [part.tolist() for part in dataset[1]] == [[2.0, 3.0], 1]
    (a, b), _ = DataLoader(dataset, batch_size=2)
    assert a.tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert b.tolist() == [0, 1]
    with pytest.raises(ValueError, match=r"one length, got \[3, 2\]"):
        TensorDataset(x, y[:2])


def test_subsets_and_concatenation() -> None:
    joined = ConcatDataset([Subset(Squares(), [7, 8]), Squares()])
    assert len(joined) == 12
    assert joined[1][0] == 8
    assert joined[2][0] == 0
    assert joined[-1][0] == 9
    assert len(Squares() + Squares()) == 20
    with pytest.raises(IndexError):
        joined[12]


def test_random_split() -> None:
    parts = random_split(Squares(), [0.8, 0.2], autograd.Generator().manual_seed(0))
    assert [len(part) for part in parts] == [8, 2]
    assert sorted(item[0] for part in parts for item in part) == list(range(10))
    assert [len(part) for part in random_split(Squares(), [7, 3])] == [7, 3]
    with pytest.raises(ValueError, match="do not sum"):
        random_split(Squares(), [7, 2])


def test_samplers() -> None:
    assert list(SequentialSampler(Squares())) == list(range(10))
    assert len(list(RandomSampler(Squares(), num_samples=25))) == 25
    assert set(RandomSampler(Squares(), replacement=True, num_samples=50)) <= set(range(10))
    assert list(BatchSampler(SequentialSampler(Squares()), 4, False))[-1] == [8, 9]
    assert len(BatchSampler(SequentialSampler(Squares()), 4, True)) == 2
    loader = DataLoader(Squares(), batch_sampler=[[0, 9], [3]])
    assert [x.tolist() for x, _ in loader] == [[0, 9], [3]]
    assert [x for x, _ in DataLoader(Squares(), batch_size=None)] == list(range(10))
    assert [x.tolist() for x, _ in DataLoader(Squares(), batch_size=2, sampler=[5, 1, 2])] == [[5, 1], [2]]
    for wrong in ({"shuffle": True, "sampler": [1]}, {"batch_size": 3, "batch_sampler": [[1]]}, {"batch_size": 0}):
        with pytest.raises(ValueError, match="exclude|positive"):
            DataLoader(Squares(), **wrong)


def test_collating() -> None:
    Point = namedtuple("Point", "x y")
    batch = default_collate([{"a": 1, "b": [np.ones(2), "s"], "p": Point(1.0, 2)}] * 3)
    assert batch["a"].tolist() == [1, 1, 1]
    assert batch["b"][0].shape == (3, 2)
    assert batch["b"][1] == ["s", "s", "s"]
    assert batch["p"].y.tolist() == [2, 2, 2]
    assert default_collate([autograd.ones(2), autograd.zeros(2)]).shape == (2, 2)
    loader = DataLoader(Squares(), batch_size=5, collate_fn=lambda items: [i for i, _ in items])
    assert next(iter(loader)) == [0, 1, 2, 3, 4]
    with pytest.raises(TypeError, match="collate_fn"):
        default_collate([object()])
    with pytest.raises(RuntimeError, match="differing"):
        default_collate([(1, 2), (1,)])
