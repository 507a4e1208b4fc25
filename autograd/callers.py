"""Where in the user's code something was called."""

from __future__ import annotations

import traceback


def user_frames() -> list[traceback.FrameSummary]:
    """The frames of the current call outside this package, the innermost last."""
    return [f for f in traceback.extract_stack() if "/autograd/" not in f.filename.replace("\\", "/")]
