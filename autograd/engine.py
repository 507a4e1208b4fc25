"""The heart: `apply` computes and records, `backward` and `grad` sweep the record in reverse.

Every array computation of the engine is one call of `apply`. If a gradient may be wanted, the call
leaves a `Node`: what was computed, from which sources, and the values its derivative rules ask for.
The reverse sweep visits the nodes in reverse topological order, iteratively, and turns the gradient
of each node's outputs into gradients of its inputs by the primitive's rules.

A node never holds the tensors it made, so nothing here forms a reference cycle: dropping the last
tensor of a graph frees the graph and its activations at once.
"""

from __future__ import annotations

import traceback
import weakref
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from .backend.locks import lock_across_forks
from .callers import user_frames
from .errors import BackwardError, DeviceMismatchError, NotATensorError, OperationError
from .modes import modes
from .primitive import GRADIENT, INDEX, INPUT, INPUTS, OUTPUT, PARAMETER, SHAPE, Primitive
from .tensor import Cell, Tensor, wrap
from .views import View, check_writable, drop_hidden_base, old_value, refresh, rewrite

if TYPE_CHECKING:
    from .backend.base import Backend

Edge = tuple[Any, int]  # a Node and the number of its output, or a leaf Tensor and 0


def apply(primitive: Primitive, *inputs: Any, backend: Backend | None = None, **params: Any) -> Any:
    """Runs a primitive on tensors and returns a tensor, or a tuple of them.

    Inputs are tensors of one device, Python scalars (constants), `Cell`s (host values that may change
    from step to step) or None; params are constants. `backend` places a primitive without tensors.
    """
    if modes.autocast is not None:
        inputs = modes.autocast(primitive, inputs)
    arrays: list[Any] = []
    tracked = 0
    grad = modes.grad
    for i, x in enumerate(inputs):
        if isinstance(x, Tensor):
            if x._backend is not backend:
                if backend is not None:
                    raise _device_mismatch(primitive, inputs)
                backend = x._backend
            view = x._view
            if view is not None and view.changes != x._memory.changes:
                refresh(x)
            arrays.append(x._array)
            if grad and x._requires_grad:
                tracked |= 1 << i
        elif isinstance(x, Cell):
            arrays.append(x.value)
        else:
            arrays.append(x)
    if backend is None:
        raise NotATensorError(primitive.name, next((x for x in inputs if x is not None), None))

    mutated: Any = ()
    if primitive.mutates:
        mutated = primitive.mutates(**params) if callable(primitive.mutates) else primitive.mutates
        for i in mutated:
            check_writable(inputs[i], primitive.name, bool(tracked & primitive.differentiable))
    try:
        result = modes.quietly(primitive.compute, backend if primitive.wants_backend else backend.xp, *arrays, **params)
    except (ValueError, TypeError, NotImplementedError) as error:
        raise OperationError(describe(primitive, inputs, params, error)) from error
    except RuntimeError as error:
        if "cannot enter context" not in str(error):
            raise
        # A signal's handler, say, that runs while another primitive computes: this is inside the context already.
        result = primitive.compute(backend if primitive.wants_backend else backend.xp, *arrays, **params)

    tracked &= primitive.differentiable
    if mutated:
        for i in mutated:
            memory = inputs[i]._memory
            if memory is not None:
                memory.writes += 1
                memory.changes += 1
        target = inputs[mutated[0]]
        if result is None or result is target._array:
            if tracked:
                rewrite(target, _record(primitive, _with_old_value(inputs, mutated[0]), params, (), tracked))
            if modes.listener is not None:
                modes.listener.on_apply(primitive, inputs, params, target, arrays)
            return target

    array_type = backend.array_type
    if type(result) is not tuple:
        if type(result) is not array_type:
            result = backend.as_array(result)
        out = wrap(result, backend)
        if primitive.view:
            _share(primitive, inputs, params, out)
        elif backend.strided and not out._array.flags.c_contiguous:
            _note_order(primitive, inputs, out)
        if tracked:
            out._node = _record(primitive, inputs, params, (out,), tracked)
            out._requires_grad = True
        if modes.listener is not None:
            modes.listener.on_apply(primitive, inputs, params, out, arrays)
        return out

    outs = tuple([wrap(each if type(each) is array_type else backend.as_array(each), backend) for each in result])
    for out in outs:
        if backend.strided and not out._array.flags.c_contiguous:
            _note_order(primitive, inputs, out)
    if tracked:
        node = _record(primitive, inputs, params, outs, tracked)
        for number, out in enumerate(outs[: primitive.outputs]):
            out._node, out._output, out._requires_grad = node, number, True
    if modes.listener is not None:
        modes.listener.on_apply(primitive, inputs, params, outs, arrays)
    return outs


