"""Another distribution that puts its files where this one has its own."""

from __future__ import annotations

import os
import warnings

OF_THE_OTHER = "tracer.py"  # a file of the distribution "autograd" that this one has not


def warn_of_the_other(folder: str) -> None:
    """Warns if the distribution "autograd" was installed into the same folder: each has overwritten the other."""
    if os.path.exists(os.path.join(folder, OF_THE_OTHER)):
        warnings.warn(
            "the distributions 'pullback' and 'autograd' are installed into one folder and have overwritten files of "
            "each other; keep one: pip uninstall autograd pullback, then install it again",
            stacklevel=3,
        )
