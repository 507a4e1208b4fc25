"""Derivatives in a direction under torch.autograd.forward_ad's names: dual tensors, a primal and a tangent.

There is no forward mode: a tangent is computed when it is asked for, by two reverse sweeps over what was recorded
since `make_dual` (u^T J is linear in u; its derivative by u in the direction v is J v). So recording has to be on, and
results of dual tensors require grad.
"""

from __future__ import annotations

from typing import NamedTuple

from .engine.modes import enable_grad, modes
from .engine.sweep import grad
from .engine.tensor import Tensor
from .ops.creation import zeros_like

_levels: list[list[tuple[Tensor, Tensor]]] = []  # of each open level the primals and their tangents


class UnpackedDualTensor(NamedTuple):
    """A primal, and its tangent, None if it has none."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Opens a level, within which tensors can be dual; RuntimeError within another one."""
    if _levels:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    _levels.append([])
    return len(_levels) - 1


def exit_dual_level(*, level: int | None = None) -> None:
    """Closes the level: its tangents are forgotten."""
    if not _levels or (level is not None and level != len(_levels) - 1):
        raise RuntimeError("exit_dual_level: there is no such level; enter one first")
    _levels.pop()


class dual_level:
    """Inside, tensors can be dual.

    >>> import autograd
    >>> with dual_level():
    ...     x = make_dual(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 0.0]))
    ...     unpack_dual(x * x).tangent
    tensor([2., 0.])
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exc: object) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """The tensor with a tangent of its shape, which `unpack_dual` gives of all that is computed from it."""
    if not _levels:
        raise RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter one")
    if not (tensor.dtype.is_floating_point or tensor.dtype.is_complex):
        raise ValueError(f"Expected primal to be floating point or complex, but got: {tensor.dtype}")
    if not (tangent.dtype.is_floating_point or tangent.dtype.is_complex):
        raise ValueError(f"Expected tangent to be floating point or complex, but got: {tangent.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            f"make_dual: expected a tangent of the primal's shape {tuple(tensor.shape)}, got {tuple(tangent.shape)}"
        )
    with enable_grad():
        dual = tensor.view_as(tensor) if tensor.requires_grad else tensor.detach().requires_grad_()
    _levels[-1].append((dual, tangent))
    return dual


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """(primal, tangent) of a tensor; the tangent is None if no dual tensor led to it."""
    duals = _levels[-1] if _levels else []
    own = next((tangent for dual, tangent in duals if dual is tensor), None)
    if own is not None:
        return UnpackedDualTensor(tensor.detach(), own)
    if not duals or not tensor.requires_grad:
        return UnpackedDualTensor(tensor, None)
    with enable_grad():
        unit = zeros_like(tensor.detach()).requires_grad_()
        primals = [dual for dual, _ in duals]
        products = grad(tensor, primals, unit, retain_graph=True, create_graph=True, allow_unused=True)
        if all(g is None for g in products):
            return UnpackedDualTensor(tensor, None)
        pairs = [
            (g, tangent) for g, (_, tangent) in zip(products, duals, strict=True) if g is not None and g.requires_grad
        ]
        found = None
        if pairs:
            (found,) = grad(
                [g for g, _ in pairs],
                unit,
                [t for _, t in pairs],
                retain_graph=True,
                create_graph=True,
                allow_unused=True,
            )
    tangent = zeros_like(tensor.detach()) if found is None else found
    outside = modes.grad and any(t.requires_grad for _, t in duals)
    return UnpackedDualTensor(tensor, tangent if outside else tangent.detach())


__all__ = [
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]
