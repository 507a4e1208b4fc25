"""The rows of nn/functional/normalisation.py."""

from __future__ import annotations

from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation(
        "nn.functional.batch_norm",
        lambda d: [
            call(d.real(4, 3), None, None, d.real(3), d.real(3), training=True),
            call(d.real(2, 3, 2, 2), None, None, d.real(3), d.real(3), training=True, eps=1e-3),
            call(d.real(2, 3, 2), None, None, training=True),
            call(d.real(4, 3), Fixed(d.real(3)), Fixed(d.real(3, low=0.5)), d.real(3), d.real(3)),
        ],
    ),
    Operation(
        "nn.functional.layer_norm",
        lambda d: [call(d.real(2, 3, 4), (4,), d.real(4), d.real(4)), call(d.real(2, 3, 2), (3, 2))],
    ),
    Operation(
        "nn.functional.rms_norm", lambda d: [call(d.real(2, 3, 4), (4,), d.real(4)), call(d.real(2, 3), (3,), eps=1e-3)]
    ),
    Operation(
        "nn.functional.group_norm",
        lambda d: [call(d.real(2, 4, 3), 2, d.real(4), d.real(4)), call(d.real(2, 4, 2, 2), 4)],
    ),
    Operation(
        "nn.functional.instance_norm",
        lambda d: [call(d.real(2, 3, 4), weight=d.real(3), bias=d.real(3)), call(d.real(1, 2, 3, 2))],
    ),
    Operation(
        "nn.functional.local_response_norm",
        lambda d: [call(d.real(2, 4, 3), 3), call(d.real(1, 5, 2, 2), 2, alpha=0.5, beta=0.5, k=2.0)],
        integers=False,
    ),
    Operation("nn.functional.normalize", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1.0, 0)]),
]