def _with_old_value(inputs: Sequence[Any], position: int) -> Sequence[Any]:
    """The inputs, the one that was written standing for its old value."""
    target = inputs[position]
    if target._view is None or not target._requires_grad:
        return inputs
    listener, modes.listener = modes.listener, None
    try:
        old = old_value(target)
    finally:
        modes.listener = listener
    return [old if i == position else x for i, x in enumerate(inputs)]


def _share(primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], out: Tensor) -> None:
    """An output that shares its input's memory counts versions with it and knows how it was cut out."""
    source = inputs[0]
    if out._backend.shares_memory(out._array, source._array):
        if source._view is not None:
            drop_hidden_base(source)
        out._memory = source._memory
        if out._memory is not None:
            out._view = View(source, primitive, params)


def _note_order(primitive: Primitive, inputs: Sequence[Any], out: Tensor) -> None:
    """Whether torch's result would lie in C order: not if the primitive passes on the order of its inputs, and
    that is torch's, too."""
    if out._memory is not None and not (
        primitive.keeps_order and not any(isinstance(x, Tensor) and _order_is_lost(x) for x in inputs)
    ):
        out._memory.reordered = True


def _order_is_lost(x: Tensor) -> bool:
    """Whether torch's tensor lies in C order and this one does not, or it is stretched and lies in none."""
    return (x._memory is not None and x._memory.reordered) or 0 in x._array.strides


def _device_mismatch(primitive: Primitive, inputs: Sequence[Any]) -> DeviceMismatchError:
    devices = sorted({str(x.device) for x in inputs if isinstance(x, Tensor)})
    return DeviceMismatchError(
        f"{primitive.name}: expected all tensors on one device, found {' and '.join(devices)}; "
        f"move one of them with .to({devices[0]!r})"
    )


def describe(primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], error: Exception) -> str:
    """What was asked, of what, and what was wrong with it."""
    given = ", ".join(
        f"{x.dtype.name}{list(x.shape)}" if isinstance(x, Tensor) else repr(x) for x in inputs if x is not None
    )
    options = "".join(f", {name}={value!r}" for name, value in params.items() if not isinstance(value, Tensor))
    return f"{primitive.name}({given}{options}): {error}"


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
        self.check(user)
        return self.tensor(tied)

    def tensor(self, tied: bool = False) -> Tensor:
        """The saved tensor as it is now, written since or not."""
        x = wrap(self.array, self.backend)
        x._memory = self.memory
        if self.edge is not None and (tied or modes.grad):
            source = self.edge[0]
            if isinstance(source, Tensor) and source._array is self.array:
                return source
            x._requires_grad = True
            x._node, x._output = self.edge
        return x


