"""The random numbers that are drawn on GPUs."""

from __future__ import annotations

from collections.abc import Iterable

from ..device import device as Device
from ..engine.tensor import Tensor
from ..ops.generator import default_generator
from ..types import DeviceLike
from .devices import device_count, is_available
from .library import gpu


def _place(device: DeviceLike) -> Device:
    return Device("cuda", gpu(device)[1])


def manual_seed(seed: int) -> None:
    """Seeds the default generator of the GPU; without one, nothing."""
    if is_available():
        default_generator(_place(None)).manual_seed(int(seed))


def manual_seed_all(seed: int) -> None:
    """Seeds the default generators of all GPUs; without one, nothing."""
    for number in range(device_count()):
        default_generator(Device("cuda", number)).manual_seed(int(seed))


def seed() -> None:
    """Seeds the GPU's default generator from the operating system's entropy; without one, nothing."""
    if is_available():
        default_generator(_place(None)).seed()


def seed_all() -> None:
    """Seeds the default generators of all GPUs from the operating system's entropy."""
    if is_available():
        manual_seed_all(default_generator(_place(None)).seed())


def initial_seed() -> int:
    """The seed of the GPU's default generator."""
    return default_generator(_place(None)).initial_seed()


def get_rng_state(device: DeviceLike = "cuda") -> Tensor:
    """The state of a GPU's default generator."""
    return default_generator(_place(device)).get_state()


def set_rng_state(new_state: Tensor, device: DeviceLike = "cuda") -> None:
    """Sets the state of a GPU's default generator; without one, nothing."""
    if is_available():
        default_generator(_place(device)).set_state(new_state)


def get_rng_state_all() -> list[Tensor]:
    """The states of all GPUs' default generators."""
    return [get_rng_state(Device("cuda", number)) for number in range(device_count())]


def set_rng_state_all(new_states: Iterable[Tensor]) -> None:
    """Sets the states of all GPUs' default generators."""
    for number, state in enumerate(new_states):
        set_rng_state(state, Device("cuda", number))
