"""What a program computes, by name: the losses that it differentiates, gradients, parameters, tensors that it keeps."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

LARGEST = 2048  # elements of an array that are compared whole; of a larger one, as many that lie evenly


class Enough(BaseException):
    """Ends a script that has trained as long as it is watched."""


def elements(value: Any) -> np.ndarray | None:
    """The elements of a tensor or array; None of anything else, and of a tensor that has no numbers."""
    import torch

    if isinstance(value, torch.Tensor):
        try:
            value = value.detach()
            if value.dtype == torch.bfloat16:
                value = value.float()
            value = value.cpu().resolve_conj().resolve_neg().numpy()
        except Exception:  # one of shapes alone, or a subclass with a way of its own
            return None
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biufc":
        return None
    return np.asarray(value)


class Record:
    """Results by name, in the order in which they come."""

    def __init__(self) -> None:
        self.values: dict[str, np.ndarray] = {}
        self._optimizers: list[Any] = []
        self._backwards = 0

    def note(self, name: str, value: Any) -> None:
        """Keeps a tensor, a number, or what lists, tuples and dictionaries hold of them."""
        if isinstance(value, Mapping):
            for key, each in value.items():
                self.note(f"{name}.{key}", each)
        elif isinstance(value, (list, tuple)):
            for i, each in enumerate(value[:64]):
                self.note(f"{name}[{i}]", each)
        elif isinstance(value, (int, float, complex, np.generic)):
            self.values[name] = np.array([value])
        else:
            array = elements(value)
            if array is not None and array.size > LARGEST:  # the name says the shape, which is then compared, too
                self.values[f"{name} of {array.shape}"] = array.reshape(-1)[:: -(-array.size // LARGEST)].copy()
            elif array is not None:
                self.values[name] = array.copy()

    def module(self, name: str, module: Any) -> None:
        """A module's parameters and buffers, and the gradients."""
        self.note(name, {key: value for key, value in module.state_dict().items() if value is not None})
        self.note(f"grad {name}", {key: p.grad for key, p in module.named_parameters() if p.grad is not None})

    def globals(self, names: Mapping[str, Any]) -> None:
        """The tensors, arrays, modules and lists of numbers that a script leaves behind."""
        import torch

        for name, value in names.items():
            if isinstance(value, torch.nn.Module):
                self.module(f"global {name}", value)
            elif isinstance(value, (torch.Tensor, np.ndarray)) or (
                isinstance(value, (list, tuple))
                and value
                and all(isinstance(each, (float, torch.Tensor, np.ndarray)) for each in value)
            ):
                self.note(f"global {name}", value)

    @contextlib.contextmanager
    def listening(self, backwards: int) -> Iterator[None]:
        """Inside, what is differentiated is noted, and after so many calls of `backward` the program ends."""
        import torch

        backward, start = torch.Tensor.backward, torch.optim.Optimizer.__init__

        inside = False  # a mode of PyTorch's, a default device say, calls the method once more

        def noting_backward(tensor: Any, *args: Any, **kwargs: Any) -> Any:
            nonlocal inside
            if inside:
                return backward(tensor, *args, **kwargs)
            self.note(f"loss {self._backwards}", tensor)
            inside = True
            try:
                result = backward(tensor, *args, **kwargs)
            finally:
                inside = False
            if self._backwards < 3:
                self._gradients()
            self._backwards += 1
            if self._backwards >= backwards:
                raise Enough
            return result

        def noting_start(optimizer: Any, *args: Any, **kwargs: Any) -> None:
            self._optimizers.append(optimizer)
            start(optimizer, *args, **kwargs)

        torch.Tensor.backward, torch.optim.Optimizer.__init__ = noting_backward, noting_start
        try:
            yield
        except Enough:
            pass
        finally:
            torch.Tensor.backward, torch.optim.Optimizer.__init__ = backward, start
            self._parameters()

    def _gradients(self) -> None:
        for which, p in self._all_parameters():
            if p.grad is not None:
                self.note(f"grad {self._backwards} {which}", p.grad)

    def _parameters(self) -> None:
        for which, p in self._all_parameters():
            self.note(f"parameter {which}", p)

    def _all_parameters(self) -> Iterator[tuple[str, Any]]:
        for i, optimizer in enumerate(self._optimizers):
            for j, group in enumerate(getattr(optimizer, "param_groups", ())):
                for k, p in enumerate(group["params"]):
                    yield f"{i}.{j}.{k}", p
