"""Function: an operation with a derivative written by the user."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .errors import BackwardError
from .modes import Modes, modes, switched
from .node import Gradients, Node, Saved, SavedOutput, attend, edge_of, packed
from .tensor import Tensor, wrap
from .views import check_writable, rewrite


class Context:
    """What `forward` hands to `backward`: saved tensors, and any attribute you set."""

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self._to_save: tuple[Any, ...] = ()
        self._saved: tuple[Any, ...] | None = ()
        self._constant: set[int] = set()
        self._dirty: tuple[Tensor, ...] = ()
        self._materialize = True
        self._outputs: dict[str, SavedOutput] = {}

    def __getattr__(self, name: str) -> Any:
        kept = self.__dict__.get("_outputs", {}).get(name)
        if kept is None:
            raise AttributeError(f"the context has no attribute {name!r}")
        return kept.tensor()

    def _hold_weakly(self, node: Node, outputs: dict[int, int]) -> None:
        """Keeps outputs that `forward` set as attributes (`ctx.y = y`) without the cycle output, node, context."""
        for name, x in list(vars(self).items()):
            if isinstance(x, Tensor) and id(x) in outputs:
                self._outputs[name] = SavedOutput(x, node, outputs[id(x)])
                delattr(self, name)

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keeps inputs, outputs or intermediate tensors; read them back from `saved_tensors`."""
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved; BackwardError if it was overwritten, or freed by a first backward pass."""
        if self._saved is None:
            raise BackwardError("saved_tensors: freed by an earlier backward; pass retain_graph=True to that one")
        return tuple(each.unpack("Function", tied=True) if hasattr(each, "unpack") else each for each in self._saved)

    def mark_non_differentiable(self, *outputs: Tensor) -> None:
        """These outputs get no gradient."""
        self._constant.update(map(id, outputs))

    def mark_dirty(self, *inputs: Tensor) -> None:
        """These inputs were changed in place by `forward`, which must return them."""
        self._dirty = inputs

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (default) or None for outputs without a gradient."""
        self._materialize = value


class _FunctionNode(Node):
    """A node whose derivative is the user's `backward`."""

    __slots__ = ("context", "function", "kinds")
    context: Context
    kinds: list[Any]  # the inputs' dtypes, which their gradients have, too
    function: type[Function]
    fresh = False  # what a user's backward returns may be anything, also something shared

    @property
    def label(self) -> str:
        return self.function.__name__

    def name(self) -> str:
        return f"{self.function.__name__}Backward"

    def differentiate(self, gradients: Gradients, needed: Any) -> Gradients:
        context = self.context
        given = self.complete(gradients) if context._materialize else gradients
        results = self.function.backward(context, *given)
        results = list(results) if isinstance(results, tuple | list) else [results]
        expected = len(self.edges)
        while len(results) > expected and results[-1] is None:
            results.pop()
        if len(results) != expected:
            raise BackwardError(
                f"{self.label}.backward returned {len(results)} gradients for {expected} inputs; "
                "return one for each input, None where there is none"
            )
        return [
            None if edge is None or result is None else self._fitted(number, result)
            for number, (edge, result) in enumerate(zip(self.edges, results, strict=True))
        ]

    def _fitted(self, number: int, gradient: Any) -> Tensor:
        """A gradient in its input's shape and dtype: what broadcasting made larger is summed, as torch does."""
        if not isinstance(gradient, Tensor):
            raise TypeError(f"{self.label}.backward: gradient {number} is a {type(gradient).__name__}, not a Tensor")
        given, shape, kind = tuple(gradient.shape), tuple(self.shapes[number]), self.kinds[number]
        if given != shape:
            extra = len(given) - len(shape)
            if extra < 0 or any(size not in (1, given[extra + i]) for i, size in enumerate(shape)):
                raise BackwardError(
                    f"{self.label}.backward: gradient {number} has shape {given}, the input has {shape}"
                )
            gradient = gradient.sum_to_size(shape)
        if gradient.is_complex() and not kind.is_complex:
            raise BackwardError(f"{self.label}.backward: gradient {number} is complex, the input {kind}")
        return gradient if gradient.dtype is kind else gradient.to(kind)

    def release(self) -> None:
        super().release()
        self.context._saved = None


