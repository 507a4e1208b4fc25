"""Checkpoints keep torch's random state, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd.data import DataLoader, TensorDataset

pytest.importorskip("safetensors", reason="checkpoints are safetensors files")
pytestmark = pytest.mark.cpu_only


def draw() -> list[Any]:
    return [autograd.randn(3).tolist(), autograd.rand(700).tolist(), autograd.randn(3).tolist()]


def test_a_checkpoint_goes_on_with_the_next_numbers(tmp_path: Path) -> None:
    with autograd.use_torch_random():
        autograd.manual_seed(4)
        draw()
        autograd.save_checkpoint(tmp_path / "run", epoch=1)
        state, expected = autograd.get_rng_state().tolist(), draw()
        autograd.manual_seed(0)
        assert autograd.load_checkpoint(tmp_path / "run") == {"epoch": 1}
        assert autograd.get_rng_state().tolist() == state
        assert draw() == expected


def test_a_checkpoint_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    with autograd.use_torch_random():
        autograd.manual_seed(4)
        loader = DataLoader(TensorDataset(autograd.arange(20)), 4, shuffle=True)
        batches = iter(loader)
        next(batches), autograd.randn(1)
        autograd.save_checkpoint(tmp_path / "run", loader=loader)
        rest = [batch[0].tolist() for batch in batches], autograd.randn(3).tolist()
        other = DataLoader(TensorDataset(autograd.arange(20)), 4, shuffle=True)
        autograd.manual_seed(0)
        autograd.load_checkpoint(tmp_path / "run", loader=other)
        assert ([batch[0].tolist() for batch in other], autograd.randn(3).tolist()) == rest


@pytest.mark.parametrize("saved", [True, False])
def test_a_checkpoint_of_the_other_numbers_is_refused(saved: bool, tmp_path: Path) -> None:
    with autograd.use_torch_random(saved):
        autograd.save_checkpoint(tmp_path / "run")
    with autograd.use_torch_random(not saved):
        before = autograd.get_rng_state().tolist()
        with pytest.raises(autograd.SerializationError, match="use_torch_random"):
            autograd.load_checkpoint(tmp_path / "run")
        assert autograd.get_rng_state().tolist() == before


def test_a_saved_state_is_a_tensor(tmp_path: Path) -> None:
    with autograd.use_torch_random():
        autograd.manual_seed(4)
        autograd.save({"rng": autograd.get_rng_state()}, tmp_path / "state")
        expected = draw()
        autograd.set_rng_state(autograd.load(tmp_path / "state")["rng"])
        assert draw() == expected
