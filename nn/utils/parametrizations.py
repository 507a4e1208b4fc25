"""Weights kept at a norm: weight normalisation, spectral normalisation, orthogonal matrices."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor

from .. import functional as F
from ..conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..module import Module
from .parametrize import register_parametrization


def norm_except_dim(v: Tensor, dim: int | None) -> Tensor:
    """The norms of v's slices along a dimension, kept as dimensions of 1; of all of it for None or -1."""
    if dim is None or dim == -1:
        return v.norm()
    others = tuple(d for d in range(v.dim()) if d != dim)
    return v.square().sum(others, keepdim=True).sqrt() if others else v.abs()


class WeightNorm(Module):
    """g v / |v|: a length and a direction."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except_dim(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The length and the weight itself as direction."""
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Makes a weight of a length `original0`, one a slice of `dim`, and a direction `original1`.

    T. Salimans, D. Kingma, "Weight normalization", 2016.
    """
    return register_parametrization(module, name, WeightNorm(dim), unsafe=True)


def power_iteration(matrix: Tensor, u: Tensor, v: Tensor, eps: float, u_first: bool) -> None:
    """Moves u and v, in place, towards the singular vectors of the largest singular value."""
    for first in (u_first, not u_first):
        if first:
            u.copy_(F.normalize(matrix.mv(v), dim=0, eps=eps))
        else:
            v.copy_(F.normalize(matrix.T.mv(u), dim=0, eps=eps))


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """A row for each slice of a dimension."""
    return weight.movedim(dim, 0).flatten(1)


class SpectralNorm(Module):
    """weight / sigma, sigma its largest singular value as a few power iterations see it."""

    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.dim() <= dim < weight.dim():
            raise IndexError(f"spectral_norm: dim {dim} is out of range for a weight of {weight.dim()} dimensions")
        if n_power_iterations < 1:
            raise ValueError(f"Expected n_power_iterations to be positive, but got {n_power_iterations}")
        self.dim, self.eps, self.n_power_iterations = dim % weight.dim(), eps, n_power_iterations
        if weight.dim() > 1:
            with autograd.no_grad():
                matrix = as_matrix(weight.detach(), self.dim)
                for name, size in zip(("_u", "_v"), matrix.shape, strict=True):
                    start = autograd.randn(size, dtype=weight.dtype, device=weight.device)
                    self.register_buffer(name, F.normalize(start, dim=0, eps=eps))
                for _ in range(15):
                    power_iteration(matrix, self._u, self._v, eps, u_first=True)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.dim() == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            with autograd.no_grad():
                for _ in range(self.n_power_iterations):
                    power_iteration(matrix.detach(), self._u, self._v, self.eps, u_first=True)
        sigma = self._u.clone().dot(matrix.mv(self._v.clone()))
        return weight / sigma

    def right_inverse(self, value: Tensor) -> Tensor:
        """The value as it is: it is close to its own normalisation if it has been normalised."""
        return value


def default_dim(module: Module) -> int:
    """The dimension of the outputs in a layer's weight."""
    return 1 if isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d) else 0


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divides a weight by its largest singular value.

    T. Miyato et al., "Spectral normalization for generative adversarial networks", 2018.
    """
    weight = getattr(module, name)
    made = SpectralNorm(weight, n_power_iterations, default_dim(module) if dim is None else dim, eps)
    return register_parametrization(module, name, made)


class Orthogonal(Module):
    """The orthogonal factor of a QR decomposition, with the signs that make it depend smoothly on the matrix."""

    def forward(self, x: Tensor) -> Tensor:
        tall = x.mT if x.shape[-2] < x.shape[-1] else x
        q, r = autograd.linalg.qr(tall)
        q = q * r.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
        return q.mT if x.shape[-2] < x.shape[-1] else q

    def right_inverse(self, q: Tensor) -> Tensor:
        """A matrix with orthonormal rows or columns gives itself."""
        return q


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: Any = None, *, use_trivialization: bool = True
) -> Module:
    """Makes the rows of a matrix, or its columns if there are fewer, orthonormal.

    Always by QR ("householder" of torch computes the same set of matrices in another way), from the
    matrix's own orthogonal factor.
    """
    weight = getattr(module, name)
    if weight.dim() < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.dim()} dimensions.")
    return register_parametrization(module, name, Orthogonal(), unsafe=True)
