"""The rows of autograd/ops/view_copies.py."""

from __future__ import annotations

from tests.helpers.operation import Fixed, Operation, call

ROWS = [
    Operation("alias_copy", lambda d: [call(d.real(2, 3))]),
    Operation("detach_copy", lambda d: [call(Fixed(d.real(2, 3)))]),
    Operation("diagonal_copy", lambda d: [call(d.real(3, 4)), call(d.real(3, 4), 1, 0, 1)]),
    Operation("expand_copy", lambda d: [call(d.real(2, 1), (2, 3))]),
    Operation("narrow_copy", lambda d: [call(d.real(4, 2), 0, 1, 2)]),
    Operation("permute_copy", lambda d: [call(d.real(2, 3, 1), (2, 0, 1))]),
    Operation("select_copy", lambda d: [call(d.real(2, 3), 1, 2)]),
    Operation("slice_copy", lambda d: [call(d.real(5, 2), 0, 1, 5, 2), call(d.real(2, 5), 1, -2)]),
    Operation("split_copy", lambda d: [call(d.real(5, 2), 2), call(d.real(2, 3), 2, 1)]),
    Operation("split_with_sizes_copy", lambda d: [call(d.real(5, 2), [2, 3])]),
    Operation("squeeze_copy", lambda d: [call(d.real(2, 1, 3)), call(d.real(1, 2, 1), 0)]),
    Operation("t_copy", lambda d: [call(d.real(2, 3))]),
    Operation("transpose_copy", lambda d: [call(d.real(2, 3), 0, 1)]),
    Operation("unbind_copy", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1)]),
    Operation("unfold_copy", lambda d: [call(d.real(5), 0, 3, 1)]),
    Operation("unsqueeze_copy", lambda d: [call(d.real(2, 3), 1)]),
    Operation("view_as_complex_copy", lambda d: [call(d.real(3, 2))], integers=False, torch_gradient=False),
    Operation("view_as_real_copy", lambda d: [call(d.complex(3))], integers=False),
    Operation("view_copy", lambda d: [call(d.real(2, 3), (3, 2))]),
]
