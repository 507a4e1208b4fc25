"""Short pieces of code that are run under the name `torch` twice, with PyTorch and here, and must give the same."""

from __future__ import annotations

import contextlib
import copy
import io
import pickle
import traceback
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


class Raised(str):
    """The class of an error, by name, and what it said."""

    def __new__(cls, kind: str, said: str) -> Raised:
        made = super().__new__(cls, kind)
        made.said = said
        return made

    said: str


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
            kind = next(each.__name__ for each in type(error).__mro__ if each.__module__ == "builtins")
            return Raised(kind, traceback.format_exc(limit=-3))


def plain(value: Any) -> Any:
    """A result as what can be compared: tensors by dtype, shape and values."""
    theirs = torch_or_skip()
    if isinstance(value, autograd.Tensor | theirs.Tensor):
        dense = value.detach()
        dense = dense.to_dense() if dense.is_sparse else dense
        numbers = np.asarray(dense.resolve_conj().numpy())
        wide = numbers.astype(complex if numbers.dtype.kind == "c" else float)
        return [str(value.dtype).partition(".")[2], list(value.shape), wide.tolist()]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | complex):
        return value
    return str(value).replace("torch.", "").replace("autograd.", "")


def assert_as_in_torch(code: str) -> None:
    theirs, ours = outcome(code, torch_or_skip()), outcome(code, autograd)
    assert alike(ours, theirs), f"{code}\nhere {ours}\ntorch {theirs}\n{getattr(ours, 'said', '')}"


def alike(a: Any, b: Any) -> bool:
    """Whether two plain results are the same, numbers within rounding."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(map(alike, a.values(), b.values()))
    if isinstance(a, float | complex) and isinstance(b, float | complex):
        return bool(np.isclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True))
    return type(a) is type(b) and bool(a == b)


def pieces(text: str) -> list[str]:
    """The pieces of code that blank lines part."""
    return [piece.strip() for piece in text.split("\n\n") if piece.strip()]
