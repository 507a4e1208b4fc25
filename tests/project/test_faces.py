"""What is written from the definitions of the operations is up to date, and says what is there."""

from __future__ import annotations

import importlib
import inspect
import io
import pydoc
from contextlib import redirect_stdout

import pytest

import autograd
import nn.functional as F
from autograd.ops.faces import FACES, ROOT, written
from autograd.ops.operation import OPERATIONS, Operation

pytestmark = pytest.mark.cpu_only

MODULES = {
    face: importlib.import_module(path.removesuffix("/__init__.py").removesuffix(".py").replace("/", "."))
    for face, path in FACES.items()
}


@pytest.mark.parametrize("path", [*FACES.values(), "autograd/engine/methods.pyi"])
def test_what_is_written_is_up_to_date(path: str) -> None:
    pytest.importorskip("ruff")
    assert (ROOT / path).read_text() == written()[path], "python -m autograd.ops --write"


@pytest.mark.parametrize("face", FACES)
def test_all_names_what_is_there(face: str) -> None:
    module = MODULES[face]
    assert sorted(set(module.__all__)) == sorted(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert [name for name in module.__all__ if name.startswith("_")] == []


def _of_the_engine() -> list[Operation]:
    """Not what an example in a document defines."""
    return [operation for operation in OPERATIONS if operation.source[0].startswith("autograd.ops.")]


def test_each_operation_is_found_under_each_of_its_names() -> None:
    for operation in _of_the_engine():
        for face, name in operation.public_names():
            if face == "Tensor":
                assert hasattr(autograd.Tensor, name), name
            else:
                assert getattr(MODULES[face], name) is operation.function, (face, name)


def test_no_two_operations_have_one_name() -> None:
    names = [pair for operation in _of_the_engine() for pair in operation.public_names()]
    assert sorted(pair for pair in names if names.count(pair) > 1) == []


def test_help_lists_the_functions() -> None:
    shown = io.StringIO()
    with redirect_stdout(shown):
        pydoc.Helper(output=shown)(autograd)
    text = pydoc.plain(shown.getvalue())
    assert all(
        f"    {name}(" in text for name in ("sin", "softmax", "einsum", "cat", "logsumexp") if hasattr(autograd, name)
    )


@pytest.mark.parametrize("name", ["sin", "add", "sum", "softmax", "zeros", "cat", "where", "einsum"])
def test_a_signature_names_its_arguments(name: str) -> None:
    first = next(iter(inspect.signature(getattr(autograd, name)).parameters))
    assert first in ("input", "size", "tensors", "condition", "equation")


def test_functions_of_layers_are_those_that_their_modules_define() -> None:
    assert {"relu", "conv2d", "cross_entropy", "ctc_loss", "one_hot", "pad", "softplus"} <= set(F.__all__)
