"""Linear algebra, under the names of torch.linalg."""

from .engine.errors import LinAlgError

# isort: split
# From here to the next line of this kind: written by `python -m autograd.ops --write`.
from .ops.diagonals import matrix_diagonal as diagonal
from .ops.grids import ascending_powers as vander
from .ops.linalg.checked import cholesky_ex, inv_ex, lu_factor_ex, solve_ex
from .ops.linalg.determinants import det, logdet, slogdet
from .ops.linalg.householder import householder_product
from .ops.linalg.ldl import ldl_factor, ldl_factor_ex, ldl_solve
from .ops.linalg.lu import factored_solve as lu_solve, lu, lu_factor, solve_triangular
from .ops.linalg.norms import cond, matrix_norm, vector_norm, vector_or_matrix_norm as norm
from .ops.linalg.powers import matrix_exp, matrix_power
from .ops.linalg.products import cross_along as cross, matmul, multi_dot, vecdot
from .ops.linalg.solve import cholesky, inv, solve, tensorinv, tensorsolve
from .ops.linalg.spectral import eig, eigh, eigvals, eigvalsh, lstsq, matrix_rank, pinv, qr, svd, svdvals

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "logdet",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
# Up to here: written by `python -m autograd.ops --write`.
# isort: split
