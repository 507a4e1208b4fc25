"""Optimizer: parameter groups, their state, and the one seam through which updates are computed."""

from __future__ import annotations

import copy
import functools
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import autograd
from autograd import Tensor
from autograd.backend import Array, Backend, Namespace
from autograd.engine.cell import Cell
from autograd.engine.hooks import RemovableHandle
from autograd.engine.modes import Modes, modes, unlistened
from autograd.profiler import record_function

from .algorithm import Algorithm, is_update
from .update import check, fits, update, update_rows

Params: TypeAlias = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[dict[str, Any]]
Alike = dict[tuple[Backend, tuple[str, ...]], list[tuple[Tensor, Tensor, dict[str, Tensor]]]]


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step that calls the optimizer's hooks, if it has any, and is remembered for schedules."""

    @functools.wraps(step)
    def hooked(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        for hook in list(self.__dict__.get("_step_pre_hooks", {}).values()):
            changed = hook(self, args, kwargs)
            if changed is not None:
                args, kwargs = changed
        if Modes.observer is None:
            result = step(self, *args, **kwargs)
        else:
            with record_function(f"Optimizer.step#{type(self).__name__}.step"):
                result = step(self, *args, **kwargs)
        self.stepped = True
        for hook in list(self.__dict__.get("_step_post_hooks", {}).values()):
            hook(self, args, kwargs)
        return result

    return hooked


class Optimizer:
    """The base of all optimizers.

    A subclass writes its `update`, on arrays, or a `step` of its own. `params` is an iterable of tensors,
    of (name, tensor) pairs, or of dictionaries: groups with hyperparameters of their own.

    >>> import autograd, optim
    >>> class SignDescent(optim.Optimizer):
    ...     def __init__(self, params, lr=0.1, momentum=0.9):
    ...         super().__init__(params, {"lr": lr, "momentum": momentum})
    ...     @staticmethod
    ...     def update(xp, p, g, mean, *, lr, momentum):
    ...         mean += (g - mean) * (1.0 - momentum)
    ...         p -= lr * xp.sign(mean)
    >>> p = autograd.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = SignDescent([p])
    >>> (p * p).sum().backward()
    >>> optimizer.step()
    >>> p.detach(), optimizer.state[p]["mean"]
    (tensor([ 0.9000, -1.9000]), tensor([ 0.2000, -0.4000]))
    """

    scalars: tuple[str, ...] = ("step",)  # state that is one number a parameter, in float32 as torch's
    blended: tuple[str, ...] = ()  # state that torch blends with the gradient by lerp, which takes one dtype
    stepped = False  # whether it has, which a schedule that steps first warns about
    decoupled = False  # whether weight decay leaves the gradient alone, unless its group says so

    @staticmethod
    def update(xp: Namespace, p: Array, g: Array, *state: Array, **hyper: Any) -> None:
        """One step on the parameter's array p with the gradient g, written in place, as is the state.

        Its signature names the state, which starts as zeros unless `new_state` says otherwise, and after a
        `*` the hyperparameters of a group that it reads.
        """
        raise NotImplementedError("an optimizer defines a static update(xp, p, g, ...), or step()")

    algorithm = Algorithm("optim.Optimizer", update)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A subclass's own step, too, calls the hooks, and its own update is the algorithm."""
        super().__init_subclass__(**kwargs)
        if is_update(cls.__dict__.get("update")):
            cls.algorithm = Algorithm(f"{cls.__module__}.{cls.__qualname__}", cls.update)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])  # type: ignore[method-assign]

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError("params: expected an iterable of tensors or of dictionaries, got one Tensor")
        if not isinstance(params, Iterable):
            hint = "; pass its parameters()" if hasattr(params, "parameters") else ""
            raise TypeError(
                f"{type(self).__name__}: expected parameters to optimize, got {type(params).__name__}{hint}"
            )
        self.defaults = {**defaults, **self.__dict__.pop("_unused", {})}  # what `accepts` took out of the call
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds parameters with hyperparameters of their own; what is not given is the default."""
        if not isinstance(param_group, Mapping):
            raise TypeError(f"add_param_group: expected a dict {{'params': ...}}, got {type(param_group).__name__}")
        if "params" not in param_group:
            raise KeyError(f"a parameter group needs 'params', got {', '.join(map(repr, param_group)) or 'nothing'}")
        group = dict(param_group)
        members = group["params"]
        members = [members] if isinstance(members, Tensor) else list(members)
        if members and isinstance(members[0], tuple):
            group["param_names"] = [name for name, _ in members]
            members = [member for _, member in members]
        known = {id(p) for other in self.param_groups for p in other["params"]}
        for p in members:
            if not isinstance(p, Tensor):
                hint = "; pass its parameters()" if hasattr(p, "parameters") else ""
                raise TypeError(f"optimizer can only optimize Tensors, one of the params is a {type(p).__name__}{hint}")
            if not p.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
            if id(p) in known:
                raise ValueError("some parameters appear in more than one parameter group")
        if len({id(p) for p in members}) < len(members):
            raise ValueError("a parameter group names one parameter twice")
        group["params"] = members
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        self.param_groups.append(group)

    def new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        """The state of a parameter before its first step: zeros, here, for all that every setting needs."""
        return {
            name: scalar(p) if name in self.scalars else autograd.zeros_like(p.detach())
            for name in self.algorithm.needed
        }

    @classmethod
    @functools.cache
    def is_complete(cls, names: tuple[str, ...]) -> bool:
        """Whether these pieces of state are all that the algorithm can't do without."""
        return set(cls.algorithm.needed) <= set(names)

    def state_shape(self, name: str, p: Tensor) -> tuple[int, ...]:
        """The shape that a piece of a parameter's state has."""
        return () if name in self.scalars else tuple(p._array.shape)

    def hyper(self, group: dict[str, Any]) -> dict[str, Any]:
        """What the update reads of a group."""
        return {name: _plain(group[name]) for name in self.algorithm.hyperparameters}

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Calls hook(optimizer, args, kwargs) before each step; what it returns replaces (args, kwargs)."""
        return RemovableHandle(self.__dict__.setdefault("_step_pre_hooks", {}), hook)

    def register_step_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Calls hook(optimizer, args, kwargs) after each step."""
        return RemovableHandle(self.__dict__.setdefault("_step_post_hooks", {}), hook)

    def _register(self, kind: str, hook: Callable[..., Any], prepend: bool) -> RemovableHandle:
        hooks = self.__dict__.setdefault(kind, {})
        before = dict(hooks) if prepend else {}
        handle = RemovableHandle(hooks, hook)
        for key, other in before.items():  # these come after it now
            del hooks[key]
            hooks[key] = other
        return handle

    def register_state_dict_pre_hook(self, hook: Callable[..., None], prepend: bool = False) -> RemovableHandle:
        """Calls hook(optimizer) before `state_dict`."""
        return self._register("_state_dict_pre_hooks", hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Calls hook(optimizer, state_dict) after `state_dict`; what it returns replaces that."""
        return self._register("_state_dict_post_hooks", hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Calls hook(optimizer, state_dict) before `load_state_dict`; what it returns is loaded in its place."""
        return self._register("_load_pre_hooks", hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None], prepend: bool = False) -> RemovableHandle:
        """Calls hook(optimizer) after `load_state_dict`."""
        return self._register("_load_post_hooks", hook, prepend)

    def _hooks_of(self, kind: str) -> list[Callable[..., Any]]:
        return list(self.__dict__.get(kind, {}).values())

    @_with_hooks
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates every parameter that has a gradient; `closure` recomputes and returns the loss first.

        OperationError if a gradient or a piece of state does not fit its parameter; nothing has changed then.
        """
        loss = None
        if closure is not None:
            with autograd.enable_grad():
                loss = closure()
        before, modes.grad = modes.grad, False
        try:
            fresh: dict[Tensor, dict[str, Tensor]] = {}
            planned = [self._plan(number, fresh) for number in range(len(self.param_groups))]
            self.state.update(fresh)  # the first thing that changes: all of the step was found to fit
            for group, alike in zip(self.param_groups, planned, strict=True):
                self._step_group(group, alike)
        finally:
            modes.grad = before
        return loss

    def direction_of(self, gradient: Tensor, group: dict[str, Any]) -> Tensor:
        """What a step takes for a sparse gradient: itself, where the update is one of the rows that it has, or dense.

        RuntimeError if the update is another one.
        """
        raise RuntimeError(f"{type(self).__name__} does not support sparse gradients")

    def _plan(self, number: int, fresh: dict[Tensor, dict[str, Tensor]]) -> Alike:
        """What the step will change in a group, by the gradients' backend and kinds of state; OperationError for what
        doesn't fit.

        The states that parameters get now go into `fresh`.
        """
        group = self.param_groups[number]
        alike: Alike = {}
        for position, p in enumerate(group["params"]):
            g = p.grad
            if g is None:
                continue
            state = self.state.get(p) or {}
            if g._backend.sparse:
                g = self.direction_of(g, group)
            kind = g._backend, tuple(state)
            known = kind in alike  # and complete
            if not fits(p, g, state, self.scalars) or (state and not known and not self.is_complete(kind[1])):
                with unlistened():
                    check(self, group, f"{position} of group {number}", p, g, state)
            if not state:
                with unlistened():
                    state = self.new_state(p, group)
                if state:
                    fresh[p] = state
                kind = g._backend, tuple(state)
            alike.setdefault(kind, []).append((p, g, state))
        return alike

    def _step_group(self, group: dict[str, Any], alike: Alike) -> None:
        hyper = Cell(lambda: self.hyper(group), f"{type(self).__name__} hyperparameters", group)
        for (backend, names), members in alike.items():
            if backend.sparse:
                for p, g, state in members:
                    update_rows(p, g, state, hyper, self.algorithm, self.scalars)
                continue
            update(
                *[p for p, _, _ in members],
                *[g for _, g, _ in members],
                *[state[name] for name in names for _, _, state in members],
                hyper,
                algorithm=self.algorithm,
                count=len(members),
                names=names,
            )

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drops (or zeroes in place) the gradients of all parameters."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    with autograd.no_grad():
                        p.grad.detach_().zero_()

    def state_dict(self) -> dict[str, Any]:
        """The state by the parameters' numbers, and the groups: torch's layout."""
        for hook in self._hooks_of("_state_dict_pre_hooks"):
            hook(self)
        numbers: dict[int, int] = {}
        for group in self.param_groups:
            for p in group["params"]:
                numbers.setdefault(id(p), len(numbers))
        groups = [
            {**{k: v for k, v in group.items() if k != "params"}, "params": [numbers[id(p)] for p in group["params"]]}
            for group in self.param_groups
        ]
        state = {numbers[id(p)]: dict(kept) for p, kept in self.state.items() if kept}
        made: dict[str, Any] = {"state": state, "param_groups": groups}
        for hook in self._hooks_of("_state_dict_post_hooks"):
            changed = hook(self, made)
            made = made if changed is None else changed
        return made

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Takes over the state and hyperparameters of a `state_dict`; the parameters must be as many, in order.

        Whether the state fits the parameters in shape is found at the next step, as in torch.
        """
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= state_dict.keys():
            given = type(state_dict).__name__
            if isinstance(state_dict, Mapping):
                given = "a dictionary without 'state' and 'param_groups': that of a model?"
            elif isinstance(state_dict, Optimizer):
                given += "; pass its state_dict()"
            elif isinstance(state_dict, str | os.PathLike):
                given += "; pass autograd.load(path)"
            kind = KeyError if isinstance(state_dict, Mapping) else TypeError
            raise kind(f"{type(self).__name__}.load_state_dict: expected an optimizer's state dict, got {given}")
        for hook in self._hooks_of("_load_pre_hooks"):
            changed = hook(self, dict(state_dict))
            state_dict = state_dict if changed is None else changed
        saved = state_dict["param_groups"]
        if [len(g["params"]) for g in saved] != [len(g["params"]) for g in self.param_groups]:
            raise ValueError("loaded state dict has a different number of parameter groups, or of parameters in one")
        numbers = [n for group in saved for n in group["params"]]
        members = [p for group in self.param_groups for p in group["params"]]
        state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        for number, p in zip(numbers, members, strict=True):
            if number in state_dict["state"]:
                loaded_state = state_dict["state"][number]
                state[p] = {
                    name: self._adopt(name, loaded_state[name], p)
                    for name in self.algorithm.state or loaded_state  # an optimizer with a step of its own names none
                    if loaded_state.get(name) is not None
                }
        for group, loaded in zip(self.param_groups, saved, strict=True):
            group.update({k: copy.deepcopy(v) for k, v in loaded.items() if k != "params"})
        self.state = state
        for hook in self._hooks_of("_load_post_hooks"):
            hook(self)

    def _cuda_graph_capture_health_check(self) -> None:
        """Nothing: what torch looks at before it captures a CUDA graph, which steps of scripts call."""

    _accelerator_graph_capture_health_check = _cuda_graph_capture_health_check

    def _adopt(self, name: str, value: Any, p: Tensor) -> Any:
        """A loaded piece of state: a copy with the parameter's dtype and device; counts and rates keep their dtype."""
        if name in self.scalars:
            number = autograd.as_tensor(value).detach().clone().to(p.device)
            number = number.reshape(()) if number.numel() == 1 else number
            return number if number.is_floating_point() else number.to(autograd.float32)
        if not isinstance(value, Tensor):
            return copy.deepcopy(value)
        return value.detach().clone().to(device=p.device, dtype=p.dtype)

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for number, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {number}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _plain(value: Any) -> Any:
    """A hyperparameter for the update: a tensor (a learning rate, say) as its array."""
    return value._array if isinstance(value, Tensor) else value


def check_at_least_zero(**values: Any) -> None:
    """ValueError for a negative hyperparameter."""
    for name, value in values.items():
        if isinstance(value, str | list | tuple | dict) or value is None:
            raise TypeError(f"Invalid {name}: expected a number, got {value!r}")
        if not isinstance(value, Tensor) and not value >= 0.0:
            raise ValueError(f"Invalid {name}: {value}; expected a number >= 0")


def check_betas(betas: tuple[float, ...]) -> None:
    """ValueError for a share of a running mean that is not in [0, 1)."""
    if not hasattr(betas, "__len__") or len(betas) != 2:
        raise TypeError(f"Invalid betas: expected two numbers, (0.9, 0.999) say, got {betas!r}")
    for number, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {number}: {beta}; expected a number in [0, 1)")


def scalar(p: Tensor, value: float = 0.0) -> Tensor:
    """A count or a rate as torch keeps it: one float32 number."""
    return autograd.full((), value, dtype=autograd.float32, device=p.device)
