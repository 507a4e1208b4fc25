"""Derivatives against central differences: (f(x + eps) - f(x - eps)) / (2 eps), in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..dtypes import complex128, float64
from ..engine import grad
from ..modes import no_grad
from ..ops.complex import view_as_complex, view_as_real
from ..ops.creation import tensor
from ..ops.random import Generator, randn
from ..tensor import Tensor


class GradcheckError(RuntimeError):
    """The derivative of a function does not agree with the numeric one; the message says where."""


def _outputs(function: Callable[..., Any], inputs: Sequence[Any]) -> list[Tensor]:
    """The differentiable outputs of one call."""
    result = function(*inputs)
    results = result if isinstance(result, tuple | list) else [result]
    results = [view_as_real(out) if isinstance(out, Tensor) and out.is_complex() else out for out in results]
    return [out for out in results if isinstance(out, Tensor) and out.is_floating_point()]


def _checked(function: Callable[..., Any], inputs: Any) -> tuple[Callable[..., Any], list[Any], list[int]]:
    """The function of real inputs, these as a list, and the positions of those that are differentiated.

    A complex input counts as a real one of pairs: its gradient is dL/d(re) + i dL/d(im).
    """
    every = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    positions = [i for i, x in enumerate(every) if isinstance(x, Tensor) and x.requires_grad]
    if not positions:
        raise ValueError("gradcheck: none of the inputs requires grad; make them with requires_grad=True")
    paired = [i for i in positions if every[i].is_complex()]
    for i in positions:
        if every[i].dtype not in (float64, complex128):
            raise ValueError(
                f"gradcheck: input {i} is {every[i].dtype}; differences need float64, make it with .double()"
            )
        if not every[i]._backend.exclusive(every[i]._array):
            raise ValueError(f"gradcheck: elements of input {i} share memory (it was expanded); clone() it first")
    if not paired:
        return function, every, positions
    for i in paired:
        every[i] = view_as_real(every[i].detach()).clone().requires_grad_()

    def of_pairs(*given: Any) -> Any:
        return function(*[view_as_complex(x) if i in paired else x for i, x in enumerate(given)])

    return of_pairs, every, positions


def numeric_jacobian(
    function: Callable[..., Any], inputs: Sequence[Any], position: int, eps: float = 1e-6
) -> list[np.ndarray]:
    """For each output, the matrix (elements of one input, elements of the output) of central differences."""
    x = inputs[position]
    columns: list[list[np.ndarray]] = []
    with no_grad():
        for index in np.ndindex(*x.shape):
            original = x[index].item()
            sides = []
            try:
                for shifted in (original + eps, original - eps):
                    x[index] = shifted
                    sides.append([out.detach().cpu().numpy().copy().reshape(-1) for out in _outputs(function, inputs)])
            finally:
                x[index] = original
            columns.append([(above - below) / (2 * eps) for above, below in zip(*sides, strict=True)])
        sizes = [out.numel() for out in _outputs(function, inputs)]
    if not columns:
        return [np.zeros((0, size)) for size in sizes]
    return [np.stack(rows) for rows in zip(*columns, strict=True)]


def analytic_jacobian(function: Callable[..., Any], inputs: Sequence[Any], positions: Sequence[int]) -> list[list]:
    """For each differentiated input, for each output, the matrix of derivatives by backward passes."""
    outputs = _outputs(function, inputs)
    targets = [inputs[i] for i in positions]
    jacobians: list[list[np.ndarray]] = [[np.zeros((x.numel(), out.numel())) for out in outputs] for x in targets]
    for number, out in enumerate(outputs):
        if not out.requires_grad:
            continue
        for element in range(out.numel()):
            unit = np.zeros(out.numel())
            unit[element] = 1.0
            seed = tensor(unit.reshape(tuple(out.shape)), dtype=out.dtype, device=out.device)
            gradients = grad(out, targets, seed, retain_graph=True, allow_unused=True)
            for which, gradient in enumerate(gradients):
                if gradient is not None:
                    x = targets[which]
                    if gradient.shape != x.shape or gradient.dtype is not x.dtype:
                        raise GradcheckError(
                            f"the gradient by input {positions[which]} has shape {tuple(gradient.shape)} and "
                            f"{gradient.dtype}, the input {tuple(x.shape)} and {x.dtype}"
                        )
                    jacobians[which][number][:, element] = gradient.detach().cpu().numpy().reshape(-1)
    return jacobians


def _compare(
    analytic: np.ndarray, numeric: np.ndarray, atol: float, rtol: float, which: str, shapes: tuple, inputs: str
) -> None:
    """Raises with the worst element if the two matrices differ."""
    excess = np.abs(analytic - numeric) - (atol + rtol * np.abs(numeric))
    wrong = ~(excess <= 0) & ~(np.isnan(analytic) & np.isnan(numeric))
    if not wrong.any():
        return
    worst = np.unravel_index(
        np.argmax(np.where(np.isnan(excess), np.inf, np.where(wrong, excess, -np.inf))), excess.shape
    )
    x_shape, out_shape = shapes
    x_at = tuple(int(i) for i in np.unravel_index(worst[0], x_shape)) if x_shape else ()
    out_at = tuple(int(i) for i in np.unravel_index(worst[1], out_shape)) if out_shape else ()
    raise GradcheckError(
        f"{which}: {int(wrong.sum())} of {wrong.size} derivatives differ from the numeric ones.\n"
        f"worst: d output{list(out_at)} / d input{list(x_at)}\n"
        f"    backward: {analytic[worst]:.10g}\n"
        f"    numeric:  {numeric[worst]:.10g}   (tolerance {atol:g} + {rtol:g} * |numeric|)\n"
        f"inputs: {inputs}"
    )


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compares func's derivatives by every input that requires grad with central differences.

    `inputs` is a tensor or a sequence of func's arguments; those that require grad are float64, or
    complex128, whose real and imaginary parts are then varied.
    func returns a tensor or several. Also checked: the derivative is the same at a second backward
    pass, and no input is changed. Returns True, or raises GradcheckError with the worst element
    (False with `raise_exception=False`).

    >>> import autograd
    >>> x = autograd.tensor([0.5, 1.0], dtype=autograd.float64, requires_grad=True)
    >>> autograd.testing.gradcheck(autograd.sin, x)
    True
    """
    func, every, positions = _checked(func, inputs)
    try:
        before = [every[i].detach().cpu().numpy().copy() for i in positions]
        analytic = analytic_jacobian(func, every, positions)
        again = analytic_jacobian(func, every, positions)
        for which, position in enumerate(positions):
            if not np.array_equal(every[position].detach().cpu().numpy(), before[which], equal_nan=True):
                raise GradcheckError(f"input {position} was changed by the function or its backward pass")
            numeric = numeric_jacobian(func, every, position, eps)
            outputs = _outputs(func, every)
            for number, matrix in enumerate(numeric):
                name = f"derivative of output {number} by input {position}"
                shapes = tuple(every[position].shape), tuple(outputs[number].shape)
                described = ", ".join(repr(x.detach()) if isinstance(x, Tensor) else repr(x) for x in every)
                _compare(analytic[which][number], matrix, atol, rtol, name, shapes, described)
                if not np.allclose(
                    analytic[which][number], again[which][number], rtol=1e-10, atol=1e-12, equal_nan=True
                ):
                    raise GradcheckError(f"{name}: two backward passes disagree; is the function random?")
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _weights(out: Tensor, seed: int) -> Tensor:
    """Fixed random numbers like an output."""
    generator = Generator(out.device).manual_seed(seed)
    return randn(tuple(out.shape), dtype=out.dtype, device=out.device, generator=generator, requires_grad=True)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Checks second derivatives: `gradcheck` of func's vector-Jacobian product, by inputs and vectors.

    `grad_outputs` are the vectors (default: fixed random ones).

    >>> import autograd
    >>> x = autograd.tensor([0.5, 1.0], dtype=autograd.float64, requires_grad=True)
    >>> autograd.testing.gradgradcheck(autograd.sin, x)
    True
    """
    func, every, positions = _checked(func, inputs)
    outputs = [out for out in _outputs(func, every) if out.requires_grad]
    if grad_outputs is None:
        vectors = [_weights(out, number) for number, out in enumerate(outputs)]
    else:
        vectors = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)

    def vector_jacobian_product(*arguments: Any) -> tuple[Tensor, ...]:
        inner, weights = arguments[: len(every)], arguments[len(every) :]
        results = [out for out in _outputs(func, inner) if out.requires_grad]
        targets = [inner[i] for i in positions]
        gradients = grad(results, targets, weights, create_graph=True, allow_unused=True)
        return tuple(gradient for gradient in gradients if gradient is not None)

    def recorded(*arguments: Any) -> tuple[Tensor, ...]:
        from ..modes import enable_grad

        with enable_grad():
            return vector_jacobian_product(*arguments)

    return gradcheck(recorded, [*every, *vectors], eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)
