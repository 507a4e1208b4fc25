"""The rows of autograd/ops/linalg/ldl.py."""

from __future__ import annotations

import numpy as np

from tests.helpers.operation import Call, Draw, Operation, call


def symmetric(x: np.ndarray, hermitian: bool = False) -> np.ndarray:
    other = np.swapaxes(x, -1, -2)
    return x + (other.conj() if hermitian else other)


def matrices(d: Draw) -> list[Call]:
    hollow = symmetric(d.real(5, 5))
    np.fill_diagonal(hollow, 0.0)  # whose blocks have two rows
    return [
        call(symmetric(d.real(4, 4))),
        call(hollow),
        call(symmetric(d.real(2, 3, 6, 6))),
        call(symmetric(d.complex(4, 4))),
        call(symmetric(d.complex(2, 5, 5), hermitian=True), hermitian=True),
        call(d.real(3, 3)),
        call(d.real(0, 2, 2)),
    ]


ROWS = [
    Operation(name, matrices, differentiable=False, torch_gradient=False, redrawn=False, integers=False)
    for name in ("linalg.ldl_factor", "linalg.ldl_factor_ex")
] + [
    Operation(
        "linalg.ldl_solve",
        lambda d: [
            call(d.real(4, 4) + 3 * np.eye(4), np.array([1, 3, 3, 4], np.int32), d.real(4, 2)),
            call(d.real(4, 4) + 3 * np.eye(4), np.array([2, -4, -4, 4], np.int32), d.real(2, 4, 1)),
            call(d.real(2, 3, 3), np.array([[-3, -3, 3], [1, -2, -2]], np.int32), d.real(2, 3, 2)),
            call(d.complex(3, 3) + 3 * np.eye(3), np.array([-2, -2, 3], np.int32), d.complex(3, 2)),
        ],
        torch_gradient=False,
        redrawn=False,
        integers=False,
    )
]
