"""Several modules, each on its own input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..module import Module


def parallel_apply(
    modules: Sequence[Module],
    inputs: Sequence[Any],
    kwargs_tup: Sequence[dict[str, Any]] | None = None,
    devices: Sequence[Any] | None = None,
) -> list[Any]:
    """The output of each module for its input; one after the other."""
    named = [{}] * len(modules) if kwargs_tup is None else kwargs_tup
    if not len(modules) == len(inputs) == len(named):
        raise AssertionError(
            f"parallel_apply: expected as many inputs as the {len(modules)} modules, got {len(inputs)} and {len(named)}"
        )
    return [
        module(*(input if isinstance(input, list | tuple) else (input,)), **kwargs)
        for module, input, kwargs in zip(modules, inputs, named, strict=True)
    ]
