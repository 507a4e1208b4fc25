"""Transformations of functions: each takes a function and returns one that computes its derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import functional as _functional
from .engine.errors import BackwardError
from .engine.modes import enable_grad, is_grad_enabled
from .engine.sweep import grad as _engine_grad
from .engine.tensor import Tensor
from .ops.creation import zeros_like


def _positions(argnums: int | tuple[int, ...]) -> tuple[int, ...]:
    return (argnums,) if isinstance(argnums, int) else tuple(argnums)


def grad_and_value(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """A function that returns (gradient, value) of `func`, whose result is a single number.

    The gradient is by the arguments at `argnums`, a tuple if those are a tuple; it can be
    differentiated again. With `has_aux`, func returns (number, anything), and the value is that pair.
    """

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        recording = is_grad_enabled()
        with enable_grad():
            given = list(args)
            targets = []
            for i in _positions(argnums):
                x = given[i]
                if not isinstance(x, Tensor):
                    raise TypeError(f"grad: argument {i} is a {type(x).__name__}, not a Tensor")
                outside = recording and x.requires_grad
                given[i] = x.view_as(x) if outside else x.detach().requires_grad_()
                targets.append(given[i])
            result = func(*given, **kwargs)
            value = result[0] if has_aux else result
            if not isinstance(value, Tensor) or value.numel() != 1 or value.ndim:
                shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
                raise BackwardError(f"grad: the function must return a 0-d tensor, got {shape}")
            further = recording and any(x._node is not None for x in targets)
            found: Any = (None,) * len(targets)
            if value.requires_grad:
                found = _engine_grad(value, targets, create_graph=further, allow_unused=True)
        gradients = [zeros_like(x.detach()) if g is None else g for x, g in zip(targets, found, strict=True)]
        if not further:
            gradients, value = [g.detach() for g in gradients], value.detach()
        packed = gradients[0] if isinstance(argnums, int) else tuple(gradients)
        return packed, ((value, result[1]) if has_aux else value)

    return transformed


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """A function that computes the gradient of `func`, whose result is a single number.

    >>> import autograd
    >>> autograd.func.grad(lambda x: x**3)(autograd.tensor(2.0))
    tensor(12.)
    >>> autograd.func.grad(autograd.func.grad(lambda x: x**3))(autograd.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return transformed


def value_and_grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """grad_and_value the other way round: (value, gradient)."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return value, gradient

    return transformed


def vjp(func: Callable[..., Any], *primals: Tensor) -> tuple[Any, Callable[..., tuple[Tensor, ...]]]:
    """(func(*primals), a function from vectors like the outputs to their products with the Jacobian)."""
    with enable_grad():
        arguments = [x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in primals]
        result = func(*arguments)
    outputs = list(result) if isinstance(result, tuple | list) else [result]

    def pull_back(*vectors: Tensor) -> tuple[Tensor, ...]:
        found = _engine_grad(outputs, arguments, list(vectors), retain_graph=True, allow_unused=True)
        return tuple(zeros_like(x.detach()) if g is None else g for x, g in zip(arguments, found, strict=True))

    released = [out.detach() for out in outputs]
    return (tuple(released) if isinstance(result, tuple | list) else released[0]), pull_back


def jvp(func: Callable[..., Any], primals: tuple[Tensor, ...], tangents: tuple[Tensor, ...]) -> tuple[Any, Any]:
    """(func(*primals), the derivative in the direction of the tangents)."""
    return _functional.jvp(func, tuple(primals), tuple(tangents))


def _matrix(compute: Callable[..., Any], func: Callable[..., Any], argnums: int | tuple[int, ...]) -> Callable:
    def transformed(*args: Any) -> Any:
        places = _positions(argnums)

        def inner(*chosen: Tensor) -> Any:
            given = list(args)
            for i, x in zip(places, chosen, strict=True):
                given[i] = x
            return func(*given)

        chosen = tuple(args[i] for i in places)
        return compute(inner, chosen[0] if isinstance(argnums, int) else chosen)

    return transformed


def jacrev(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that computes the Jacobian by reverse sweeps."""
    return _matrix(_functional.jacobian, func, argnums)


jacfwd = jacrev  # the same matrix; there is no forward mode


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that computes the Hessian."""
    return _matrix(_functional.hessian, func, argnums)
