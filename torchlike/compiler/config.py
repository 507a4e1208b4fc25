"""Settings that scripts make for a compiler that is not there: any name may be set, and read again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

cache_size_limit = recompile_limit = 8
suppress_errors = verbose = False


class Settings:
    """Settings below a name: false until something is set, and again of any name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = self.__dict__[name] = Settings()
        return made

    def __bool__(self) -> bool:
        return False


def __getattr__(name: str) -> Any:
    if name.startswith(("__", "pytest")):  # what tools ask every module for
        raise AttributeError(name)
    made = globals()[name] = Settings()
    return made


@contextlib.contextmanager
def patch(*settings: Any, **named: Any) -> Iterator[None]:
    """Sets some inside: by keywords, a dictionary, or a name and a value; a decorator, too."""
    changed = {**(settings[0] if settings and isinstance(settings[0], dict) else {}), **named}
    if len(settings) == 2:
        changed[settings[0]] = settings[1]
    before = {name: globals()[name] for name in changed if name in globals()}
    globals().update(changed)
    try:
        yield
    finally:
        for name in changed:
            del globals()[name]
        globals().update(before)
