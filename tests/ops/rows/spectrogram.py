"""The rows of autograd/ops/spectrogram.py."""

from __future__ import annotations

from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation(
        "stft",
        lambda d: [
            call(d.real(2, 12), 4, return_complex=True),
            call(d.real(12), 6, 2, 5, d.real(5), center=False, return_complex=True, normalized=True),
            call(d.complex(12), 4, return_complex=True),
        ],
    ),
    Operation(
        "istft",
        lambda d: [
            call(d.complex(3, 5), 4, window=Fixed(d.real(4, low=0.5))),
            call(d.complex(2, 3, 5), 4, 1, length=3),
        ],
        integers=False,
    ),
]
