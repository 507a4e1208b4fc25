"""The rows of nn/functional/convolution.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "nn.functional.conv1d",
        lambda d: [
            call(d.real(2, 2, 7), d.real(3, 2, 3), d.real(3), stride=2, padding=1),
            call(d.real(2, 7), d.real(3, 2, 3), dilation=2),
            call(d.real(1, 4, 6), d.real(4, 2, 3), d.real(4), padding="same", groups=2),
        ],
    ),
    Operation(
        "nn.functional.conv2d",
        lambda d: [
            call(d.real(2, 2, 4, 5), d.real(3, 2, 3, 3), d.real(3), padding=1),
            call(d.real(1, 2, 6, 5), d.real(2, 2, 3, 2), stride=(2, 1), padding=(0, 1)),
            call(d.real(1, 4, 5, 5), d.real(4, 1, 3, 3), d.real(4), groups=4, dilation=2),
            call(d.real(2, 3, 3, 3), d.real(2, 3, 1, 1), d.real(2)),
            call(d.real(2, 5, 5), d.real(3, 2, 2, 2), padding="valid"),
            call(d.real(1, 2, 5, 4), d.real(2, 2, 3, 3), padding="same"),
            call(d.real(1, 1, 5, 5), d.real(1, 1, 2, 2), stride=3),
            call(d.real(0, 2, 4, 4), d.real(3, 2, 3, 3), d.real(3)),
        ],
    ),
    Operation(
        "nn.functional.conv2d", lambda d: [call(d.complex(1, 2, 4, 4), d.complex(2, 2, 3, 3), d.complex(2), padding=1)]
    ),
    Operation(
        "nn.functional.conv3d",
        lambda d: [call(d.real(1, 2, 3, 4, 3), d.real(2, 2, 2, 2, 2), d.real(2), stride=(1, 2, 1), padding=1)],
    ),
    Operation(
        "nn.functional.conv_transpose1d",
        lambda d: [
            call(d.real(2, 2, 4), d.real(2, 3, 3), d.real(3), stride=2, padding=1, output_padding=1),
            call(d.real(2, 4), d.real(2, 1, 2), dilation=2, output_padding=1),
        ],
    ),
    Operation(
        "nn.functional.conv_transpose2d",
        lambda d: [
            call(d.real(1, 2, 3, 3), d.real(2, 2, 2, 3), d.real(4), groups=2, stride=(2, 1)),
            call(d.real(2, 1, 2, 2), d.real(1, 2, 3, 3), dilation=2, output_padding=(1, 0)),
        ],
    ),
    Operation(
        "nn.functional.conv_transpose3d", lambda d: [call(d.real(1, 1, 2, 2, 2), d.real(1, 2, 2, 2, 2), d.real(2))]
    ),
    Operation(
        "nn.functional.unfold",
        lambda d: [call(d.real(2, 2, 4, 5), (2, 3), padding=1, stride=2), call(d.real(1, 5, 5), 2, dilation=2)],
    ),
    Operation(
        "nn.functional.fold", lambda d: [call(d.real(2, 8, 9), (4, 4), 2), call(d.real(4, 4), (5, 4), 2, 1, 1, 3)]
    ),
]
