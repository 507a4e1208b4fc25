"""The position in the data: a loader goes on where another stopped."""

from __future__ import annotations

import multiprocessing
import random
from typing import Any

import pytest

import autograd
from autograd.data import DataLoader, Dataset, RandomSampler, WeightedRandomSampler
from tests.data.test_workers import Stream

pytestmark = pytest.mark.cpu_only


class Augmented(Dataset):
    def __len__(self) -> int:
        return 11

    def __getitem__(self, index: int) -> tuple[int, float]:
        return index, random.random() + autograd.rand(()).item()


def plain(batch: Any) -> Any:
    if isinstance(batch, autograd.Tensor):
        return batch.tolist()
    return [plain(item) for item in batch] if isinstance(batch, list | tuple) else batch


def run(loader: DataLoader, epochs: int, stop: int | None = None) -> tuple[list[Any], dict[str, Any] | None]:
    """All batches of some epochs; and, after `stop` of them, what a checkpoint would hold."""
    seen: list[Any] = []
    saved = None
    for _ in range(epochs):
        for batch in loader:
            seen.append(plain(batch))
            autograd.rand(3)  # a dropout, say
            if len(seen) == stop:
                saved = {"loader": loader.state_dict(), "random": autograd.random.all_states()}
    return seen, saved


MAKERS: dict[str, Any] = {
    "in order": lambda **o: DataLoader(Augmented(), 2, **o),
    "shuffled": lambda **o: DataLoader(Augmented(), 2, shuffle=True, **o),
    "generator": lambda **o: DataLoader(
        Augmented(), 2, shuffle=True, generator=autograd.Generator().manual_seed(3), **o
    ),
    "weighted": lambda **o: DataLoader(Augmented(), 2, sampler=WeightedRandomSampler(range(1, 12), 11), **o),
    "longer than the data": lambda **o: DataLoader(
        Augmented(), 2, sampler=RandomSampler(Augmented(), num_samples=25), **o
    ),
    "samples": lambda **o: DataLoader(Augmented(), None, shuffle=True, **o),
    "stream": lambda **o: DataLoader(Stream(11), 2, **o),
}


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("name", MAKERS)
def test_resumed_run_sees_the_same_batches(name: str, workers: int) -> None:
    if workers and "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("the datasets of these tests are local to them")
    options = {"num_workers": workers, "multiprocessing_context": "fork"} if workers else {}
    autograd.manual_seed(1)
    random.seed(1)
    per_epoch = len(run(MAKERS[name](**options), 1)[0])
    for stop in (1, 3, per_epoch, per_epoch + 2):
        autograd.manual_seed(1)
        random.seed(1)
        whole, saved = run(MAKERS[name](**options), 3, stop)
        assert saved is not None
        autograd.manual_seed(99)
        random.seed(99)
        autograd.rand(7)
        loader = MAKERS[name](**options)
        loader.load_state_dict(saved["loader"])
        autograd.random.set_all_states(saved["random"])
        left = 3 - (stop - 1) // per_epoch
        assert run(loader, left)[0] == whole[stop:], stop


def test_a_loop_that_was_left_begins_anew() -> None:
    loader = DataLoader(Augmented(), 2)
    for _ in loader:
        break
    assert loader.state_dict()["begun"] is None
