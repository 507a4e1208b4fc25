"""What makes a function an operation: its public names, and how else torch lets it be called."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from ..dtypes import as_dtype, can_cast, dtype
from ..engine import overrides
from ..engine.callers import stacklevel
from ..engine.errors import LayoutError, OperationError
from ..engine.memory import Memory
from ..engine.modes import modes
from ..engine.tensor import Tensor
from .meeting_sparse import met_sparse
from .mistakes import explained, mistake_of, nearest

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
    *,
    name: str = "",
    face: str | None = "autograd",
    method: bool = True,
    in_place: bool = False,
    aliases: str = "",
    numbers_first: bool = False,
    overridable: bool = True,
) -> Callable[[F], F]: ...
def operation(function: Any = None, /, *, numbers_first: bool = False, overridable: bool = True, **names: Any) -> Any:
    """Makes a function public, under its name and as a method: `autograd.f(x)`, `x.f()` and, `in_place`, `x.f_()`.

    It can then also be called in the other ways that torch knows: with other names for its arguments (`axis`,
    `keepdims`), with `*sizes` by their name, and with `out=`, the tensor that the result is written into.
    With `numbers_first` also in the order of torch's first years, where the numbers that are keywords now stood
    before the tensors that they multiply: `add(x, alpha, y)`, `addmm(beta, x, alpha, a, b)`.
    Functions of `nn.functional` are called in one way, there as here. Unless it is not `overridable`, the
    `__torch_function__` of an argument, or a mode, may answer the call (see `engine.overrides`).
    """
    if names.get("face") == "nn.functional":
        return lambda function: publish(explained(function), **names)
    if not overridable:
        return lambda function: publish(function, **names)
    if function is None:
        return lambda function: _published(function, numbers_first, **names)
    return _published(function, numbers_first, **names)


def _published(function: Any, numbers_first: bool, name: str = "", **names: Any) -> Any:
    called = _as_torch_calls_it(function, name or function.__name__, numbers_first, names.get("face"))
    return publish(called, name, **names)


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


# What else an argument is called: by NumPy, whose names torch takes for every function, and by torch's own overloads.
OTHER_NAMES = {
    "dim": ("axis",),
    "keepdim": ("keepdims",),
    "input": ("x", "a", "x1"),
    "other": ("x2",),
    "axis0": ("dim0",),
    "axis1": ("dim1",),
    "elements": ("element",),
    "test_elements": ("test_element",),
    "indices_or_sections": ("indices", "sections", "tensor_indices_or_sections"),
    "split_size_or_sections": ("split_size",),
    "B": ("other", "b"),
    "L": ("input2",),
    "values": ("input",),
    "from_": ("from",),
}


def _as_torch_calls_it(
    function: Callable[..., Any], name: str, numbers_first: bool, face: str | None
) -> Callable[..., Any]:
    another_way = other_ways(function, name)
    full_name = name if face in (None, "autograd") else f"{face}.{name}"  # linalg.norm is not norm

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if overrides.armed:
            answer = overrides.answer(public, args, kwargs)
            if answer is not overrides.unanswered:
                return answer
        try:
            if not kwargs:
                return function(*args)
            return another_way(args, kwargs)
        except LayoutError:
            return met_sparse(full_name, args, kwargs)
        except Exception as error:
            if overrides.arms(args, kwargs):
                return public(*args, **kwargs)
            mistake = mistake_of(call, args, kwargs, error)
            if mistake is None:
                raise
            raise mistake from None

    public: Callable[..., Any] = call
    if not numbers_first:
        return call
    parameters = inspect.signature(function).parameters.values()
    count = len([p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD])
    numbers = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]

    @functools.wraps(function)
    def call_numbers_first(*args: Any, **kwargs: Any) -> Any:
        if len(args) <= count:
            return call(*args, **kwargs)
        tensors = list(args)
        for name in numbers[: len(args) - count]:
            first = next((i for i, x in enumerate(tensors) if not isinstance(x, Tensor)), None)
            if first is not None:
                kwargs[name] = tensors.pop(first)
        return call(*tensors, **kwargs)

    public = call_numbers_first
    return call_numbers_first


def other_ways(function: Callable[..., Any], name: str, positional: Iterable[str] = ()) -> Callable[..., Any]:
    """What calls the function with keywords: under other names, with `*sizes` by their name, with `out=`.

    `positional` are the names of its arguments, if its own signature does not say them.
    """
    parameters = inspect.signature(function).parameters.values()
    known = list(positional) or [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
    takes_all = not positional and any(p.kind is p.VAR_KEYWORD for p in parameters)
    sizes = None if positional else next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    options = [each for each in ("dtype", "device") if each in known]
    others = {other: one for one in known for other in OTHER_NAMES.get(one, ()) if other not in known}
    if known:
        others.setdefault("input", known[0])
    for each in known:
        others.pop(each, None)

    def call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        out = None
        if "out" in kwargs:
            kwargs = dict(kwargs)
            out = kwargs.pop("out")
        kind = kwargs.get("dtype")
        if kind is not None and type(kind) is not dtype:
            kwargs["dtype"] = as_dtype(name, kind)
        for other in others.keys() & kwargs.keys():
            if others[other] in kwargs:
                raise TypeError(f"{name}() got both {others[other]!r} and {other!r}, two names of one argument")
            kwargs[others[other]] = kwargs.pop(other)
        if not takes_all:
            for each in kwargs:
                if each not in known:
                    meant = nearest(each, known)
                    raise TypeError(f"{name}() got an unexpected keyword argument {each!r}{meant}")
        if sizes in kwargs:
            args = (*args, kwargs.pop(sizes))
        if out is None:
            return function(*args, **kwargs)
        if isinstance(out, Tensor) and (out.is_complex() or not any(map(_is_complex, args))):
            for option in options:  # what is made or summed anew is as `out` is
                if kwargs.get(option) is None:
                    kwargs[option] = getattr(out, option)
        return into(name, out, lambda: function(*args, **kwargs))

    return call


def _is_complex(x: Any) -> bool:
    return isinstance(x, Tensor) and x.is_complex()


def into(name: str, out: Any, function: Callable[[], Any]) -> Any:
    """Writes what a function gives into the tensor (or the tensors) `out`, which take its shape, and returns them."""
    outs = out if isinstance(out, tuple | list) else (out,)
    for x in outs:
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}: out is a Tensor, or as many as the function has results, got {type(x).__name__}")
    made = function()
    results = made if isinstance(made, tuple) else (made,)
    if len(results) != len(outs) or not all(isinstance(x, Tensor) for x in results):
        raise TypeError(f"{name}: {len(outs)} tensors are given as out, the function has {len(results)} results")
    if modes.grad and any(x.requires_grad for x in (*results, *outs)):
        raise OperationError(
            f"{name}: out= has no derivative, but an argument requires grad; detach it, or use no_grad"
        )
    for x, result in zip(outs, results, strict=True):
        _check_kind(name, x, result)
    for x, result in zip(outs, results, strict=True):
        _write(name, x, result)
    return type(made)(*outs) if hasattr(made, "_fields") else out


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
