"""The engine's exceptions. All are RuntimeErrors, as in torch, so that a script's handlers keep working."""

from __future__ import annotations


class OperationError(RuntimeError, ValueError):
    """An operation was given shapes, dtypes or values that it can't take."""


class DeviceMismatchError(RuntimeError):
    """One operation was given tensors of several devices."""


class BackwardError(RuntimeError):
    """A backward pass can't run: nothing to differentiate, graph already freed, stale saved value, ..."""
