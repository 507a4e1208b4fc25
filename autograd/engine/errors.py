"""The engine's exceptions. All are RuntimeErrors, as in torch, so that a script's handlers keep working."""

from __future__ import annotations

import pickle


class OperationError(RuntimeError, ValueError):
    """An operation was given shapes, dtypes or values that it can't take."""


class OutOfRangeError(OperationError, IndexError):
    """An index names a place that there is not."""


class NotATensorError(TypeError):
    """Something else was given where a Tensor is needed."""

    def __init__(self, name: str, given: object) -> None:
        kind = type(given)
        root = kind.__module__.partition(".")[0]
        called = kind.__name__ if root == "builtins" else f"{root}.{kind.__name__}"
        way = {
            "numpy": "; autograd.from_numpy(x) or autograd.tensor(x) makes one",
            "torch": "; autograd.from_numpy(x.numpy()) makes one",
            "builtins": "; autograd.tensor(x) makes one" if kind in (list, tuple, int, float) else "",
        }.get(root, "")
        super().__init__(f"{name}: expected a Tensor, got {called}{way}")


class DeviceMismatchError(RuntimeError):
    """One operation was given tensors of several devices."""


class BackwardError(RuntimeError):
    """A backward pass can't run: nothing to differentiate, graph already freed, stale saved value, ..."""


class SerializationError(RuntimeError, ValueError, pickle.UnpicklingError):
    """A file can't be read: it is damaged, of another format, or holds what is not allowed to be in it.

    It is all that the readers of files raise about a file's content (`load`, `load_checkpoint`, `read_idx`, the
    datasets); what is wrong with the file system stays an OSError.
    """
