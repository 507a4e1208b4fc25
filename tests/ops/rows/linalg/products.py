"""The rows of autograd/ops/linalg/products.py."""

from __future__ import annotations

from tests.helpers.operation import Operation, call

ROWS = [
    Operation(
        "nn.functional.linear",
        lambda d: [
            call(d.real(4, 3), d.real(2, 3), d.real(2)),
            call(d.real(2, 2, 3), d.real(2, 3)),
            call(d.real(3), d.real(2, 3), d.real(2)),
            call(d.real(0, 3), d.real(2, 3), d.real(2)),
        ],
    ),
    Operation("nn.functional.linear", lambda d: [call(d.complex(2, 3), d.complex(4, 3), d.complex(4))]),
    Operation(
        "matmul",
        lambda d: [
            call(d.real(2, 3), d.real(3, 4)),
            call(d.real(3), d.real(3)),
            call(d.real(2, 3), d.real(3)),
            call(d.real(3), d.real(3, 2)),
            call(d.real(2, 2, 3), d.real(3, 2)),
            call(d.real(2, 1, 2, 3), d.real(3, 3, 2)),
            call(d.real(2, 2, 3), d.real(3)),
            call(d.real(3), d.real(2, 3, 2)),
            call(d.real(0, 3), d.real(3, 2)),
            call(d.real(2, 0), d.real(0, 2)),
        ],
    ),
    Operation(
        "matmul",
        lambda d: [
            call(d.complex(2, 3), d.complex(3, 4)),
            call(d.complex(3), d.complex(3)),
            call(d.complex(2, 2, 3), d.complex(3, 2)),
        ],
    ),
    Operation("mm", lambda d: [call(d.real(2, 3), d.real(3, 4))]),
    Operation("bmm", lambda d: [call(d.real(2, 2, 3), d.real(2, 3, 2))]),
    Operation("mv", lambda d: [call(d.real(2, 3), d.real(3))]),
    Operation("dot", lambda d: [call(d.real(3), d.real(3))]),
    Operation("outer", lambda d: [call(d.real(2), d.real(3))]),
    Operation(
        "addmm",
        lambda d: [
            call(d.real(4), d.real(2, 3), d.real(3, 4)),
            call(d.real(2, 4), d.real(2, 3), d.real(3, 4), beta=0.5, alpha=2.0),
        ],
    ),
    *(
        Operation("einsum", lambda d, c=c: [call(c[0], *(d.real(*s) for s in c[1:]))])
        for c in (
            ("ij,jk->ik", (2, 3), (3, 2)),
            ("ij->ji", (2, 3)),
            ("ii->i", (3, 3)),
            ("ii", (3, 3)),
            ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
            ("i,j->ij", (2,), (3,)),
            ("ij,ij->", (2, 3), (2, 3)),
            ("...ij,...jk->...ik", (2, 1, 2, 3), (2, 3, 2)),
            ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)),
            ("bi,oi,bj->boj", (2, 3), (2, 3), (2, 2)),
            ("ijk->k", (2, 3, 2)),
            ("i...->...", (2, 3)),
            ("a,a,a->a", (3,), (3,), (3,)),
            (",i->i", (), (3,)),
            ("ijj,j->i", (2, 3, 3), (3,)),
        )
    ),
    Operation("einsum", lambda d: [call("bij,bjk->bik", d.complex(2, 2, 3), d.complex(2, 3, 2))]),
    Operation("einsum", lambda d: [call(d.real(2, 3), [0, 1], d.real(3, 2), [1, 2], [0, 2])]),
    Operation(
        "tensordot",
        lambda d: [
            call(d.real(2, 3, 4), d.real(3, 4, 2)),
            call(d.real(2, 3), d.real(3, 2), 1),
            call(d.real(2, 3), d.real(2, 2), ([0], [1])),
            call(d.real(2), d.real(3), 0),
        ],
    ),
    Operation("inner", lambda d: [call(d.real(2, 3), d.real(4, 3)), call(d.real(3), d.real(3))]),
    Operation("vdot", lambda d: [call(d.real(3), d.real(3))]),
    Operation("vdot", lambda d: [call(d.complex(3), d.complex(3))]),
    Operation("kron", lambda d: [call(d.real(2, 2), d.real(1, 3)), call(d.real(2), d.real(2, 2))]),
    Operation("cross", lambda d: [call(d.real(2, 3), d.real(2, 3), 1), call(d.real(3, 2), d.real(3, 2), dim=0)]),
    Operation("linalg.cross", lambda d: [call(d.real(2, 3), d.real(1, 3))]),
    Operation("baddbmm", lambda d: [call(d.real(2, 2, 2), d.real(2, 2, 3), d.real(2, 3, 2), beta=0.5, alpha=2.0)]),
    Operation("addbmm", lambda d: [call(d.real(2, 2), d.real(2, 2, 3), d.real(2, 3, 2))]),
    Operation("addmv", lambda d: [call(d.real(2), d.real(2, 3), d.real(3))]),
    Operation("addr", lambda d: [call(d.real(2, 3), d.real(2), d.real(3), alpha=2.0)]),
    Operation(
        "linalg.multi_dot",
        lambda d: [call([d.real(2, 3), d.real(3, 4), d.real(4, 1)]), call([d.real(3), d.real(3, 4), d.real(4)])],
    ),
    Operation("linalg.vecdot", lambda d: [call(d.real(2, 3), d.real(3))]),
]
