"""The rows of autograd/ops/fourier.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    *(
        Operation(
            name,
            lambda d: [
                call(d.complex(2, 5)),
                call(d.complex(2, 4), 3),
                call(d.complex(3, 4), 6, 0, "ortho"),
                call(d.real(2, 3), norm="forward"),
            ],
        )
        for name in ("fft.fft", "fft.ifft")
    ),
    *(
        Operation(
            name,
            lambda d: [
                call(d.complex(2, 3)),
                call(d.complex(2, 3, 2), (3, 2)),
                call(d.real(2, 3, 2), dim=(0, -1), norm="ortho"),
            ],
        )
        for name in ("fft.fftn", "fft.ifftn", "fft.fft2", "fft.ifft2")
    ),
    *(
        Operation(
            name,
            lambda d: [
                call(d.real(2, 5)),
                call(d.real(2, 4), 6),
                call(d.real(3, 4), 3, 0, "ortho"),
                call(d.real(4), norm="forward"),
                call(d.real(1)),
            ],
        )
        for name in ("fft.rfft", "fft.ihfft")
    ),
    *(
        Operation(
            name,
            lambda d: [
                call(d.complex(2, 4)),
                call(d.complex(2, 4), 7),
                call(d.complex(3, 4), 4, 0, "ortho"),
                call(d.complex(4), norm="forward"),
            ],
        )
        for name in ("fft.irfft", "fft.hfft")
    ),
    *(
        Operation(
            name,
            lambda d: [call(d.real(2, 4)), call(d.real(2, 3, 4), (2, 5)), call(d.real(3, 2), dim=(0, 1), norm="ortho")],
        )
        for name in ("fft.rfftn", "fft.ihfftn", "fft.rfft2", "fft.ihfft2")
    ),
    *(
        Operation(
            name,
            lambda d: [
                call(d.complex(2, 4)),
                call(d.complex(2, 3, 4), (2, 5)),
                call(d.complex(3, 3), dim=(0, 1), norm="ortho"),
            ],
        )
        for name in ("fft.irfftn", "fft.hfftn", "fft.irfft2", "fft.hfft2")
    ),
    *(
        Operation(name, lambda d: [call(d.real(2, 5)), call(d.complex(3, 4), 1)])
        for name in ("fft.fftshift", "fft.ifftshift")
    ),
]
