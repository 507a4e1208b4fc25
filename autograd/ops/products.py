"""Products over any dimensions: einsum and what can be said with it."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

from .. import dtypes
from ..engine.errors import OperationError
from ..engine.modes import modes
from ..engine.tensor import Tensor
from . import elementwise as e
from .arrange import diagonal
from .dims import normalize_dim
from .linalg import bmm, matmul, mm, mv, outer
from .promotion import cast, result_type
from .reduction import amax, norm, sum
from .shape import _laid_out, broadcast_tensors, permute, reshape, squeeze, stack, unsqueeze


def einsum(equation: Any, *operands: Any) -> Tensor:
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
    tensors = list(operands[0]) if len(operands) == 1 and not isinstance(operands[0], Tensor) else list(operands)
    inputs, output = _parse_equation(equation.replace(" ", ""), tensors)
    kind = result_type(*tensors)
    x, letters = _on_its_own(cast(tensors[0], kind), inputs[0])
    for number in range(1, len(tensors)):
        y, other = _on_its_own(cast(tensors[number], kind), inputs[number])
        later = set(output).union(*inputs[number + 1 :])
        x, letters = _contract(x, letters, y, other, later)
    gone = [i for i, letter in enumerate(letters) if letter not in output]
    if gone:
        x, letters = sum(x, gone), [letter for letter in letters if letter in output]
    order = [letters.index(letter) for letter in output]
    if len(tensors) > 1 and order != sorted(order):
        return _laid_out(x, dims=tuple(order))
    return permute(x, order) if output else reshape(x, ())


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
    product = first @ second
    letters = batch + left + right
    return reshape(product, [sizes[c] for c in letters]), letters


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Sums products over pairs of dimensions: the last `dims` of a with the first of b, or two lists of them."""
    if isinstance(dims, int):
        first, second = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        first, second = ([each] if isinstance(each, int) else list(each) for each in dims)
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
    shape = [a._array.shape[i] for i in left] + [b._array.shape[i] for i in right]
    return reshape(x @ y, shape)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """The inner products of the last dimensions."""
    if not input.ndim or not other.ndim:
        return input * other
    return tensordot(input, other, ([-1], [-1]))


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors, the first conjugated."""
    return matmul(input.conj(), other)


ger = outer


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: every element of input times the whole of other."""
    rank = max(input.ndim, other.ndim)
    a = (1,) * (rank - input.ndim) + tuple(input._array.shape)
    b = (1,) * (rank - other.ndim) + tuple(other._array.shape)
    x = reshape(input, [size for n in a for size in (n, 1)])
    y = reshape(other, [size for n in b for size in (1, n)])
    return reshape(x * y, [m * n for m, n in zip(a, b, strict=True)])


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


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * bmm(batch1, batch2)."""
    return _plus(input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * the sum of bmm(batch1, batch2) over the batch."""
    return _plus(input, sum(bmm(batch1, batch2), 0, dtype=batch1.dtype), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * mat @ vec."""
    return _plus(input, mv(mat, vec), beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    return _plus(input, outer(vec1, vec2), beta, alpha)


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


def chain_matmul(*matrices: Tensor) -> Tensor:
    """multi_dot(matrices)."""
    return multi_dot(matrices)


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """The p-norm distances between all rows: (*, m, d), (*, n, d) -> (*, m, n)."""
    gap = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    if p == math.inf:
        return amax(e.abs(gap), -1)
    return norm(gap, p, -1)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distances between all pairs of rows of a matrix, as a vector."""
    rows = input._array.shape[0]
    first = [i for i in range(rows) for _ in range(i + 1, rows)]
    second = [j for i in range(rows) for j in range(i + 1, rows)]
    return norm(input[first] - input[second], p, -1)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along a dimension."""
    x1, x2 = broadcast_tensors(x1, x2)
    # Each is brought to length 1 first: the products of long vectors would leave half precision's range.
    first, second = (x / e.clamp(norm(x, 2, dim, keepdim=True), min=eps) for x in (x1, x2))
    return sum(first * second, dim)


def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of variables in rows, observations in columns."""
    if input.ndim > 2:
        raise OperationError(f"cov: expected at most 2 dimensions, got shape {tuple(input.shape)}")
    x = input if input.ndim == 2 else reshape(input, (1, -1))
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        if tuple(given.shape) != (x._array.shape[1],):
            raise OperationError(f"cov: expected {x._array.shape[1]} {name}, got shape {tuple(given.shape)}")
        if given.dtype.is_inexact == (name == "fweights"):
            raise OperationError(f"cov: {name} are {'whole' if name == 'fweights' else 'floating-point'} numbers")
        if given.is_cpu and bool((given < 0).any()):
            raise OperationError(f"cov: {name} must not be negative")
    if not x.dtype.is_inexact:
        x = cast(x, dtypes.get_default_dtype())
    count = x._array.shape[1]
    weights: Tensor | None = None if fweights is None else cast(fweights, x.dtype.to_real())
    if aweights is not None:
        importance = cast(aweights, x.dtype.to_real())
        weights = importance if weights is None else weights * importance
    if weights is None:
        mean, freedom = x.mean(1, keepdim=True), max(count - correction, 0)
        centred = x - mean
        product = centred @ centred.mH
        found = product / float(freedom) if freedom else product / (0.0 * product.detach().abs())
    else:
        total = sum(weights)
        mean = sum(x * weights, 1, keepdim=True) / total
        centred = x - mean
        freed = total  # what the sum of squares is divided by, after NumPy's cov
        if correction and aweights is not None:
            freed = total - float(correction) * (sum(weights * importance) / total)
        elif correction:
            freed = total - float(correction)
        found = (centred * weights) @ centred.mH / e.clamp(freed, min=0.0)
    return squeeze(found)


def corrcoef(input: Tensor) -> Tensor:
    """The correlation coefficients of variables in rows."""
    found = cov(input)
    if not found.ndim:
        return found / found
    spread = e.sqrt(diagonal(found).real)
    return found / unsqueeze(spread, 1) / unsqueeze(spread, 0)
