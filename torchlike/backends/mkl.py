"""Intel's MKL, which NumPy may use or not; torch's switch is not needed."""

from __future__ import annotations


def is_available() -> bool:
    """False: NumPy's own library is used."""
    return False
