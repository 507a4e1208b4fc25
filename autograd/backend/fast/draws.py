"""Random numbers that are made one after the other."""

from __future__ import annotations

from typing import Any

from ..base import Array
from ..torch_poisson import count_events
from .loops import compiled, loop

loop("count_events")(compiled(count_events))


@compiled
def _swap_each(order: Any, partners: Any) -> None:
    for place in range(partners.size):
        partner = partners[place]
        order[place], order[partner] = order[partner], order[place]


@loop("swap_each")
def swap_each(order: Array, partners: Array) -> None:
    """Swaps the elements 0, 1, ... with their partners, each between its own place and the end."""
    assert partners.size < max(order.size, 1)
    _swap_each(order, partners)
