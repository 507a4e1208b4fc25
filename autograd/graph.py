"""The recorded graph under torch.autograd.graph's names: what is saved for backward, nodes and edges, hooks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .engine.errors import BackwardError
from .engine.hooks import RemovableHandle
from .engine.modes import modes, switched
from .engine.node import AccumulateGrad, Node, accumulator
from .engine.tensor import Tensor

Pack = Callable[[Tensor], Any]
Unpack = Callable[[Any], Tensor]


class saved_tensors_hooks(switched):
    """Inside, of each tensor that is saved for backward pack_hook(tensor) is kept, and unpack_hook gives it back.

    The tensor that `pack_hook` gets is cut off its graph; it must not be changed in place. Of contexts within
    one another the innermost holds. A value kept by hooks is theirs: later writes to it are not looked for.

    >>> import autograd
    >>> seen = []
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> with saved_tensors_hooks(lambda t: seen.append(t.shape) or t, lambda t: t):
    ...     y = x * x
    >>> len(seen), seen[0]
    (2, autograd.Size([2]))
    """

    def __init__(self, pack_hook: Pack, unpack_hook: Unpack) -> None:
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook
        super().__init__(packing=(pack_hook, unpack_hook), attentive=True)

    def __enter__(self) -> None:
        if modes.packing is not None and modes.packing[0] is _Refusal:
            raise RuntimeError(modes.packing[1])
        super().__enter__()


class _Refusal:
    """Stands for hooks where `disable_saved_tensors_hooks` forbids them."""


class disable_saved_tensors_hooks(switched):
    """Inside, `saved_tensors_hooks` raises RuntimeError with this message."""

    def __init__(self, error_message: str) -> None:
        super().__init__(packing=(_Refusal, error_message), attentive=False)

    def __enter__(self) -> None:
        if modes.packing is not None and modes.packing[0] is not _Refusal:
            raise RuntimeError(self._settings["packing"][1])
        super().__enter__()


class save_on_cpu(saved_tensors_hooks):
    """Inside, what is saved for backward is kept in host memory, and comes back to its device when it is needed."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        def pack(x: Tensor) -> tuple[Any, Tensor]:
            return x.device, x.clone() if x.device.type == "cpu" else x.cpu()

        def unpack(packed: tuple[Any, Tensor]) -> Tensor:
            device, kept = packed
            return kept.to(device)

        super().__init__(pack, unpack)


class allow_mutation_on_saved_tensors(saved_tensors_hooks):
    """Inside, tensors that are saved for backward may be written in place: each is kept as a copy of its own."""

    def __init__(self) -> None:
        super().__init__(lambda x: x.clone(), lambda x: x)


class GradientEdge(NamedTuple):
    """An output of a node: where a gradient arrives."""

    node: Node | AccumulateGrad
    output_nr: int
    ownership_token: Node | None = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """Where the gradient by a tensor arrives: at an output of the node that made it, or at the leaf."""
    if not tensor.requires_grad:
        raise RuntimeError("get_gradient_edge: the tensor does not require grad")
    node = tensor.grad_fn
    return GradientEdge(accumulator(tensor), 0) if node is None else GradientEdge(node, tensor._output)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Counts a write to tensors, which code outside of the engine has changed: what saved them says so."""
    for x in (tensor,) if isinstance(tensor, Tensor) else tensor:
        if x._memory is None:
            raise BackwardError("increment_version: a tensor made in inference_mode counts no versions")
        x._memory.writes += 1
        x._memory.changes += 1


class _MultiHandle(RemovableHandle):
    """Takes out several hooks at once."""

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()


def _reached(tensors: Sequence[Tensor]) -> list[int]:
    """Which of the tensors the backward pass under way comes to."""
    pending = modes.passing
    sources = {edge[0] for edge in pending} | set(pending.order)
    sources.update(edge[0] for node in pending.order for edge in node.edges if edge is not None)
    if pending.wanted is not None:
        sources &= pending.wanted
    return [i for i, x in enumerate(tensors) if (x if x.grad_fn is None else x.grad_fn) in sources]


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., None], *, mode: str = "all"
) -> RemovableHandle:
    """Calls a hook on the gradients of several tensors.

    With mode "all" fn(gradients), a list, once the last of those that a backward pass comes to has arrived, None for
    the others; with "any" fn(gradient) for the first.
    """
    if mode not in ("all", "any"):
        raise ValueError(f"register_multi_grad_hook: mode must be 'all' or 'any', got {mode!r}")

    def on_gradient(number: int, gradient: Tensor) -> None:
        notes = modes.passing.notes
        if on_gradient not in notes:
            notes[on_gradient] = (_reached(tensors), {})
        reached, arrived = notes[on_gradient]
        first = not arrived
        arrived[number] = gradient
        complete = len(arrived) == len(reached)
        if mode == "all" and complete:
            fn([arrived.get(i) for i in range(len(tensors))])
        elif mode == "any" and first:
            fn(gradient)

    return _MultiHandle(
        tuple(x.register_hook(functools.partial(on_gradient, number)) for number, x in enumerate(tensors))
    )


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Accepted: gradients are accumulated in the order in which they are computed."""


__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]
