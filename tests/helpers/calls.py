"""A sample's arguments as tensors, of this engine and of torch, and the function of those that are differentiated."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from tests.helpers.operation import Call, Fixed, Operation
from tests.helpers.oracle import as_list, convert, here, torch_or_skip


def arguments(call: Call, make: Any) -> tuple[list[Any], dict[str, Any]]:
    """The call's arguments as tensors made by `make(array, differentiated)`."""

    def one(value: Any) -> Any:
        if isinstance(value, Fixed):
            return make(value.array, False)
        if isinstance(value, list | tuple):
            return type(value)(one(each) for each in value)
        return convert(value, lambda array: make(array, array.dtype.kind in "fc"))

    return [one(x) for x in call.args], {name: one(x) for name, x in call.kwargs.items()}


def ours(dtype: Any = autograd.float64, device: Any = None, grad: bool = True) -> Any:
    def make(array: np.ndarray, differentiated: bool) -> Tensor:
        kind = dtype if array.dtype.kind == "f" else dtype.to_complex() if array.dtype.kind == "c" else None
        return autograd.tensor(array, dtype=kind, device=device, requires_grad=differentiated and grad)

    return make


def theirs(dtype: str = "float64", grad: bool = True) -> Any:
    torch = torch_or_skip()

    def make(array: np.ndarray, differentiated: bool) -> Any:
        name = dtype if array.dtype.kind == "f" else {"float64": "complex128", "float32": "complex64"}[dtype]
        kind = getattr(torch, name) if array.dtype.kind in "fc" else None
        return torch.tensor(array, dtype=kind, requires_grad=differentiated and grad)

    return make


def leaves(args: Any) -> list[Any]:
    """The differentiated tensors among the arguments."""
    found = []
    for x in args:
        if isinstance(x, list | tuple):
            found += leaves(x)
        elif hasattr(x, "requires_grad") and x.requires_grad:
            found.append(x)
    return found


def differentiated(row: Operation, call: Call, make: Any = None) -> tuple[Any, list[Tensor]]:
    """A function of the differentiated arguments alone, and those arguments."""
    args, kwargs = arguments(call, make or ours())
    targets = leaves([*args, *kwargs.values()])
    places = {id(x): i for i, x in enumerate(targets)}

    def function(*given: Tensor) -> Any:
        def put(value: Any) -> Any:
            if isinstance(value, list):
                return [put(each) for each in value]
            return given[places[id(value)]] if id(value) in places else value

        out = here(row.name)(*[put(x) for x in args], **{name: put(x) for name, x in kwargs.items()})
        return tuple(each for each in as_list(out) if each.dtype.is_inexact)

    return function, targets
