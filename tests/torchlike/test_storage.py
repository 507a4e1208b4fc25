"""Storages, and tensors laid over other memory."""

from __future__ import annotations

import pytest

import autograd
from tests.helpers.snippets import assert_as_in_torch, pieces

pytestmark = pytest.mark.cpu_only

CODE = r"""
x.storage_offset(), x[1:].storage_offset(), x[:, 1:].storage_offset(), x.T[2:, 1:].storage_offset(), x[1:].data.storage_offset()

x.storage().size(), len(x.storage()), x.untyped_storage().nbytes(), x.untyped_storage().size(), x[1:].storage().size()

x.storage().tolist(), list(x.storage()), x.storage()[3], x.storage()[-1], str(x.storage().clone().tolist())

x.storage().data_ptr() == x.data_ptr() == x[1:].storage().data_ptr() == x[2:].untyped_storage().data_ptr()

s = x.storage()
s[0] = 7
before = x.tolist()
s.fill_(3)
s[2:4] = 1
before, x

x.untyped_storage()[3], x.untyped_storage()[0:4].tolist(), x.untyped_storage() == x[1:].untyped_storage()

x.storage()[1:3]

torch.is_storage(x.storage()), torch.is_storage(x.untyped_storage()), torch.is_storage(x)

isinstance(x.storage(), torch.FloatStorage), isinstance(i.storage(), torch.FloatStorage), isinstance(i.storage(), torch.storage.TypedStorage)

x.storage().dtype, x.storage().device, x.storage().element_size(), x.storage().is_cuda, x.storage().type(), i.storage().type()

x.storage().double().dtype, x.storage().float().tolist(), x.storage().untyped().nbytes(), x.storage().is_shared(), x.storage().is_pinned()

torch.FloatStorage(3).size(), torch.FloatStorage([1, 2, 3]).tolist(), torch.LongStorage([1, 2]).dtype, torch.FloatStorage().size()

torch.UntypedStorage(8).nbytes(), torch.UntypedStorage([1, 2]).tolist(), torch.Storage([1.0]).dtype

torch.TypedStorage([1.0, 2.0], dtype=torch.float64).tolist()

torch.FloatStorage("abc")

s = torch.FloatStorage([1, 2, 3])
s.resize_(5)
s.size(), s.tolist()[:3], s.copy_(torch.FloatStorage([5, 4, 3, 2, 1])).tolist()

torch.FloatStorage(3).copy_(torch.FloatStorage(2))

torch.ByteTensor(torch.ByteStorage.from_buffer(b"abc")), torch.FloatTensor(torch.FloatStorage([1, 2])), torch.Tensor(x.storage())

str(torch.FloatStorage([1, 2]).untyped()), str(x[0].clone().untyped_storage())

x.set_(y)
y[0, 0] = 100
x, x.is_set_to(y)

x.set_(y.storage(), 1, (2, 2), (2, 1)), x.storage_offset()

x.set_(y.untyped_storage(), 1, (2, 2))

x.set_(y[1:]), x.set_(), x.set_(y.storage())

torch.tensor([]).set_(torch.FloatStorage([1.0, 2.0, 3.0]))

x.set_(y.double())

x.requires_grad_().set_(y)

x.is_set_to(x), x.is_set_to(y), x.is_set_to(x.view(3, 4)), x.is_set_to(x.T), x.is_set_to(x.detach())

x.resize_(2, 2), x.storage().size()

x.resize_(5, 5).shape, x.flatten()[:12]

x.resize_((3, 1)), v.resize_as_(torch.zeros(3, 1))

x.T.resize_(2, 3)

x[:, 1].resize_(3), x[:, 1].resize_(2)

x.data.resize_(2, 2), x.shape

x.requires_grad_().resize_(2)

x.resize_(-1)

x.resize(4, 3), x.resize_as(torch.zeros(4, 3))

z = torch.empty(0)
z.resize_(x.size()).copy_(x)
z, z.storage().size()

z = torch.zeros(2, 6, requires_grad=True)
with torch.no_grad():
    z.resize_(3, 4).copy_(x)
(z * y).sum().backward()
z.grad

x.storage_type() is torch.FloatStorage, x._typed_storage().size()
"""


@pytest.mark.parametrize("code", pieces(CODE))
def test_storages_are_as_in_torch(code: str) -> None:
    assert_as_in_torch(code)


def test_a_write_through_a_storage_is_noticed() -> None:
    x = autograd.ones(3, requires_grad=True)
    kept = x * 2
    loss = (kept * kept).sum()
    kept.detach().storage()[0] = 5
    with pytest.raises(autograd.BackwardError):
        loss.backward()


def test_what_a_storage_does_not_do_says_so() -> None:
    x = autograd.ones(3)
    with pytest.raises(NotImplementedError, match="while a tensor looks at it"):
        x.untyped_storage().resize_(0)
    with pytest.raises(autograd.OperationError, match="lead beyond the 3 elements"):
        autograd.empty(0).set_(x.storage(), 2, (2,))
