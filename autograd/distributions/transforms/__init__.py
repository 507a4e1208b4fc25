"""Transforms: invertible functions with the determinants of their Jacobians, under the names that torch has for them.

A transform maps a `domain` onto a `codomain`. `log_abs_det_jacobian(x, y)` is log |det dy/dx|, one number an event.

>>> import autograd
>>> from autograd.distributions.transforms import AffineTransform, ExpTransform
>>> t = AffineTransform(1.0, 2.0)
>>> t(autograd.tensor([0.0, 1.0])), t.inv(autograd.tensor([1.0, 3.0]))
(tensor([1., 3.]), tensor([0., 1.]))
>>> x = autograd.tensor([0.0, 1.0])
>>> ExpTransform().log_abs_det_jacobian(x, x.exp())
tensor([0., 1.])
"""

from __future__ import annotations

from .elementwise import (
    AbsTransform,
    AffineTransform,
    CumulativeDistributionTransform,
    ExpTransform,
    PowerTransform,
    SigmoidTransform,
    SoftplusTransform,
    TanhTransform,
    softplus,
)
from .joined import CatTransform, StackTransform
from .transform import ComposeTransform, IndependentTransform, ReshapeTransform, Transform, identity_transform
from .vectors import (
    CorrCholeskyTransform,
    LowerCholeskyTransform,
    PositiveDefiniteTransform,
    SoftmaxTransform,
    StickBreakingTransform,
)

__all__ = [
    "AbsTransform",
    "AffineTransform",
    "CatTransform",
    "ComposeTransform",
    "CorrCholeskyTransform",
    "CumulativeDistributionTransform",
    "ExpTransform",
    "IndependentTransform",
    "LowerCholeskyTransform",
    "PositiveDefiniteTransform",
    "PowerTransform",
    "ReshapeTransform",
    "SigmoidTransform",
    "SoftmaxTransform",
    "SoftplusTransform",
    "StackTransform",
    "StickBreakingTransform",
    "TanhTransform",
    "Transform",
    "identity_transform",
]
