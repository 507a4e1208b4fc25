"""torch's own signatures of layers' functions give what torch's give, gradients too."""

from __future__ import annotations

import pytest

import autograd
import torchlike
from tests.helpers.oracle import torch_or_skip
from tests.helpers.snippets import assert_as_in_torch, outcome, pieces
from torchlike.aliases import torch_names

pytestmark = pytest.mark.cpu_only

CODE = r"""
torch.batch_norm(x[None].transpose(0, 1), torch.ones(1), torch.zeros(1), None, None, True, 0.1, 1e-5, False)

mean, var = torch.zeros(4), torch.ones(4)
torch.batch_norm(x, None, None, mean, var, True, 0.1, 1e-5, False), mean, var

torch.instance_norm(x[None], torch.ones(3), torch.zeros(3), None, None, True, 0.1, 1e-5, False)

torch.native_batch_norm(x, torch.ones(4), None, torch.zeros(4), torch.ones(4), True, 0.1, 1e-5)

torch.native_batch_norm(x, torch.ones(4), None, torch.zeros(4), torch.ones(4), False, 0.1, 1e-5)[0]

torch.native_layer_norm(x, [4], None, torch.ones(4), 1e-5)

torch.native_group_norm(y[None].transpose(1, 2).contiguous(), torch.ones(4), None, 1, 4, 3, 2, 1e-5)

torch.embedding(x, i), torch.embedding(x, i, 0)

w = x.clone().requires_grad_()
torch.embedding(w, torch.tensor([1, 1, 0]), 0).sum().backward()
w.grad

torch.binary_cross_entropy_with_logits(x, y), torch.binary_cross_entropy_with_logits(x, y, None, y[0], 2)

torch.ctc_loss(x.reshape(3, 1, 4).log_softmax(2), torch.tensor([[1, 2]]), torch.tensor([3]), torch.tensor([2]), 0, 2)

torch.affine_grid_generator(x[None, :2, :3], [1, 1, 2, 2], False)

torch.grid_sampler(x[None, None], y[None, None, :, :2] - 0.5, 0, 1, False)

torch.grid_sampler_2d(x[None, None], y[None, None, :, :2] - 0.5, 1, 0, True)

torch.conv_tbc(x[:, None], y.reshape(1, 4, 3), v, 1), F.conv_tbc(x[:, None], y.reshape(1, 4, 3), v)

torch.convolution(x[None], y[:, :, None][:2, :3], None, [1], [0], [1], False, [0], 1)

torch.convolution(x[None, None], y[None, None, :2, :2], v[:1], [2, 1], [1, 0], [1, 1], True, [1, 0], 1)

torch.max_pool1d_with_indices(x, 2)

F.max_pool2d_with_indices(x[None], 2), F.adaptive_max_pool2d_with_indices(x[None], 2)

F.max_pool1d_with_indices(x, 2, return_indices=True), F.adaptive_max_pool1d_with_indices(x, 3)

torch.native_channel_shuffle(y.reshape(1, 4, 3, 1), 2)

torch.native_dropout(x, 0.5, False)

torch.feature_dropout(x[None], 0.5, False), torch.feature_dropout(torch.ones(2, 3, 4), 0.0, True)

torch.dropout_(x.clone(), 0.0, True), torch.alpha_dropout_(x.clone(), 0.5, False)

torch.feature_dropout_(x.clone(), 0.5, False), torch.feature_alpha_dropout_(x.clone(), 0.5, False)

a = x * 20
torch.embedding_renorm_(a, i[:2], 3.0, 2.0) is a, a

torch.norm_except_dim(x, 2, 0), torch.norm_except_dim(x, 2, 1), torch.norm_except_dim(x, 1, -1)

torch.frobenius_norm(x, [0, 1]), torch.frobenius_norm(x, [1], True)

torch.nuclear_norm(x), torch.nuclear_norm(x, True), torch.nuclear_norm(y[None], (1, 2))

a = x - 0.5
torch.threshold_(a, 0.1, 7.0) is a, a, F.threshold_(x.clone(), 0.3, 1.0)

F.celu_(x - 0.5), F.selu_(x - 0.5), F.hardtanh_(x * 3), F.rrelu_(x - 0.5), torch.rrelu_(x - 0.5)

torch.sym_max(2, 3.0), torch.sym_min(2, 1), torch.sym_int(2.7), torch.sym_float(3), torch.sym_not(True), torch.sym_sqrt(4)

torch.sym_sum([1, 2, 3]), torch.sym_ite(True, 1, 2)

torch.get_device(x), torch.is_anomaly_check_nan_enabled(), torch.has_lapack

torch.cond(torch.tensor(True), lambda a: a + 1, lambda a: a - 1, (x,))

torch.empty_permuted((2, 3, 4), (2, 0, 1)).stride(), torch.empty_permuted((2, 3), (0, 1), dtype=torch.int64).shape

torch.lobpcg(x[:, :3] @ x[:, :3].T + 0.1 * torch.diag(v), 1)[0]

x.clone().renorm_(2, 0, 0.5), x.clone().polygamma_(1), x.clone().swapaxes_(0, 1), x.clone().swapdims_(0, 1)

torch.complex(x, y).conj_physical_().imag, torch.conj_physical_(torch.complex(x, y)).real

with torch.autograd.set_multithreading_enabled(False):
    y.requires_grad_().sum().backward()
torch.set_warn_always(True), torch.func.debug_unwrap(x) is x, torch.OutOfMemoryError is torch.cuda.OutOfMemoryError

(x > 0.8).nonzero_static(size=2), (x > 0.8).nonzero_static(size=9, fill_value=-5)

torch.default_generator.manual_seed(3).initial_seed()

nn.parameter.is_lazy(nn.LazyLinear(2).weight), nn.parameter.is_lazy(nn.Linear(2, 2).weight)

F.linear_cross_entropy(x, y, i), F.linear_cross_entropy(x[0], y, i[1], linear_bias=v, reduction="sum")

F.linear_cross_entropy(x, y, i, weight=v, label_smoothing=0.1, ignore_index=2, reduction="none")

F.linear_cross_entropy(x, y.reshape(3, 1, 4), i[:, None], linear_bias=v[:, None])

F.linear_cross_entropy(x, y, torch.softmax(y[:, :3], 1))

loss = nn.LinearCrossEntropyLoss(4, 3, bias=True)
loss.load_state_dict({"linear.weight": y, "linear.bias": v})
loss(x, i), list(loss.state_dict())

str(nn.LinearCrossEntropyLoss(4, 3, out_features=(2,), weight=v)), str(nn.LinearCrossEntropyOptions())

nn.grad.conv1d_input((1, 3, 4), y[None, :, :2], x[:1, None, :3]), nn.grad.conv1d_weight(x[None], (1, 3, 2), y[:1, None, :3])

nn.grad.conv2d_input((1, 1, 3, 4), y[None, None, :2, :2], x[None, None, :2, :3])

nn.grad.conv2d_weight(x[None, None], (1, 1, 2, 2), y[None, None, :1, :2], stride=2)

a = nn.Parameter(x.clone())
a.grad = y.clone()
nn.utils.clip_grads_with_norm_([a], 0.5, torch.tensor(2.0))
a.grad

torch.lstm_cell(x, (y[:, :1], x[:, :1]), torch.cat([x, y])[:4], v[:1].expand(4, 1), y[0], None)

torch.gru_cell(x, y[:, :1], y, v[:, None], v, v), torch.rnn_tanh_cell(x, y[:, :3], y, y[:, :3])

torch.rnn_relu_cell(x, y[:, :3], y, y[:, :3], v, v)

w = [(torch.arange(24.0).reshape(6, 4) - 9) / 20, (torch.arange(12.0).reshape(6, 2) - 5) / 10]
w += [w[0].flip(0), w[1].flip(0), w[0] * 0.5, w[1] * 0.5, w[0].sin(), w[1].cos()]
torch.gru(x[:, None], torch.zeros(4, 1, 2), w, False, 2, 0.0, False, True, False)

w = [(torch.arange(48.0).reshape(12, 4) - 20) / 30, (torch.arange(24.0).reshape(12, 2) - 10) / 20, y[:2, :3]]
torch.lstm(x[None], (torch.zeros(1, 1, 2), torch.zeros(1, 1, 3)), w, False, 1, 0.0, True, False, True)

p = nn.utils.rnn.pack_sequence([x, y[:2]])
w = [x - 0.5, y[:, :3] - 1, v, -v]
torch.rnn_tanh(p.data, p.batch_sizes, torch.zeros(1, 2, 3), w, True, 1, 0.0, False, False)

torch.rnn_relu(x[:, None], torch.ones(1, 1, 3), [x - 0.5, y[:, :3] - 1, v, -v], True, 1, 0.0, False, False, False)
"""


