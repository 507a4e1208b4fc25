"""Checkpoints of a training run: everything that decides how it goes on, in one file."""

from __future__ import annotations

import copy
from typing import Any

from .. import random
from .files import load, to_safetensors
from .tree import NotPlainError
from .writing import write

RANDOM = "random_state"


def save_checkpoint(path: Any, **parts: Any) -> None:
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


def load_checkpoint(path: Any, *, map_location: Any = "cpu", **parts: Any) -> dict[str, Any]:
    """Puts the parts and the random number generators into the states of a checkpoint; returns its plain data.

    A part that the file lacks, or that does not fit, raises, and then no part is changed.
    """
    content = load(path, map_location=map_location)
    if not isinstance(content, dict) or RANDOM not in content:
        raise RuntimeError(f"load_checkpoint: {path} was not written by save_checkpoint")
    missing = [name for name in parts if name not in content]
    if missing:
        raise KeyError(f"load_checkpoint: {path} has no {', '.join(missing)}; it has {', '.join(content)}")
    generators = content.pop(RANDOM)
    before = {name: copy.deepcopy(part.state_dict()) for name, part in parts.items()}
    changed: list[str] = []
    try:
        for name, part in parts.items():
            changed.append(name)
            part.load_state_dict(content.pop(name))
    except Exception:
        for name in changed:
            parts[name].load_state_dict(before[name])
        raise
    random.set_all_states(generators)
    return content
