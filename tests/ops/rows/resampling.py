"""The rows of autograd/ops/resampling.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    *(
        Operation(
            "nn.functional.interpolate",
            lambda d, m=m, s=s: [
                call(d.real(1, 2, *s), scale_factor=2, mode=m),
                call(d.real(1, 1, *s), tuple(n + 1 for n in s), mode=m),
            ],
            integers=False,
        )
        for m, s in (
            ("nearest", (3,)),
            ("nearest-exact", (3, 2)),
            ("linear", (4,)),
            ("bilinear", (3, 4)),
            ("bicubic", (3, 4)),
            ("trilinear", (2, 3, 2)),
            ("area", (4, 5)),
        )
    ),
    *(
        Operation(
            "nn.functional.interpolate",
            lambda d, m=m: [call(d.real(1, 1, 4, 5), (7, 3), mode=m, align_corners=True)],
            integers=False,
        )
        for m in ("bilinear", "bicubic")
    ),
    *(
        Operation(
            "nn.functional.interpolate",
            lambda d, m=m, a=a: [
                call(d.real(1, 1, 6, 5), (4, 7), mode=m, antialias=True, align_corners=a),
                call(d.real(1, 1, 7, 5), scale_factor=0.4, mode=m, antialias=True, align_corners=a),
            ],
            integers=False,
        )
        for m in ("bilinear", "bicubic")
        for a in (False, True)
    ),
]
