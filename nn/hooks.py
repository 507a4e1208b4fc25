"""Hooks of a whole module: on what it takes and gives, and on its gradients from above and below."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd import Function, Tensor
from autograd.engine.callers import stacklevel
from autograd.engine.modes import modes


def call_with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """forward between its hooks. If it or a hook fails, the hooks that are always called are called all the same."""
    result: Any = None
    called: set[int] = set()
    try:
        args, kwargs = _before(module, args, kwargs)
        call = None
        if module._backward_hooks or module._backward_pre_hooks:
            call = Call(module, list(module._backward_hooks.values()), list(module._backward_pre_hooks.values()))
            args = call.enter(args)
        result = module.forward(*args, **kwargs)
        for key, hook in list(module._forward_hooks.items()):
            called.add(key)
            changed = _after(module, key, hook, args, kwargs, result)
            if changed is not None:
                result = changed
        return result if call is None else call.leave(result)
    except Exception:
        for key, hook in list(module._forward_hooks.items()):
            if key in module._forward_hooks_always_called and key not in called:
                try:
                    changed = _after(module, key, hook, args, kwargs, result)
                    result = result if changed is None else changed
                except Exception as error:
                    warnings.warn(
                        f"{type(module).__name__}: a forward hook with always_call=True raised {error!r} while another "
                        "error was on its way",
                        stacklevel=stacklevel(),
                    )
        raise


def _before(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments as the hooks before forward leave them."""
    for key, hook in list(module._forward_pre_hooks.items()):
        if key in module._forward_pre_hooks_with_kwargs:
            changed = hook(module, args, kwargs)
            if changed is not None:
                args, kwargs = changed
        else:
            changed = hook(module, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
    return args, kwargs


def _after(
    module: Any, key: int, hook: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> Any:
    """What a hook after forward returns."""
    if key in module._forward_hooks_with_kwargs:
        return hook(module, args, kwargs, result)
    return hook(module, args, result)


class Call:
    """One call of a module with backward hooks: its inputs and outputs pass through the two identities below."""

    def __init__(self, module: Any, hooks: list[Callable[..., Any]], pre_hooks: list[Callable[..., Any]]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.positions: list[int] = []
        self.count = 0
        self.grad_output: tuple[Tensor | None, ...] = ()

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, with the hooks behind those that need a gradient."""
        self.count = len(args)
        self.positions = [i for i, x in enumerate(args) if isinstance(x, Tensor) and x.requires_grad and modes.grad]
        if not self.positions:
            return args
        passed = _Below.apply(self, *(args[i] for i in self.positions))
        result = list(args)
        for i, x in zip(self.positions, passed, strict=True):
            result[i] = x
        return tuple(result)

    def leave(self, result: Any) -> Any:
        """The outputs, a tensor or a tuple, list or dict of tensors, with the hooks before them."""
        keys = list(result) if isinstance(result, dict) else None
        values = [result[k] for k in keys] if keys else list(result) if isinstance(result, tuple | list) else [result]
        tensors = [i for i, x in enumerate(values) if isinstance(x, Tensor)]
        if not tensors or not modes.grad:
            return result
        for i, x in zip(tensors, _Above.apply(self, *(values[i] for i in tensors)), strict=True):
            values[i] = x
        if keys is not None:
            return type(result)(zip(keys, values, strict=True))
        if isinstance(result, tuple | list):
            return type(result)(*values) if hasattr(result, "_fields") else type(result)(values)
        return values[0]

    def above(self, gradients: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
        """The outputs' gradients have come: the pre-hooks may replace them."""
        for hook in self.pre_hooks:
            changed = hook(self.module, gradients)
            if changed is not None:
                gradients = changed if isinstance(changed, tuple) else (changed,)
        self.grad_output = gradients
        if not self.positions:  # there is nothing below that could call them
            self.below(())
        return gradients

    def below(self, gradients: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
        """The inputs' gradients are known: the hooks may replace them."""
        every: list[Tensor | None] = [None] * self.count
        for i, g in zip(self.positions, gradients, strict=True):
            every[i] = g
        for hook in self.hooks:
            changed = hook(self.module, tuple(every), self.grad_output)
            if changed is not None:
                every = list(changed) if isinstance(changed, tuple) else [changed]
        return tuple(every[i] for i in self.positions)


class _Identity(Function):
    """The tensors themselves, with a call of a module behind them."""

    @staticmethod
    def forward(ctx: Any, call: Call, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.call = call
        ctx.set_materialize_grads(False)
        return tensors


class _Above(_Identity):
    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Any, ...]:
        return (None, *ctx.call.above(gradients))


class _Below(_Identity):
    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Any, ...]:
        return (None, *ctx.call.below(gradients))
