"""Powers of square matrices, and their exponential."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...engine.errors import OperationError
from ...engine.tensor import Tensor
from ..creation import eye
from ..operation import operation
from ..promotion import beyond_autocast, cast, rounded_once
from ..reduction import amax, sum
from .solve import inv, require_square, solve


@operation(face="linalg", aliases="autograd.matrix_power")
def matrix_power(A: Tensor, n: int) -> Tensor:
    """A multiplied n times with itself; of the inverse for negative n."""
    if A.ndim < 2 or A._array.shape[-1] != A._array.shape[-2]:
        raise OperationError(f"matrix_power: expected square matrices (*, n, n), got shape {tuple(A.shape)}")
    if n < 0:
        return matrix_power(inv(A), -n)
    result: Tensor | None = None
    factor = A
    while n:
        if n & 1:
            result = factor.clone() if result is None else result @ factor
        n >>= 1
        factor = factor @ factor if n else factor
    if result is None:
        size = A._array.shape[-1]
        return cast(eye(size, dtype=A.dtype, device=A.device) + 0 * A, A.dtype)
    return result if result is not A else A.clone()


# The [13/13] Pade approximant (N. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005)
_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)


@operation(face="linalg", aliases="autograd.matrix_exp")
@beyond_autocast
@rounded_once
def matrix_exp(A: Tensor) -> Tensor:
    """The matrix exponential, sum of A^k / k!, by scaling and squaring."""
    require_square("matrix_exp", A, complex=True)
    size = A._array.shape[-1]
    if not A.numel():
        return A.clone()
    largest = float(amax(sum(abs(A.detach()), -2)).item())
    squarings = max(0, math.ceil(math.log2(largest / 5.0))) if math.isfinite(largest) and largest > 5.0 else 0
    x = 2.0**-squarings * A
    one = eye(size, dtype=A.dtype, device=A.device)
    x2 = x @ x
    powers = [one, x2, x2 @ x2]
    powers.append(powers[2] @ x2)

    def polynomial(coefficients: Sequence[float]) -> Tensor:
        total = coefficients[0] * powers[0]
        for c, power in zip(coefficients[1:], powers[1:], strict=False):
            total = total + c * power
        return total

    even, odd = _PADE[::2], _PADE[1::2]
    high = powers[3]
    v = polynomial(even[:4]) + high @ polynomial((0.0, *even[4:]))
    u = x @ (polynomial(odd[:4]) + high @ polynomial((0.0, *odd[4:])))
    result = solve(v - u, v + u).clone()  # solve's derivative needs its own result
    for _ in range(squarings):
        result = result @ result
    return result
