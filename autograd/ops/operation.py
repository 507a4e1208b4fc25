"""What makes a function an operation: its public names, and how else torch lets it be called."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from ..dtypes import can_cast
from ..engine.callers import stacklevel
from ..engine.errors import OperationError
from ..engine.memory import Memory
from ..engine.modes import modes
from ..engine.tensor import Tensor

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    """A public function, and where users find it.

    `face` is the module that shows it, "autograd" or "linalg", "special" ... below it; None if it is a method
    alone. `aliases` are more names of it, with the same forms, or just the one that is spelled out:
    "special.expit", "Tensor.inverse".
    """

    function: Callable[..., Any]
    source: tuple[str, str]  # the module that defines it, and what it is called there
    name: str
    face: str | None
    method: bool  # x.name()
    in_place: bool  # x.name_(), which writes the result over x
    aliases: tuple[str, ...]

    def public_names(self) -> Iterator[tuple[str, str]]:
        """(face, name) of the function, "Tensor" among the faces."""
        for name in (self.name, *[alias for alias in self.aliases if "." not in alias]):
            if self.face is not None:
                yield self.face, name
            if self.method:
                yield "Tensor", name
            if self.in_place:
                yield "Tensor", f"{name}_"
        for alias in self.aliases:
            if "." in alias:
                face, _, name = alias.rpartition(".")
                yield face, name


OPERATIONS: list[Operation] = []


@overload
def operation(function: F, /) -> F: ...
@overload
def operation(
    *, name: str = "", face: str | None = "autograd", method: bool = True, in_place: bool = False, aliases: str = ""
) -> Callable[[F], F]: ...
def operation(function: Any = None, /, **names: Any) -> Any:
    """Makes a function public, under its name and as a method: `autograd.f(x)`, `x.f()` and, `in_place`, `x.f_()`.

    It can then also be called in the other ways that torch knows: with NumPy's names for its arguments (`axis`,
    `keepdims`), with `*sizes` by their name, and with `out=`, the tensor that the result is written into. Those of
    `nn.functional` can't, there as here.
    """
    if names.get("face") == "nn.functional":
        return lambda function: publish(function, **names)
    if function is None:
        return lambda function: publish(_as_torch_calls_it(function), **names)
    return publish(_as_torch_calls_it(function))


def publish(
    function: Any,
    name: str = "",
    face: str | None = "autograd",
    method: bool = True,
    in_place: bool = False,
    aliases: str = "",
) -> Any:
    """Notes an operation under its names."""
    source = inspect.unwrap(function).__module__, function.__name__
    if name:
        function.__name__ = function.__qualname__ = name
    if face is not None:  # what a pickle names: files outlive the moves of a module
        function.__module__ = face if face in ("autograd", "nn.functional") else f"autograd.{face}"
    OPERATIONS.append(Operation(function, source, function.__name__, face, method, in_place, tuple(aliases.split())))
    return function


# Another way to call


NUMPY_NAMES = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}


def _as_torch_calls_it(function: Callable[..., Any]) -> Callable[..., Any]:
    parameters = inspect.signature(function).parameters
    others = {
        numpy: name
        for name, known in NUMPY_NAMES.items()
        if name in parameters
        for numpy in known
        if numpy not in parameters
    }
    sizes = next((p.name for p in parameters.values() if p.kind is p.VAR_POSITIONAL), None)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if not kwargs:
            return function(*args)
        out = kwargs.pop("out", None)
        for name in others.keys() & kwargs.keys():
            kwargs[others[name]] = kwargs.pop(name)
        if sizes in kwargs:
            args = (*args, kwargs.pop(sizes))
        if out is None:
            return function(*args, **kwargs)
        return into(function.__name__, out, lambda: function(*args, **kwargs), args)

    return call


def into(name: str, out: Any, function: Callable[[], Any], inputs: tuple[Any, ...]) -> Any:
    """Writes what a function gives into the tensor (or the tensors) `out`, which take its shape, and returns them."""
    outs = out if isinstance(out, tuple | list) else (out,)
    for x in outs:
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}: out is a Tensor, or as many as the function has results, got {type(x).__name__}")
    if modes.grad and any(isinstance(x, Tensor) and x.requires_grad for x in (*inputs, *outs)):
        raise OperationError(
            f"{name}: out= has no derivative, but an argument requires grad; detach it, or use no_grad"
        )
    made = function()
    results = made if isinstance(made, tuple) else (made,)
    if len(results) != len(outs) or not all(isinstance(x, Tensor) for x in results):
        raise TypeError(f"{name}: {len(outs)} tensors are given as out, the function has {len(results)} results")
    for x, result in zip(outs, results, strict=True):
        _check_kind(name, x, result)
    for x, result in zip(outs, results, strict=True):
        _write(name, x, result)
    return out


def _check_kind(name: str, out: Tensor, result: Tensor) -> None:
    if not can_cast(result.dtype, out.dtype):
        raise OperationError(f"{name}: a result of {result.dtype} can't be written into an out of {out.dtype}")
    if out.device != result.device:
        raise OperationError(f"{name}: the result is on {result.device}, out on {out.device}")
    if out.shape != result.shape and out._view is not None:
        raise OperationError(f"{name}: out is a view of shape {tuple(out.shape)}, the result {tuple(result.shape)}")


def _write(name: str, out: Tensor, result: Tensor) -> None:
    if out.shape == result.shape:
        out.copy_(result)
        return
    if out.numel():
        warnings.warn(
            f"{name}: out had the shape {tuple(out.shape)} and takes that of the result, {tuple(result.shape)}; "
            "give one of that shape, or an empty one",
            stacklevel=stacklevel(),
        )
    modes.note_unreplayable(f"{name} changes the shape of its out")
    out._array, out._memory = result.to(out.dtype).clone()._array, Memory()
