"""Switches in modules, which `with flags(...)` sets for a while."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any


def flags_of(module: str, *names: str) -> Callable[..., AbstractContextManager[None]]:
    """The context manager for switches of a module: those that are given change inside of it."""

    @contextlib.contextmanager
    def flags(*values: Any, **given: Any) -> Iterator[None]:
        """Inside, the switches have these values."""
        place = vars(sys.modules[module])
        wanted = {**dict(zip(names, values, strict=False)), **given}
        unknown = wanted.keys() - set(names)
        if unknown or len(values) > len(names):
            raise TypeError(f"{module}.flags: expected {', '.join(names)}, got {', '.join(sorted(unknown)) or values}")
        before = {name: place[name] for name in wanted}
        place.update(wanted)
        try:
            yield
        finally:
            place.update(before)

    return flags
