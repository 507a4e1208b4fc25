"""torch.utils.tensorboard's place: the SummaryWriter of the package tensorboardX, which writes the same files."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

try:
    import tensorboardX
except ImportError as error:
    raise ImportError("torch.utils.tensorboard needs the package tensorboardX: pip install tensorboardX") from error

from autograd import Tensor

__all__ = ["SummaryWriter"]


def _without_tensors(value: Any) -> Any:
    """Numbers and arrays in place of the tensors in a value, as deep as lists and dictionaries go."""
    if isinstance(value, Tensor):
        value = value.detach().cpu()
        if value.is_floating_point() and value.element_size() < 4:
            value = value.float()
        return value.numpy() if value.ndim else value.item()
    if isinstance(value, dict):
        return {key: _without_tensors(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_without_tensors, value))
    return value


def _taking_tensors(add: Callable[..., Any]) -> Callable[..., Any]:
    """A method of tensorboardX's writer that takes tensors where it takes arrays."""

    @functools.wraps(add)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return add(self, *_without_tensors(args), **_without_tensors(kwargs))

    return method


class SummaryWriter(tensorboardX.SummaryWriter):
    """tensorboardX's writer: its `add_...` methods take tensors, too."""

    def add_graph(self, model: Any, input_to_model: Any = None, verbose: bool = False, **options: Any) -> None:
        """Raises: a graph in TensorBoard's format is PyTorch's compiler's, of which there is none here."""
        raise NotImplementedError("add_graph: there is no compiler here that could draw a module; print the module")


for _name in dir(tensorboardX.SummaryWriter):
    if _name.startswith("add_") and _name != "add_graph":
        setattr(SummaryWriter, _name, _taking_tensors(getattr(tensorboardX.SummaryWriter, _name)))
