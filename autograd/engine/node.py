"""Node: one recorded application of a primitive, the vertex of the graph that backward walks.

A node never holds the tensors it made, so nothing here forms a reference cycle: dropping the last
tensor of a graph frees the graph and its activations at once.
"""

from __future__ import annotations

import itertools
import traceback
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .callers import user_frames
from .errors import BackwardError
from .hooks import RemovableHandle
from .modes import modes, switched
from .primitive import Primitive
from .tensor import Tensor, tensor_of

if TYPE_CHECKING:
    from .hooks import Hook

Edge = tuple[Any, int]  # a Node and the number of its output, or a leaf Tensor and 0
Gradients = list[Tensor | None]
BEFORE, AFTER = "before", "after"  # hooks on all gradients of a node at once


def edge_of(x: Any) -> Edge | None:
    """Where the gradient by `x` goes: to the node that made it, to the leaf itself, or nowhere."""
    if not isinstance(x, Tensor) or not x._requires_grad:
        return None
    return (x, 0) if x._node is None else (x._node, x._output)


class Saved:
    """A value kept for backward: the array, where it came from, and its version when it was saved."""

    __slots__ = ("array", "backend", "edge", "memory", "version")

    def __init__(self, x: Tensor, edge: Edge | None) -> None:
        if x._memory is None:
            raise BackwardError(
                "a tensor made in inference_mode can't be saved for backward; clone() it outside, or use no_grad"
            )
        self.array, self.backend, self.edge = x._array, x._backend, edge
        self.memory, self.version = x._memory, x._memory.writes

    def check(self, user: str) -> None:
        """BackwardError if the value was overwritten since."""
        if self.memory.writes != self.version:
            raise BackwardError(
                f"{user}: a value needed for the gradient (shape {tuple(self.array.shape)}) was modified in place "
                f"since (it is at version {self.memory.writes}, saved at {self.version}); clone() it before the change"
            )

    def unpack(self, user: str, tied: bool = False) -> Tensor:
        """The saved tensor, tied to its history if that is `tied` or recorded; BackwardError if it was overwritten."""
        if self.memory.writes != self.version:
            self.check(user)
        if self.edge is not None and (tied or modes.grad):
            return self.tensor(tied)
        return tensor_of(self.array, self.backend, self.memory)

    def tensor(self, tied: bool = False) -> Tensor:
        """The saved tensor as it is now, written since or not."""
        x = tensor_of(self.array, self.backend, self.memory)
        if self.edge is not None and (tied or modes.grad):
            source = self.edge[0]
            if isinstance(source, Tensor) and source._array is self.array:
                return source
            x._requires_grad = True
            x._node, x._output = self.edge
        return x

    def set_apart(self) -> None:
        """Keeps a copy: the value is about to be overwritten by the operation that saved it."""
        with switched(grad=False):
            copy = self.tensor().clone()  # an operation, of which a recorder hears
        self.array, self.memory, self.version = copy._array, copy._memory, 0


class Packed(Saved):
    """A value of which a user's hooks keep what they like: what `pack` made of it, and the way back."""

    __slots__ = ("packed", "restore")

    def __init__(self, saved: Saved, packing: tuple[Any, Any]) -> None:
        pack, self.restore = packing
        self.edge, self.backend, self.memory, self.version = saved.edge, saved.backend, saved.memory, saved.version
        x = tensor_of(saved.array, saved.backend, saved.memory)
        before = self.memory.writes
        with switched(grad=False, packing=None):
            self.packed = pack(x)
        if self.memory.writes != before:
            raise BackwardError("saved_tensors_hooks: pack_hook modified in place the tensor that it was given")

    def check(self, user: str) -> None:
        """What the hooks keep is theirs: writes to the value are not looked for."""

    def unpack(self, user: str, tied: bool = False) -> Tensor:
        return self.tensor(tied)

    def tensor(self, tied: bool = False) -> Tensor:
        """What `unpack` gives back, tied to the value's history."""
        x = self.restore(self.packed)
        if not isinstance(x, Tensor):
            raise TypeError(f"saved_tensors_hooks: expected a Tensor from unpack_hook, got {type(x).__name__}")
        if self.edge is not None and (tied or modes.grad):
            x = x.detach()
            x._requires_grad = True
            x._node, x._output = self.edge
        return x

    def set_apart(self) -> None:
        kept = self.packed if isinstance(self.packed, tuple | list) else (self.packed,)
        copies = [x.clone() if isinstance(x, Tensor) and x._memory is self.memory else x for x in kept]
        self.packed = type(self.packed)(copies) if isinstance(self.packed, tuple | list) else copies[0]


