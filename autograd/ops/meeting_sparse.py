"""What becomes of an operation that meets a sparse tensor.

The engine refuses sparse tensors to every primitive: LayoutError. An operation that runs into it is asked for here, by
its name: `autograd/ops/sparse/` has said what it does with them. So calls with dense tensors pay nothing, and what
nobody has thought of raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..engine.errors import LayoutError

F = TypeVar("F", bound=Callable[..., Any])

SPARSE: dict[str, Callable[..., Any]] = {}  # by an operation's name ("linalg.norm"): what it does with sparse tensors


def of_sparse(*names: str) -> Callable[[F], F]:
    """Makes the decorated function what these operations do when they meet a sparse tensor."""

    def decorate(function: F) -> F:
        SPARSE.update(dict.fromkeys(names, function))
        return function

    return decorate


def met_sparse(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What an operation gives whose own way met a sparse tensor; LayoutError if there is no other way."""
    if name not in SPARSE:
        raise LayoutError(name) from None
    try:
        return SPARSE[name](*args, **kwargs)
    except LayoutError:
        raise LayoutError(name) from None
    except Exception as error:
        raise error from None