class Function:
    """Subclass it with static methods `forward(ctx, *args)` and `backward(ctx, *gradients)`; call `apply`.

    `backward` is written in tensor operations and is itself differentiable, unless it is marked
    `@once_differentiable`. torch's other style, `forward(*args)` with `setup_context(ctx, inputs,
    output)`, works as well.

    >>> import autograd
    >>> class Cube(autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 3 * x**2 * g
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Computes the outputs; nothing in it is recorded."""
        raise NotImplementedError("a Function needs a static method forward")

    @staticmethod
    def setup_context(ctx: Context, inputs: tuple[Any, ...], output: Any) -> None:
        """Saves what `backward` needs, if `forward` takes no ctx."""
        raise NotImplementedError("a Function whose forward takes no ctx needs setup_context")

    @staticmethod
    def backward(ctx: Context, *gradients: Any) -> Any:
        """One gradient for each argument of `forward`, None for those without."""
        raise NotImplementedError("a Function needs a static method backward")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Runs `forward` and records `backward`."""
        context = Context()
        context.needs_input_grad = tuple(isinstance(x, Tensor) and x.requires_grad for x in args)
        tracked = modes.grad and any(context.needs_input_grad)
        edges = [edge_of(x) for x in args]
        if modes.listener is not None:
            modes.listener.on_function(cls, args)
        before, modes.grad = modes.grad, False
        observer = Modes.observer
        part = None if observer is None else observer.begin(cls.__name__)
        try:
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*args)
                cls.setup_context(context, args, result)
            else:
                result = cls.forward(context, *args)
        finally:
            modes.grad = before
            if observer is not None:
                observer.end(part)
        outputs = list(result) if isinstance(result, tuple | list) else [result]
        if tracked:
            outputs = cls._record(context, args, edges, outputs)
        return tuple(outputs) if isinstance(result, tuple | list) else outputs[0]

    @classmethod
    def _record(cls, context: Context, args: tuple, edges: list, outputs: list[Any]) -> list[Any]:
        shapes = [tuple(x.shape) if isinstance(x, Tensor) else () for x in args]
        node = _FunctionNode(None, {}, edges, len(outputs), shapes)
        node.function, node.context = cls, context
        node.kinds = [x.dtype if isinstance(x, Tensor) else None for x in args]
        node.zeros = [(x.shape, x.dtype, x.device) if isinstance(x, Tensor) else None for x in outputs]
        dirty = set(map(id, context._dirty))
        for x in context._dirty:
            check_writable(x, cls.__name__)
            if x._memory is not None:
                x._memory.changes += 1
        inputs = {id(x): edge for x, edge in zip(args, edges, strict=True)}
        made: dict[int, int] = {}  # the outputs that are not inputs handed back
        for number, out in enumerate(outputs):
            if not isinstance(out, Tensor) or id(out) in context._constant or not out.dtype.is_inexact:
                continue
            original = out
            if id(out) in dirty:
                rewrite(out, node, number)
            else:
                if id(out) in inputs or out._requires_grad:  # an input handed back needs a history of its own
                    out = outputs[number] = wrap(out._array, out._backend)
                    out._memory = original._memory
                out._node, out._output, out._requires_grad = node, number, True
            if id(original) not in inputs:
                made[id(original)] = number

        def keep(x: Tensor) -> Saved | SavedOutput:
            if id(x) in made:
                return SavedOutput(x, node, made[id(x)])
            return Saved(x, inputs[id(x)] if id(x) in inputs else edge_of(x))

        context._saved = tuple(None if x is None else keep(x) for x in context._to_save)
        context._to_save = ()
        if modes.attentive:
            attend(node)
            if modes.packing is not None:
                context._saved = packed(context._saved)
        context._hold_weakly(node, made)
        return outputs


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a `backward` that is not itself differentiable: asking for a second derivative raises."""

    @functools.wraps(backward)
    def wrapped(ctx: Context, *gradients: Any) -> Any:
        with switched(grad=False):
            results = backward(ctx, *gradients)
        if not modes.grad:
            return results
        several = isinstance(results, tuple | list)
        marked = [_Refuse.apply(x) if isinstance(x, Tensor) else x for x in (results if several else [results])]
        return tuple(marked) if several else marked[0]

    return wrapped


class _Refuse(Function):
    """The identity, whose derivative says that there is none."""

    @staticmethod
    def forward(ctx: Context, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Context, *gradients: Any) -> Any:
        raise BackwardError("trying to differentiate twice a function that was marked with @once_differentiable")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        with switched(grad=True):
            return super().apply(args[0].detach().requires_grad_())
