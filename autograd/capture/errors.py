"""What a recording raises, and what it warns of."""


class CaptureError(RuntimeError):
    """A recording was misused."""


class CaptureWarning(UserWarning):
    """A step can't be replayed and runs eagerly each time; the message says why."""