class SavedOutput:
    """A node's own output, kept without a cycle: the way back to the node is weak."""

    __slots__ = ("node", "number", "saved")

    def __init__(self, out: Tensor, node: Node, number: int) -> None:
        self.saved = Saved(out, None)
        self.node = weakref.ref(node)
        self.number = number

    def unpack(self, user: str, tied: bool = False) -> Tensor:
        self.saved.check(user)
        return self.tensor()

    def tensor(self) -> Tensor:
        """The output as it is now, tied to the node while that lives."""
        x = self.saved.tensor()
        node = self.node()
        if node is not None and self.number < node.outputs:
            x._requires_grad, x._node, x._output = True, node, self.number
        return x


_numbers = itertools.count()


def number_now() -> int:
    """A number above those of all nodes so far, and below those of all to come."""
    return next(_numbers)


class Node:
    """What was computed, from which sources, and the values that the derivatives ask for."""

    __slots__ = (
        "__weakref__",
        "_hooks",
        "_metadata",
        "called_from",
        "edges",
        "freed",
        "number",
        "outputs",
        "params",
        "primitive",
        "retained",
        "saved",
        "saved_outputs",
        "shapes",
        "zeros",
    )

    _hooks: dict[Any, dict[int, Any]] | None  # by the number of the output; BEFORE and AFTER: of all
    _metadata: dict[Any, Any]
    retained: dict[int, weakref.ref[Tensor]] | None
    saved: Any  # by the inputs' positions
    saved_outputs: Any
    zeros: Any  # (shape, dtype, device) of each output that is a tensor, if there are several
    called_from: str | None

    def __init__(
        self, primitive: Any, params: dict[str, Any], edges: list[Edge | None], outputs: int, shapes: Sequence[Any] = ()
    ) -> None:
        self.primitive, self.params, self.edges, self.outputs = primitive, params, edges, outputs
        self.shapes = shapes  # of the inputs
        self.number = next(_numbers)  # in the order in which they were made
        self.saved = self.saved_outputs = ()
        self.zeros = self._hooks = self.retained = None
        self.freed = False
        self.called_from = None

    fresh = True  # the rules make new arrays, or pass on (a view of) the gradient they got

    @property
    def label(self) -> str:
        return self.primitive.name

    def name(self) -> str:
        """The name of the derivative, as torch writes it: `MulBackward0`."""
        return "".join(part[:1].upper() + part[1:] for part in self.label.split("_")) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes that this one hands gradients to, with their output numbers; for a leaf its AccumulateGrad."""
        return tuple(
            (None, 0) if edge is None else (accumulator(edge[0]), 0) if isinstance(edge[0], Tensor) else edge
            for edge in self.edges
        )

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dictionary for whatever its users want to remember with the node."""
        try:
            return self._metadata
        except AttributeError:
            self._metadata = {}
            return self._metadata

    def __getattr__(self, name: str) -> Any:
        """`_saved_self`, `_saved_other` ... the inputs, `_saved_result` the output, parameters by their name."""
        found = self._kept(name.removeprefix("_saved_")) if name.startswith("_saved_") else None
        if found is None:
            raise AttributeError(f"{self.name() if self.primitive else type(self).__name__} has no attribute {name!r}")
        return self.unpack(found)

    def _kept(self, name: str) -> Any:
        """What is kept under one of torch's names; None for nothing."""
        if self.freed:
            raise BackwardError(
                f"{self.name()}: its saved values were freed by an earlier backward; pass retain_graph=True"
            )
        if self.primitive is None:
            return None
        names = {"result": self.saved_outputs[:1], "self": self.saved[:1], "other": self.saved[1:2]}
        names |= {each: self.saved[i : i + 1] for i, each in enumerate(self.primitive.inputs)}
        values = names.get(name, ())
        return values[0] if values else self.params.get(name)

    def __repr__(self) -> str:
        return f"<{self.name()} object>"

    # Hooks

    def hooks_of(self, output: int | str) -> dict[int, Any]:
        if self._hooks is None:
            self._hooks = {}
        return self._hooks.setdefault(output, {})

    def retain(self, output: int, x: Tensor) -> None:
        """Keeps the gradient of this output as `x.grad`, too."""
        if self.retained is None:
            self.retained = {}
        self.retained[output] = weakref.ref(x)

    def hand_on(self, results: Gradients, gradients: Gradients) -> Gradients:
        """The gradients by the inputs as the hooks leave them that see these and those by the outputs."""
        return run_node_hooks(self._hooks.get(AFTER, {}) if self._hooks else {}, results, tuple(gradients))

    def receive(self, gradients: Gradients) -> None:
        """Lets the hooks see, and perhaps replace, the gradients that have arrived for the outputs."""
        if self._hooks is not None:
            for output, hooks in self._hooks.items():
                if output == BEFORE:
                    gradients[:] = run_node_hooks(hooks, gradients)
                elif output != AFTER and gradients[output] is not None:
                    gradients[output] = run_hooks(hooks, gradients[output])
        if self.retained is not None:
            for output, reference in self.retained.items():
                x, gradient = reference(), gradients[output]
                if x is not None and gradient is not None:
                    x._grad = gradient.clone() if x._grad is None else x._grad + gradient

    def register_prehook(self, hook: Callable[[tuple[Tensor | None, ...]], Any]) -> RemovableHandle:
        """Calls hook(gradients of the outputs) before the derivative; the tuple that it returns replaces them."""
        return RemovableHandle(self.hooks_of(BEFORE), hook)

    def register_hook(
        self, hook: Callable[[tuple[Tensor | None, ...], tuple[Tensor | None, ...]], Any]
    ) -> RemovableHandle:
        """Calls hook(gradients of the inputs, of the outputs) after the derivative; a tuple that it returns replaces
        the first."""
        return RemovableHandle(self.hooks_of(AFTER), hook)

    # Derivatives

    def differentiate(self, gradients: Gradients, needed: Sequence[Edge | None]) -> Gradients:
        """The gradients by the inputs, along the edges that need one, given those by the outputs."""
        primitive = self.primitive
        g: Any = gradients[0]
        if self.outputs > 1:
            g = tuple(gradients if primitive.partial else self.complete(gradients))
        conjugated = not primitive.complex_rules and _any_complex(gradients)
        if conjugated:
            g = _conjugate_for(primitive, g)
        results: Gradients = []
        for position, edge in enumerate(needed):
            if edge is None:
                results.append(None)
                continue
            result = primitive.derivative_by(position).gradient(self, g, position)
            if conjugated and result is not None:
                result = result.conj()
            if primitive.finish is not None and result is not None and result._array.shape != self.shapes[position]:
                result = primitive.finish(result, self.shapes[position])
            results.append(result)
        return results

    def with_zero_slope(self, gradient: Tensor, position: int) -> Tensor:
        """The gradient by the input at this position, as one whose own derivative by that input is zero in numbers."""
        if not modes.grad:
            return gradient
        made = tensor_of(gradient._array, gradient._backend, gradient._memory)
        node = ZeroSlope(None, {}, [edge_of(gradient), self.edges[position]], 1, self.shapes[position : position + 1])
        if modes.attentive:
            attend(node)
        made._node, made._requires_grad = node, True
        return made

    def unpack(self, value: Any) -> Any:
        """A saved value; BackwardError if it was overwritten since."""
        return value.unpack(self.primitive.name) if isinstance(value, _KEPT) else value

    def complete(self, gradients: Gradients) -> Gradients:
        """Zeros for the outputs to which no gradient came."""
        given: Any = next((g for g in gradients if g is not None), None)
        return [
            g if g is not None or zeros is None else given.new_zeros(zeros[0], dtype=zeros[1], device=zeros[2])
            for g, zeros in zip(gradients, self.zeros, strict=True)
        ]

    def release(self) -> None:
        """Drops the saved values; a node that had some can't be differentiated again."""
        if self.saved or self.saved_outputs:
            self.saved = self.saved_outputs = ()
            self.freed = True


