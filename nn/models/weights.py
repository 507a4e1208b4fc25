"""Weights for a new network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

import autograd
from autograd import Tensor

from ..module import Module

Weights: TypeAlias = str | os.PathLike[str] | Mapping[str, Tensor] | None  # a file, a state dict
M = TypeVar("M", bound=Module)


def with_weights(model: M, weights: Weights) -> M:
    """The model with the weights of a state dict, or of the file at a path; with None as it is."""
    if weights is None:
        return model
    state: Any = weights
    if not isinstance(weights, Mapping):
        if not isinstance(weights, str | os.PathLike) or not os.path.exists(weights):
            raise ValueError(
                f"weights={weights!r}: expected a state dict or the path of a file; nothing is downloaded here, "
                "but torchvision's published files can be given as they are"
            )
        state = autograd.load(weights, map_location="cpu")
    model.load_state_dict(state)
    return model
