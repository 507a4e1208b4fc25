"""What scripts do with tensors in one line: each gives what torch gives."""

from __future__ import annotations

import pytest

import autograd
from tests.helpers.snippets import assert_as_in_torch, pieces

pytestmark = pytest.mark.cpu_only

CODE = r"""
torch.unbind(x, axis=0)

torch.index_select(x, axis=0, index=i)

x.gather(axis=0, index=i[None].long())

torch.kthvalue(x, 2, axis=0)

x.add_(0.5, y)

x.addcmul_(0.5, y, y)

torch.addmm(0.5, x, 1, y[:, :3], x[:3])

nn.Linear(3, np.int64(2))(v).shape

x.split(split_size=2, dim=1)

nn.BatchNorm1d(np.int64(4))(x).shape

x.require_grad = False
x.require_grad

p = nn.Parameter(x)
p.my_tag = 1
q = copy.deepcopy(p)
r = pickle.loads(pickle.dumps(p)) if False else p
q.my_tag, r.my_tag

x.my_tag = 3
pickle.loads(pickle.dumps(x)).my_tag, copy.copy(x).my_tag, copy.deepcopy(x).my_tag, hasattr(x.clone(), "my_tag"), hasattr(x.detach(), "my_tag")

torch.autograd.Variable(x, volatile=True)

nn.Linear(2,2).compile()

x.clamp(np.float32(.2), np.float32(.9))

torch.full((2,), np.float32(3))

torch.where(x > 1, np.float32(1), x)

x.masked_fill(x > 1, np.float32(3))

x.histogram()

x.chunk(np.int64(2))

torch.eye(2, out=torch.empty(2,2))

x.sum(np.int64(0))

issubclass(nn.BatchNorm2d, nn.modules.batchnorm._BatchNorm)

x.pow(exponent=2)

torch.max(x, other=y)

F.dropout(x, 0.5, False, False)

torch.dropout(x, p=0.5, train=False)

torch.isin(i, i, assume_unique=True)

torch.FloatTensor(x.shape).shape

torch.Tensor(x.size()).shape

torch.FloatTensor([1,2])

torch.FloatTensor().shape

torch.FloatTensor(2,3).shape

torch.LongTensor(torch.Size([2,3])).shape

torch.LongTensor([2,3])

torch.FloatTensor((2,3))

torch.FloatTensor(torch.FloatTensor([1,2]))

torch.LongTensor(i)

torch.FloatTensor(np.ones(3, dtype=np.float32))

torch.FloatTensor(np.ones(3))

isinstance(x, torch.FloatTensor), isinstance(x, torch.LongTensor), isinstance(i, torch.LongTensor), isinstance(x, torch.Tensor), isinstance(nn.Parameter(x), torch.FloatTensor)

isinstance(x, torch.cuda.FloatTensor)

x.type(), i.type(), x.double().type(torch.FloatTensor).dtype, x.type("torch.LongTensor").dtype, x.type(torch.cuda.FloatTensor if False else torch.DoubleTensor).dtype

torch.FloatTensor.__name__, torch.FloatTensor.dtype, torch.FloatTensor.is_cuda

x.new().shape

x.new(2,3).shape

x.new([1,2])

x.new(x.size()).shape

x.new(x.shape).zero_()

x.new(np.ones((2,2), dtype=np.float32))

x.new(x)

x.new_tensor([1,2])

x.new_empty_strided((2,3),(3,1)).shape

x.is_set_to(x), x.is_set_to(y), x.is_set_to(x.view(3,4))

torch.FloatStorage(3).size()

torch.FloatStorage([1,2,3]).tolist()

torch.tensor([]).set_(torch.FloatStorage([1.,2.,3.]))

torch.UntypedStorage(8).nbytes()

x.sort(reverse=True)

x.fill_diagonal_(9, wrap=True)

torch.zeros(7,3).fill_diagonal_(9, wrap=True)

x.scatter_(0, i[None].long(), 2., reduce="add")

torch.full_like(x, 2, memory_format=torch.preserve_format)

x.map_(y, lambda a, b: a + 2*b)

x.apply_(lambda a: a*2)

x.prelu(torch.tensor([.3]))

x.dequantize()

x.reinforce(x)

x.index(x)

x.solve(y)

x.lstsq(y)

torch.solve(x, y)

torch.lstsq(x, y)

torch.symeig(x)

torch.eig(x)

torch.range(1, 4)

torch.range(0, 1, .25)

x.is_sparse, x.is_sparse_csr, x.is_quantized, x.is_nested, x.is_mkldnn, x.is_vulkan, x.is_ipu, x.is_xla, x.is_maia, x.is_mtia, x.is_hpu if hasattr(x, "is_hpu") else None

x.dense_dim(), x.sparse_dim()

x.is_distributed()

x.t_().shape

x.T.T

v.T

x.reshape(1,3,4).T.shape

x.as_subclass(torch.Tensor)

v.nelement(), v.ndimension()

x.requires_grad_().unsafe_chunk(2)

x.unsafe_split_with_sizes((1,2))

x.where(x > 1, 0)

x.sum_to_size(1, 4)

x.split_with_sizes((1,2))

torch.select_copy(x, 0, 1)

torch.expand_copy(x, (2,3,4))

torch.fill(x, 3)

torch.selu_(x)

torch.from_dlpack(x.numpy())

torch.frombuffer(np.arange(3), dtype=torch.int64)

torch.is_nonzero(torch.ones(1)), torch.is_same_size(x, x), torch.is_signed(x), torch.is_distributed(x), torch.is_neg(x), torch.is_inference(x)

x.layout, torch.strided, x.is_sparse, x.to_sparse().is_sparse, x.to_sparse().layout

torch.as_strided_copy(x, (2, 2), (1, 2), 1)

torch.set_default_dtype(torch.float64)
a = torch.zeros(1).dtype
torch.set_default_dtype(torch.float32)
a

u, s, w = torch.svd_lowrank(x, 2)
(u * s) @ w.mT

u, s, w = torch.pca_lowrank(x, 1)
(u * s) @ w.mT + x.mean(0)

u, s, w = torch.svd_lowrank(x.T, 2, M=y.T)
(u * s) @ w.mT

torch.pca_lowrank(x, 9)

class Tagged(torch.Tensor):
    def __init__(self, data, tag=None):
        self.tag = tag
    @staticmethod
    def __new__(cls, data, tag=None, *args, **kwargs):
        return super().__new__(cls, data, *args, **kwargs)
t = Tagged([1.0, 2.0], tag=5)
t.tag, t, isinstance(t, torch.Tensor), type(t).__name__, type(x.as_subclass(Tagged)).__name__

class P(nn.Parameter):
    def __new__(cls, data, requires_grad=True, tag=None):
        made = super().__new__(cls, data, requires_grad)
        made.tag = tag
        return made
p = P(x, tag=3)
m = nn.Module()
m.p = p
(p * 2).sum().backward()
p.tag, p.grad, len(list(m.parameters())), copy.copy(p).tag, copy.deepcopy(p).grad

p = torch.Tensor._make_subclass(nn.Parameter, x, True)
p.requires_grad, type(p).__name__

x.require_grad = True
x.requires_grad

s = torch.sparse_coo_tensor(torch.tensor([[0, 1, 1], [2, 0, 0]]), torch.tensor([3.0, 4.0, 5.0]), (2, 3))
s, s._nnz(), s._indices(), s._values(), s.is_coalesced(), s.is_sparse

s = torch.sparse_coo_tensor(torch.tensor([[0, 1, 1], [2, 0, 0]]), torch.tensor([3.0, 4.0, 5.0]), (2, 3)).coalesce()
s.indices(), s.values(), s.is_coalesced(), s._nnz(), s.to_dense()

torch.sparse_coo_tensor(torch.tensor([[0, 1, 1], [2, 0, 0]]), torch.tensor([3.0, 4.0, 5.0]), (2, 3)).indices()

s = (x - 0.5).relu().to_sparse()
s.indices(), s.values(), torch.sparse.mm(s, y.T), s.to_dense()

w = torch.tensor([3.0, 4.0, 5.0], requires_grad=True)
s = torch.sparse_coo_tensor(torch.tensor([[0, 1, 1], [2, 0, 1]]), w, (2, 3))
(torch.sparse.mm(s, x) ** 2).sum().backward()
w.grad

s = torch.eye(3).to_sparse()
t = (s + s.t()).coalesce()
t.indices(), t.values()

s = torch.eye(4)[:3].to_sparse()
m = x.sparse_mask(s)
m.to_dense(), m._values()

s = torch.sparse_coo_tensor(torch.tensor([[0, 0, 1], [0, 2, 1]]), torch.tensor([1.0, 2.0, 3.0]), (2, 3)).coalesce()
torch.sparse.softmax(s, 1).to_dense(), torch.sparse.sum(s)

nn.Linear(2, 2).compile(mode='max-autotune')

x.apply_(lambda a: a + 1), x.map2_(y, y, lambda a, b, c: a * b - c)

x.requires_grad_().apply_(lambda a: a)

torch.from_dlpack(np.arange(3.0))

torch.is_inference(x), torch.is_nonzero(torch.ones(1)), x.dim_order(), x.T.dim_order()
"""


@pytest.mark.parametrize("code", pieces(CODE))
def test_one_line_gives_what_torch_gives(code: str) -> None:
    assert_as_in_torch(code)


def test_what_there_is_none_of_says_so() -> None:
    x = autograd.ones(2)
    with pytest.raises(NotImplementedError, match="use as_subclass"):
        autograd.Tensor._make_wrapper_subclass(autograd.Tensor, (2,))
    with pytest.raises(NotImplementedError, match="no quantized tensors"):
        x.q_scale()
    with pytest.raises(RuntimeError, match=r"use torch\.linalg\.solve"):
        x.solve(x)
    with pytest.raises(NotImplementedError, match="has no streams"):
        x.record_stream(None)


def test_an_element_of_a_sparse_tensor_is_not_written() -> None:
    s = autograd.eye(2).to_sparse()
    with pytest.raises(TypeError, match="Cannot assign to a sparse tensor"):
        s[0, 1] = 5
    assert s.to_dense().tolist() == [[1, 0], [0, 1]]
