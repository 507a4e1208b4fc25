"""The reverse sweep: `backward` and `grad` walk the record from the outputs to the leaves.

The sweep visits the nodes in reverse topological order, iteratively, and turns the gradient of each
node's outputs into gradients of its inputs by the primitive's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal, overload

from ..backend.locks import lock_across_forks
from .errors import BackwardError
from .methods import Methods
from .modes import differentiating, modes
from .node import Edge, Node, edge_of, run_hooks
from .primitive import Primitive
from .tensor import Tensor

Leaf = Tensor  # where a sweep ends


def topological_order(roots: Sequence[Any], boundary: Collection[Any] = ()) -> list[Any]:
    """The nodes and leaves that `roots` depend on, each before all that it depends on.

    Nothing behind the sources in `boundary` is looked at.
    """
    uses: dict[Any, int] = dict.fromkeys(roots, 0)  # how many uses of a source are still to come
    behind: dict[Any, list[Any]] = {}
    stack = list(uses)
    while stack:
        source = stack.pop()
        if isinstance(source, Leaf) or source in boundary:
            behind[source] = []
            continue
        if source.freed:
            raise BackwardError(
                f"{source.label}: backward a second time through a graph whose saved values were freed by the first; "
                "pass retain_graph=True to the first if you need both"
            )
        behind[source] = [edge[0] for edge in source.edges if edge is not None]
        for following in behind[source]:
            if following in uses:
                uses[following] += 1
            else:
                uses[following] = 1
                stack.append(following)
    order = []
    ready = [root for root in dict.fromkeys(roots) if not uses[root]]
    while ready:
        source = ready.pop()
        order.append(source)
        for following in behind[source]:
            left = uses[following] = uses[following] - 1
            if not left:
                ready.append(following)
    return order


class _Pending:
    """For each source, by output: the gradient gathered so far, and whether its memory is nobody else's."""

    def __init__(self, create_graph: bool) -> None:
        self.create_graph = create_graph
        self.slots: dict[Any, list[tuple[Tensor, bool] | None]] = {}

    def add(self, edge: Edge, gradient: Tensor, owned: bool) -> None:
        source, number = edge
        slots = self.slots.get(source)
        if slots is None:
            slots = self.slots[source] = [None] * (1 if isinstance(source, Leaf) else source.outputs)
        held = slots[number]
        if held is None:
            slots[number] = gradient, owned
        elif held[1] and not self.create_graph and held[0]._array.dtype == gradient._array.dtype:
            held[0]._accumulate(gradient)
        else:
            slots[number] = held[0] + gradient, True


def sweep(
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
    asked: dict[Any, set[int]] = {}
    for target in targets or ():
        source, number = edge_of(target)  # type: ignore[misc]
        asked.setdefault(source, set()).add(number)
    roots = [edge_of(output) for output in outputs]
    order = topological_order([edge[0] for edge in roots if edge is not None], asked if only_direct else ())
    wanted = None if targets is None else _leading_to(asked, order)
    watch = modes.anomaly and modes.check_nan
    pending = _Pending(create_graph)
    found: dict[Edge, Tensor] = {}
    for root, gradient in zip(roots, gradients, strict=True):
        if root is not None:
            pending.add(root, gradient, owned=False)
    for source in order:
        slots = pending.slots.pop(source, None)
        if slots is None:
            continue
        if isinstance(source, Leaf):
            total = _at_leaf(source, slots[0], may_be_shared=create_graph or targets is not None)
            if total is not None and (targets is None or source in asked):
                found[source, 0] = total
            continue
        arrived = [None if slot is None else slot[0] for slot in slots]
        source.receive(arrived)
        for number in asked.get(source, ()):
            if arrived[number] is not None:
                found[source, number] = arrived[number]  # type: ignore[assignment]
        if only_direct and source in asked:
            continue
        if wanted is not None and not any(edge is not None and wanted(edge[0]) for edge in source.edges):
            continue
        given = [g._memory for g in arrived if g is not None]
        for edge, result in zip(source.edges, source.differentiate(arrived, wanted), strict=True):
            if edge is not None and result is not None:
                if watch:
                    _check_finite(source, result)
                # A rule may pass on what it was given, or a view of it, or stretch one number.
                own = source.fresh and result._memory not in given and result._backend.exclusive(result._array)
                pending.add(edge, result, own)
        if not retain_graph:
            source.release()
    return found


def _at_leaf(leaf: Tensor, slot: Any, may_be_shared: bool) -> Tensor | None:
    """What becomes of the gradient that arrives at a leaf: nothing if that was switched off, or detached, since."""
    if not leaf._requires_grad:
        return None
    total, owned = slot
    if leaf._hooks is not None and leaf._hooks.gradient:
        total, owned = run_hooks(leaf._hooks.gradient, total), False  # a hook may keep what it saw
    return total if owned or may_be_shared else total.clone()  # it becomes .grad, which may be changed in place


def _leading_to(asked: dict[Any, set[int]], order: Sequence[Any]) -> Callable[[Any], bool]:
    """Tells which sources lead to one of those asked for: only these need their gradients computed."""
    leading: set[Any] = set()
    for source in reversed(order):
        if source in asked or (
            not isinstance(source, Leaf) and any(edge is not None and edge[0] in leading for edge in source.edges)
        ):
            leading.add(source)
    return leading.__contains__


def _check_finite(node: Node, gradient: Tensor) -> None:
    if not gradient._backend.all_finite(gradient._array):
        where = f"; it was called here:\n{node.called_from}" if node.called_from else ""
        raise BackwardError(f"{node.name()} returned nan or infinite values in its gradient{where}")


def _start(outputs: Sequence[Tensor], gradients: Sequence[Tensor | None] | Tensor | None, asking: str) -> list[Tensor]:
    """The gradients to begin with: those given, or one for a scalar."""
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
            gradient = output._filled(1.0)
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
    differentiable = modes.grad
    before, modes.grad = modes.grad, True
    try:
        local = [x if not isinstance(x, Tensor) else x.clone() if differentiable else x.detach() for x in inputs]
        if not local[position].requires_grad:
            local[position] = local[position].detach().requires_grad_()
        out = function(*local)
        if not out.requires_grad:
            return None
        modes.grad = differentiable
        target = local[position]
        return sweep([out], [g], [target], True, differentiable, only_direct=True).get(edge_of(target))  # type: ignore[arg-type]
    finally:
        modes.grad = before


Primitive.partial_derivative = staticmethod(partial_derivative)


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
    with differentiating(recorded=create_graph):
        found = sweep(outputs, gradients, targets, retain, create_graph)
        for edge, gradient in found.items():
            if isinstance(edge[0], Leaf):
                _accumulate(edge[0], gradient if targets is None else gradient.clone(), create_graph)
        for target in targets or ():
            if target._node is not None and edge_of(target) in found:
                _accumulate(target, found[edge_of(target)].clone(), create_graph)  # type: ignore[index]


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
    if is_grads_batched:
        raise NotImplementedError("grad: is_grads_batched is not supported; call grad once for each row")
    sources, targets = _as_sequence(outputs), _as_sequence(inputs)
    for number, target in enumerate(targets):
        if not target.requires_grad:
            raise BackwardError(f"grad: element {number} of the inputs does not require grad")
    gradients = _start(sources, grad_outputs, "grad")
    retain = create_graph if retain_graph is None else retain_graph
    with differentiating(recorded=create_graph):
        found = sweep(sources, gradients, targets, retain, create_graph)
    results: list[Tensor | None] = []
    for target in targets:
        gradient = found.get(edge_of(target))  # type: ignore[arg-type]
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