class ZeroSlope(Node):
    """A gradient that is handed on as it is, with zeros for an input on which it depends piece by piece alone."""

    @property
    def label(self) -> str:
        return "zero_slope"

    def differentiate(self, gradients: Gradients, needed: Sequence[Edge | None]) -> Gradients:
        g: Any = gradients[0]
        through, by_input = needed
        return [None if through is None else g, None if by_input is None else g.new_zeros(self.shapes[0])]


class AccumulateGrad:
    """The end of the graph at a leaf, `variable`, as torch shows it: one object a leaf while anybody holds it."""

    __slots__ = ("__weakref__", "metadata", "variable")
    next_functions: tuple[tuple[Any, int], ...] = ()

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.metadata: dict[Any, Any] = {}

    def name(self) -> str:
        """torch::autograd::AccumulateGrad."""
        return "torch::autograd::AccumulateGrad"

    def register_hook(self, hook: Callable[[tuple[Any, ...], tuple[Tensor | None, ...]], Any]) -> RemovableHandle:
        """Calls hook((), (gradient,)) after a backward pass has added to the leaf's `.grad`."""
        return self.variable.register_post_accumulate_grad_hook(lambda leaf: hook((), (leaf.grad,)))

    def register_prehook(self, hook: Callable[[tuple[Tensor, ...]], Any]) -> RemovableHandle:
        """Calls hook((gradient,)) before the gradient is added; the tuple that it returns replaces it."""

        def on_gradient(gradient: Tensor) -> Tensor | None:
            replaced = hook((gradient,))
            return replaced[0] if isinstance(replaced, tuple) else replaced

        return self.variable.register_hook(on_gradient)

    def __repr__(self) -> str:
        return "<AccumulateGrad object>"


