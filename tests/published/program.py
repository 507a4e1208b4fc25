"""What a row is: a name, and how the program is run small."""

from __future__ import annotations

import contextlib
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.published.record import Record

Run = Callable[[Path, Record], None]  # the clone's folder, and where results go


@dataclass(frozen=True)
class Program:
    """One program of a repository; `left_out` is the reason why PyTorch does not run it here."""

    name: str
    run: Run | None = None
    limit: float = 60.0  # seconds
    left_out: str = ""


@dataclass(frozen=True)
class Repository:
    """A published repository: its programs, the modules that all of them import, what stands in for absent packages."""

    name: str
    commit: str
    programs: list[Program]
    imports: tuple[str, ...] = ()
    folders: tuple[str, ...] = (".",)  # of the clone, where its modules lie
    stand_ins: tuple[str, ...] = field(default=())


@contextlib.contextmanager
def arguments(script: Path, *given: str) -> Iterator[None]:
    """The command line and the search path that a script sees."""
    before = sys.argv, list(sys.path)
    sys.argv = [str(script), *given]
    sys.path.insert(0, str(script.parent))
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before


def script(
    path: str,
    *given: str,
    name: str = "",
    backwards: int = 12,
    before: Callable[[Path], None] | None = None,
    limit: float = 90.0,
    uninitialised: tuple[str, ...] = (),
) -> Program:
    """A script that is run whole, or up to so many calls of `backward`.

    It runs in an empty folder; `before` writes the files that it reads, or changes what it would take too long for.
    The names `uninitialised` hold memory as it was found, and are not compared.
    """

    def run(root: Path, record: Record) -> None:
        if before is not None:
            before(Path(os.getcwd()))
        names: dict[str, Any] = {}
        with arguments(root / path, *given), record.listening(backwards):
            try:
                names = runpy.run_path(str(root / path), run_name="__main__")
            except SystemExit as end:
                if end.code not in (None, 0):
                    raise RuntimeError(f"the script ends with {end.code}") from end
        record.globals({key: value for key, value in names.items() if key not in uninitialised})

    return Program(name or path.rpartition(".")[0], run, limit)
