"""What signatures call what backends compute with: each has a class of arrays of its own, and they share none."""

from __future__ import annotations

from typing import Any, TypeAlias

Array: TypeAlias = Any  # of a backend's class; beside one, in an elementwise function, a Python number may stand
Namespace: TypeAlias = Any  # the functions of such arrays: numpy, cupy, what has the array API
