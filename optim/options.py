"""Options that choose among torch's kernels: its programs give them, its files hold them, and nothing changes here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from inspect import Parameter
from typing import Any, TypeVar

Init = TypeVar("Init", bound=Callable[..., None])

UNUSED = {"foreach": None, "fused": None, "capturable": False, "differentiable": False}


def accepts(*names: str, positional: int = 0) -> Callable[[Init], Init]:
    """Lets an optimizer's `__init__` take options that it does not name; they become defaults of its groups.

    The first `positional` of the names may also be given by position, after the parameters that `__init__`
    itself takes so; a name that is its own just gets that place.
    """

    def decorate(init: Init) -> Init:
        own = inspect.signature(init).parameters
        unused = [name for name in names if name not in own]
        ahead = [each for each in own.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
        placed = names[:positional]
        before = len(ahead) - 1  # without self

        @functools.wraps(init)
        def with_options(self: Any, *args: Any, **kwargs: Any) -> None:
            kwargs = dict(**dict(zip(placed, args[before:], strict=False)), **kwargs)
            given = {name: kwargs.pop(name, UNUSED[name]) for name in unused}
            # A subclass's options, which are noted before it calls this, come before the defaults of its base.
            self._unused = given | self.__dict__.get("_unused", {})
            init(self, *args[:before], *args[before + positional :], **kwargs)

        def parameter(name: str, kind: Any) -> Parameter:
            return own[name].replace(kind=kind) if name in own else Parameter(name, kind, default=UNUSED[name])

        with_options.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                *ahead,
                *(parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in placed),
                *(each for each in own.values() if each.kind is each.KEYWORD_ONLY and each.name not in placed),
                *(parameter(name, Parameter.KEYWORD_ONLY) for name in names[positional:]),
            ]
        )
        return with_options  # type: ignore[return-value]

    return decorate
