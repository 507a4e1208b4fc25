"""What becomes of each primitive, as its own `compute` is run on symbols; all the others are pointwise."""

from __future__ import annotations

ROWS = "all amax amin any bincount class_cross_entropy class_cross_entropy_slope log_softmax norm2 normalise normalise_slope"
ROWS += " normalise_sum prod softmax total sum"
PRODUCTS = "convolution linear linear_weight matmul"
MOVING = "cat clone contiguous expand flip laid_out permute reshape slice windows"

KINDS: dict[str, str] = {
    **dict.fromkeys(ROWS.split(), "rows"),
    **dict.fromkeys(PRODUCTS.split(), "product"),
    **dict.fromkeys(MOVING.split(), "moving"),
}

# Why calls of a primitive leave no expression; of those with a star others do.
REASONS: dict[str, str] = {
    "asks of an array what a symbol does not have: ": "constant ldl",
    "calls argmax()": "argmax pivots",
    "calls argmin()": "argmin",
    "calls argsort()": "argsort topk",
    "calls cumulative_prod()": "cumprod",
    "calls cumulative_sum()": "cumsum",
    "calls eye()": "diagonal diagonal_adjoint eliminate eye",
    "calls fft()": "fft irfft rfft",
    "calls linalg()": "cofactors det inv pinv slogdet solve svd",
    "calls nonzero()": "nonzero",
    "calls real()": "cast* sigmoid* view_as_real",
    "calls roll()": "roll",
    "calls take_along_axis()": "gather",
    "calls tril()": "tril",
    "calls triu()": "triu",
    "calls unique_all()": "unique",
    "computes with a list": "extend",
    "looks for zeros among integers that it divides by": "floor_divide* remainder*",
    "reads by an index of arrays": "index index_adjoint",
    "writes by an index": "convolution* convolution_input convolution_weight fold_back max_scatter pad scatter_extreme scatter_sum slice_adjoint spread windows_adjoint",
}

# No row of the table of operations runs these.
NOT_MET = """
below bitwise_xor cholesky chosen cofactor_slope copy cross_entropy dirichlet_of dirichlet_slope drawn drawn_binomial
drawn_gamma eig eigh gamma_of gamma_slope gather in_order integers keep max_gather max_positions normal permutation
products_of_rows qr scale_into sum_rows torchs_dirichlet uniform weighted_rows
"""
