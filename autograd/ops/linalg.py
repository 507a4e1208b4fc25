"""Products of vectors and matrices."""

from __future__ import annotations

from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.primitive import multilinear
from ..engine.tensor import Tensor
from .broadcast import _sum, sum_to
from .promotion import cast, require_tensors
from .shape import reshape, squeeze, unsqueeze


@multilinear(
    x=lambda g, y, x_shape: sum_to(g @ y.mT, x_shape),
    y=lambda g, x, y_shape: sum_to(x.mT @ g, y_shape),
)
def _matmul(backend, x, y):
    return backend.matmul(x, y)


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, over broadcast leading dimensions; vectors take part as rows or columns.

    Shapes: (n,) @ (n,) -> (), (m, n) @ (n,) -> (m,), (n,) @ (n, p) -> (p,),
    (*b, m, n) @ (*b, n, p) -> (*b, m, p).
    """
    if not isinstance(input, Tensor) or not isinstance(other, Tensor):
        raise TypeError(f"matmul: expected two Tensors, got {type(input).__name__} and {type(other).__name__}")
    a, b = input._array.shape, other._array.shape
    if not a or not b:
        raise OperationError("matmul: both arguments need at least one dimension; use * for scalars")
    if a[-1] != b[-2 if len(b) > 1 else 0]:
        raise OperationError(
            f"matmul: shapes {tuple(a)} and {tuple(b)} cannot be multiplied ({a[-1]} != {b[-2 if len(b) > 1 else 0]})"
        )
    if input._array.dtype is not other._array.dtype and input.dtype is not other.dtype and modes.autocast is None:
        raise OperationError(f"matmul: expected one dtype, got {input.dtype} and {other.dtype}")
    if len(a) > 1 and len(b) > 1:
        return _matmul(input, other)
    x = unsqueeze(input, 0) if len(a) == 1 else input
    y = unsqueeze(other, -1) if len(b) == 1 else other
    product = _matmul(x, y)
    if len(b) == 1:
        product = squeeze(product, -1)
    return squeeze(product, -1 if len(b) == 1 else -2) if len(a) == 1 else product


def _of_rank(name: str, x: Tensor, rank: int) -> None:
    if x.ndim != rank:
        raise OperationError(f"{name}: expected a tensor of {rank} dimensions, got shape {tuple(x.shape)}")


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, (m, n) @ (n, p) -> (m, p)."""
    _of_rank("mm", input, 2)
    _of_rank("mm", mat2, 2)
    return matmul(input, mat2)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of a batch of matrices, (b, m, n) @ (b, n, p) -> (b, m, p)."""
    _of_rank("bmm", input, 3)
    _of_rank("bmm", mat2, 3)
    if input._array.shape[0] != mat2._array.shape[0]:
        raise OperationError(f"bmm: batches differ: {tuple(input.shape)} and {tuple(mat2.shape)}")
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """A matrix times a vector, (m, n) @ (n,) -> (m,)."""
    _of_rank("mv", input, 2)
    _of_rank("mv", vec, 1)
    return matmul(input, vec)


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors of one length."""
    _of_rank("dot", input, 1)
    _of_rank("dot", tensor, 1)
    return matmul(input, tensor)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of the elements of two vectors, (m,), (n,) -> (m, n)."""
    _of_rank("outer", input, 1)
    _of_rank("outer", vec2, 1)
    return unsqueeze(input, -1) * vec2


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * mat1 @ mat2."""
    product = mm(mat1, mat2)
    if not product.dtype.is_inexact:  # torch's integers have integer weights
        beta, alpha = int(beta), int(alpha)
    if modes.autocast is not None:
        input = cast(input, product.dtype)
    product = product if alpha == 1 else alpha * product
    return product + (input if beta == 1 else beta * input)


# A layer's product: one primitive, because it is most of a network's time and its bias can be added in place.


@multilinear(
    x=lambda g, weight, x_shape: _shaped(_matmul(_rows(g), weight), x_shape),
    weight=lambda g, x: _linear_weight(_rows(g), _rows(x)),
    bias=lambda g: _sum(_rows(g), dim=(0,), keepdim=False),
)
def _linear(backend, x, weight, bias):
    xp = backend.xp
    rows = x if x.ndim == 2 else xp.reshape(x, (-1, x.shape[-1]))
    product = backend.matmul(rows, weight.T)
    if bias is not None:
        product += bias
    return product if x.ndim == 2 else xp.reshape(product, (*x.shape[:-1], weight.shape[0]))


@multilinear(up=lambda g, x: _linear(x, g, None), x=lambda g, up: up @ g)
def _linear_weight(backend, up, x):
    return backend.matmul(backend.xp.matrix_transpose(up), x)


def _rows(x: Tensor) -> Tensor:
    return x if len(x._array.shape) == 2 else reshape(x, (-1, x._array.shape[-1]))


def _shaped(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x if x._array.shape == shape else reshape(x, shape)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: (*, n), (m, n), (m,) -> (*, m)."""
    try:
        shape, expected = input._array.shape, weight._array.shape
    except AttributeError:
        require_tensors("linear", input, weight)
        raise
    if len(expected) == 1:
        product = matmul(input, weight)
        return product if bias is None else product + bias
    if not shape or shape[-1] != expected[1]:
        raise OperationError(
            f"linear: the input's last dimension must be {expected[1]} for a weight of shape {tuple(expected)}, "
            f"got shape {tuple(shape)}"
        )
    kind = input._array.dtype
    if (kind != weight._array.dtype or (bias is not None and bias._array.dtype != kind)) and modes.autocast is None:
        others = [weight] if bias is None else [weight, bias]
        raise OperationError(
            f"linear: expected one dtype, got {', '.join(str(x.dtype) for x in [input, *others])}; convert with .to()"
        )
    if len(shape) == 1:
        return squeeze(_linear(unsqueeze(input, 0), weight, bias), 0)
    return _linear(input, weight, bias)
