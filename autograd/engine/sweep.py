"""The reverse sweep: `backward` and `grad` walk the record from the outputs to the leaves.

The sweep visits the nodes in reverse topological order, iteratively, and turns the gradient of each
node's outputs into gradients of its inputs by the primitive's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any, Literal, overload

from ..backend.locks import lock_across_forks
from . import overrides
from .errors import BackwardError, NotATensorError
from .methods import Methods
from .modes import Modes, differentiating, modes, switched
from .node import Edge, Node, edge_of, run_hooks
from .primitive import Primitive
from .tensor import Tensor

_made = attrgetter("number")


def topological_order(sources: Iterable[Any], ends: Collection[Any]) -> list[Node]:
    """The nodes that are `sources` or that these depend on, each before all that it depends on.

    Nothing behind a node in `ends` is looked at.
    """
    found: set[Node] = set()
    stack = [source for source in sources if isinstance(source, Node)]
    while stack:
        node = stack.pop()
        if node in found:
            continue
        found.add(node)
        if node in ends:
            continue
        if node.freed:
            raise BackwardError(
                f"{node.label}: backward a second time through a graph whose saved values were freed by the first; "
                "pass retain_graph=True to the first if you need both"
            )
        stack += [edge[0] for edge in node.edges if edge is not None and isinstance(edge[0], Node)]
    return sorted(found, key=_made, reverse=True)  # a node depends on earlier ones alone


class _Pending(dict[Edge, Tensor]):
    """By edge, the gradient gathered so far in a backward pass over the nodes in `order`, of which only those that
    are `wanted` get one, if not all."""

    order: Sequence[Node] = ()
    wanted: set[Any] | None = None

    def __init__(self, recorded: bool) -> None:
        super().__init__()
        self.recorded = recorded
        self.notes: dict[Any, Any] = {}  # what hooks remember until the end of the pass
        self.fresh: set[Edge] = set()  # the edges with a gradient that a rule has made

    def add(self, edge: Edge, gradient: Tensor, fresh: bool) -> None:
        if edge not in self:
            self[edge] = gradient
        else:
            held = self[edge]
            alike = held._backend is gradient._backend and held._array.dtype == gradient._array.dtype
            if alike and not self.recorded and self.owns(edge, held):
                held._accumulate(gradient)
            else:
                self[edge], fresh = gradient + held if held._backend.sparse else held + gradient, True
        if fresh:
            self.fresh.add(edge)

    def owns(self, edge: Edge, gradient: Tensor) -> bool:
        """Whether the memory of this edge's gradient is nobody else's: a rule may also stretch one number."""
        return edge in self.fresh and gradient._backend.exclusive(gradient._array)


def sweep(
    start: Iterable[tuple[Edge, Tensor]], targets: Collection[Edge] | None, retain_graph: bool
) -> dict[Edge, Tensor]:
    """The gradients by every leaf (targets None), or by the targets and perhaps others, as {edge: gradient}."""
    recorded = modes.grad
    pending = _Pending(recorded)
    for root, gradient in start:
        pending.add(root, gradient, fresh=False)
    asked = {source for source, _ in targets or ()}
    # Behind the only one asked for there is nothing to find; behind one of several there may be another.
    order = topological_order([source for source, _ in pending], asked if len(asked) == 1 else ())
    pending.order, pending.wanted = order, None if targets is None else _leading_to(asked, order)
    outer, modes.passing = modes.passing, pending
    try:
        found = _walk(pending, asked, retain_graph)
        for edge, gradient in pending.items():  # what is left has arrived at leaves
            total = _at_leaf(edge[0], gradient, pending.owns(edge, gradient), recorded or targets is not None)
            if total is not None:
                found[edge] = total
    finally:
        modes.passing = outer
    return found


def _walk(pending: _Pending, asked: set[Any], retain_graph: bool) -> dict[Edge, Tensor]:
    """Takes the pending gradients along all nodes to the leaves; those by the outputs of nodes that are asked for."""
    order, wanted = pending.order, pending.wanted
    watch = modes.anomaly and modes.check_nan
    shared = modes.shared
    observer = Modes.observer
    found: dict[Edge, Tensor] = {}
    for node in order:
        if node.outputs == 1:
            arrived = [pending.pop((node, 0), None)]
        else:
            arrived = [pending.pop((node, number), None) for number in range(node.outputs)]
        if node._hooks is not None or node.retained is not None:
            node.receive(arrived)
        given = [g._memory for g in arrived if g is not None]
        if not given:
            continue
        if node in asked:
            found.update({(node, number): g for number, g in enumerate(arrived) if g is not None})
        needed = node.edges
        if wanted is not None:
            needed = [edge if edge is not None and edge[0] in wanted else None for edge in needed]
        if not any(needed):
            continue
        if observer is None:
            results = node.differentiate(arrived, needed)
        else:
            results = observer.derivative(node, arrived, needed)
        if node._hooks is not None:
            results = node.hand_on(results, arrived)
        for edge, result in zip(needed, results, strict=True):
            if edge is not None and result is not None:
                if watch:
                    _check_finite(node, result)
                # A rule may pass on what it was given, or a view of it.
                pending.add(edge, result, node.fresh and result._memory not in given)
        if not retain_graph and node.number > shared:
            node.release()
    return found


def _leading_to(asked: set[Any], order: Sequence[Node]) -> set[Any]:
    """The sources that are asked for or lead to one that is: only these need their gradients computed."""
    leading = set(asked)
    for node in reversed(order):
        if any(edge is not None and edge[0] in leading for edge in node.edges):
            leading.add(node)
    return leading


def _at_leaf(leaf: Tensor, gradient: Tensor, owned: bool, may_be_shared: bool) -> Tensor | None:
    """What becomes of the gradient that arrives at a leaf: nothing if that was switched off, or detached, since."""
    if not leaf._requires_grad:
        return None
    if leaf._hooks is not None and leaf._hooks.gradient:
        gradient, owned = run_hooks(leaf._hooks.gradient, gradient), False  # a hook may keep what it saw
    return gradient if owned or may_be_shared else gradient.clone()  # it becomes .grad, which may be changed in place


def _check_finite(node: Node, gradient: Tensor) -> None:
    if not gradient._backend.all_finite(gradient._array):
        where = f"; it was called here:\n{node.called_from}" if node.called_from else ""
        raise BackwardError(f"{node.name()} returned nan or infinite values in its gradient{where}")


def _edges(asking: str, called: str, tensors: Sequence[Tensor]) -> list[Edge]:
    """Where the gradients by these tensors go."""
    edges = []
    for number, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            raise NotATensorError(asking, x, f"element {number} of the {called}")
        edge = edge_of(x) if x.requires_grad else None
        if edge is None:
            raise BackwardError(
                f"{asking}: element {number} of the {called} does not require grad and does not have a grad_fn"
            )
        edges.append(edge)
    return edges


def _start(
    asking: str, tensors: Tensor | Sequence[Tensor], gradients: Tensor | Sequence[Tensor | None] | None
) -> list[tuple[Edge, Tensor]]:
    """Where to begin, and the gradients to begin with: those given, or one for a scalar."""
    outputs = _as_list(tensors)
    given: Sequence[Tensor | None] = [None] * len(outputs) if gradients is None else _as_list(gradients)
    if len(given) != len(outputs):
        raise BackwardError(f"{asking}: got {len(outputs)} outputs and {len(given)} gradients")
    started = []
    for edge, output, gradient in zip(_edges(asking, "tensors", outputs), outputs, given, strict=True):
        wrong = None
        if gradient is not None:
            if not isinstance(gradient, Tensor):
                raise NotATensorError(asking, gradient, "the gradient")
            if gradient.shape != output.shape:
                wrong = f"the gradient has shape {tuple(gradient.shape)}, the output {tuple(output.shape)}"
        elif output.numel() != 1:
            wrong = (
                f"grad can be implicitly created only for scalar outputs, got shape {tuple(output.shape)}; "
                "pass the gradient, or reduce with .sum() or .mean()"
            )
        elif output.dtype.is_complex:
            wrong = (
                f"grad can be implicitly created only for real outputs, got {output.dtype}; "
                "pass the gradient, or take .abs(), .real or .imag"
            )
        if wrong is not None:
            raise BackwardError(f"{asking}: {wrong}")
        started.append((edge, output._filled(1.0) if gradient is None else gradient))
    return started


def _as_list(tensors: Any) -> list[Any]:
    one = isinstance(tensors, Tensor) or hasattr(tensors, "__array__") or not isinstance(tensors, Iterable)
    return [tensors] if one else list(tensors)


def partial_derivative(function: Callable[..., Tensor], position: int, g: Tensor, *inputs: Any) -> Tensor | None:
    """g times the partial derivative of function(*inputs) by one input, itself differentiable.

    It lets a fused primitive's derivative stand as the derivative of the composition it is short for.
    """
    recorded = modes.grad
    with switched(grad=True):
        local = [x if not isinstance(x, Tensor) else x.clone() if recorded else x.detach() for x in inputs]
        if not local[position].requires_grad:
            local[position] = local[position].detach().requires_grad_()
        out = function(*local)
    if not out.requires_grad:
        return None
    start: Any = edge_of(out)
    target: Any = edge_of(local[position])
    return sweep([(start, g)], [target], retain_graph=True).get(target)


Primitive.partial_derivative = staticmethod(partial_derivative)


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
    if overrides.armed:
        options = {"retain_graph": retain_graph, "create_graph": create_graph, "inputs": inputs}
        if overrides.answer(backward, (tensors, grad_tensors), options) is not overrides.unanswered:
            return
    targets = None if inputs is None else _as_list(inputs)
    if targets is not None and not targets:
        raise BackwardError("backward: inputs is empty")
    asked = None if targets is None else dict(zip(_edges("backward", "inputs", targets), targets, strict=True))
    start = _start("backward", tensors, grad_tensors)
    with differentiating(recorded=create_graph):
        found = sweep(start, asked, create_graph if retain_graph is None else retain_graph)
        for edge, gradient in found.items():
            if asked is None:
                _accumulate(edge[0], gradient)
            elif edge in asked:
                _accumulate(asked[edge], gradient.clone())


_accumulation = lock_across_forks()  # threads may reach one leaf at once


def _accumulate(x: Tensor, gradient: Tensor) -> None:
    with _accumulation:
        held = x._grad if modes.listener is None else x.grad
        if held is None:
            if modes.listener is not None:
                modes.listener.on_grad_written(x, gradient)
            x._grad = gradient
        elif held._backend.sparse and not gradient._backend.sparse:
            x.grad = gradient + held
        elif modes.grad or held._requires_grad:
            x.grad = held + gradient
        else:
            held.add_(gradient)
    if x._hooks is not None:
        for hook in list(x._hooks.after.values()):
            hook(x)


@overload
def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: Literal[False] | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]: ...
@overload
def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    *,
    allow_unused: bool | None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]: ...
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
    if overrides.armed:
        options = {"grad_outputs": grad_outputs, "retain_graph": retain_graph, "create_graph": create_graph}
        options |= {"allow_unused": allow_unused, "materialize_grads": materialize_grads}
        found = overrides.answer(grad, (outputs, inputs), options)
        if found is not overrides.unanswered:
            return found
    if is_grads_batched:
        raise NotImplementedError("grad: is_grads_batched is not supported; call grad once for each row")
    targets = _as_list(inputs)
    asked = _edges("grad", "inputs", targets)
    start = _start("grad", outputs, grad_outputs)
    with differentiating(recorded=create_graph):
        found = sweep(start, asked, create_graph if retain_graph is None else retain_graph)
    results: list[Tensor | None] = []
    for target, edge in zip(targets, asked, strict=True):
        gradient = found.get(edge)
        if gradient is None and materialize_grads:
            gradient = target.new_zeros(target.shape)
        elif gradient is None and not allow_unused:
            raise BackwardError(
                "grad: one of the inputs was not used in the graph; pass allow_unused=True to get None for it"
            )
        results.append(gradient)
    return tuple(results)


def _backward(
    self: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Accumulates into `.grad` of the leaves the gradient of this tensor; see `autograd.backward`."""
    backward(self, gradient, retain_graph, create_graph, inputs)


_backward.__name__, _backward.__qualname__ = "backward", "Tensor.backward"
Methods.backward = _backward  # type: ignore[assignment, method-assign]