class Node:
    """One recorded application of a primitive: a vertex of the graph that backward walks."""

    __slots__ = (
        "__weakref__", "_hooks", "called_from", "edges", "freed", "outputs", "params", "primitive",
        "retained", "saved", "saved_outputs", "shapes", "zeros",
    )  # fmt: skip

    def __init__(self, primitive: Any, params: dict[str, Any], edges: list[Edge | None], outputs: int) -> None:
        self.primitive = primitive
        self.params = params
        self.edges = edges
        self.outputs = outputs
        self.shapes: list[Any] = []
        self.saved: Any = ()
        self.saved_outputs: Any = ()
        self.zeros: Any = None
        self.freed = False
        self._hooks: dict[int, dict[int, Callable[[Tensor], Tensor | None]]] | None = None
        self.retained: dict[int, weakref.ref[Tensor]] | None = None
        self.called_from: str | None = _call_stack() if modes.anomaly else None

    fresh = True  # the rules make new arrays, or pass on (a view of) the gradient they got

    @property
    def label(self) -> str:
        return self.primitive.name

    def name(self) -> str:
        """The name of the derivative, as torch writes it: `MulBackward0`."""
        return "".join(part[:1].upper() + part[1:] for part in self.label.split("_")) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes (or leaf tensors) that this one hands gradients to, with their output numbers."""
        return tuple((None, 0) if edge is None else edge for edge in self.edges)

    def __repr__(self) -> str:
        return f"<{self.name()} object>"

    def hooks_of(self, output: int) -> dict[int, Callable[[Tensor], Tensor | None]]:
        if self._hooks is None:
            self._hooks = {}
        return self._hooks.setdefault(output, {})

    def receive(self, gradients: list[Tensor | None]) -> None:
        """Lets the hooks see, and perhaps replace, the gradients that have arrived for the outputs."""
        if self._hooks is not None:
            for output, hooks in self._hooks.items():
                gradients[output] = run_hooks(hooks, gradients[output])
        if self.retained is not None:
            for output, reference in self.retained.items():
                x, gradient = reference(), gradients[output]
                if x is not None and gradient is not None:
                    x._grad = gradient.clone() if x._grad is None else x._grad + gradient

    def retain(self, output: int, x: Tensor) -> None:
        """Keeps the gradient of this output as `x.grad`, too."""
        if self.retained is None:
            self.retained = {}
        self.retained[output] = weakref.ref(x)

    def differentiate(
        self, gradients: list[Tensor | None], wanted: Callable[[Any], bool] | None
    ) -> list[Tensor | None]:
        """The gradients by the inputs, given those by the outputs."""
        primitive = self.primitive
        g: Any = gradients[0]
        if self.outputs > 1:
            g = tuple(gradients if primitive.partial else self.complete(gradients))
        conjugated = not primitive.complex_rules and any_complex(gradients)
        if conjugated:
            g = conjugate_for(primitive, g)
        results: list[Tensor | None] = []
        for position, edge in enumerate(self.edges):
            if edge is None or (wanted is not None and not wanted(edge[0])):
                results.append(None)
                continue
            rule, arguments = primitive.rule_for(position)
            values = []
            for kind, key in arguments:
                if kind == GRADIENT:
                    values.append(g)
                elif kind == INPUT:
                    values.append(self._unpack(self.saved[key]))
                elif kind == OUTPUT:
                    values.append(self._unpack(self.saved_outputs[key]))
                elif kind == SHAPE:
                    values.append(self.shapes[key])
                elif kind == PARAMETER:
                    values.append(self.params[key])
                elif kind == INPUTS:
                    values.append([self._unpack(each) for each in self.saved[key:]])
                else:
                    values.append(position if kind == INDEX else self.shapes)
            result = rule(*values)
            if conjugated and result is not None:
                result = result.conj()
            if primitive.finish is not None and result is not None and result._array.shape != self.shapes[position]:
                result = primitive.finish(result, self.shapes[position])
            results.append(result)
        return results

    def _unpack(self, value: Any) -> Any:
        return value.unpack(self.primitive.name) if isinstance(value, Saved | SavedOutput) else value

    def complete(self, gradients: list[Tensor | None]) -> list[Tensor]:
        """Zeros for the outputs to which no gradient came."""
        from .ops.creation import zeros

        return [
            zeros(self.zeros[i][0], dtype=self.zeros[i][1], device=self.zeros[i][2]) if g is None else g
            for i, g in enumerate(gradients)
        ]

    def release(self) -> None:
        """Drops the saved values; a node that had some can't be differentiated again."""
        if self.saved or self.saved_outputs:
            self.saved = self.saved_outputs = ()
            self.freed = True


def any_complex(gradients: Sequence[Tensor | None]) -> bool:
    return any(g is not None and g._array.dtype in g._backend.complex_native for g in gradients)


def conjugate_for(primitive: Primitive, g: Any) -> Any:
    """The conjugate gradient: a rule for real numbers that gets it gives the conjugate of what is wanted.

    Gradients are torch's: dL/d(re) + i dL/d(im), so a step against them goes downhill. That makes the gradient
    by z of a holomorphic f the product of g and the conjugate of f'(z) (W. Wirtinger, 1927).
    """
    if not primitive.holomorphic:
        raise BackwardError(f"{primitive.name}: has no derivative by complex numbers here")
    return tuple([None if each is None else each.conj() for each in g]) if isinstance(g, tuple) else g.conj()


