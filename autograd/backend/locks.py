"""Locks that a forked child finds free, whichever thread held them in the parent."""

from __future__ import annotations

import os
import threading


def lock_across_forks() -> threading.Lock:
    """A lock that the forking thread takes for the time of the fork, so that no child begins with it held."""
    lock = threading.Lock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock
