"""What stands in for packages that are not needed or not to be had: environments, other frameworks, C++ libraries."""

from __future__ import annotations

import sys
import types
import unittest.mock
from collections.abc import Iterable
from typing import Any


def vision_without_its_library() -> None:
    """torchvision in Python alone: a build whose C++ library does not fit still has its models and transforms."""
    import torch

    register = torch.library.register_fake

    def register_fake(name: Any, *args: Any, **kwargs: Any) -> Any:
        if str(name).startswith("torchvision::"):
            return lambda function: function
        return register(name, *args, **kwargs)

    torch.library.register_fake = register_fake


def module(name: str, **members: Any) -> types.ModuleType:
    """A module of that name with these members, found by `import`."""
    made = types.ModuleType(name)
    vars(made).update(members)
    sys.modules[name] = made
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, made)
    return made


def anything(name: str) -> None:
    """A module in which every name is found, and does nothing."""
    made = unittest.mock.MagicMock(name=name)
    made.__name__, made.__path__, made.__spec__ = name, [], None
    sys.modules[name] = made


def install(names: Iterable[str]) -> None:
    """Puts stand-ins in place: those that have a function here, and for all others a module that does nothing."""
    for name in names:
        make = globals().get("_" + name.replace(".", "_"))
        if make is None:
            anything(name)
        else:
            make()


class _Communicator:
    """MPI of one process."""

    def Get_rank(self) -> int:
        return 0

    def Get_size(self) -> int:
        return 1

    def Allreduce(self, sent: Any, received: Any, op: Any = None) -> None:
        received[...] = sent

    def Bcast(self, array: Any, root: int = 0) -> None:
        pass


def _mpi4py() -> None:
    module("mpi4py", MPI=types.SimpleNamespace(COMM_WORLD=_Communicator(), SUM=None, MIN=None, MAX=None))


class _Accelerator:
    """One process on the CPU."""

    device, is_main_process, is_local_main_process, sync_gradients = "cpu", True, True, True

    def __init__(self, **given: Any) -> None:
        pass

    def prepare(self, *things: Any) -> Any:
        return things if len(things) > 1 else things[0]

    def backward(self, loss: Any) -> None:
        loss.backward()

    def clip_grad_norm_(self, parameters: Any, norm: float) -> Any:
        import torch

        return torch.nn.utils.clip_grad_norm_(parameters, norm)

    def unwrap_model(self, model: Any) -> Any:
        return model

    def print(self, *values: Any) -> None:
        print(*values)

    def wait_for_everyone(self) -> None:
        pass


def _accelerate() -> None:
    module("accelerate", Accelerator=_Accelerator)