def run_hooks(hooks: dict[int, Callable[[Tensor], Tensor | None]], gradient: Tensor | None) -> Tensor | None:
    if gradient is not None:
        for hook in list(hooks.values()):
            replaced = hook(gradient)
            if replaced is not None:
                _check_hooked(hook, replaced, gradient)
                gradient = replaced
    return gradient


def _check_hooked(hook: Any, replaced: Any, gradient: Tensor) -> None:
    """BackwardError unless what a hook returned can stand for the gradient it was given."""
    name = getattr(hook, "__name__", type(hook).__name__)
    if not isinstance(replaced, Tensor):
        raise BackwardError(f"hook {name}: expected a Tensor or None, got {type(replaced).__name__}")
    given, made = ((x.dtype, tuple(x.shape), x._backend.device) for x in (gradient, replaced))
    if given != made:
        was, got = (f"{kind} of shape {shape} on {device}" for kind, shape, device in (given, made))
        raise BackwardError(f"hook {name}: the gradient is {was}, what the hook returned is {got}")


def _call_stack() -> str:
    return "".join(traceback.format_list(user_frames()[-6:]))


def edge_of(x: Any) -> Edge | None:
    """Where the gradient by `x` goes: to the node that made it, to the leaf itself, or nowhere."""
    if not isinstance(x, Tensor) or not x._requires_grad:
        return None
    return (x, 0) if x._node is None else (x._node, x._output)


def _record(primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], outs: tuple, tracked: int) -> Node:
    edges = [edge_of(x) if tracked >> i & 1 else None for i, x in enumerate(inputs)]
    node = Node(primitive, params, edges, primitive.outputs)
    node.shapes = [x._array.shape if isinstance(x, Tensor) else () for x in inputs]
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
    return node


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


def topological_order(roots: Sequence[Any], boundary: Collection[Any] = ()) -> list[Any]:
    """The nodes and leaves that `roots` depend on, each before all that it depends on.

    Nothing behind the sources in `boundary` is looked at.
    """
    waiting: dict[Any, int] = dict.fromkeys(roots, 0)  # how many uses of a source are still to come
    stack = list(waiting)
    while stack:
        source = stack.pop()
        if isinstance(source, Tensor) or source in boundary:
            continue
        if source.freed:
            raise BackwardError(
                f"{source.label}: backward a second time through a graph whose saved values were freed by the first; "
                "pass retain_graph=True to the first if you need both"
            )
        for edge in source.edges:
            if edge is not None:
                following = edge[0]
                if following in waiting:
                    waiting[following] += 1
                else:
                    waiting[following] = 1
                    stack.append(following)
    order = []
    ready = [root for root in dict.fromkeys(roots) if not waiting[root]]
    while ready:
        source = ready.pop()
        order.append(source)
        if isinstance(source, Tensor) or source in boundary:
            continue
        for edge in source.edges:
            if edge is not None:
                following = edge[0]
                left = waiting[following] = waiting[following] - 1
                if not left:
                    ready.append(following)
    return order


