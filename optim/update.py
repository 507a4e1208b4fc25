"""The one primitive through which every optimizer writes, and what it refuses before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Tensor
from autograd.backend import Array, Backend
from autograd.engine.cell import Cell
from autograd.engine.errors import DeviceMismatchError, OperationError
from autograd.engine.primitive import primitive
from autograd.engine.views import check_writable

if TYPE_CHECKING:
    from .algorithm import Algorithm
    from .optimizer import Optimizer


def _written(algorithm: Algorithm, count: int, names: tuple[str, ...]) -> list[int]:
    """All the inputs but the gradients, which are the second kind, and the hyperparameters."""
    return [*range(count), *range(2 * count, (2 + len(names)) * count)]


@primitive(mutates=_written)
def update(backend: Backend, *inputs: Array, algorithm: Algorithm, count: int, names: tuple[str, ...]) -> None:
    """One step on `count` parameters: all of them, all gradients, all of each kind of state, the hyperparameters."""
    *arrays, hyper = inputs
    loop = backend.loops.get((algorithm.name, names))
    for i in range(count):
        p, g, *state = arrays[i::count]
        if loop is None or type(p) is not backend.array_type or loop(p, g, *state, **hyper) is NotImplemented:
            algorithm.update(backend.xp, p, g, **dict(zip(names, state, strict=True)), **hyper)


def _written_rows(algorithm: Algorithm, names: tuple[str, ...], scalars: tuple[str, ...]) -> list[int]:
    return [0, *range(2, 2 + len(names))]


@primitive(mutates=_written_rows)
def _update_rows(
    backend: Backend, *inputs: Array, algorithm: Algorithm, names: tuple[str, ...], scalars: tuple[str, ...]
) -> None:
    p, g, *others = inputs
    state, (*places, hyper) = dict(zip(names, others, strict=False)), others[len(names) :]
    whole = {"p": p} | {name: x for name, x in state.items() if name not in scalars}
    parts = {name: backend.index(x, tuple(places)) for name, x in whole.items()}
    algorithm.update(backend.xp, parts["p"], g, **{**state, **{k: v for k, v in parts.items() if k != "p"}}, **hyper)
    for name, x in whole.items():
        backend.index_write(x, tuple(places), parts[name])


def update_rows(
    p: Tensor, g: Tensor, state: Mapping[str, Tensor], hyper: Cell, algorithm: Algorithm, scalars: tuple[str, ...]
) -> None:
    """One step on the rows of a parameter, and of its state, that a sparse gradient has; the others stay."""
    g = g.coalesce()
    places = g.indices().unbind()
    arguments: dict[str, Any] = {"algorithm": algorithm, "names": tuple(state), "scalars": scalars}
    _update_rows(p, g.values(), *state.values(), *places, hyper, **arguments)


def fits(p: Tensor, g: Tensor, state: Mapping[str, Any], scalars: tuple[str, ...]) -> bool:
    """Whether gradient and state are like the parameter, as they nearly always are; `check` looks closer."""
    array, backend = p._array, p._backend
    shape, kind = array.shape, array.dtype
    if g._array.shape != shape or g._array.dtype is not kind:
        return False
    if g._backend is not backend and not (g._backend.sparse and g._backend.device == backend.device):
        return False
    for name, x in state.items():
        if type(x) is not Tensor or x._backend is not backend:
            return False
        if name in scalars:
            if x._array.shape:
                return False
        elif x._array.shape != shape or x._array.dtype is not kind:
            return False
    return backend.exclusive(array)


def check(
    optimizer: Optimizer, group: dict[str, Any], number: str, p: Tensor, g: Tensor, state: Mapping[str, Any]
) -> None:
    """OperationError if this parameter can't be stepped, as torch's step raises for it; nothing is written.

    As there, a smaller gradient or state may broadcast: the arithmetic decides, on copies.
    """
    name = type(optimizer).__name__
    known = group.get("param_names")
    which = f"parameter {number if known is None else repr(known[int(number.split()[0])])}, {_like(p)},"
    check_writable(p, f"{name}: {which}")
    if state and not optimizer.is_complete(tuple(state)):
        raise KeyError(
            f"{name}: the state of {which} is no more than {', '.join(map(repr, state))}: it was loaded from another "
            "kind of optimizer; drop it with optimizer.state.clear()"
        )
    state = state or optimizer.new_state(p, group)
    for what, x in {"gradient": g, **state}.items():
        if not isinstance(x, Tensor):
            raise OperationError(f"{name}: the state {what!r} of {which} is a {type(x).__name__}, not a Tensor")
        if x.device != p.device:
            raise DeviceMismatchError(
                f"{name}: {which} is on {p.device}, its {what} on {x.device}; move the model before its first step, "
                "or pass the optimizer's state_dict() through load_state_dict(), which moves it"
            )
    blended = [state[each] for each in optimizer.blended if each in state]
    decays = group.get("weight_decay") and not group.get("decoupled_weight_decay", optimizer.decoupled)
    direction = autograd.promote_types(g.dtype, p.dtype) if decays else g.dtype
    for x in blended:
        if x.dtype is not direction:
            raise OperationError(
                f"{name}: {which} meets a gradient of {direction} with state of {x.dtype}: it was converted since the "
                "last step; optimizer.load_state_dict(optimizer.state_dict()) converts the state, too"
            )
    if g.shape != p.shape:
        problem = (
            f"has a gradient of shape {tuple(g.shape)}: its .data was replaced after backward(); call zero_grad() and "
            "backward() again"
        )
    else:
        wrong = [each for each in state if tuple(state[each].shape) != optimizer.state_shape(each, p)]
        if not wrong:
            return
        problem = (
            f"has the state {wrong[0]!r} of shape {tuple(state[wrong[0]].shape)}: it was loaded from another model, or "
            "the parameter's .data was replaced; drop it with optimizer.state.pop(parameter)"
        )
    try:
        copies = [x.detach().clone() for x in (p, g, *state.values())]
        arguments: dict[str, Any] = {"algorithm": optimizer.algorithm, "count": 1, "names": tuple(state)}
        update(*copies, optimizer.hyper(group), **arguments)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        raise OperationError(f"{name}: {which} {problem}") from error


def _like(x: Tensor) -> str:
    return f"{x.dtype.name}{list(x.shape)}"
