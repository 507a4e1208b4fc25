"""Rows of the table: complex numbers, Fourier transforms, spectra, Bessel functions and polynomials, factorisations."""

from __future__ import annotations

import numpy as np

from tests.more_operations import regular, spread
from tests.operations import Draw, Fixed, Operation, call, unary

HOLOMORPHIC = (
    "neg", "reciprocal", "square", "sqrt", "rsqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin",
    "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid",
)  # fmt: skip
OF_COMPLEX = ("abs", "angle", "conj", "real", "imag", "sgn", "isreal", "isnan", "isfinite", "isinf")
POLYNOMIALS = (
    *(f"chebyshev_polynomial_{kind}" for kind in "tuvw"), *(f"shifted_chebyshev_polynomial_{kind}" for kind in "tuvw"),
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
)  # fmt: skip
BESSEL = {
    "bessel_j0": (-5, 5), "bessel_j1": (-5, 5), "bessel_y0": (0.3, 5), "bessel_y1": (0.5, 5), "modified_bessel_i0": (-3, 3),
    "modified_bessel_i1": (-3, 3), "modified_bessel_k0": (0.3, 5), "modified_bessel_k1": (0.5, 5),
    "scaled_modified_bessel_k0": (0.3, 5), "scaled_modified_bessel_k1": (0.5, 5), "spherical_bessel_j0": (-3, 3),
}  # fmt: skip


def complex_regular(draw: Draw, *batch: int, size: int = 3) -> np.ndarray:
    return draw.complex(*batch, size, size) + 5.0 * np.eye(size)


