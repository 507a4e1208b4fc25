"""The table of operations: the rows of every file in tests/ops/rows and tests/nn/rows.

Forward, gradient, dtype, method and purity tests are generated from it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.helpers.operation import Operation
from tests.nn import rows as of_layers
from tests.ops import rows as of_operations


def _gathered() -> Iterator[Operation]:
    for package in (of_operations, of_layers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.ispkg:
                yield from importlib.import_module(module.name).ROWS


def _numbered(names: list[str]) -> Iterator[str]:
    """`add`, `sub`, `add-2`: the id of a row depends on the rows of its own operation alone."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}-{seen[name]}"


TABLE = list(_gathered())
EVERY = [pytest.param(row, id=name) for row, name in zip(TABLE, _numbered([row.name for row in TABLE]), strict=True)]
SMOOTH = [param for param in EVERY if param.values[0].differentiable]
