"""oneDNN is not used: these switches are there to be set and are not read."""

from __future__ import annotations

from .flags import flags_of

enabled = True
deterministic = False
allow_tf32 = True
flags = flags_of(__name__, "enabled", "deterministic", "allow_tf32")


def is_available() -> bool:
    """False: oneDNN is not used."""
    return False
