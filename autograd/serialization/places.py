"""Where files are, and where what they hold is put."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import IO, Any, TypeAlias

from ..engine.tensor import Tensor
from ..types import DeviceLike

File: TypeAlias = str | os.PathLike[str] | IO[bytes]
MapLocation: TypeAlias = DeviceLike | Mapping[Any, Any] | Callable[[Tensor, str], Tensor | None]
