"""Arguments as scripts spell them: NumPy's names and integers, sizes by name, the number first, `out=`, private bases.

Each line gives what torch gives.
"""

from __future__ import annotations

import pytest

from tests.helpers.snippets import assert_as_in_torch

pytestmark = pytest.mark.cpu_only

LINES = r"""
x.unbind(axis=0)
x.index_select(axis=0, index=i)
torch.gather(x, axis=0, index=i[None].long())
torch.cross(x, other=y, axis=0)
x.cross(other=y, axis=0)
torch.kthvalue(x, k=2, axis=0)
x.kthvalue(k=2, axis=0)
torch.repeat_interleave(x, repeats=2, axis=0)
x.repeat_interleave(repeats=2, axis=0)
torch.select(x, axis=0, index=1)
x.select(axis=0, index=1)
x.add(0.5, y)
torch.add(x, 0.5, y)
x.sub_(0.5, y)
x.addcdiv_(-0.5, y, y)
torch.addcmul(x, 0.5, y, y)
x.split(split_size=2)
torch.split(x, split_size_or_sections=2)
x.scatter_(0, i[None].long(), value=2.)
x.scatter_(dim=0, index=i[None].long(), src=y)
torch.zeros(np.int64(3))
x.view(np.int64(4), np.int64(3))
x.reshape(np.int64(12))
torch.ones(np.int32(3), np.int64(2))
torch.full((np.int64(3),), 1.)
x.repeat(np.int64(2), 1)
nn.LayerNorm(np.int64(4))(x).shape
nn.ModuleList([nn.ReLU()]) + nn.ModuleList([nn.ELU()])
nn.Sequential(nn.ReLU()) + nn.Sequential(nn.ELU())
torch.clamp(x, min=np.float64(.3))
torch.histc(x, 3)
F.conv1d(x[None], torch.ones(2,3,2), stride=np.int64(2))
nn.Conv1d(np.int64(3), 2, np.int64(2), stride=np.int64(2))(x[None]).shape
x.sum(dim=(np.int64(0), np.int64(1)))
torch.jit.Final[int] is not None
torch.is_autocast_cache_enabled()
isinstance(nn.BatchNorm2d(2), nn.modules.batchnorm._BatchNorm)
issubclass(nn.Conv2d, nn.modules.conv._ConvNd)
issubclass(nn.BatchNorm2d, nn.modules.batchnorm._NormBase)
issubclass(nn.InstanceNorm1d, nn.modules.instancenorm._InstanceNorm)
issubclass(nn.MSELoss, nn.modules.loss._Loss)
issubclass(nn.CrossEntropyLoss, nn.modules.loss._WeightedLoss)
nn.modules.utils._pair(3), nn.modules.utils._single(3), nn.modules.utils._triple(3), nn.modules.utils._ntuple(5)(2), nn.modules.utils._quadruple(1)
isinstance(x.storage().data_ptr(), int), x.storage().data_ptr() == x.data_ptr()
isinstance(x.untyped_storage().data_ptr(), int)
torch.pow(x, exponent=2)
torch.min(x, other=y)
x.max(other=y)
x.reshape(shape=(4, 3))
torch.reshape(x, shape=(4,3))
x.view(size=(4, 3))
x.expand(size=(2, 3, 4))
x.repeat(repeats=(2, 1))
x.tile(dims=(2,))
torch.tile(x, dims=(2,))
x.new_zeros(size=(2,))
x.new_ones(size=(2,))
x.new_full(size=(2,), fill_value=3)
x.new_empty(size=(2,)).shape
x.broadcast_to(size=(2, 3, 4))
torch.broadcast_to(x, size=(2, 3, 4))
torch.max(x, 0, out=(torch.empty(4), torch.empty(4, dtype=torch.int64)))
torch.max(x, y, out=torch.empty(3,4))
torch.mul(x, y, out=torch.empty(0))
torch.add(x, y, out=torch.empty(0))
torch.index_select(x, 0, i, out=torch.empty(0))
torch.arange(4, out=torch.empty(0))
torch.clamp(x, 0, 1, out=torch.empty(0))
torch.cat([x, y], out=torch.empty(0))
torch.matmul(x, y.T, out=torch.empty(0))
torch.rand(3, out=torch.empty(0)).shape
torch.maximum(x, y, out=torch.empty(0))
torch.cholesky_inverse(torch.eye(2) * 2, out=torch.empty(0))
torch.nan_to_num(x, out=torch.empty(0))
x.nan_to_num()
torch.round(x, out=torch.empty(0))
torch.rsqrt(x, out=torch.empty(0))
torch.sub(x, y, out=torch.empty(0))
x.scatter_(0, i[None].long(), 2., reduce="multiply")
torch.min(x, 0, out=(torch.empty(4), torch.empty(4, dtype=torch.int64)))
torch.stack([x, y], out=torch.empty(0))
x.cpu(memory_format=torch.preserve_format)
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_a_line_gives_what_torch_gives(line: str) -> None:
    assert_as_in_torch(line)
