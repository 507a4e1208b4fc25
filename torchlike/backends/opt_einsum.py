"""The order in which einsum contracts; NumPy's search for it is used, and these switches are not read."""

from __future__ import annotations

from .flags import flags_of

enabled = False
strategy: str | None = None
flags = flags_of(__name__, "enabled", "strategy")


def is_available() -> bool:
    """False: the package opt_einsum is not used."""
    return False


def get_opt_einsum() -> None:
    """None: the package opt_einsum is not used."""
