"""With `use_torch_random` the data comes in torch's order, and workers draw what torch's draw."""

from __future__ import annotations

import random
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import data
from tests.helpers.oracle import torch_or_skip
from tests.helpers.torch_random import same_state

pytestmark = pytest.mark.cpu_only

OURS = types.SimpleNamespace(lib=autograd, data=data)


@pytest.fixture(autouse=True)
def _torch_random() -> Iterator[None]:
    torch_or_skip()
    with autograd.use_torch_random():
        yield


def theirs() -> Any:
    torch = torch_or_skip()
    return types.SimpleNamespace(lib=torch, data=torch.utils.data)


def compared(run: Callable[[Any], Any]) -> None:
    """The same order in both, and the same state after it."""
    results = []
    for side in (OURS, theirs()):
        side.lib.manual_seed(5)
        results.append(run(side))
    assert results[0] == results[1]
    same_state()


def _loader(s: Any, **options: Any) -> Any:
    return s.data.DataLoader(s.data.TensorDataset(s.lib.arange(53)), 8, **options)


def _batches(loader: Any) -> list[Any]:
    return [batch[0].tolist() for batch in loader]


@pytest.mark.parametrize("workers", [0, 2])
def test_shuffled_epochs(workers: int) -> None:
    def run(s: Any) -> Any:
        loader = _loader(s, shuffle=True, num_workers=workers)
        return [(_batches(loader), s.lib.rand(2).tolist()) for _ in range(3)]

    compared(run)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_generator_of_ones_own(workers: int) -> None:
    def run(s: Any) -> Any:
        own = s.lib.Generator().manual_seed(9)
        loader = _loader(s, shuffle=True, generator=own, num_workers=workers, drop_last=True)
        return [_batches(loader) for _ in range(3)], s.lib.rand(3, generator=own).tolist()

    compared(run)


def test_persistent_workers() -> None:
    def run(s: Any) -> Any:
        loader = _loader(s, shuffle=True, num_workers=2, persistent_workers=True)
        return [_batches(loader) for _ in range(3)]

    compared(run)


def test_loaders_side_by_side() -> None:
    def run(s: Any) -> Any:
        first, second = _loader(s, shuffle=True), _loader(s, shuffle=True)
        return [(a[0].tolist(), b[0].tolist()) for a, b in zip(first, second, strict=True)]

    compared(run)


@pytest.mark.parametrize("samples", [10, 53, 60, 106, 130])
@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("own", [False, True])
def test_random_sampler(samples: int, replacement: bool, own: bool) -> None:
    def run(s: Any) -> Any:
        generator = s.lib.Generator().manual_seed(4) if own else None
        sampler = s.data.RandomSampler(range(53), replacement, samples, generator)
        after = s.lib.rand(3, generator=generator).tolist()
        return [list(sampler), list(sampler), after]

    compared(run)


SAMPLERS: dict[str, Callable[[Any], Any]] = {
    "subset": lambda s: list(s.data.SubsetRandomSampler(range(10, 40))),
    "weighted": lambda s: list(s.data.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 20)),
    "weighted, each once": lambda s: list(s.data.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 3, False)),
    "split": lambda s: [part.indices for part in s.data.random_split(range(50), [30, 20])],
    "split by shares": lambda s: [part.indices for part in s.data.random_split(range(50), [0.5, 0.3, 0.2])],
    "distributed": lambda s: [list(_distributed(s, rank)) for rank in range(2)],
}


def _distributed(s: Any, rank: int) -> Any:
    sampler = s.data.distributed.DistributedSampler(range(31), num_replicas=2, rank=rank, seed=3)
    sampler.set_epoch(2)
    return sampler


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers_and_splits(name: str) -> None:
    compared(SAMPLERS[name])


class Noise:
    """A sample is what all three generators draw."""

    def __init__(self, lib: Any) -> None:
        self.rand = lib.rand

    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Any:
        return index, self.rand(1).item(), np.random.rand(), random.random()


@pytest.mark.parametrize("persistent", [False, True])
def test_workers_draw_what_torchs_draw(persistent: bool) -> None:
    def run(s: Any) -> Any:
        loader = s.data.DataLoader(
            Noise(s.lib), 3, shuffle=True, num_workers=2, collate_fn=list, persistent_workers=persistent
        )
        return [list(loader) for _ in range(2)]

    compared(run)


def test_a_dataset_that_draws_in_this_process() -> None:
    def run(s: Any) -> Any:
        np.random.seed(0)
        random.seed(0)
        return list(s.data.DataLoader(Noise(s.lib), 3, shuffle=True, collate_fn=list))

    compared(run)


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("replacement", [False, True])
@pytest.mark.parametrize("handed", [0, 1, 4, 9])
def test_an_epoch_goes_on_where_it_was_left(handed: int, replacement: bool, own: bool, workers: int, on: bool) -> None:
    """Also where the sampler draws in parts, and had drawn more of them than batches were handed out."""

    def loader() -> Any:
        dataset = data.TensorDataset(autograd.arange(73))
        generator = autograd.Generator().manual_seed(9) if own else None
        sampler = data.RandomSampler(dataset, replacement, generator=generator)
        return data.DataLoader(dataset, 8, sampler=sampler, generator=generator, num_workers=workers)

    with autograd.use_torch_random(on):
        autograd.manual_seed(5)
        first = loader()
        batches = iter(first)
        autograd.rand(3)  # between the beginning and the first batch
        for _ in range(handed):
            next(batches)
        position, state = first.state_dict(), autograd.get_rng_state()
        rest = [batch[0].tolist() for batch in batches]
        second = _batches(first)

        autograd.manual_seed(77)
        again = loader()
        again.load_state_dict(position)
        autograd.set_rng_state(state)
        assert _batches(again) == rest
        assert _batches(again) == second
