"""Checkpoints of a training run: everything that decides how it goes on, in one file."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from .. import random
from ..engine.errors import SerializationError
from .files import load, to_safetensors
from .places import File, MapLocation
from .reading import reading
from .tree import NotPlainError
from .writing import write

RANDOM = "random_state"


def save_checkpoint(path: File, **parts: Any) -> None:
    """Writes the state of a training run as one safetensors file, whole or not at all.

    A part that has a `state_dict` (a model, an optimizer, a schedule, a GradScaler, a DataLoader)
    is saved by it, anything else as plain data. The states of the random number generators (this
    engine's, Python's, NumPy's) are added. A run that is killed at any moment leaves the last whole
    checkpoint; from it a run on the CPU goes on to the same bits as one that was never interrupted.

    >>> import autograd, nn, optim, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "run.safetensors")
    >>> model = nn.Linear(2, 1)
    >>> optimizer = optim.Adam(model.parameters())
    >>> autograd.save_checkpoint(path, model=model, optimizer=optimizer, epoch=3)
    >>> autograd.load_checkpoint(path, model=model, optimizer=optimizer)
    {'epoch': 3}
    """
    if RANDOM in parts:
        raise ValueError(f"save_checkpoint: the name {RANDOM!r} is taken by the random number generators")
    content = {name: part.state_dict() if hasattr(part, "state_dict") else part for name, part in parts.items()}
    try:
        data = to_safetensors({**content, RANDOM: random.all_states()})
    except NotPlainError as error:
        raise TypeError(f"save_checkpoint: {error}; a checkpoint holds tensors, arrays and plain data") from None
    write(data, path)


def load_checkpoint(path: File, *, map_location: MapLocation = "cpu", **parts: Any) -> dict[str, Any]:
    """Puts the parts and the random number generators into the states of a checkpoint; returns its plain data.

    A damaged file, a part that the file lacks, and one that does not fit raise a SerializationError. After
    any error every part and every generator is as it was.
    """
    for name, part in parts.items():
        if not hasattr(part, "load_state_dict"):
            raise TypeError(
                f"load_checkpoint: {name} is a {type(part).__name__}, which has no load_state_dict; "
                f"plain data is returned: leave it out and take load_checkpoint(...)[{name!r}]"
            )
    content = load(path, map_location=map_location)
    with reading("load_checkpoint", path):
        if not isinstance(content, dict) or RANDOM not in content:
            raise SerializationError("it was not written by save_checkpoint")
        missing = [name for name in parts if name not in content]
        if missing:
            raise SerializationError(f"it has no {', '.join(missing)}; it has {', '.join(map(str, content))}")
        generators = content.pop(RANDOM)
        random.check_states(generators)
        before, kept = random.all_states(), [Kept(part) for part in parts.values()]
        changed = 0
        try:
            for name, part in parts.items():
                changed += 1
                try:
                    part.load_state_dict(content.pop(name))
                except Exception as error:
                    raise SerializationError(f"its {name} does not fit: {type(error).__name__}: {error}") from error
            random.set_all_states(generators)
        except BaseException as error:
            for each in reversed(kept[:changed]):
                try:
                    each.put_back()
                except Exception as again:  # it took nothing of the file, either, or can't be helped
                    error.add_note(f"A {type(each.part).__name__} did not take back the state it had: {again!r}")
            random.set_all_states(before)
            raise
    return content


class Kept:
    """A part as it is now, to be put back.

    What its `state_dict` gives goes back by `load_state_dict`, which knows where the values belong; but that
    takes away nothing that a damaged file has added (a key of a param_group, an attribute of a schedule). So
    the attributes, and the containers among those that the state is made of, get their items back, too.
    """

    def __init__(self, part: Any) -> None:
        self.part = part
        state = part.state_dict()
        self.state = copy.deepcopy(state)
        self.containers: dict[int, tuple[Any, Any]] = {}
        self._keep_attributes(part, state)

    def put_back(self) -> None:
        try:
            self.part.load_state_dict(self.state)
        finally:
            for container, items in self.containers.values():
                if isinstance(container, list):
                    container[:] = items
                else:
                    container.clear()
                    container.update(items)

    def _keep_attributes(self, owner: Any, names: Iterable[str]) -> None:
        attributes = getattr(owner, "__dict__", {})
        self.containers.setdefault(id(attributes), (attributes, dict(attributes)))
        for name in names:
            self._keep(attributes.get(name))

    def _keep(self, value: Any) -> None:
        if id(value) in self.containers:
            return
        if isinstance(value, dict | list | set):
            self.containers[id(value)] = value, copy.copy(value)
            for each in value.values() if isinstance(value, dict) else value:
                self._keep(each)
        elif hasattr(value, "state_dict"):  # a schedule made of schedules
            self._keep_attributes(value, value.state_dict())
        elif callable(value) and hasattr(value, "__dict__"):  # a factor of LambdaLR, whose attributes are state
            self._keep_attributes(value, ())
