"""What a person sees while a benchmark runs."""

from __future__ import annotations

from typing import Self

import rich.progress
from rich.console import Console


class Progress:
    """A bar a workload on the error output, so that the tables can go elsewhere."""

    def __init__(self) -> None:
        self._bars = rich.progress.Progress(
            rich.progress.TextColumn("{task.description}"),
            rich.progress.BarColumn(),
            rich.progress.MofNCompleteColumn(),
            rich.progress.TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bars.add_task("", total=None, visible=False)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def say(self, what: str) -> None:
        """What is being done, without a count."""
        self._bars.update(self._task, description=what, total=None, completed=0, visible=True)

    def begin(self, what: str, total: int) -> None:
        """So many things are about to be done."""
        self._bars.update(self._task, description=what, total=total, completed=0, visible=True)

    def advance(self) -> None:
        """One of them is."""
        self._bars.advance(self._task)

    def end(self) -> None:
        """All of them are."""
        self._bars.update(self._task, visible=False)