@pytest.mark.parametrize("code", pieces(CODE))
def test_gives_what_torch_gives(code: str) -> None:
    assert not isinstance(outcome(code, torch_or_skip()), str) or code.startswith("str("), "torch raises"
    assert_as_in_torch(code)


def test_the_weights_have_gradients_and_no_random_number_is_drawn() -> None:
    weights = [autograd.randn(6, 4, requires_grad=True), autograd.randn(6, 2, requires_grad=True)]
    before = autograd.get_rng_state()
    out, state = torchlike.gru(
        autograd.ones(3, 1, 4), autograd.zeros(1, 1, 2), weights, False, 1, 0.0, True, False, False
    )
    assert bool((before == autograd.get_rng_state()).all())
    (out.sum() + state.sum()).backward()
    assert all(w.grad is not None and bool((w.grad != 0).any()) for w in weights)


def test_dropout_in_place() -> None:
    x = autograd.ones(4, 50, 3)
    assert torchlike.feature_dropout_(x, 0.5, True) is x
    kept = x.amax(2)
    assert bool((x == kept[..., None]).all())
    assert set(kept.flatten().tolist()) == {0.0, 2.0}
    out, kept = torchlike.native_dropout(autograd.ones(200), 0.5, True)
    assert out.tolist() == [2.0 if each else 0.0 for each in kept.tolist()]
    assert 0 < kept.sum().item() < 200


def test_grad_mode_is_a_module() -> None:
    with torch_names():
        from torch.autograd.grad_mode import no_grad, set_grad_enabled
    assert (no_grad, set_grad_enabled) == (autograd.no_grad, autograd.set_grad_enabled)


def test_anomalies_from_here_on() -> None:
    try:
        torchlike.set_anomaly_enabled(True)
        x = autograd.zeros(1, requires_grad=True)
        with pytest.raises(RuntimeError, match="sqrt"):
            (x * 0).sqrt().sum().backward()
    finally:
        torchlike.set_anomaly_enabled(False)
    assert not autograd.is_anomaly_enabled()


def test_lobpcg_solves_the_generalised_problem() -> None:
    a = autograd.randn(2, 5, 5, dtype=autograd.float64)
    A, B = a @ a.mT, autograd.eye(5, dtype=autograd.float64) + 0.1 * a @ a.mT
    for largest in (True, False):
        values, vectors = torchlike.lobpcg(A, 2, B, largest=largest)
        assert autograd.allclose(A @ vectors, B @ vectors * values[:, None])
        assert bool((values[:, 0] > values[:, 1]).all()) is largest
    with pytest.raises(RuntimeError, match="lobpcg: expected"):
        torchlike.lobpcg(A, 6)
