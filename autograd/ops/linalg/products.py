"""Products of matrices and vectors."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

from ...backend import Array, Backend, Namespace
from ...engine.errors import OperationError
from ...engine.modes import modes
from ...engine.primitive import primitive
from ...engine.tensor import Tensor
from ..broadcast import _sum, sum_to
from ..diagonals import diagonal
from ..dims import as_ints, is_int, normalize_dim
from ..joining import stack
from ..layout import contracted, laid_as
from ..operation import operation
from ..promotion import (
    beyond_autocast,
    beyond_autocast_on_cpu,
    cast,
    half_under_autocast,
    require_tensors,
    result_type,
    rounded_once,
)
from ..reduction import sum
from ..shape import broadcast_tensors, in_c_order, inverse, permute, reshape, squeeze, unsqueeze


@primitive(linear=True, x=lambda g, dims: permute(g, inverse(dims)))
def _laid_out(xp: Namespace, x: Array, *, dims: tuple[int, ...]) -> Array:
    """`_permute` of what nobody else will see: the result is no view, but a tensor in a memory order of its own."""
    return xp.permute_dims(x, dims)


@primitive(
    autocast="half",
    linear=True,
    x=lambda g, y, x_shape: sum_to(g @ y.mT, x_shape),
    y=lambda g, x, y_shape: sum_to(x.mT @ g, y_shape),
)
def _matmul(backend: Backend, x: Array, y: Array) -> Array:
    return backend.matmul(x, y)


@operation(aliases="linalg.matmul")
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


@operation
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, (m, n) @ (n, p) -> (m, p)."""
    _of_rank("mm", input, 2)
    _of_rank("mm", mat2, 2)
    return matmul(input, mat2)


@operation
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of a batch of matrices, (b, m, n) @ (b, n, p) -> (b, m, p)."""
    _of_rank("bmm", input, 3)
    _of_rank("bmm", mat2, 3)
    if input._array.shape[0] != mat2._array.shape[0]:
        raise OperationError(f"bmm: batches differ: {tuple(input.shape)} and {tuple(mat2.shape)}")
    return matmul(input, mat2)


@operation
@beyond_autocast_on_cpu
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """A matrix times a vector, (m, n) @ (n,) -> (m,)."""
    _of_rank("mv", input, 2)
    _of_rank("mv", vec, 1)
    return matmul(input, vec)


@operation
@beyond_autocast
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors of one length."""
    _of_rank("dot", input, 1)
    _of_rank("dot", tensor, 1)
    return matmul(input, tensor)


@operation(aliases="ger")
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of the elements of two vectors, (m,), (n,) -> (m, n)."""
    _of_rank("outer", input, 1)
    _of_rank("outer", vec2, 1)
    return unsqueeze(input, -1) * vec2


@operation(in_place=True, numbers_first=True)
@rounded_once
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * mat1 @ mat2."""
    product = mm(mat1, mat2)
    if not product.dtype.is_inexact:  # torch's integers have integer weights
        beta, alpha = int(beta), int(alpha)
    if modes.autocast is not None:
        input = cast(input, product.dtype)
    product = product if alpha == 1 else alpha * product
    return product + (input if beta == 1 else beta * input)


@primitive(
    autocast="half",
    linear=True,
    x=lambda g, weight, x_shape: _shaped(_matmul(_rows(g), weight), x_shape),
    weight=lambda g, x: _linear_weight(_rows(g), _rows(x)),
    bias=lambda g: _sum(_rows(g), dim=(0,), keepdim=False),
)
def _linear(backend: Backend, x: Array, weight: Array, bias: Array | None) -> Array:
    xp = backend.xp
    rows = x if x.ndim == 2 else xp.reshape(x, (-1, x.shape[-1]))
    product = backend.matmul(rows, weight.T)
    if bias is not None:
        product += bias
    return product if x.ndim == 2 else xp.reshape(product, (*x.shape[:-1], weight.shape[0]))


@primitive(linear=True, up=lambda g, x: _linear(x, g, None), x=lambda g, up: up @ g)
def _linear_weight(backend: Backend, up: Array, x: Array) -> Array:
    return backend.matmul(up.T, x)


def _rows(x: Tensor) -> Tensor:
    return x if len(x._array.shape) == 2 else reshape(x, (-1, x._array.shape[-1]))


