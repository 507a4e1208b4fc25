"""torch.types' place: the kinds of arguments, for annotations."""

from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import IO, Any, TypeAlias

from autograd import Tensor, device, dtype
from autograd.engine.size import Size

Number: TypeAlias = int | float | bool
Device: TypeAlias = device | str | int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[bytes]
_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
_dtype, _device, _size = dtype, device, Size | list[int] | tuple[int, ...]
_int, _float, _bool = builtins.int, builtins.float, builtins.bool
Storage: TypeAlias = Any

__all__ = ["Device", "FileLike", "Number", "Storage"]
