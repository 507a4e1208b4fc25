"""What layers derive from, under torch's private names: layers of one's own stand on it, and isinstance agrees."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import nn
from tests.helpers.oracle import torch_or_skip
from tests.helpers.snippets import assert_as_in_torch, pieces

pytestmark = pytest.mark.cpu_only

CODE = r"""
class Smoothed(nn.modules.loss._WeightedLoss):
    def __init__(self, weight=None, reduction="mean", smoothing=0.1):
        super().__init__(weight=weight, reduction=reduction)
        self.smoothing = smoothing
    def forward(self, inputs, targets):
        return F.nll_loss(F.log_softmax(inputs, -1), targets, self.weight, reduction=self.reduction)
loss = Smoothed(torch.tensor([1.0, 2.0, 3.0, 4.0]))
loss(x, i), loss.reduction, list(loss.state_dict())

class L(nn.modules.loss._Loss):
    pass
L(size_average=False).reduction, L(reduce=False).reduction, L(reduction="sum").reduction

class BN(nn.modules.batchnorm._BatchNorm):
    def _check_input_dim(self, input):
        if input.dim() != 2:
            raise ValueError("2 dimensions")
b = BN(4)
out = b(x)
out, b.running_mean, b.num_batches_tracked, str(b)

class BN(nn.modules.batchnorm._BatchNorm):
    pass
BN(4)(x)

class BN(nn.modules.batchnorm._NormBase):
    pass
b = BN(4, affine=False, track_running_stats=False)
b.weight, b.running_mean, str(b)

class Any4(nn.BatchNorm2d):
    def _check_input_dim(self, input):
        pass
Any4(4)(x)

class IN(nn.modules.instancenorm._InstanceNorm):
    def _get_no_batch_dim(self):
        return 2
    def _check_input_dim(self, input):
        pass
IN(3, affine=True)(x), IN(3)(x[None])

class Standardised(nn.Conv2d):
    def forward(self, x):
        w = self.weight
        w = (w - w.mean((1, 2, 3), keepdim=True)) / (w.std((1, 2, 3), keepdim=True) + 1e-5)
        return self._conv_forward(x, w, self.bias)
c = Standardised(1, 2, 3, padding=1)
with torch.no_grad():
    c.weight.copy_(torch.arange(18.0).reshape(2, 1, 3, 3)); c.bias.zero_()
c(x[None, None])

from math import prod
class Mine(nn.modules.conv._ConvNd):
    def __init__(self, i, o, k, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode="zeros"):
        k, stride, padding, dilation = map(nn.modules.utils._pair, (k, stride, padding, dilation))
        super().__init__(i, o, k, stride, padding, dilation, False, nn.modules.utils._pair(0), groups, bias, padding_mode)
    def forward(self, x):
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
c = Mine(1, 2, 3, padding=1)
with torch.no_grad():
    c.weight.fill_(0.5); c.bias.zero_()
c(x[None, None]), str(c), c.transposed, c.output_padding, c._reversed_padding_repeated_twice

class T(nn.modules.conv._ConvTransposeNd):
    pass
t = T(2, 4, (3,), (2,), (1,), (1,), True, (0,), 2, False, "zeros")
t.weight.shape, str(t), t._output_padding(torch.zeros(1, 2, 5), [10], t.stride, t.padding, t.kernel_size, 1, t.dilation)

c = nn.Conv2d(1, 1, (3, 5), padding=(1, 2), padding_mode="circular")
c._reversed_padding_repeated_twice, nn.Conv1d(1, 1, 4, padding="same")._reversed_padding_repeated_twice

c = nn.ConvTranspose2d(2, 4, 3, output_padding=1, stride=2)
c.transposed, c.output_padding, nn.Conv2d(2, 4, 3).output_padding

nn.Conv2d(2, 4, 3, groups=0)

class P(nn.modules.pooling._MaxPoolNd):
    def forward(self, input):
        return F.max_pool2d(input, self.kernel_size, self.stride, self.padding, self.dilation)
P(2)(x[None]), str(P(2))

class P(nn.modules.pooling._AdaptiveAvgPoolNd):
    def forward(self, input):
        return F.adaptive_avg_pool2d(input, self.output_size)
P(1)(x[None]), str(P((1, 2)))