# integers=False: there is no complex dtype of half precision here.
ROWS = [
    *(Operation(name, lambda d: [call(d.complex(2, 3)), call(d.complex()), call(d.complex(0, 2))]) for name in (*HOLOMORPHIC, *OF_COMPLEX)),
    *(Operation(name, lambda d: [call(d.complex(2, 3), d.complex(3)), call(d.complex(2, 3), d.real(3)), call(d.real(2, 1), d.complex(3)), call(d.complex(2), 1.5 - 2j), call(d.real(2), 2j), call(d.complex(), d.complex(2))], integers=False) for name in ("add", "sub", "mul", "div")),
    Operation("pow", lambda d: [call(d.complex(2, 3), d.complex(3)), call(d.complex(2), 2), call(d.complex(2), 0.5 + 1j), call(d.complex(2), d.real(2)), call(1.5 + 1j, d.complex(2))]),
    *(Operation(name, lambda d: [call(d.complex(2, 3), d.complex(3)), call(np.array([1 + 2j, 1.0]), np.array([1 + 2j, 2.0]))], differentiable=False) for name in ("eq", "ne")),
    Operation("complex", lambda d: [call(d.real(2, 3), d.real(3)), call(d.real(), d.real())], integers=False),
    Operation("polar", lambda d: [call(d.real(2, 3, low=0.3), d.real(2, 3))]),
    Operation("view_as_real", lambda d: [call(d.complex(2, 3)), call(d.complex())]),
    Operation("view_as_complex", lambda d: [call(d.real(3, 2)), call(d.real(2, 4, 2))], integers=False),
    *(Operation(name, lambda d: [call(d.complex(2, 3)), call(d.complex(2, 3), 1), call(d.complex(2, 3), dim=0)]) for name in ("sum", "mean")),
    *(Operation(name, lambda d: [call(d.complex(2, 3), 1), call(d.complex(4, 2), 0)]) for name in ("cumsum", "cumprod", "prod", "var", "std")),
    Operation("norm", lambda d: [call(d.complex(2, 3)), call(d.complex(2, 3), 1, 1), call(d.complex(2, 3), 3.0)]),
    Operation("matmul", lambda d: [call(d.complex(2, 3), d.complex(3, 4)), call(d.complex(3), d.complex(3)), call(d.complex(2, 2, 3), d.complex(3, 2))]),
    Operation("vdot", lambda d: [call(d.complex(3), d.complex(3))]),
    Operation("einsum", lambda d: [call("bij,bjk->bik", d.complex(2, 2, 3), d.complex(2, 3, 2))]),
    Operation("reshape", lambda d: [call(d.complex(2, 6), (3, 4))]),
    Operation("permute", lambda d: [call(d.complex(2, 3, 2), (2, 0, 1))]),
    Operation("adjoint", lambda d: [call(d.complex(2, 3))]),
    Operation("cat", lambda d: [call([d.complex(2, 3), d.real(1, 3)])]),
    Operation("where", lambda d: [call(d.mask(2, 3), d.complex(2, 3), d.complex(3))]),
    Operation("gather", lambda d: [call(d.complex(3, 4), 1, d.whole(3, 2, high=4))]),
    Operation("index_add", lambda d: [call(d.complex(3, 4), 0, np.array([2, 0, 2]), d.complex(3, 4))]),
    Operation("masked_select", lambda d: [call(d.complex(2, 3), np.array([[True, False, True], [False, True, True]]))]),
    Operation("nn.functional.conv2d", lambda d: [call(d.complex(1, 2, 4, 4), d.complex(2, 2, 3, 3), d.complex(2), padding=1)]),
    Operation("nn.functional.linear", lambda d: [call(d.complex(2, 3), d.complex(4, 3), d.complex(4))]),
    # Matrices
    Operation("linalg.inv", lambda d: [call(complex_regular(d))]),
    Operation("linalg.solve", lambda d: [call(complex_regular(d), d.complex(3, 2))]),
    Operation("linalg.det", lambda d: [call(complex_regular(d, 2))]),
    Operation("linalg.slogdet", lambda d: [call(complex_regular(d))]),
    Operation("linalg.pinv", lambda d: [call(d.complex(3, 2))], twice=False),
    Operation("linalg.svdvals", lambda d: [call(d.complex(3, 2))], twice=False),
    Operation("linalg.matrix_power", lambda d: [call(complex_regular(d), 3)]),
    Operation("linalg.lu_factor", lambda d: [call(regular(d)), call(d.real(4, 3)), call(d.real(3, 4)), call(complex_regular(d, 2))], redrawn=False),
    Operation("linalg.lu", lambda d: [call(regular(d)), call(d.real(2, 4, 3)), call(d.real(3, 4))], redrawn=False),
    Operation("lu_solve", lambda d: [call(d.real(3, 2), regular(d), np.array([2, 3, 3], dtype=np.int32))]),
    Operation("linalg.lu_solve", lambda d: [call(regular(d), np.array([2, 3, 3], dtype=np.int32), d.real(3, 2), adjoint=a) for a in (False, True)]),
    Operation("triangular_solve", lambda d: [call(d.real(3, 2), regular(d)), call(d.real(3, 2), regular(d), upper=False, transpose=True)], torch_gradient=False),
    # Fourier transforms
    *(Operation(f"fft.{name}", lambda d: [call(d.complex(2, 5)), call(d.complex(2, 4), 3), call(d.complex(3, 4), 6, 0, "ortho"), call(d.real(2, 3), norm="forward")]) for name in ("fft", "ifft")),
    *(Operation(f"fft.{name}", lambda d: [call(d.complex(2, 3)), call(d.complex(2, 3, 2), (3, 2)), call(d.real(2, 3, 2), dim=(0, -1), norm="ortho")]) for name in ("fftn", "ifftn", "fft2", "ifft2")),
    *(Operation(f"fft.{name}", lambda d: [call(d.real(2, 5)), call(d.real(2, 4), 6), call(d.real(3, 4), 3, 0, "ortho"), call(d.real(4), norm="forward"), call(d.real(1))]) for name in ("rfft", "ihfft")),
    *(Operation(f"fft.{name}", lambda d: [call(d.complex(2, 4)), call(d.complex(2, 4), 7), call(d.complex(3, 4), 4, 0, "ortho"), call(d.complex(4), norm="forward")]) for name in ("irfft", "hfft")),
    *(Operation(f"fft.{name}", lambda d: [call(d.real(2, 4)), call(d.real(2, 3, 4), (2, 5)), call(d.real(3, 2), dim=(0, 1), norm="ortho")]) for name in ("rfftn", "ihfftn", "rfft2", "ihfft2")),
    *(Operation(f"fft.{name}", lambda d: [call(d.complex(2, 4)), call(d.complex(2, 3, 4), (2, 5)), call(d.complex(3, 3), dim=(0, 1), norm="ortho")]) for name in ("irfftn", "hfftn", "irfft2", "hfft2")),
    *(Operation(f"fft.{name}", lambda d: [call(d.real(2, 5)), call(d.complex(3, 4), 1)]) for name in ("fftshift", "ifftshift")),
    Operation("stft", lambda d: [call(d.real(2, 12), 4, return_complex=True), call(d.real(12), 6, 2, 5, d.real(5), center=False, return_complex=True, normalized=True), call(d.complex(12), 4, return_complex=True)]),
    Operation("istft", lambda d: [call(d.complex(3, 5), 4, window=Fixed(d.real(4, low=0.5))), call(d.complex(2, 3, 5), 4, 1, length=3)], integers=False),
    # Special functions
    *(Operation(f"special.{name}", unary(*domain), torch_gradient=False, exact=False) for name, domain in BESSEL.items()),
    *(Operation(f"special.{name}", lambda d: [call(d.real(2, 3, low=0.1, high=0.9), n) for n in (0, 1, 2, 4)] + [call(d.real(4, low=0.1, high=0.9), np.array([3, 0, -1, 5]))], torch_gradient=False) for name in POLYNOMIALS),
    *(Operation(name, lambda d: [call(Fixed(d.real(2, 3, low=0.5, high=4)), d.real(3, low=0.3, high=6))]) for name in ("igamma", "igammac", "special.gammainc", "special.gammaincc")),
    Operation("special.zeta", lambda d: [call(Fixed(d.real(2, 3, low=1.5, high=4)), d.real(3, low=0.3, high=6)), call(2.0, d.real(2, low=0.5))]),
    # Others
    Operation("gradient", lambda d: [call(d.real(4, 3)), call(d.real(5), spacing=2.0), call(d.real(4, 3), spacing=(Fixed(np.array([0.0, 1.0, 3.0, 4.0])),), dim=0, edge_order=2)]),
    Operation("cumulative_trapezoid", lambda d: [call(d.real(2, 4)), call(d.real(4), d.real(4)), call(d.real(2, 4), dx=0.5, dim=0)]),
    Operation("frexp", lambda d: [call(d.real(2, 3)), call(np.array([0.6, 1.1, 9.0, 0.001, -3.0]))], redrawn=False),
    Operation("histogram", lambda d: [call(Fixed(d.real(20)), 5), call(Fixed(d.real(20)), 4, range=(-1.0, 1.0), density=True), call(Fixed(d.real(9)), Fixed(np.array([-2.0, 0.0, 0.5, 2.0])), weight=Fixed(d.real(9)))], differentiable=False, integers=False),
    Operation("histogramdd", lambda d: [call(Fixed(d.real(20, 2)), [3, 4])], differentiable=False, integers=False),
    *(Operation("index_reduce", lambda d, r=r: [call(d.real(3, 2), 0, np.array([2, 0, 2, 1]), spread(d, 4, 2), r), call(d.real(3, 2), 0, np.array([2, 0, 2]), spread(d, 3, 2), r, include_self=False)]) for r in ("mean", "amax", "amin", "prod")),
    Operation("nonzero_static", lambda d: [call(d.mask(2, 3), size=3), call(d.mask(2, 3), size=9, fill_value=-7)], differentiable=False),
    Operation("unravel_index", lambda d: [call(d.whole(4, high=12), (3, 4))], differentiable=False),
    Operation("cov", lambda d: [call(d.real(3, 5), fweights=d.whole(5, low=1)), call(d.real(3, 5), aweights=Fixed(d.real(5, low=0.5))), call(d.complex(3, 5))]),
    Operation("round", lambda d: [call(d.real(2, 3), decimals=2), call(d.real(2, 3) * 100, decimals=-1)], differentiable=False, integers=False),
    Operation("einsum", lambda d: [call(d.real(2, 3), [0, 1], d.real(3, 2), [1, 2], [0, 2])]),
]  # fmt: skip
