"""tests/ops/rows and tests/nn/rows mirror autograd/ops and nn/functional: a row is found where its operation is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

from tests.helpers.oracle import here
from tests.nn import rows as of_layers
from tests.ops import rows as of_operations

pytestmark = pytest.mark.cpu_only


@pytest.mark.parametrize(("rows", "package"), [(of_operations, "autograd.ops"), (of_layers, "nn.functional")])
def test_a_row_stands_in_the_file_of_its_operation(rows: ModuleType, package: str) -> None:
    for module in pkgutil.walk_packages(rows.__path__, f"{rows.__name__}."):
        for row in getattr(importlib.import_module(module.name), "ROWS", ()):
            function = inspect.unwrap(here(row.name))
            home = getattr(getattr(function, "primitive", function), "compute", function).__module__
            if home.startswith(("autograd.ops.", "nn.functional.")):  # the others are made of these elsewhere
                assert home.removeprefix(package) == module.name.removeprefix(rows.__name__), row.name
