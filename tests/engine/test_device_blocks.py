"""Devices as blocks in which tensors are made on them."""

from __future__ import annotations

import pytest

import autograd
import nn
from autograd.backend import get_backend, set_current_index
from tests.helpers.oracle import torch_or_skip

STRICT = "strict"


@pytest.mark.cpu_only
def test_a_device_is_the_default_in_its_block() -> None:
    place = autograd.device(STRICT)
    assert autograd.ones(1).device.type == "cpu"
    with place as entered:
        assert entered is place
        assert autograd.get_default_device() == place
        assert autograd.ones(1).device == nn.Linear(1, 1).weight.device == place
        with autograd.device("cpu"):
            assert autograd.ones(1).is_cpu
            with place:
                assert autograd.ones(1).device == place
        assert autograd.ones(1).device == place
        assert autograd.ones(1, device="cpu").is_cpu

    @place
    def made() -> autograd.Tensor:
        return autograd.zeros(2)

    assert made().device == place
    with pytest.raises(KeyError), place:
        raise KeyError
    assert autograd.ones(1).is_cpu


@pytest.mark.cpu_only
def test_a_block_of_a_device_that_is_not_there() -> None:
    for name in ("nowhere", "cuda:99"):
        with pytest.raises(RuntimeError), autograd.device(name):
            pass
        assert autograd.ones(1).is_cpu


@pytest.mark.cpu_only
def test_the_default_device_as_torch_sets_it() -> None:
    for lib in (autograd, torch_or_skip()):
        with lib.device("cpu"):
            assert lib.get_default_device() == lib.device("cpu")
        lib.set_default_device("cpu")
        lib.set_default_device(None)
        assert lib.get_default_device() == lib.device("cpu")


@pytest.mark.cpu_only
def test_the_current_index_is_what_a_name_without_one_means() -> None:
    before = get_backend(STRICT)
    try:
        autograd.backend.register_backend("numbered", lambda index: _Numbered(index or 0))
        assert get_backend("numbered").device == autograd.device("numbered", 0)
        set_current_index("numbered", 3)
        assert get_backend("numbered").device == autograd.device("numbered", 3)
        assert get_backend("numbered:0").device == autograd.device("numbered", 0)
    finally:
        autograd.backend._factories.pop("numbered")
        for key in [key for key in autograd.backend._made if key[0] == "numbered"]:
            del autograd.backend._made[key]
        autograd.backend._by_request.clear()
    assert get_backend(STRICT) is before


class _Numbered(autograd.backend.Backend):
    def __init__(self, index: int) -> None:
        self.device = autograd.device("numbered", index)