_accumulators: weakref.WeakValueDictionary[int, AccumulateGrad] = weakref.WeakValueDictionary()


def accumulator(leaf: Tensor) -> AccumulateGrad:
    """The AccumulateGrad of a leaf."""
    found = _accumulators.get(id(leaf))
    if found is None:
        found = _accumulators[id(leaf)] = AccumulateGrad(leaf)
    return found


_KEPT = (Saved, SavedOutput)


def record(
    primitive: Primitive,
    inputs: Sequence[Any],
    params: dict[str, Any],
    outs: Sequence[Any],
    tracked: int,
    kind: type[Node] = Node,
) -> Node:
    """The node of an application; bit i of `tracked` says that input i wants a gradient."""
    edges: list[Edge | None] = []
    shapes: list[Any] = []
    bit = 1
    for x in inputs:
        edge, shape = None, ()
        if isinstance(x, Tensor):
            shape = x._array.shape
            if tracked & bit:
                edge = (x, 0) if x._node is None else (x._node, x._output)
        edges.append(edge)
        shapes.append(shape)
        bit <<= 1
    node = kind(primitive, params, edges, primitive.outputs, shapes)
    keep, keep_outputs = primitive.saves(tracked, len(inputs))
    if keep:
        saved: list[Any] = [None] * len(inputs)
        for i in keep:
            x = inputs[i]
            saved[i] = Saved(x, edges[i] or edge_of(x)) if isinstance(x, Tensor) else x
        node.saved = saved
    if keep_outputs:
        node.saved_outputs = tuple([SavedOutput(x, node, i) if i in keep_outputs else None for i, x in enumerate(outs)])
    if primitive.outputs > 1:
        node.zeros = [(out.shape, out.dtype, out.device) for out in outs]
    if modes.attentive:
        attend(node)
    return node


def attend(node: Node) -> None:
    """What a new node is to remember beside its derivative: its caller, and its values as the hooks keep them."""
    if modes.anomaly:
        node.called_from = _call_stack()
    if modes.packing is not None:
        node.saved = packed(node.saved)
        packed(node.saved_outputs)


def packed(values: Any) -> Any:
    """The saved values among these as the hooks keep them."""
    for each in values:
        if isinstance(each, SavedOutput):
            each.saved = Packed(each.saved, modes.packing)
    return type(values)(Packed(each, modes.packing) if isinstance(each, Saved) else each for each in values)


def _call_stack() -> str:
    return "".join(traceback.format_list(user_frames()[-6:]))


def _any_complex(gradients: Gradients) -> bool:
    return bool([g for g in gradients if g is not None and g._array.dtype in g._backend.complex_native])


def _conjugate_for(primitive: Primitive, g: Any) -> Any:
    """The conjugate gradient: a rule for real numbers that gets it gives the conjugate of what is wanted.

    Gradients are torch's: dL/d(re) + i dL/d(im), so a step against them goes downhill. That makes the gradient
    by z of a holomorphic f the product of g and the conjugate of f'(z) (W. Wirtinger, 1927).
    """
    if not primitive.holomorphic:
        raise BackwardError(f"{primitive.name}: has no derivative by complex numbers here")
    return tuple([None if each is None else each.conj() for each in g]) if isinstance(g, tuple) else g.conj()


def run_hooks(hooks: dict[int, Hook], gradient: Tensor) -> Tensor:
    """The gradient as the hooks leave it."""
    for hook in list(hooks.values()):
        replaced = hook(gradient)
        if replaced is not None:
            _check_hooked(hook, replaced, gradient)
            gradient = replaced
    return gradient


def run_node_hooks(hooks: dict[int, Any], gradients: Gradients, *more: Any) -> Gradients:
    """The gradients as hooks on all of them leave them."""
    for hook in list(hooks.values()):
        replaced = hook(tuple(gradients), *more)
        if replaced is not None:
            made = list(replaced) if isinstance(replaced, tuple | list) else [replaced]
            if len(made) != len(gradients):
                raise BackwardError(f"hook {hook}: expected {len(gradients)} gradients, got {len(made)}")
            gradients = made
    return gradients


def _check_hooked(hook: Any, replaced: Any, gradient: Tensor) -> None:
    """BackwardError unless what a hook returned can stand for the gradient it was given."""
    name = getattr(hook, "__name__", type(hook).__name__)
    if not isinstance(replaced, Tensor):
        raise BackwardError(f"hook {name}: expected a Tensor or None, got {type(replaced).__name__}")
    given, made = ((x.dtype, tuple(x.shape), x._backend.device) for x in (gradient, replaced))
    if given != made:
        was, got = (f"{kind} of shape {shape} on {device}" for kind, shape, device in (given, made))
        raise BackwardError(f"hook {name}: the gradient is {was}, what the hook returned is {got}")
