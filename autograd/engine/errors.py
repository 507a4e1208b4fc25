"""The engine's exceptions. All are RuntimeErrors, as in torch, so that a script's handlers keep working."""

from __future__ import annotations

import pickle


class OperationError(RuntimeError, ValueError):
    """An operation was given shapes, dtypes or values that it can't take."""


class OutOfRangeError(OperationError, IndexError):
    """An index names a place that there is not."""


class LinAlgError(OperationError):
    """Matrices that can't be decomposed or inverted: a singular one, say."""


class LayoutError(OperationError, NotImplementedError):
    """An operation met a sparse tensor, and computes of dense ones alone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: not defined for sparse tensors; make them dense first, with x.to_dense()")


class NotATensorError(TypeError):
    """Something else was given where a Tensor is needed."""

    def __init__(self, name: str, given: object, argument: str = "input") -> None:
        kind = type(given)
        root = kind.__module__.partition(".")[0]
        called = kind.__name__ if root == "builtins" else f"{root}.{kind.__name__}"
        if given is None:
            said = "None, where a Tensor is expected"
        elif root == "torch":
            said = f"a {called}: a tensor of PyTorch, not of this engine; autograd.from_numpy(x.numpy()) makes one"
        elif root == "numpy":
            said = f"a {called}; autograd.from_numpy(x) or autograd.tensor(x) makes a Tensor of it"
        elif kind in (list, tuple, int, float, bool, complex) or hasattr(given, "__array__"):
            said = f"{'an' if called[0] in 'aeiou' else 'a'} {called}; autograd.tensor(x) makes a Tensor of it"
        else:
            said = f"{'an' if called[0] in 'aeiou' else 'a'} {called}, where a Tensor is expected"
        super().__init__(f"{name}: {argument} is {said}")


class DeviceMismatchError(RuntimeError):
    """One operation was given tensors of several devices."""


class BackwardError(RuntimeError):
    """A backward pass can't run: nothing to differentiate, graph already freed, stale saved value, ..."""


class SerializationError(RuntimeError, ValueError, pickle.UnpicklingError):
    """A file can't be read: it is damaged, of another format, or holds what is not allowed to be in it.

    It is all that the readers of files raise about a file's content (`load`, `load_checkpoint`, `read_idx`, the
    datasets); what is wrong with the file system stays an OSError.
    """