def _sweep(
    outputs: Sequence[Tensor],
    gradients: Sequence[Tensor],
    targets: Sequence[Tensor] | None,
    retain_graph: bool,
    create_graph: bool,
    only_direct: bool = False,
) -> dict[Edge, Tensor]:
    """The gradients by every leaf (targets None) or by the targets, as {edge: gradient}.

    With `only_direct` the sweep ends at the targets: paths that lead through one to another don't count.
    """
    from .ops.elementwise import add
    from .ops.inplace import add_into

    roots = [edge_of(output) for output in outputs]
    wanted: Callable[[Any], bool] | None = None
    asked: dict[Any, set[int]] = {}
    for target in targets or ():
        source, number = edge_of(target)  # type: ignore[misc]
        asked.setdefault(source, set()).add(number)
    order = topological_order([edge[0] for edge in roots if edge is not None], asked if only_direct else ())
    if targets is not None:
        wanted = _leading_to(asked, order)

    # For each source, by output: the gradient gathered so far, and whether its memory is nobody else's.
    pending: dict[Any, list[tuple[Tensor, bool] | None]] = {}
    found: dict[Edge, Tensor] = {}

    def deposit(edge: Edge, gradient: Tensor, owned: bool) -> None:
        source, number = edge
        slots = pending.get(source)
        if slots is None:
            slots = pending[source] = [None] * (1 if isinstance(source, Tensor) else source.outputs)
        held = slots[number]
        if held is None:
            slots[number] = gradient, owned
        elif held[1] and not create_graph and held[0]._array.dtype == gradient._array.dtype:
            add_into(held[0], gradient)
        else:
            slots[number] = add(held[0], gradient), True

    for edge, gradient in zip(roots, gradients, strict=True):
        if edge is not None:
            deposit(edge, gradient, owned=False)

    watch = modes.anomaly and modes.check_nan
    for source in order:
        slots = pending.pop(source, None)
        if slots is None:
            continue
        if isinstance(source, Tensor):
            if not source._requires_grad:
                continue  # it was switched off, or detached, since
            total, owned = slots[0]  # type: ignore[misc]
            if source._hooks is not None and source._hooks.gradient:
                total, owned = run_hooks(source._hooks.gradient, total), False  # a hook may keep what it saw
                assert total is not None
            if targets is None or source in asked:
                if not create_graph and targets is None and not owned:
                    total = total.clone()  # it becomes .grad, which may be changed in place
                found[source, 0] = total
            continue
        arrived = [None if slot is None else slot[0] for slot in slots]
        if source._hooks is not None or source.retained is not None:
            source.receive(arrived)
        if asked:
            for number in asked.get(source, ()):
                if arrived[number] is not None:
                    found[source, number] = arrived[number]  # type: ignore[assignment]
        if only_direct and source in asked:
            continue
        if wanted is not None and not any(edge is not None and wanted(edge[0]) for edge in source.edges):
            continue
        results = source.differentiate(arrived, wanted)
        for edge, result in zip(source.edges, results, strict=True):
            if edge is None or result is None:
                continue
            if watch:
                _check_finite(source, result)
            # A rule may pass on what it was given, or a view of it.
            owned = source.fresh and result._backend.exclusive(result._array)
            for given in arrived:
                if given is not None and given._memory is result._memory:
                    owned = False
            deposit(edge, result, owned)
        if not retain_graph:
            source.release()
    return found


def _leading_to(asked: dict[Any, set[int]], order: Sequence[Any]) -> Callable[[Any], bool]:
    """Tells which sources lead to one of those asked for: only these need their gradients computed."""
    leading: set[Any] = set()
    for source in reversed(order):
        if source in asked or (
            not isinstance(source, Tensor) and any(edge is not None and edge[0] in leading for edge in source.edges)
        ):
            leading.add(source)
    return leading.__contains__


def _check_finite(node: Node, gradient: Tensor) -> None:
    if not gradient._backend.all_finite(gradient._array):
        where = f"; it was called here:\n{node.called_from}" if node.called_from else ""
        raise BackwardError(f"{node.name()} returned nan or infinite values in its gradient{where}")


def _start(outputs: Sequence[Tensor], gradients: Sequence[Tensor | None] | Tensor | None, asking: str) -> list[Tensor]:
    """The gradients to begin with: those given, or one for a scalar."""
    from .ops.creation import ones_like

    if gradients is None:
        gradients = (None,) * len(outputs)
    elif isinstance(gradients, Tensor):
        gradients = [gradients]
    if len(gradients) != len(outputs):
        raise BackwardError(f"{asking}: got {len(outputs)} outputs and {len(gradients)} gradients")
    started = []
    for number, (output, gradient) in enumerate(zip(outputs, gradients, strict=True)):
        if not output.requires_grad:
            raise BackwardError(
                f"{asking}: element {number} of the tensors does not require grad and does not have a grad_fn"
            )
        if gradient is None:
            if output.numel() != 1:
                raise BackwardError(
                    f"{asking}: grad can be implicitly created only for scalar outputs, got shape "
                    f"{tuple(output.shape)}; pass the gradient, or reduce with .sum() or .mean()"
                )
            if output.dtype.is_complex:
                raise BackwardError(
                    f"{asking}: grad can be implicitly created only for real outputs, got {output.dtype}; "
                    "pass the gradient, or take .abs(), .real or .imag"
                )
            gradient = ones_like(output)
        elif gradient.shape != output.shape:
            raise BackwardError(
                f"{asking}: the gradient has shape {tuple(gradient.shape)}, the output {tuple(output.shape)}"
            )
        started.append(gradient)
    return started


