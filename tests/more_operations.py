"""More rows of the table: special functions, scans, order, rearrangement, scattering, products, linear algebra."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from tests.operations import (
    WHOLE,
    Call,
    Draw,
    Fixed,
    Operation,
    along,
    binary,
    call,
    reduced,
    spread,
    unary,
)  # fmt: skip


def positive(draw: Draw, *batch: int, size: int = 3) -> np.ndarray:
    x = draw.real(*batch, size, size)
    return x @ np.swapaxes(x, -1, -2) + np.eye(size)


def regular(draw: Draw, *batch: int, size: int = 3) -> np.ndarray:
    return draw.real(*batch, size, size) + 4.0 * np.eye(size)


def ordered(draw: Draw) -> np.ndarray:
    return np.sort(draw.real(7))


UNARY = {
    "frac": (-3, 3, *WHOLE), "deg2rad": (-90, 90), "rad2deg": (-3, 3), "sgn": (-3, 3, 0), "digamma": (0.3, 4), "erfc": (-2, 2),
    "erfinv": (-0.9, 0.9), "lgamma": (0.3, 4), "logit": (0.1, 0.9), "sinc": (-2, 2), "nan_to_num": (-2, 2),
    "special.entr": (0.2, 3), "special.ndtr": (-2, 2), "special.ndtri": (0.1, 0.9), "special.log_ndtr": (-3, 3),
    "special.expit": (-3, 3), "special.psi": (0.3, 4), "special.gammaln": (0.3, 4), "special.erfcx": (-2, 4),
    "i0": (-4, 4), "special.i0e": (-4, 4, 0), "special.i1": (-4, 4), "special.i1e": (-4, 4, 0), "angle": (-3, 3, 0),
}  # fmt: skip

SMOOTH_BINARY = {
    "hypot": (0.5, 2.0),
    "copysign": (0.5, 2.0),
    "logaddexp2": (-2.0, 2.0),
    "fmax": (-2.0, 2.0),
    "fmin": (-2.0, 2.0),
}


def square_matrices(make: Callable[..., np.ndarray]) -> Callable[[Draw], Iterable[Call]]:
    return lambda draw: [call(make(draw)), call(make(draw, 2)), call(make(draw, size=1))]


ROWS = [
    *(Operation(name, unary(*domain)) for name, domain in UNARY.items()),
    Operation("signbit", unary(-2, 2), differentiable=False),
    Operation("isposinf", unary(-2, 2), differentiable=False),
    Operation("isneginf", unary(-2, 2), differentiable=False),
    *(Operation(name, binary(*domain, scalars=False, smooth=name not in ("fmax", "fmin"))) for name, domain in SMOOTH_BINARY.items()),
    Operation("copysign", lambda d: [call(np.array([-1.5, 0.5, 2.0, -0.3]), np.array([1.0, -2.0, 3.0, -4.0]))]),
    Operation("sinc", lambda d: [call(np.array([0.0, 1e-4, -3e-4, 0.5]))]),
    Operation("xlogy", lambda d: [call(d.real(2, 3), 2.5)]),
    Operation("linalg.solve", lambda d: [call(regular(d, 2), d.real(3, 1)), call(regular(d), d.real(2, 3, 1))]),
    Operation("nextafter", lambda d: [call(d.real(2, 3), d.real(3))]),
    Operation("heaviside", lambda d: [call(Fixed(np.array([-1.0, 0.0, 2.0])), Fixed(d.real(3)))], differentiable=False),
    Operation("float_power", binary(0.5, 2.0, first=(0.5, 2.0))),
    Operation("xlogy", binary(0.3, 3.0, scalars=False)),
    Operation("special.xlog1py", binary(0.3, 3.0, scalars=False)),
    Operation("ldexp", lambda d: [call(d.real(2, 3), Fixed(np.array([1.0, 2.0, -1.0])))]),
    Operation("polygamma", lambda d: [call(n, d.real(2, 3, low=0.4, high=4)) for n in (0, 1, 2)]),
    Operation("mvlgamma", lambda d: [call(d.real(2, 3, low=2.0, high=4), 3)]),
    Operation("logit", lambda d: [call(d.real(2, 3, low=0.1, high=0.9), eps=0.2)]),
    Operation("lerp", lambda d: [call(d.real(2, 3), d.real(3), 0.3), call(d.real(2, 3), d.real(2, 3), d.real(3))]),
    Operation("addcmul", lambda d: [call(d.real(2, 3), d.real(3), d.real(2, 1)), call(d.real(2), d.real(2), d.real(2), value=2)]),
    Operation("addcdiv", lambda d: [call(d.real(2, 3), d.real(3), d.real(2, 1, low=0.5)), call(d.real(2), d.real(2), d.real(2, low=0.5), value=-2)]),
    Operation("dist", lambda d: [call(d.real(2, 3), d.real(2, 3)), call(d.real(3), d.real(3), 1)]),
    # Scans
    *(Operation(name, along()) for name in ("cumsum", "softmax", "log_softmax", "logcumsumexp")),
    *(Operation(name, along(0.3, 2.0)) for name in ("cumprod", "prod")),
    *(Operation(name, along(distinct=True)) for name in ("cummax", "cummin", "sort")),
    *(Operation(name, lambda d: [call(d.real(2, 3), 1), call(d.real(3, 2), 0), call(d.real(), 0), call(d.real(0, 2), 1)]) for name in ("cumsum", "cumprod")),
    Operation("cumprod", lambda d: [call(np.array([[1.5, 0.0, 2.0, 3.0], [0.0, 2.0, 0.0, 1.0], [1.0, 2.0, 3.0, 0.0]]), 1)]),
    Operation("logcumsumexp", lambda d: [call(d.real(2, 3), 1), call(d.real(3, 2), 0)]),
    *(Operation(name, lambda d: [call(spread(d, 2, 5), 1), call(spread(d, 3, 2), 0)]) for name in ("cummax", "cummin")),
    Operation("prod", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1), call(d.real(2, 3, 2), 1, keepdim=True), call(d.real()), call(d.real(0, 2)), call(np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]]), 1)]),
    Operation("diff", lambda d: [call(d.real(2, 4)), call(d.real(4, 2), 2, 0), call(d.real(3), prepend=d.real(1), append=d.real(2))]),
    Operation("trapezoid", lambda d: [call(d.real(2, 4)), call(d.real(4), d.real(4)), call(d.real(2, 4), dx=0.5, dim=0)]),
    Operation("nansum", reduced()),
    Operation("nanmean", reduced()),
    Operation("aminmax", lambda d: [call(spread(d, 2, 3)), call(spread(d, 2, 3), dim=1), call(spread(d, 2, 3), dim=0, keepdim=True)]),
    # Order
    *(Operation(name, lambda d: [call(spread(d, 2, 4)), call(spread(d, 3, 2), 0), call(spread(d, 2, 4), -1, True), call(d.real())]) for name in ("sort",)),
    Operation("argsort", lambda d: [call(spread(d, 2, 4)), call(spread(d, 3, 2), 0), call(spread(d, 2, 4), descending=True)], differentiable=False),
    Operation("msort", lambda d: [call(spread(d, 3, 2))]),
    Operation("topk", lambda d: [call(spread(d, 2, 5), 2), call(spread(d, 4, 2), 3, 0, False), call(spread(d, 4), 0)], integers=False),
    Operation("kthvalue", lambda d: [call(spread(d, 2, 5), 2), call(spread(d, 4, 2), 3, 0, True)], integers=False),
    Operation("median", lambda d: [call(spread(d, 2, 5)), call(spread(d, 2, 5), 1), call(spread(d, 4, 3), 0, True)]),
    Operation("nanmedian", lambda d: [call(spread(d, 2, 5)), call(spread(d, 2, 5), 1)]),
    Operation("quantile", lambda d: [call(spread(d, 2, 5), 0.3), call(spread(d, 2, 5), Fixed(np.array([0.1, 0.75])), 1), call(spread(d, 5, 2), 0.4, 0, True), *(call(spread(d, 7), 0.37, interpolation=i) for i in ("lower", "higher", "nearest", "midpoint"))]),
    Operation("nanquantile", lambda d: [call(spread(d, 2, 5), 0.3, 1)]),
    Operation("unique", lambda d: [call(d.whole(3, 4)), call(d.whole(7), return_inverse=True, return_counts=True), call(d.whole(6, 2, high=2), dim=0, return_counts=True)], differentiable=False),
    Operation("unique_consecutive", lambda d: [call(d.whole(9, high=2), return_inverse=True, return_counts=True)], differentiable=False),
    Operation("bincount", lambda d: [call(d.whole(9)), call(d.whole(5), Fixed(d.real(5))), call(d.whole(5), minlength=9)], differentiable=False),
    Operation("histc", lambda d: [call(d.real(20), 5), call(d.real(20), 4, -1, 1)], differentiable=False),
    Operation("searchsorted", lambda d: [call(Fixed(ordered(d)), Fixed(d.real(2, 3))), call(Fixed(ordered(d)), 0.5, right=True), call(Fixed(np.sort(d.real(2, 5))), Fixed(d.real(2, 3)))], differentiable=False, integers=False),
    Operation("bucketize", lambda d: [call(Fixed(d.real(2, 3)), Fixed(ordered(d)), right=True)], differentiable=False, integers=False),
    Operation("isin", lambda d: [call(d.whole(2, 3), d.whole(3)), call(d.whole(4), d.whole(2), invert=True)], differentiable=False),
    *(Operation(name, lambda d: [call(d.whole(2, 3, high=30), d.whole(3, high=30))], differentiable=False) for name in ("gcd", "lcm")),
    *(Operation(name, lambda d: [call(d.whole(2, 3, high=30), d.whole(3))], differentiable=False) for name in ("bitwise_left_shift", "bitwise_right_shift")),
    # Rearrangement
    *(Operation(name, lambda d: [call([d.real(3, 2), d.real(3, 2)]), call([d.real(3), d.real(3)])]) for name in ("hstack", "vstack", "dstack", "column_stack", "row_stack")),
    *(Operation(name, lambda d: [call(d.real()), call(d.real(3)), call(d.real(2, 3))]) for name in ("atleast_1d", "atleast_2d", "atleast_3d")),
    Operation("tensor_split", lambda d: [call(d.real(7, 2), 3), call(d.real(2, 7), (2, 5), 1)]),
    Operation("hsplit", lambda d: [call(d.real(2, 4), 2), call(d.real(4), (1, 3))]),
    Operation("vsplit", lambda d: [call(d.real(4, 2), 2)]),
    Operation("dsplit", lambda d: [call(d.real(2, 2, 4), 2)]),
    Operation("tile", lambda d: [call(d.real(2, 3), (2,)), call(d.real(3), (2, 2))]),
    Operation("repeat_interleave", lambda d: [call(d.real(2, 3), 2), call(d.real(2, 3), 3, 1), call(d.real(3, 2), np.array([1, 0, 2]), 0)]),
    *(Operation(name, lambda d: [call(d.real(2, 3))]) for name in ("fliplr", "flipud", "adjoint")),
    Operation("rot90", lambda d: [call(d.real(2, 3), k, (0, 1)) for k in range(-1, 4)]),
    Operation("swapaxes", lambda d: [call(d.real(2, 3, 4), 0, 2)]),
    *(Operation("meshgrid", lambda d, i=i: [call(d.real(2), d.real(3), d.real(2), indexing=i)]) for i in ("ij", "xy")),
    Operation("cartesian_prod", lambda d: [call(d.real(2), d.real(3))]),
    Operation("combinations", lambda d: [call(d.real(4), 2), call(d.real(3), 2, True)]),
    Operation("diagonal", lambda d: [call(d.real(3, 4)), call(d.real(3, 4), 1), call(d.real(4, 3), -2), call(d.real(2, 3, 4), 0, 0, 2), call(d.real(2, 2), 5)]),
    Operation("diag_embed", lambda d: [call(d.real(3)), call(d.real(2, 3), 1), call(d.real(2, 3), -1, 0, 2)]),
    Operation("diag", lambda d: [call(d.real(3)), call(d.real(3, 4), 1), call(d.real(3), -1)]),
    Operation("diagflat", lambda d: [call(d.real(2, 2))]),
    Operation("trace", lambda d: [call(d.real(3, 4))]),
    Operation("renorm", lambda d: [call(d.real(3, 4) * 2, 2, 0, 1.5), call(d.real(3, 4), 1, 1, 2.0)]),
    Operation("block_diag", lambda d: [call(d.real(2, 3), d.real(1, 1), d.real(2, 1))]),
    Operation("vander", lambda d: [call(d.real(3)), call(d.real(3), 2, True)], torch_gradient=False),
    *(Operation("nn.functional.pad", lambda d, m=m: [call(d.real(1, 2, 4), (2, 1), mode=m), call(d.real(1, 1, 4, 3), (1, 2, 3, 0), mode=m)]) for m in ("reflect", "replicate", "circular")),
    # Scattering
    Operation("scatter", lambda d: [call(d.real(3, 4), 1, np.array([[0, 2], [3, 1]]), d.real(2, 2)), call(d.real(3, 4), 0, np.array([[2, 1, 0, 1]]), 1.5)]),
    *(Operation("scatter_reduce", lambda d, r=r: [call(d.real(3, 4), 1, d.whole(3, 4, high=4), spread(d, 3, 4), reduce=r), call(d.real(3), 0, d.whole(5, high=3), spread(d, 5), r, include_self=False)]) for r in ("sum", "mean", "amax", "amin", "prod")),
    Operation("index_add", lambda d: [call(d.real(3, 4), 0, np.array([2, 0, 2]), d.real(3, 4)), call(d.real(3, 4), 1, np.array([1]), d.real(3, 1), alpha=2)]),
    Operation("index_copy", lambda d: [call(d.real(3, 4), 0, np.array([2, 0]), d.real(2, 4))]),
    Operation("index_fill", lambda d: [call(d.real(3, 4), 1, np.array([2, 0]), 1.5), call(d.real(3, 4), 1, np.array([2, 0]), d.real())]),
    Operation("index_put", lambda d: [call(d.real(3, 4), (np.array([0, 2]), np.array([1, 3])), d.real(2)), call(d.real(3, 4), (np.array([0, 0]),), d.real(2, 4), accumulate=True)]),
    Operation("take", lambda d: [call(d.real(3, 4), np.array([[0, 11], [5, 5]]))]),
    Operation("take_along_dim", lambda d: [call(d.real(3, 4), d.whole(3, 2, high=4), 1), call(d.real(3, 4), d.whole(1, 4, high=3), 0), call(d.real(3, 4), d.whole(5, high=12))]),
    Operation("masked_scatter", lambda d: [call(d.real(2, 3), np.array([[True, False, True], [False, True, False]]), d.real(4))]),
    Operation("select_scatter", lambda d: [call(d.real(2, 3), d.real(2), 1, 0)]),
    Operation("slice_scatter", lambda d: [call(d.real(4, 3), d.real(2, 3), 0, 1, 3), call(d.real(4, 3), d.real(4, 2), dim=1, start=0, step=2)]),
    Operation("diagonal_scatter", lambda d: [call(d.real(3, 3), d.real(3)), call(d.real(3, 4), d.real(3), 1), call(d.real(4, 3), d.real(2), -2)]),
    # Products
    *(Operation("einsum", lambda d, c=c: [call(c[0], *(d.real(*s) for s in c[1:]))]) for c in (
        ("ij,jk->ik", (2, 3), (3, 2)), ("ij->ji", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
        ("i,j->ij", (2,), (3,)), ("ij,ij->", (2, 3), (2, 3)), ("...ij,...jk->...ik", (2, 1, 2, 3), (2, 3, 2)), ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)),
        ("bi,oi,bj->boj", (2, 3), (2, 3), (2, 2)), ("ijk->k", (2, 3, 2)), ("i...->...", (2, 3)), ("a,a,a->a", (3,), (3,), (3,)), (",i->i", (), (3,)), ("ijj,j->i", (2, 3, 3), (3,)),
    )),
    Operation("tensordot", lambda d: [call(d.real(2, 3, 4), d.real(3, 4, 2)), call(d.real(2, 3), d.real(3, 2), 1), call(d.real(2, 3), d.real(2, 2), ([0], [1])), call(d.real(2), d.real(3), 0)]),
    Operation("inner", lambda d: [call(d.real(2, 3), d.real(4, 3)), call(d.real(3), d.real(3))]),
    Operation("vdot", lambda d: [call(d.real(3), d.real(3))]),
    Operation("kron", lambda d: [call(d.real(2, 2), d.real(1, 3)), call(d.real(2), d.real(2, 2))]),
    Operation("cross", lambda d: [call(d.real(2, 3), d.real(2, 3), 1), call(d.real(3, 2), d.real(3, 2), dim=0)]),
    Operation("linalg.cross", lambda d: [call(d.real(2, 3), d.real(1, 3))]),
    Operation("baddbmm", lambda d: [call(d.real(2, 2, 2), d.real(2, 2, 3), d.real(2, 3, 2), beta=0.5, alpha=2.0)]),
    Operation("addbmm", lambda d: [call(d.real(2, 2), d.real(2, 2, 3), d.real(2, 3, 2))]),
    Operation("addmv", lambda d: [call(d.real(2), d.real(2, 3), d.real(3))]),
    Operation("addr", lambda d: [call(d.real(2, 3), d.real(2), d.real(3), alpha=2.0)]),
    Operation("cdist", lambda d: [call(d.real(3, 2), d.real(4, 2)), call(d.real(2, 3, 2), d.real(2, 2, 2), p=1.0), call(d.real(3, 2), d.real(4, 2), p=float("inf"))]),
    Operation("pdist", lambda d: [call(d.real(4, 2))]),
    Operation("cosine_similarity", lambda d: [call(d.real(3, 4), d.real(3, 4)), call(d.real(3, 4), d.real(3, 4), dim=0)]),
    Operation("cov", lambda d: [call(d.real(3, 5)), call(d.real(5)), call(d.real(3, 5), correction=0)]),
    Operation("corrcoef", lambda d: [call(d.real(3, 5))]),
    # Linear algebra
    Operation("linalg.inv", square_matrices(regular)),
    Operation("linalg.det", square_matrices(regular)),
    Operation("linalg.det", lambda d: [call(np.zeros((3, 3))), call(np.diag([1.0, 0.0, 0.0, 2.0])), call(np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]))], integers=False, torch_gradient=False, redrawn=False),
    Operation("linalg.slogdet", square_matrices(regular)),
    Operation("linalg.solve", lambda d: [call(regular(d), d.real(3, 2)), call(regular(d), d.real(3)), call(regular(d, 2), d.real(2, 3, 1)), call(regular(d), d.real(2, 3), left=False)]),
    Operation("linalg.solve_triangular", lambda d: [call(regular(d), d.real(3, 2), upper=True), call(regular(d), d.real(3, 2), upper=False, unitriangular=True)]),
    Operation("cholesky_solve", lambda d: [call(d.real(3, 2), np.tril(regular(d))), call(d.real(3, 2), np.triu(regular(d)), upper=True)]),
    Operation("cholesky_inverse", lambda d: [call(np.tril(regular(d)))], torch_gradient=False),
    Operation("logdet", lambda d: [call(positive(d))]),
    Operation("matrix_exp", lambda d: [call(d.real(3, 3))], integers=False),
    Operation("linalg.matrix_power", lambda d: [call(regular(d), n) for n in (1, 2, 5, -2)] + [call(Fixed(regular(d)), 0)]),
    Operation("linalg.matrix_exp", lambda d: [call(d.real(3, 3)), call(d.real(2, 2, 2) * 5)], integers=False),
    Operation("linalg.multi_dot", lambda d: [call([d.real(2, 3), d.real(3, 4), d.real(4, 1)]), call([d.real(3), d.real(3, 4), d.real(4)])]),
    Operation("linalg.vector_norm", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1, 1), call(d.real(2, 3), 3, 0, True), call(d.real(2, 3), float("inf"))]),
    Operation("linalg.matrix_norm", lambda d: [call(d.real(2, 3), o) for o in ("fro", "nuc", 1, -1, 2, -2, float("inf"))] + [call(d.real(2, 3, 2), "fro", (0, 1), True)]),
    Operation("linalg.norm", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 2), call(d.real(3), 1), call(d.real(2, 3), "nuc"), call(d.real(2, 3, 2), 1, (0, 1))]),
    Operation("linalg.pinv", lambda d: [call(d.real(3, 2)), call(d.real(2, 3)), call(d.real(2, 3, 3))]),
    Operation("linalg.svdvals", lambda d: [call(d.real(3, 2)), call(d.real(2, 2, 3))]),
    Operation("linalg.cond", lambda d: [call(regular(d)), call(regular(d), 1)], torch_gradient=False),
    Operation("linalg.matrix_rank", lambda d: [call(Fixed(d.real(3, 2)))], differentiable=False),
    Operation("linalg.diagonal", lambda d: [call(d.real(2, 3, 4)), call(d.real(3, 3), offset=1)]),
    Operation("linalg.vecdot", lambda d: [call(d.real(2, 3), d.real(3))]),
    Operation("linalg.tensorinv", lambda d: [call(regular(d, size=4).reshape(2, 2, 4), ind=2)]),
    Operation("linalg.tensorsolve", lambda d: [call(regular(d, size=4).reshape(2, 2, 4), d.real(2, 2))]),
]  # fmt: skip
