"""Networks and their published weights by name."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, TypeVar

from ..module import Module
from .weights import BUILDERS, PUBLISHED, Weights, WeightsEnum

M = TypeVar("M", bound=Module)


def list_models(
    module: ModuleType | None = None,
    include: Iterable[str] | str | None = None,
    exclude: Iterable[str] | str | None = None,
) -> list[str]:
    """The names of the functions that build networks: of a module, those that any pattern includes and none excludes.

    >>> list_models(include="resnet*", exclude=["*1*", "*3*"])
    ['resnet50']
    """

    def matches(name: str, patterns: Iterable[str] | str) -> bool:
        return any(fnmatch.fnmatch(name, each) for each in ([patterns] if isinstance(patterns, str) else patterns))

    return sorted(
        name
        for name, build in BUILDERS.items()
        if (module is None or build.__module__.rpartition(".")[0] == module.__name__)
        and (not include or matches(name, include))
        and not (exclude and matches(name, exclude))
    )


def register_model(name: str | None = None) -> Callable[[Callable[..., M]], Callable[..., M]]:
    """A decorator: the function builds the network of a name, by default its own; ValueError if there is one."""

    def registered(build: Callable[..., M]) -> Callable[..., M]:
        key = name or build.__name__
        if key in BUILDERS:
            raise ValueError(f"register_model: there is a model {key!r} already")
        BUILDERS[key] = build
        return build

    return registered


def get_model_builder(name: str) -> Callable[..., Module]:
    """The function that builds the network of a name; ValueError if there is none."""
    build = BUILDERS.get(name.lower())
    if build is None:
        raise ValueError(f"Unknown model {name}; list_models() gives the {len(BUILDERS)} that there are")
    return build


def get_model(name: str, **config: Any) -> Module:
    """The network of a name.

    >>> get_model("resnet18", weights=None, num_classes=10).fc
    Linear(in_features=512, out_features=10, bias=True)
    """
    return get_model_builder(name)(**config)


def get_model_weights(name: str | Callable[..., Module]) -> type[WeightsEnum]:
    """The enum of a network's published weights, by its name or its function; ValueError if it has none.

    >>> list(get_model_weights("resnet50"))
    [ResNet50_Weights.IMAGENET1K_V1, ResNet50_Weights.IMAGENET1K_V2]
    """
    build = get_model_builder(name) if isinstance(name, str) else name
    published = PUBLISHED.get(build.__name__)
    if published is None:
        raise ValueError(f"get_model_weights: {build.__name__} has no published weights")
    return published


def get_weight(name: str) -> WeightsEnum:
    """Published weights by their whole name; ValueError if there are none of it.

    >>> get_weight("ResNet50_Weights.DEFAULT")
    ResNet50_Weights.IMAGENET1K_V2
    """
    enum_name, _, member = name.partition(".")
    for published in PUBLISHED.values():
        if published.__name__ == enum_name:
            if member not in published.__members__:
                raise ValueError(f"get_weight: {enum_name} has {', '.join(published.__members__)}, not {member!r}")
            return published[member]
    raise ValueError(f"get_weight: no weights {name!r} are known; expected a name such as ResNet50_Weights.DEFAULT")


__all__ = [
    "Weights",
    "WeightsEnum",
    "get_model",
    "get_model_builder",
    "get_model_weights",
    "get_weight",
    "list_models",
    "register_model",
]
