"""Names in a state dict that begin with where a module stood when it was saved."""

from __future__ import annotations

from typing import Any


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Takes a prefix, "module." say of a net that was wrapped, from the names of a state dict, in place.

    >>> state = {"module.weight": 1, "bias": 2}
    >>> consume_prefix_in_state_dict_if_present(state, "module.")
    >>> state
    {'bias': 2, 'weight': 1}
    """
    metadata = getattr(state_dict, "_metadata", {})
    for names in (state_dict, metadata):
        for name in list(names):
            if name.startswith(prefix) or (names is metadata and name and name == prefix.removesuffix(".")):
                names[name[len(prefix) :]] = names.pop(name)
