"""Tensor: an array, where it lives, and its place in the graph. No arithmetic: see `ops` and `methods`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from ..device import DeviceLike
from .array import Array
from .callers import stacklevel
from .errors import BackwardError
from .hooks import Hooks, RemovableHandle
from .memory import Memory
from .methods import Methods
from .modes import modes, switched

if TYPE_CHECKING:
    from ..backend.base import Backend
    from .node import Node
    from .views import View

Tensors = TypeVar("Tensors", bound="Tensor")

_new = object.__new__


def wrap(array: Any, backend: Backend) -> Tensor:
    """A new tensor around a backend's array."""
    return tensor_of(array, backend, None if modes.inference else Memory())


def tensor_of(array: Any, backend: Backend, memory: Memory | None) -> Tensor:
    """A leaf around an array of this memory (None: made in inference_mode)."""
    x = _new(Tensor)
    x._array = array
    x._backend = backend
    x._memory = memory
    x._requires_grad = False
    x._grad = x._node = x._view = x._hooks = None
    x._output = 0
    return x


class Tensor(Array, Methods):
    """An n-dimensional array that records how it was computed.

    `Tensor(data)` makes a tensor of the default floating dtype and `Tensor(2, 3)` one of that shape,
    as in torch; `autograd.tensor(data)` infers the dtype and is usually what you want.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x**2).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __slots__ = (
        "__dict__",  # what users set on a tensor; Python makes it when the first such attribute is set
        "__weakref__",
        "_array",
        "_backend",
        "_grad",
        "_hooks",
        "_memory",
        "_node",
        "_output",
        "_requires_grad",
        "_view",
    )

    _array: Any
    _backend: Backend
    _requires_grad: bool
    _grad: Tensor | None
    _node: Node | None
    _output: int
    _memory: Any  # the Memory shared with views; None for tensors made in inference_mode
    _view: View | None
    _hooks: Hooks | None

    if TYPE_CHECKING:  # `autograd.subclasses` sets it

        @classmethod
        def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any: ...

    __array_priority__ = 1000  # numpy_array * tensor is the tensor's business

    def __new__(cls, *data: Any, size: Sequence[int] | None = None, device: DeviceLike = None) -> Self:
        # Here, not in __init__, as in torch: a subclass may take other arguments there.
        return cls._of_sizes_or_data(cls.__name__, data, size, None, device).as_subclass(cls)

    def as_subclass(self, cls: type[Tensors]) -> Tensors:
        """The same memory, with its history, as a tensor of a subclass, whose __init__ is not called."""
        if not (isinstance(cls, type) and issubclass(cls, Tensor)):
            raise TypeError(f"as_subclass: expected a subclass of Tensor, got {cls!r}")
        with switched(overridable=False):
            made: Any = self.view_as(self) if self.requires_grad else self.detach()
        made.__class__ = cls
        return made

    @staticmethod
    def _make_subclass(cls: type[Tensors], data: Tensor, require_grad: bool = False) -> Tensors:
        """A leaf of a subclass that shares the memory of `data`; its __init__ is not called."""
        return data.detach().as_subclass(cls).requires_grad_(require_grad)

    @staticmethod
    def _make_wrapper_subclass(cls: type, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotImplementedError(
            "_make_wrapper_subclass: tensors without memory of their own, for __torch_dispatch__, are not supported; "
            "use as_subclass() and __torch_function__, or a module that holds the tensors it wraps"
        )

    def _adopt(self, other: Tensor) -> None:
        """Becomes a leaf around the other's array."""
        self._array, self._backend, self._memory = other._array, other._backend, other._memory
        self._requires_grad, self._grad, self._node, self._output = False, None, None, 0
        self._view = self._hooks = None

    # Its place in the graph

    @property
    def requires_grad(self) -> bool:
        """Whether operations on it are recorded. Only floating-point leaves can be switched."""
        self._renew()
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        if requires_grad and not self.dtype.is_inexact:
            raise RuntimeError(
                f"only floating-point and complex tensors can require gradients, this one is {self.dtype}"
            )
        if not requires_grad and self._node is not None:
            raise RuntimeError(
                "requires_grad can be changed on leaves only; use detach() to cut a result off its graph"
            )
        self._requires_grad = bool(requires_grad)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        self._renew()
        return self._node is None

    @property
    def grad_fn(self) -> Node | None:
        """The node of the graph that made this tensor; None for a leaf."""
        self._renew()
        return self._node

    def _renew(self) -> None:
        """A view's history, derived anew if its base has changed."""
        if self._view is not None and self._view.changes != self._memory.changes:
            self._view.refresh(self)

    @property
    def _version(self) -> int:
        if self._memory is None:
            raise BackwardError("a tensor made in inference_mode counts no versions")
        return self._memory.writes

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` has accumulated here; None before the first."""
        if modes.listener is not None:
            modes.listener.on_grad_read(self)
        if self._grad is None and self._node is not None and self._output not in (self._node.retained or ()):
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed; it stays None "
                "unless retain_grad() was called on the Tensor before",
                stacklevel=stacklevel(),
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"grad: expected a Tensor or None, got {type(value).__name__}")
            if (value.shape, value.dtype, value.device) != (self.shape, self.dtype, self.device):
                raise RuntimeError(
                    f"grad: expected {self.dtype} of shape {tuple(self.shape)} on {self.device}, "
                    f"got {value.dtype} of shape {tuple(value.shape)} on {value.device}"
                )
        if modes.listener is not None:
            modes.listener.on_grad_written(self, value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def retain_grad(self) -> None:
        """Keeps `.grad` also on this result of a computation."""
        if not self.requires_grad:
            raise RuntimeError("retain_grad: the tensor does not require grad")
        if self._node is not None:
            self._node.retain(self._output, self)

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Calls `hook(gradient)` when this tensor's gradient is known; what it returns replaces it."""
        if not self.requires_grad:
            raise RuntimeError("register_hook: the tensor does not require grad")
        if self._node is not None:
            return RemovableHandle(self._node.hooks_of(self._output), hook)
        return RemovableHandle(self._leaf_hooks().gradient, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Calls `hook(tensor)` after a backward pass has added to this leaf's `.grad`."""
        if self._node is not None or not self._requires_grad:
            raise RuntimeError("register_post_accumulate_grad_hook: only a leaf that requires grad accumulates one")
        return RemovableHandle(self._leaf_hooks().after, hook)

    def _leaf_hooks(self) -> Hooks:
        if self._hooks is None:
            self._hooks = Hooks()
        return self._hooks

    def detach(self) -> Tensor:
        """The same memory outside the graph; writes to either are seen, and counted, by both."""
        return self._alias(self._memory)

    def _alias(self, memory: Memory | None) -> Tensor:
        """A tensor of the same elements that knows nothing of this one's history."""
        self._renew()
        x = wrap(self._array, self._backend)
        x._memory = memory
        if memory is not None and self._memory is not None and not self._lies_in_order():
            memory.reordered = self._memory.reordered
            if memory is self._memory and self._view is None:
                memory.note_twins(self, x)
            else:
                memory.aliased = self._memory.aliased = True
        return x

    def _lies_in_order(self) -> bool:
        """Whether the memory that this is a part of lies in C order, and so will never be moved there."""
        base = self if self._view is None else self._view.base
        return base._backend.is_contiguous(base._array)

    def detach_(self) -> Tensor:
        """Cuts this tensor off its graph: it becomes a leaf."""
        if self._view is not None:
            self._renew()
            self._drop_hidden_base()
        if self._view is not None and self._node is not None:
            raise RuntimeError("detach_: a view can't be detached in place; use detach()")
        self._node, self._output, self._requires_grad = None, 0, False
        return self

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph and with a version count of its own: writes here go unnoticed."""
        return self._alias(None if modes.inference else Memory())

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"data: expected a Tensor, got {type(value).__name__}")
        modes.note_unreplayable("an assignment to .data")
        value._renew()
        self._array, self._backend = value._array, value._backend
        if value._memory is not None and self._memory is not None:
            self._memory.reordered = value._memory.reordered
            self._memory.aliased = value._memory.aliased = True

    __hash__ = object.__hash__
