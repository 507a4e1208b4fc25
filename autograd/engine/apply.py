"""apply: runs a primitive on tensors, and leaves a node if a gradient may be wanted.

Every array computation of the engine is one call of `apply`, under the primitive's own name: `_matmul(x, y)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .cell import Cell
from .errors import DeviceMismatchError, LayoutError, LinAlgError, NotATensorError, OperationError
from .laying import laid
from .memory import Memory
from .modes import Modes, Observer, modes
from .node import record
from .primitive import Primitive
from .tensor import Tensor, tensor_of
from .views import View, check_writable, drop_hidden_base, old_value, rewrite
from .widening import compute_of, recorder_of

if TYPE_CHECKING:
    from ..backend.base import Backend


def apply(primitive: Primitive, *inputs: Any, backend: Backend | None = None, **params: Any) -> Any:
    """Runs a primitive on tensors and returns a tensor, or a tuple of them.

    Inputs are tensors of one device, Python scalars (constants), `Cell`s (host values that may change
    from step to step) or None; params are constants. `backend` places a primitive without tensors.
    """
    switches = modes.__dict__  # of this thread: one look at them instead of five
    if switches["autocast"] is not None:
        inputs = switches["autocast"](primitive, inputs)
    call, backend, tracked = _call(primitive, inputs, backend, switches["grad"])
    mutated: Sequence[int] = ()
    if primitive.mutates:
        mutated = primitive.mutated(params)
        for i in mutated:
            check_writable(inputs[i], primitive.name, bool(tracked))

    if not backend.plain:
        call[0] = compute_of(primitive, backend, call[2:])
    try:
        result = switches["quietly"](*call, **params) if params else switches["quietly"](*call)
    except (ValueError, TypeError, NotImplementedError) as error:
        kind = LinAlgError if isinstance(error, np.linalg.LinAlgError) else OperationError
        raise kind(describe(primitive, inputs, params, error)) from error
    except RuntimeError as error:
        if "cannot enter context" not in str(error):
            raise
        # A signal's handler, say, that runs while another primitive computes: this is inside the context already.
        result = call[0](*call[1:], **params)

    made: Any = _written(inputs, mutated, result) if mutated else None
    if made is not None:
        if tracked:
            noted = record if backend.plain else recorder_of(call[0])
            rewrite(made, noted(primitive, _with_old_value(inputs, mutated[0]), params, (), tracked))
    else:
        inference = switches["inference"]
        if type(result) is tuple:
            made = tuple([_wrapped(primitive, inputs, params, array, backend, inference) for array in result])
        else:
            made = _wrapped(primitive, inputs, params, result, backend, inference)
            if primitive.view:
                _share(primitive, inputs, params, made)
        if tracked:
            outs = made if type(made) is tuple else (made,)
            noted = record if backend.plain else recorder_of(call[0])
            node = noted(primitive, inputs, params, outs, tracked)
            for number, out in enumerate(outs):
                if number < primitive.outputs:
                    out._node, out._output, out._requires_grad = node, number, True
    if switches["listener"] is not None:
        switches["listener"].on_apply(primitive, inputs, params, made, call[2:])
    return made


Primitive.__call__ = apply  # type: ignore[method-assign]


def observe(observer: Observer | None) -> None:
    """Puts an observer around every application of a primitive, in all threads; None takes it away.

    Where there is none, nothing is asked on the way: a primitive's call is `apply` itself.
    """
    Modes.observer = observer
    if observer is None:
        Primitive.__call__ = apply  # type: ignore[method-assign]
        return

    def observed(primitive: Primitive, *inputs: Any, backend: Backend | None = None, **params: Any) -> Any:
        return observer.applied(apply, primitive, inputs, backend, params)

    Primitive.__call__ = observed  # type: ignore[method-assign]


def _call(
    primitive: Primitive, inputs: Sequence[Any], backend: Backend | None, grad: bool
) -> tuple[list[Any], Backend, int]:
    """What is called, on what: the primitive's function, the namespace, arrays and host values, in one list, which
    Python unpacks in half the time; the backend; and a number whose bit i says: input i wants a gradient."""
    call: list[Any] = [primitive.compute, None]
    tracked = 0
    for i, x in enumerate(inputs):
        if isinstance(x, Tensor):
            if x._backend is not backend:
                if backend is not None:
                    raise _mismatch(primitive, inputs)
                backend = x._backend
            view = x._view
            if view is not None and view.changes != x._memory.changes:
                view.refresh(x)
            call.append(x._array)
            if grad and x._requires_grad:
                tracked |= 1 << i
        else:
            call.append(x.value if isinstance(x, Cell) else x)
    if backend is None:
        raise NotATensorError(primitive.name, next((x for x in inputs if x is not None), None))
    call[1] = backend if primitive.wants_backend else backend.xp
    return call, backend, tracked & primitive.differentiable


def _wrapped(
    primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], array: Any, backend: Backend, inference: bool
) -> Tensor:
    """A result as a tensor."""
    if type(array) is not backend.array_type:
        array = backend.as_array(array)
    if backend.ordered and not primitive.view:
        return _laid(primitive, inputs, params, array, backend, inference)
    out = tensor_of(array, backend, None if inference else Memory())
    if backend.strided and not array.flags.c_contiguous and not primitive.view:
        _note_order(primitive, inputs, out)
    return out


def _laid(
    primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], array: Any, backend: Backend, inference: bool
) -> Tensor:
    """A result that lies in memory as torch's does, or is known to lie elsewhere."""
    array, misplaced = laid(primitive, inputs, params, array)
    if not misplaced:
        return tensor_of(array, backend, None if inference else Memory())
    if inference:
        return tensor_of(backend.contiguous(array), backend, None)
    out = tensor_of(array, backend, Memory())
    out._memory.reordered = True
    return out


def _written(inputs: Sequence[Any], mutated: Sequence[int], result: Any) -> Tensor | None:
    """Counts the writes; the tensor written first, if that is the result."""
    for i in mutated:
        memory = inputs[i]._memory
        if memory is not None:
            memory.writes += 1
            memory.changes += 1
    target = inputs[mutated[0]]
    return target if result is None or result is target._array else None


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


def _mismatch(primitive: Primitive, inputs: Sequence[Any]) -> RuntimeError:
    if any(isinstance(x, Tensor) and x._backend.sparse for x in inputs):
        return LayoutError(primitive.name)
    devices = sorted({str(x.device) for x in inputs if isinstance(x, Tensor)})
    return DeviceMismatchError(
        f"{primitive.name}: expected all tensors on one device, found {' and '.join(devices)}; "
        f"move one of them with .to({devices[0]!r})"
    )


def describe(primitive: Primitive, inputs: Sequence[Any], params: dict[str, Any], error: Exception) -> str:
    """What was asked, of what, and what was wrong with it."""
    given = [f"{x.dtype.name}{list(x.shape)}" if isinstance(x, Tensor) else repr(x) for x in inputs if x is not None]
    given += [f"{name}={value!r}" for name, value in params.items() if not isinstance(value, Tensor)]
    said = str(error)
    if said.startswith("ufunc ") and "input types" in said:  # NumPy's, which speaks of safe casting and of C
        said = "not defined for these dtypes"
    return f"{primitive.name}({', '.join(given)}): {said}"


def describe_arrays(
    primitive: Primitive, backend: Backend, arrays: Sequence[Any], params: dict[str, Any], error: Exception
) -> str:
    """The same of arrays and host values, as a replay has them."""
    tensors = [tensor_of(x, backend, None) if isinstance(x, backend.array_type) else x for x in arrays]
    return describe(primitive, tensors, params, error)