def partial_derivative(function: Callable[..., Tensor], position: int, g: Tensor, *inputs: Any) -> Tensor | None:
    """g times the partial derivative of function(*inputs) by one input, itself differentiable.

    It lets a fused primitive's derivative stand as the derivative of the composition it is short for.
    """
    from .ops.shape import clone

    differentiable = modes.grad
    before, modes.grad = modes.grad, True
    try:
        local = [x if not isinstance(x, Tensor) else clone(x) if differentiable else x.detach() for x in inputs]
        if not local[position].requires_grad:
            local[position] = local[position].detach().requires_grad_()
        out = function(*local)
        if not out.requires_grad:
            return None
        modes.grad = differentiable
        target = local[position]
        return _sweep([out], [g], [target], True, differentiable, only_direct=True).get(edge_of(target))  # type: ignore[arg-type]
    finally:
        modes.grad = before


def _as_sequence(tensors: Tensor | Sequence[Tensor]) -> Sequence[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Adds to `.grad` of every leaf (or of `inputs` alone) the gradient of the sum of `tensors`.

    `grad_tensors` weighs the outputs (vector-Jacobian product; needed unless they are scalars).
    With `create_graph` the gradients are differentiable themselves. The graph's saved values are
    freed unless `retain_graph` (default: create_graph). On an error no `.grad` has changed.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.backward((x * x).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    outputs = _as_sequence(tensors)
    targets = None if inputs is None else _as_sequence(inputs)
    if targets is not None and not targets:
        raise BackwardError("backward: inputs is empty")
    for target in targets or ():
        if not target.requires_grad:
            raise BackwardError("backward: one of the inputs does not require grad")
    gradients = _start(outputs, grad_tensors, "backward")
    retain = create_graph if retain_graph is None else retain_graph
    before, modes.grad = modes.grad, create_graph
    precision, modes.autocast = modes.autocast, None  # the derivatives run in the forward's precision
    try:
        found = _sweep(outputs, gradients, targets, retain, create_graph)
        for edge, gradient in found.items():
            if isinstance(edge[0], Tensor):
                _accumulate(edge[0], gradient if targets is None else gradient.clone(), create_graph)
        for target in targets or ():
            if target._node is not None and edge_of(target) in found:
                _accumulate(target, found[edge_of(target)].clone(), create_graph)  # type: ignore[index]
    finally:
        modes.grad, modes.autocast = before, precision


_accumulation = lock_across_forks()  # threads may reach one leaf at once


def _accumulate(leaf: Tensor, gradient: Tensor, create_graph: bool) -> None:
    with _accumulation:
        held = leaf._grad if modes.listener is None else leaf.grad
        if held is None:
            if modes.listener is not None:
                modes.listener.on_grad_written(leaf, gradient)
            leaf._grad = gradient
        elif create_graph or held._requires_grad:
            leaf.grad = held + gradient
        else:
            held.add_(gradient)
    if leaf._hooks is not None:
        for hook in list(leaf._hooks.after.values()):
            hook(leaf)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs` by each of `inputs`, as a tuple; no `.grad` is touched.

    An input that the outputs don't depend on raises, unless `allow_unused` (None is returned for
    it) or `materialize_grads` (zeros are).

    >>> import autograd
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> (first,) = autograd.grad(x**3, x, create_graph=True)
    >>> autograd.grad(first, x)
    (tensor(18.),)
    """
    from .ops.creation import zeros_like

    if is_grads_batched:
        raise NotImplementedError("grad: is_grads_batched is not supported; call grad once for each row")
    sources, targets = _as_sequence(outputs), _as_sequence(inputs)
    for number, target in enumerate(targets):
        if not target.requires_grad:
            raise BackwardError(f"grad: element {number} of the inputs does not require grad")
    gradients = _start(sources, grad_outputs, "grad")
    retain = create_graph if retain_graph is None else retain_graph
    before, modes.grad = modes.grad, create_graph
    precision, modes.autocast = modes.autocast, None  # the derivatives run in the forward's precision
    try:
        found = _sweep(sources, gradients, targets, retain, create_graph)
    finally:
        modes.grad, modes.autocast = before, precision
    results: list[Tensor | None] = []
    for target in targets:
        gradient = found.get(edge_of(target))  # type: ignore[arg-type]
        if gradient is None and materialize_grads:
            gradient = zeros_like(target)
        elif gradient is None and not allow_unused:
            raise BackwardError(
                "grad: one of the inputs was not used in the graph; pass allow_unused=True to get None for it"
            )
        results.append(gradient)
    return tuple(results)
