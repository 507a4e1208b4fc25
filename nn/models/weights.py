"""Weights for a new network: of a file, of a state dict, or published ones by their name."""

from __future__ import annotations

import dataclasses
import enum
import functools
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import autograd
from autograd import Tensor
from autograd.serialization.cached import load_state_dict_from_url, place_of

from ..module import Module

GivenWeights: TypeAlias = "str | os.PathLike[str] | Mapping[str, Tensor] | WeightsEnum | None"
M = TypeVar("M", bound=Module)


class Meta(dict[str, Any]):
    """What is known about weights; the names of the classes they were trained for are not part of this project."""

    def __missing__(self, key: str) -> Any:
        more = "; its 1000 class names are published with ImageNet" if key == "categories" else ""
        raise KeyError(f"{key}: not known here{more}; known: {', '.join(self)}")


@dataclasses.dataclass(frozen=True)
class Weights:
    """A published file: its address, the transform of images that it was evaluated with, and what is known about it.

    `options` are arguments that the network needs for it, `defaults` those that it gets unless they are given.
    """

    url: str
    transforms: Callable[..., Any]
    meta: Mapping[str, Any]
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class WeightsEnum(enum.Enum):
    """The published weights of one network."""

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """The member that a name, with or without the class's, or a member means; None stays None."""
        if obj is None or isinstance(obj, cls):
            return obj
        if isinstance(obj, str):
            return cls[obj.removeprefix(f"{cls.__name__}.")]
        raise TypeError(
            f"Invalid Weight class provided; expected {cls.__name__} but received {obj.__class__.__name__}."
        )

    def get_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The file's content, if it lies in torch.hub's folder; RuntimeError, which says where it is expected, if not.

        Arguments as of `torch.hub.load_state_dict_from_url`.
        """
        return load_state_dict_from_url(self.url, *args, **kwargs)

    @property
    def url(self) -> str:
        """Where the file is published."""
        return self.value.url

    @property
    def transforms(self) -> Callable[..., Any]:
        """Makes the transform from an image to the network's input."""
        return self.value.transforms

    @property
    def meta(self) -> Mapping[str, Any]:
        """num_params and min_size."""
        return self.value.meta

    def __reduce_ex__(self, proto: Any) -> tuple[Any, ...]:
        return getattr, (type(self), self.name)  # a copy of the value would be no member

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


BUILDERS: dict[str, Callable[..., Module]] = {}  # by the function's name
PUBLISHED: dict[str, type[WeightsEnum]] = {}  # the same names


def builder(build: Callable[..., M]) -> Callable[..., M]:
    """A function that builds a network, which gets its weights in all the ways that torchvision's do.

    `weights` is None, a state dict, the path of a file, a member of the network's WeightsEnum or its name; the older
    `pretrained=True` means the first member, and may come first without its name.
    """

    @functools.wraps(build)
    def built(*args: Any, weights: GivenWeights = None, pretrained: bool | None = None, **options: Any) -> M:
        if len(args) > 2:
            raise TypeError(f"{build.__name__}: expected at most weights and progress by position, got {len(args)}")
        given = args[0] if args else weights if weights is not None else pretrained
        chosen = _chosen(build.__name__, given)
        if isinstance(chosen, WeightsEnum):
            options = _options(build.__name__, chosen, options)
            chosen = _state_of(build.__name__, chosen)
        return build(weights=chosen, **options)

    BUILDERS.setdefault(build.__name__, built)
    return built


def _chosen(name: str, given: Any) -> Any:
    """A state dict, an existing file's path, a member, or None."""
    if given is None or given is False:
        return None
    if isinstance(given, Mapping):
        return given
    if isinstance(given, str | os.PathLike) and os.path.exists(given):
        return given
    published = PUBLISHED.get(name)
    known = "no published ones" if published is None else ", ".join(published.__members__)
    if published is not None:
        if given is True:
            return next(iter(published))
        if isinstance(given, published):
            return given
        member = given.removeprefix(f"{published.__name__}.") if isinstance(given, str) else ""
        if member in published.__members__:
            return published[member]
    raise ValueError(f"{name}: weights={given!r} is no state dict, no file that exists, and none of {known}")


def _options(name: str, weights: WeightsEnum, options: dict[str, Any]) -> dict[str, Any]:
    for key, value in weights.value.options.items():
        if options.setdefault(key, value) != value:
            raise ValueError(
                f"{name}: {weights} are for {key}={value!r}, got {options[key]!r}; leave it out, or build the network "
                "with weights=None"
            )
    return {**weights.value.defaults, **options}


def _state_of(name: str, weights: WeightsEnum) -> Any:
    path = place_of(weights.url)
    if not os.path.exists(path):
        raise RuntimeError(
            f"{name}: this project hosts no weights and nothing is downloaded; put {os.path.basename(path)} at {path}, "
            "or build with weights=None and call model.load_state_dict(autograd.load(path)) with a file that you have"
        )
    return weights.get_state_dict(map_location="cpu")


def state_dict_of(weights: Any) -> Any:
    """A state dict itself, or that of the file at a path."""
    return weights if isinstance(weights, Mapping) else autograd.load(weights, map_location="cpu")


def with_weights(model: M, weights: GivenWeights) -> M:
    """The model with the weights of a state dict, or of the file at a path; with None as it is."""
    if weights is not None:
        model.load_state_dict(state_dict_of(weights))
    return model
