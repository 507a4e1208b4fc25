"""Models whose parameters are spread over processes: there are none here."""

from __future__ import annotations

from typing import Any, NoReturn


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(
        f"{name}: parameters can't be spread over processes here, where there is one; train the module itself"
    )


class FullyShardedDataParallel:
    """NotImplementedError: the module itself is to be trained."""

    def __init__(self, module: Any, *args: Any, **kwargs: Any) -> None:
        _refuse("FullyShardedDataParallel")


def fully_shard(module: Any, **kwargs: Any) -> NoReturn:
    """NotImplementedError, as FullyShardedDataParallel."""
    _refuse("fully_shard")
