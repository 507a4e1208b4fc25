"""Short pieces of code that are run under the name `torch` twice, with PyTorch and here, and must give the same."""

from __future__ import annotations

import contextlib
import copy
import io
import pickle
import warnings
from typing import Any

import numpy as np

import autograd
from tests.helpers.oracle import torch_or_skip

START = """
x = torch.arange(12.0).reshape(3, 4) / 10 + 0.1
y = torch.arange(12.0).reshape(3, 4) / 7 + 0.2
v = torch.tensor([1.0, 2.0, 3.0])
i = torch.tensor([0, 2, 1])
"""


def outcome(code: str, torch: Any) -> Any:
    """What the last line of the code is worth, in plain values, or the class of the error that comes."""
    names: dict[str, Any] = {"torch": torch, "np": np, "copy": copy, "pickle": pickle, "io": io}
    names.update(nn=torch.nn, F=torch.nn.functional, optim=torch.optim)
    *body, last = code.strip().rsplit("\n", 1)
    torch.manual_seed(0)
    exec(START, names)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            exec("\n".join(body), names)
            return plain(eval(last, names))
        except Exception as error:
            return next(each.__name__ for each in type(error).__mro__ if each.__module__ == "builtins")


def plain(value: Any) -> Any:
    """A result as what can be compared: tensors by dtype, shape and values."""
    theirs = torch_or_skip()
    if isinstance(value, autograd.Tensor | theirs.Tensor):
        dense = value.detach()
        dense = dense.to_dense() if dense.is_sparse else dense
        numbers = np.asarray(dense.resolve_conj().numpy())
        rounded = np.round(numbers.astype(complex if numbers.dtype.kind == "c" else float), 4)
        return [str(value.dtype).partition(".")[2], tuple(value.shape), rounded.tolist()]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return round(value, 4)
    if value is None or isinstance(value, bool | int):
        return value
    return str(value).replace("torch.", "").replace("autograd.", "")


def assert_as_in_torch(code: str) -> None:
    theirs, ours = outcome(code, torch_or_skip()), outcome(code, autograd)
    assert repr(ours) == repr(theirs), code  # as text, so that nan equals nan


def pieces(text: str) -> list[str]:
    """The pieces of code that blank lines part."""
    return [piece.strip() for piece in text.split("\n\n") if piece.strip()]
