"""Where in the user's code something was called.

The frames of this installation's packages are the engine's, told by the folders they lie in; all others are the
user's, whatever their folders are called.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import traceback
from collections.abc import Iterator
from types import FrameType

_PACKAGES = ("autograd", "nn", "optim", "torchlike")  # side by side, in a checkout as in site-packages


@functools.lru_cache(maxsize=4096)
def is_engine(filename: str) -> bool:
    """Whether a code object's file belongs to this installation.

    >>> import json
    >>> is_engine(is_engine.__wrapped__.__code__.co_filename), is_engine(json.__file__), is_engine("/autograd/train.py")
    (True, False, False)
    """
    if filename.startswith("<"):  # typed at a prompt, or the interpreter's own start
        return filename.startswith("<frozen ")
    return os.path.normcase(os.path.realpath(filename)).startswith(_FOLDERS)


def _folders() -> tuple[str, ...]:
    here = os.path.normcase(os.path.realpath(_folders.__code__.co_filename))  # as frames spell it, in archives, too
    site = os.path.dirname(os.path.dirname(os.path.dirname(here)))
    return tuple(os.path.join(site, name, "") for name in _PACKAGES)


_FOLDERS = _folders()


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    """The user's frames from this one outwards."""
    while frame is not None:
        if not is_engine(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def user_frame() -> FrameType | None:
    """The user's innermost frame of the current call; None if there is none."""
    return next(_callers(sys._getframe(1)), None)


def user_frames(limit: int | None = None) -> list[traceback.FrameSummary]:
    """The user's frames of the current call, the innermost last; with `limit` at most so many of these."""
    frames = list(itertools.islice(_callers(sys._getframe(1)), limit))
    return list(traceback.StackSummary.extract((frame, frame.f_lineno) for frame in reversed(frames)))


def user_lines() -> tuple[str, ...]:
    """The user's lines of the current call, `train.py(12): step`, the innermost first; no file is read for it."""
    return tuple(
        f"{frame.f_code.co_filename}({frame.f_lineno}): {frame.f_code.co_name}" for frame in _callers(sys._getframe(1))
    )


def stacklevel() -> int:
    """The `stacklevel` with which `warnings.warn`, called where this is called, names the user's line."""
    frame: FrameType | None = sys._getframe(1)
    level = 1
    while frame is not None and is_engine(frame.f_code.co_filename):
        frame, level = frame.f_back, level + 1
    return level