def _shaped(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x if x._array.shape == shape else reshape(x, shape)


@operation(face="nn.functional", method=False)
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
    if len(shape) > 2 and not input._backend.viewable(input._array, (math.prod(shape[:-1]), shape[-1])):
        # The product copies it in any case: here, what is kept for backward is the copy, and the input may be written.
        input = in_c_order(input)
    return _linear(input, weight, bias)


@operation(method=False)
def einsum(equation: Any, *operands: Tensor | Sequence[Any]) -> Tensor:
    """Sums products of elements as an equation says: 'ij,jk->ik' is the matrix product.

    A letter names a dimension; those not in the output are summed; a letter twice in one operand
    means its diagonal; '...' stands for leading dimensions that broadcast. Without '->' the output
    has the letters that occur once, in alphabetical order.

    >>> import autograd
    >>> autograd.einsum("ij->ji", autograd.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    if isinstance(equation, Tensor):  # einsum(x, [0, 1], y, [1, 2], [0, 2]): dimensions by number
        equation, operands = _in_letters([equation, *operands])
    if not isinstance(equation, str):
        raise TypeError(f"einsum: the equation is a string, 'ij,jk->ik' say, got {type(equation).__name__}")
    alone = len(operands) == 1 and not isinstance(operands[0], Tensor)
    tensors: list[Any] = list(operands[0]) if alone else list(operands)
    require_tensors("einsum", *tensors)
    inputs, output = _parse_equation(equation.replace(" ", ""), tensors)
    kind = result_type(*tensors)
    return _summed(inputs, output, *[cast(x, kind) for x in tensors])


@rounded_once
def _summed(inputs: list[list[str]], output: list[str], *tensors: Tensor) -> Tensor:
    """The products of elements of tensors of one dtype, whose dimensions have letters, summed to the output's."""
    x, letters = _on_its_own(tensors[0], inputs[0])
    for number in range(1, len(tensors)):
        y, other = _on_its_own(tensors[number], inputs[number])
        last = x, letters, y, other
        later = set(output).union(*inputs[number + 1 :])
        x, letters = _contract(x, letters, y, other, later)
    gone = [i for i, letter in enumerate(letters) if letter not in output]
    if gone:
        x, letters = sum(x, gone), [letter for letter in letters if letter in output]
    order = [letters.index(letter) for letter in output]
    if len(tensors) > 1 and order != sorted(order):
        x = _laid_out(x, dims=tuple(order))
    else:
        x = permute(x, order) if output else reshape(x, ())
    if len(tensors) == 1:
        return x
    left, first, right, second = last
    return laid_as(x, contracted, left, right, output=output, left=first, right=second)


def _in_letters(parts: list[Any]) -> tuple[str, tuple[Tensor, ...]]:
    def term(numbers: Any) -> str:
        return "".join("..." if each is Ellipsis else string.ascii_letters[each] for each in numbers)

    count = len(parts) // 2
    equation = ",".join(term(numbers) for numbers in parts[1 : 2 * count : 2])
    return equation + (f"->{term(parts[-1])}" if len(parts) % 2 else ""), tuple(parts[: 2 * count : 2])


def _parse_equation(equation: str, tensors: list[Tensor]) -> tuple[list[list[str]], list[str]]:
    """The letters of each operand and of the output, an ellipsis spelled out in letters of its own."""
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(tensors):
        raise OperationError(f"einsum: the equation {equation!r} has {len(terms)} operands, {len(tensors)} were given")
    spare = [c for c in string.ascii_uppercase + string.ascii_lowercase if c not in equation]
    longest = 0
    for term, x in zip(terms, tensors, strict=True):
        if "..." in term:
            longest = max(longest, x.ndim - len(term.replace("...", "")))
    dots = spare[:longest]
    inputs = []
    for term, x in zip(terms, tensors, strict=True):
        before, ellipsis, after = term.partition("...")
        hidden = x.ndim - len(before) - len(after)
        if hidden < 0 or (hidden and not ellipsis):
            raise OperationError(
                f"einsum: {term!r} names {len(before + after)} dimensions, shape {tuple(x.shape)} has {x.ndim}"
            )
        letters = [*before, *dots[longest - hidden :], *after] if ellipsis else list(before)
        if not all(letter.isalpha() for letter in letters):
            raise OperationError(f"einsum: dimensions are named by letters, got {term!r}")
        inputs.append(letters)
    every = [letter for letters in inputs for letter in letters]
    if arrow:
        before, ellipsis, after = right.partition("...")
        output = [*before, *(dots if ellipsis else []), *after]
    else:
        output = [*dots, *sorted(c for c in set(every) - set(dots) if every.count(c) == 1)]
    unknown = [letter for letter in output if letter not in every]
    if unknown or len(set(output)) < len(output):
        raise OperationError(f"einsum: the output {right!r} must name each dimension of the inputs at most once")
    return inputs, output


def _on_its_own(x: Tensor, letters: list[str]) -> tuple[Tensor, list[str]]:
    """A letter twice in one operand: its diagonal."""
    for letter in dict.fromkeys(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            x = diagonal(x, 0, first, second)
            letters = [each for i, each in enumerate(letters) if i not in (first, second)] + [letter]
    return x, letters


def _contract(x: Tensor, a: list[str], y: Tensor, b: list[str], later: set[str]) -> tuple[Tensor, list[str]]:
    """Two operands into one, as a batch of matrix products; what nothing needs later is summed."""
    for letters, others in ((a, b), (b, a)):
        alone = [i for i, letter in enumerate(letters) if letter not in others and letter not in later]
        if alone:
            kept = [letter for i, letter in enumerate(letters) if i not in alone]
            if letters is a:
                x, a = sum(x, alone, dtype=x.dtype), kept
            else:
                y, b = sum(y, alone, dtype=y.dtype), kept
    sizes: dict[str, int] = {}
    for z, letters in ((x, a), (y, b)):
        for letter, size in zip(letters, z._array.shape, strict=True):
            known = sizes.get(letter, 1)
            if size != known and 1 not in (size, known):
                raise OperationError(f"einsum: dimension {letter!r} has sizes {known} and {size}")
            sizes[letter] = max(size, known) if 0 not in (size, known) else 0
    batch = [c for c in a if c in b and c in later]
    joint = [c for c in a if c in b and c not in later]
    left, right = [c for c in a if c not in b], [c for c in b if c not in a]

    def prepare(z: Tensor, letters: list[str], order: list[str], groups: list[list[str]]) -> Tensor:
        z = permute(z, [letters.index(c) for c in order]) if order else z
        z = z.expand([sizes[c] for c in order]) if order else z
        return reshape(z, [math.prod(sizes[c] for c in group) for group in groups])

    first = prepare(x, a, batch + left + joint, [batch, left, joint])
    second = prepare(y, b, batch + joint + right, [batch, joint, right])
    product = first @ second if joint else first * second
    letters = batch + left + right
    return reshape(product, [sizes[c] for c in letters]), letters


@operation(method=False)
def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Sums products over pairs of dimensions: the last `dims` of a with the first of b, or two lists of them."""
    if is_int(dims):
        first, second = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        first, second = map(list, map(as_ints, dims))
    first = [normalize_dim("tensordot", dim, a.ndim) for dim in first]
    second = [normalize_dim("tensordot", dim, b.ndim) for dim in second]
    pairs = list(zip(first, second, strict=True))
    for i, j in pairs:  # a dimension of size 1 meets any: its partner is summed
        if a._array.shape[i] == 1 != b._array.shape[j]:
            b = sum(b, j, keepdim=True)
        elif b._array.shape[j] == 1 != a._array.shape[i]:
            a = sum(a, i, keepdim=True)
    sizes = [a._array.shape[i] for i in first]
    if sizes != [b._array.shape[i] for i in second]:
        raise OperationError(
            f"tensordot: dims {first} of {tuple(a.shape)} and {second} of {tuple(b.shape)} differ in size"
        )
    left = [i for i in range(a.ndim) if i not in first]
    right = [i for i in range(b.ndim) if i not in second]
    count = math.prod(sizes)
    x = reshape(permute(a, left + first), (-1 if count else math.prod(a._array.shape[i] for i in left), count))
    y = reshape(permute(b, second + right), (count, -1 if count else math.prod(b._array.shape[i] for i in right)))
    if not left and not right:
        return dot(reshape(x, (count,)), reshape(y, (count,)))
    shape = [a._array.shape[i] for i in left] + [b._array.shape[i] for i in right]
    return reshape(x @ y, shape)


@operation
def inner(input: Tensor, other: Tensor) -> Tensor:
    """The inner products of the last dimensions."""
    if not input.ndim or not other.ndim:
        return input * other
    return tensordot(input, other, ([-1], [-1]))


@operation
@beyond_autocast
def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors, the first conjugated."""
    return matmul(input.conj(), other)


ger = outer


@operation
def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: every element of input times the whole of other."""
    rank = max(input.ndim, other.ndim)
    a = (1,) * (rank - input.ndim) + tuple(input._array.shape)
    b = (1,) * (rank - other.ndim) + tuple(other._array.shape)
    x = reshape(input, [size for n in a for size in (n, 1)])
    y = reshape(other, [size for n in b for size in (1, n)])
    return reshape(x * y, [m * n for m, n in zip(a, b, strict=True)])


@operation
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The cross product along a dimension of size 3 (the first such by default)."""
    if dim is None:
        found = [i for i, size in enumerate(input._array.shape) if size == 3]
        if not found:
            raise OperationError(f"cross: no dimension of size 3 in shape {tuple(input.shape)}")
        dim = found[0]
    x, y = broadcast_tensors(input, other)
    axis = normalize_dim("cross", dim, x.ndim)
    if x._array.shape[axis] != 3:
        raise OperationError(f"cross: dimension {axis} of shape {tuple(x.shape)} must have size 3")
    a, b = x.unbind(axis), y.unbind(axis)
    parts = [a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3] for i in range(3)]
    return stack(parts, axis)


def _plus(input: Tensor, product: Tensor, beta: float, alpha: float) -> Tensor:
    if not product.dtype.is_inexact:  # torch's integers have integer weights
        beta, alpha = int(beta), int(alpha)
    if modes.autocast is not None:
        input = cast(input, product.dtype)
    scaled = product if alpha == 1 else alpha * product
    if beta == 0:
        return scaled
    return scaled + (input if beta == 1 else beta * input)


@operation(in_place=True, numbers_first=True)
@rounded_once
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * bmm(batch1, batch2)."""
    return _plus(input, bmm(batch1, batch2), beta, alpha)


@operation(in_place=True, numbers_first=True)
@rounded_once
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * the sum of bmm(batch1, batch2) over the batch."""
    products = bmm(batch1, batch2)
    return _plus(input, sum(products, 0, dtype=products.dtype), beta, alpha)


@operation(in_place=True, numbers_first=True)
@rounded_once
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * mat @ vec."""
    return _plus(input, mv(mat, vec), beta, alpha)


@operation(in_place=True, numbers_first=True)
@rounded_once
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    return _plus(input, outer(vec1, vec2), beta, alpha)


@operation(face="linalg", method=False)
def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of a chain of matrices, bracketed so that it costs least (the ends may be vectors)."""
    chain = list(tensors)
    if len(chain) < 2:
        raise OperationError(f"multi_dot: expected at least 2 tensors, got {len(chain)}")
    row, column = chain[0].ndim == 1, chain[-1].ndim == 1
    chain[0] = unsqueeze(chain[0], 0) if row else chain[0]
    chain[-1] = unsqueeze(chain[-1], 1) if column else chain[-1]
    sizes = [chain[0]._array.shape[0], *(x._array.shape[1] for x in chain)]
    best: dict[tuple[int, int], tuple[int, int]] = {(i, i): (0, i) for i in range(len(chain))}
    for length in range(1, len(chain)):
        for i in range(len(chain) - length):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )

    def product(i: int, j: int) -> Tensor:
        return chain[i] if i == j else mm(product(i, best[i, j][1]), product(best[i, j][1] + 1, j))

    out = product(0, len(chain) - 1)
    out = squeeze(out, 0) if row else out
    return squeeze(out, -1) if column else out


@operation(method=False)
def chain_matmul(*matrices: Tensor) -> Tensor:
    """multi_dot(matrices)."""
    return multi_dot(matrices)


@operation(face="linalg", name="cross", method=False)
def cross_along(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross product along a dimension of size 3."""
    return cross(input, other, dim)


@operation(face="linalg", method=False)
@half_under_autocast
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner products along a dimension."""
    return sum(x.conj() * y, dim)