class D(nn.modules.dropout._DropoutNd):
    def forward(self, x):
        return F.dropout(x, self.p, self.training)
d = D(0.5).eval()
d(x), str(d)

D = nn.modules.dropout._DropoutNd
D(1.5)

isinstance(nn.Dropout2d(), nn.Dropout), isinstance(nn.InstanceNorm2d(2), nn.modules.batchnorm._BatchNorm)

isinstance(nn.AdaptiveMaxPool1d(2), nn.modules.pooling._AdaptiveAvgPoolNd), isinstance(nn.ConvTranspose1d(1, 1, 1), nn.Conv1d)

u = nn.modules.utils
u._pair(3), u._pair([1, 2]), u._single(1), u._triple((1, 2)), u._quadruple("ab"), u._ntuple(5)(0), u._pair(x[0, :2])

u = nn.modules.utils
u._reverse_repeat_tuple((1, 2), 2), u._list_with_default([None, 3], [5, 6, 7]), u._list_with_default(4, [1])

u = nn.modules.utils
u._list_with_default([1, 2], [5, 6])

state = {"module.w": 1, "b": 2, "module.a.w": 3}
nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
state

nn.Linear(1, 1).load_state_dict(nn.Linear(1, 1).state_dict()), nn.modules.module._IncompatibleKeys(["a"], [])

issubclass(nn.modules.module._IncompatibleKeys, tuple), str(nn.modules.transformer._get_clones(nn.ReLU(), 2))

nn.modules.transformer._get_activation_fn("relu")(x - 0.5), nn.modules.activation.MultiheadAttention is nn.MultiheadAttention

nn.modules.transformer._get_activation_fn("tanh")

state = nn.BatchNorm1d(3).state_dict()
del state["num_batches_tracked"]
nn.BatchNorm1d(3).load_state_dict(dict(state))

r = nn.LSTM(2, 3, 2, bidirectional=True)
r._flat_weights_names, len(r._flat_weights), r._flat_weights[0] is r.weight_ih_l0, [len(a) for a in r.all_weights], r._all_weights

r = nn.GRU(4, 2, bias=False)
with torch.no_grad():
    for p in r.parameters(): p.fill_(0.3)
kept = r._flat_weights
del r._parameters["weight_hh_l0"]
r.weight_hh_l0 = kept[1] * 0
r._flat_weights = [getattr(r, name) for name in r._flat_weights_names]
r(x)[0]
"""


@pytest.mark.parametrize("code", pieces(CODE))
def test_layers_of_ones_own_stand_on_them(code: str) -> None:
    assert_as_in_torch(code)


def test_what_derives_from_what() -> None:
    """All of torch's layers that are here derive from the bases that are here as torch's do."""
    torch = torch_or_skip()

    def bases(kind: Any) -> dict[str, type]:
        files = ("activation", "batchnorm", "conv", "dropout", "instancenorm", "lazy", "loss", "padding", "pooling")
        found = {}
        for file in files:
            module = getattr(kind.modules, file)
            found.update({n: v for n, v in vars(module).items() if n.startswith("_") and inspect.isclass(v)})
        return found

    mine, theirs = bases(nn), bases(torch.nn)
    names = sorted(mine.keys() & theirs.keys())
    assert len(names) > 15
    layers = [n for n in dir(torch.nn) if inspect.isclass(getattr(torch.nn, n)) and hasattr(nn, n)]
    pairs = [(layer, base) for layer in layers for base in names]
    differ = [
        (layer, base)
        for layer, base in pairs
        if issubclass(getattr(nn, layer), mine[base]) != issubclass(getattr(torch.nn, layer), theirs[base])
    ]
    assert not differ


def test_they_are_imported_from_torchs_files() -> None:
    code = """
from torchlike.aliases import torch_names
with torch_names():
    from torch.nn.modules.batchnorm import _BatchNorm
    from torch.nn.modules.conv import _ConvNd, Conv2d
    from torch.nn.modules.utils import _pair
    from torch.nn.modules import Module
    import torch
    assert torch.nn.modules.batchnorm._BatchNorm is _BatchNorm
    print(_pair(2), issubclass(torch.nn.BatchNorm2d, _BatchNorm), issubclass(Conv2d, _ConvNd), Module is torch.nn.Module)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(2, 2) True True True", done.stderr
