"""What an optimizer's `update` says of itself, and the pieces that updates share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from autograd.backend import Array


class Algorithm:
    """An optimizer's update: `update(xp, p, g, <state>, *, <hyperparameters>)`, which writes p and its state in place.

    As of a primitive, the signature says what is needed: after the array namespace, the parameter and its
    gradient come the pieces of state (one with a default is needed by some settings only), after the `*` the
    hyperparameters. A backend may have a faster loop for the algorithm of this `name`.
    """

    def __init__(self, name: str, update: Callable[..., None]) -> None:
        self.name, self.update = name, update
        named = list(inspect.signature(update).parameters.values())[3:]
        state = [each for each in named if each.kind is each.POSITIONAL_OR_KEYWORD]
        self.state = tuple(each.name for each in state)
        self.needed = tuple(each.name for each in state if each.default is each.empty)
        self.hyperparameters = tuple(each.name for each in named if each.kind is each.KEYWORD_ONLY)

    def __repr__(self) -> str:
        return self.name


def is_update(member: Any) -> bool:
    """Whether a class means this for its algorithm: optimizers written for torch have methods called `update`, too."""
    return isinstance(member, staticmethod) and next(iter(inspect.signature(member).parameters), None) == "xp"


def descent(
    p: Array,
    g: Array,
    maximize: bool,
    weight_decay: float | Array = 0.0,
    *,
    lr: float | Array = 0.0,
    decoupled: bool = False,
) -> Array:
    """The gradient to descend along: turned round to maximize, and with weight decay.

    That adds weight_decay p to g or, decoupled, shrinks p by lr weight_decay and leaves g alone
    (I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2017).
    """
    if maximize:
        g = -g
    if decoupled:
        p *= 1.0 - lr * weight_decay
        return g
    return g + weight_decay * p if weight_decay else g
