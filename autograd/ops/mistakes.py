"""What was wrong with the arguments of a call that failed. Nothing is looked at before that: good calls pay nothing."""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..dtypes import as_dtype
from ..engine import overrides
from ..engine.errors import LayoutError, NotATensorError
from ..engine.tensor import Tensor
from .meeting_sparse import met_sparse

F = TypeVar("F", bound=Callable[..., Any])

# Of other annotations nothing is said: what else they allow is not known here.
_SPOKEN_OF = {"Tensor", "Operand", "Number", "complex", "float", "int", "bool", "None"}
_SPOKEN_OF |= {f"{kind}[{each}]" for kind in ("Sequence", "Iterable", "list") for each in ("Tensor", "Any")}


def explained(function: F) -> F:
    """The function, whose errors say which argument is no tensor, or which name is spelled wrongly, if that is why."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if overrides.armed:
            answer = overrides.answer(call, args, kwargs)
            if answer is not overrides.unanswered:
                return answer
        try:
            return function(*args, **kwargs)
        except LayoutError:
            return met_sparse(function.__name__, args, kwargs)
        except Exception as error:
            if overrides.arms(args, kwargs):
                return call(*args, **kwargs)
            mistake = mistake_of(function, args, kwargs, error)
            if mistake is None:
                raise
            raise mistake from None

    return call  # type: ignore[return-value]


def mistake_of(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], error: Exception
) -> TypeError | None:
    """What the user should read instead of the error: of an argument that is no tensor, or has no such name."""
    signature = inspect.signature(function)
    try:
        given = signature.bind_partial(*args, **kwargs).arguments
    except TypeError:
        return _with_suggestion(error, [*signature.parameters])
    for argument, value in given.items():
        parameter = signature.parameters[argument]
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        several = parameter.kind is parameter.VAR_POSITIONAL
        if argument == "dtype" and value is not None:
            try:
                as_dtype(function.__name__, value)
            except TypeError as mistake:
                return mistake
        annotation = str(parameter.annotation)
        if several and len(value) == 1 and "Sequence" in annotation and isinstance(value[0], tuple | list):
            value = value[0]
        if isinstance(error, AttributeError | TypeError):  # an array was no operand there
            annotation = annotation.replace("Operand", "Tensor | Number")
        for where, x in _wrong(annotation, argument, value, several):
            return NotATensorError(function.__name__, x, where)
    return None


def _wrong(annotation: str, argument: str, value: Any, several: bool) -> Iterator[tuple[str, Any]]:
    """Where among the values of an argument something is no tensor of this engine, by what the signature says."""
    kinds = {kind.strip() for kind in annotation.split("|")}
    if not kinds <= _SPOKEN_OF:
        return
    if {"Tensor", "Operand"} & kinds and not several:
        alone = kinds <= {"Tensor", "None"}
        if not isinstance(value, Tensor) and (_like_a_tensor(value, kinds) or (alone and not _none(value, kinds))):
            yield argument, value
    elif ("Tensor" in annotation or "Operand" in annotation) and isinstance(value, tuple | list):
        for i, each in enumerate(value):
            if several and isinstance(each, tuple | list) and "Sequence[Any]" in kinds:
                continue  # einsum(x, [0, 1], y, [1, 2])
            if isinstance(each, str | int | float) or _like_a_tensor(each, kinds):
                yield f"{argument}[{i}]", each
    elif "Tensor" in annotation and (_is_of_torch(value) or isinstance(value, int | float)):
        yield argument, value


def _none(value: Any, kinds: set[str]) -> bool:
    return value is None and "None" in kinds


def _like_a_tensor(x: Any, kinds: set[str]) -> bool:
    """Whether it holds the numbers of a tensor, in another form than the function takes."""
    if isinstance(x, Tensor):
        return False
    if _is_of_torch(x):
        return True
    return isinstance(x, list | tuple | str) or (hasattr(x, "__array__") and "Operand" not in kinds)


def _is_of_torch(x: Any) -> bool:
    return type(x).__module__.partition(".")[0] == "torch"


def nearest(name: str, known: Iterable[str]) -> str:
    """'; did you mean ...?' of the known name that is spelled most like this one, or nothing."""
    found = difflib.get_close_matches(name, [each for each in known if not each.startswith("_")], 1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _with_suggestion(error: Exception, known: list[str]) -> TypeError | None:
    """The error of an unknown keyword, with the name that was meant."""
    unknown = re.search(r"unexpected keyword argument '(\w+)'$", str(error))
    meant = nearest(unknown[1], known) if unknown else ""
    return TypeError(f"{error}{meant}") if meant else None
