"""With `use_torch_random` results lie in memory as torch's do, whatever lay how before: numbers are drawn in that order.

Each operation is given a tensor in each of several layouts, and the steps of the result are compared.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only

N, C, H, W = SHAPE = (2, 3, 4, 5)


def in_memory(*order: int) -> Callable[[Any], Any]:
    """A layout in which the dimensions lie in this order, outermost first."""
    back = np.argsort(order).tolist()
    return lambda x: x.permute(order).contiguous().permute(back)


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "C order": lambda x: x,
    "channels last": in_memory(0, 2, 3, 1),
    "width before height": in_memory(0, 3, 1, 2),
    "transposed matrices": in_memory(0, 1, 3, 2),
    "heads": in_memory(0, 2, 1, 3),
    "reversed": in_memory(3, 2, 1, 0),
    "batch last": in_memory(1, 2, 3, 0),
    "every second": lambda x: x.repeat(1, 1, 1, 2)[..., ::2],
    "channels cut out": lambda x: x.repeat(1, 2, 1, 1)[:, 1:4],
    "channels cut out of channels last": lambda x: in_memory(0, 2, 3, 1)(x.repeat(1, 2, 1, 1))[:, 1:4],
    "stretched": lambda x: x[:, :1].expand(SHAPE),
}

Call = Callable[[Any, Any, Any], Any]  # of torch, its nn.functional, and the tensor

ELEMENTS: dict[str, Call] = {
    "neg": lambda t, f, x: -x,
    "relu": lambda t, f, x: f.relu(x),
    "gelu": lambda t, f, x: f.gelu(x),
    "logsigmoid": lambda t, f, x: f.logsigmoid(x),
    "prelu": lambda t, f, x: f.prelu(x, t.ones(C)),
    "clamp": lambda t, f, x: x.clamp(-1, 1),
    "pow": lambda t, f, x: x**3,
    "to another dtype": lambda t, f, x: x.double(),
    "compare": lambda t, f, x: x > 0,
    "not": lambda t, f, x: ~(x > 0),
    "add": lambda t, f, x: x + t.ones(SHAPE),
    "add to another": lambda t, f, x: t.ones(SHAPE) + x,
    "row": lambda t, f, x: t.ones(W) * x,
    "bias": lambda t, f, x: t.ones(1, C, 1, 1) + x,
    "permuted together": lambda t, f, x: (x.permute(0, 2, 3, 1) + t.ones(C)).transpose(1, 2) * x.permute(0, 3, 2, 1),
    "where": lambda t, f, x: t.where(x > 0, x, t.zeros(())),
    "masked_fill": lambda t, f, x: x.masked_fill(x > 0, 1.0),
    "masked_scatter": lambda t, f, x: x.masked_scatter(x > 9, t.ones(120)),
    "lerp": lambda t, f, x: t.lerp(x, t.ones(SHAPE), 0.5),
    "addcmul": lambda t, f, x: t.addcmul(x, x, x),
    "maximum": lambda t, f, x: t.maximum(x, t.zeros(SHAPE)),
    "nan_to_num": lambda t, f, x: t.nan_to_num(x),
    "complex": lambda t, f, x: t.complex(x, x),
    "polar": lambda t, f, x: t.polar(x, x),
    "mse": lambda t, f, x: f.mse_loss(x, t.zeros(SHAPE), reduction="none"),
    "bce": lambda t, f, x: f.binary_cross_entropy_with_logits(x, t.zeros(SHAPE), reduction="none"),
}
COPIES: dict[str, Call] = {
    "clone": lambda t, f, x: x.clone(),
    "contiguous": lambda t, f, x: x.contiguous(),
    "contiguous after transpose": lambda t, f, x: x.transpose(1, 2).contiguous(),
    "clone after transpose": lambda t, f, x: x.transpose(1, 2).clone(),
    "reshape": lambda t, f, x: x.reshape(6, 20),
    "reshape after permute": lambda t, f, x: x.permute(0, 2, 3, 1).reshape(N, H * W, C),
    "flatten": lambda t, f, x: x.flatten(1),
    "slice": lambda t, f, x: x[:, 1:].exp(),
    "select": lambda t, f, x: x[:, 1].exp(),
    "expand": lambda t, f, x: x[:, :1].expand(SHAPE).clone(),
    "copy_": lambda t, f, x: t.zeros(SHAPE).copy_(x),
    "zeros_like": lambda t, f, x: t.zeros_like(x),
    "full_like": lambda t, f, x: t.full_like(x, 2.0),
    "randn_like": lambda t, f, x: t.randn_like(x),
    "dropout": lambda t, f, x: f.dropout(x, 0.5),
    "dropout2d": lambda t, f, x: f.dropout2d(x, 0.5),
    "alpha_dropout": lambda t, f, x: f.alpha_dropout(x, 0.5, True),
    "rrelu": lambda t, f, x: f.rrelu(x, training=True),
    "gumbel_softmax": lambda t, f, x: f.gumbel_softmax(x),
    "hard gumbel_softmax": lambda t, f, x: f.gumbel_softmax(x, hard=True),
    "bernoulli": lambda t, f, x: t.bernoulli(x.sigmoid()),
    "flip": lambda t, f, x: x.flip(1),
    "roll": lambda t, f, x: x.roll(1, 2),
    "repeat": lambda t, f, x: x.repeat(1, 2, 1, 1),
    "tile": lambda t, f, x: x.tile(2),
    "tril": lambda t, f, x: x.tril(),
    "sort": lambda t, f, x: x.sort(2)[0],
    "argsort": lambda t, f, x: x.argsort(2),
    "topk": lambda t, f, x: x.topk(2, 2)[0],
    "cumsum": lambda t, f, x: x.cumsum(2),
    "softmax": lambda t, f, x: x.softmax(1),
}
REDUCTIONS: dict[str, Call] = {
    "sum": lambda t, f, x: x.sum(1),
    "sum of two": lambda t, f, x: x.sum((1, 3)),
    "mean": lambda t, f, x: x.mean(2, keepdim=True),
    "max": lambda t, f, x: x.max(1)[0],
    "argmax": lambda t, f, x: x.argmax(1),
    "var": lambda t, f, x: x.var(1),
    "norm": lambda t, f, x: x.norm(dim=1),
    "any": lambda t, f, x: (x > 0).any(1),
    "logsumexp": lambda t, f, x: x.logsumexp(1),
    "normalize": lambda t, f, x: f.normalize(x),
}
JOINED: dict[str, Call] = {
    "cat": lambda t, f, x: t.cat([x, x], 1),
    "cat with another": lambda t, f, x: t.cat([t.ones(SHAPE), x], 1),
    "cat along the last": lambda t, f, x: t.cat([x, x], 3),
    "stack": lambda t, f, x: t.stack([x, x]),
    "stack inside": lambda t, f, x: t.stack([x, x], 2),
    "stack at the end": lambda t, f, x: t.stack([x, x], -1),
    "chunk": lambda t, f, x: x.chunk(2, 2)[1].exp(),
}
PICKED: dict[str, Call] = {
    "index": lambda t, f, x: x[t.tensor([0, 1, 1])],
    "index of channels": lambda t, f, x: x[:, t.tensor([0, 1, 1])],
    "index of the last": lambda t, f, x: x[..., t.tensor([0, 1, 1])],
    "two indices": lambda t, f, x: x[:, t.tensor([0, 1]), t.tensor([0, 1])],
    "two indices apart": lambda t, f, x: x[t.tensor([0, 1]), :, t.tensor([0, 1])],
    "index beside a slice and None": lambda t, f, x: x[:, None, t.tensor([0, 2]), 1:, ::2],
    "index beside an integer": lambda t, f, x: x[0, :, t.tensor([0, 1])],
    "matrix of indices": lambda t, f, x: x[:, t.tensor([[0, 1], [1, 2]])],
    "transposed matrix of indices": lambda t, f, x: x[:, t.tensor([[0, 1, 1], [1, 2, 0]]).T],
    "indices that broadcast": lambda t, f, x: x[:, t.tensor([[0], [1]]), t.tensor([0, 1, 2])],
    "mask": lambda t, f, x: x[:, t.tensor([True, False, True])],
    "mask of two": lambda t, f, x: x[t.ones(N, C, dtype=t.bool)],
    "index_select": lambda t, f, x: x.index_select(1, t.tensor([0, 2])),
    "gather": lambda t, f, x: x.gather(1, t.zeros(2, 2, H, W, dtype=t.int64)),
    "scatter": lambda t, f, x: x.scatter(1, t.zeros(2, 1, H, W, dtype=t.int64), 0.0),
    "scatter_add": lambda t, f, x: x.scatter_add(1, t.zeros(2, 1, H, W, dtype=t.int64), t.ones(SHAPE)),
    "index_add": lambda t, f, x: x.index_add(1, t.tensor([0]), t.ones(2, 1, H, W)),
    "index_fill": lambda t, f, x: x.index_fill(1, t.tensor([0]), 2.0),
    "one_hot": lambda t, f, x: f.one_hot((x > 0).long()),
    "embedding": lambda t, f, x: f.embedding((x > 0).long(), t.ones(2, 3)),
}
PRODUCTS: dict[str, Call] = {
    "matmul": lambda t, f, x: x @ x.transpose(-1, -2),
    "linear": lambda t, f, x: f.linear(x.permute(0, 2, 3, 1), t.ones(6, C), t.ones(6)),
    "bmm": lambda t, f, x: t.bmm(x[0], x[1].transpose(1, 2)),
    "einsum": lambda t, f, x: t.einsum("bchw,cd->bdhw", x, t.ones(C, 6)),
    "einsum of a batch": lambda t, f, x: t.einsum("bchw,bcvw->bvch", x, x),
    "einsum without a sum": lambda t, f, x: t.einsum("bchw,bchv->bhcwv", x, x),
    "einsum of one": lambda t, f, x: t.einsum("bchw->bwhc", x) + 1,
    "attention": lambda t, f, x: f.scaled_dot_product_attention(x, x, x),
    "attention with dropout": lambda t, f, x: f.scaled_dot_product_attention(x, x, x, dropout_p=0.5),
    "inv": lambda t, f, x: t.linalg.inv(x[..., :H] + 9 * t.eye(H)),
    "cholesky": lambda t, f, x: t.linalg.cholesky(x @ x.mT + 9 * t.eye(H)),
    "solve": lambda t, f, x: t.linalg.solve(x[..., :H] + 9 * t.eye(H), x),
    "qr": lambda t, f, x: t.linalg.qr(x)[0],
    "eigh": lambda t, f, x: t.linalg.eigh(x @ x.mT)[1],
    "fft": lambda t, f, x: t.fft.fft(x, dim=1),
    "rfft2": lambda t, f, x: t.fft.rfft2(x),
    "fftshift": lambda t, f, x: t.fft.fftshift(x),
}
IMAGES: dict[str, Call] = {
    "conv2d": lambda t, f, x: f.conv2d(x, t.ones(6, C, 3, 3), t.ones(6), padding=1),
    "conv_transpose2d": lambda t, f, x: f.conv_transpose2d(x, t.ones(C, 6, 2, 2)),
    "conv1d": lambda t, f, x: f.conv1d(x[:, :, 0], t.ones(6, C, 2)),
    "conv3d": lambda t, f, x: f.conv3d(x.unsqueeze(0), t.ones(6, N, 1, 2, 2)),
    "conv, norm, relu": lambda t, f, x: f.relu(
        f.batch_norm(f.conv2d(x, t.ones(6, C, 3, 3)), None, None, training=True)
    ),
    "batch_norm": lambda t, f, x: f.batch_norm(x, None, None, training=True),
    "batch_norm in evaluation": lambda t, f, x: f.batch_norm(x, t.zeros(C), t.ones(C)),
    "group_norm": lambda t, f, x: f.group_norm(x, 3),
    "layer_norm": lambda t, f, x: f.layer_norm(x, (W,)),
    "rms_norm": lambda t, f, x: f.rms_norm(x, (W,)),
    "instance_norm": lambda t, f, x: f.instance_norm(x),
    "max_pool2d": lambda t, f, x: f.max_pool2d(x, 2),
    "avg_pool2d": lambda t, f, x: f.avg_pool2d(x, 2),
    "avg_pool1d": lambda t, f, x: f.avg_pool1d(x[:, :, 0], 2),
    "adaptive_avg_pool2d": lambda t, f, x: f.adaptive_avg_pool2d(x, 2),
    "adaptive_max_pool2d": lambda t, f, x: f.adaptive_max_pool2d(x, 2),
    "lp_pool2d": lambda t, f, x: f.lp_pool2d(x, 2, 2),
    "nearest": lambda t, f, x: f.interpolate(x, scale_factor=2),
    "bilinear": lambda t, f, x: f.interpolate(x, scale_factor=2, mode="bilinear"),
    "pad": lambda t, f, x: f.pad(x, (1, 1)),
    "reflect": lambda t, f, x: f.pad(x, (1, 1, 1, 1), mode="reflect"),
    "circular": lambda t, f, x: f.pad(x, (1, 1, 1, 1), mode="circular"),
    "pixel_shuffle": lambda t, f, x: f.pixel_shuffle(x.permute(0, 2, 1, 3), 2),
    "pixel_unshuffle": lambda t, f, x: f.pixel_unshuffle(x[..., :H], 2),
    "channel_shuffle": lambda t, f, x: f.channel_shuffle(x, C),
}
DRAWN = {  # whose elements are other random numbers without torch's
    "randn_like",
    "dropout",
    "dropout2d",
    "alpha_dropout",
    "rrelu",
    "gumbel_softmax",
    "hard gumbel_softmax",
    "bernoulli",
    "attention with dropout",
}
FAMILIES = {
    "elements": ELEMENTS,
    "copies": COPIES,
    "reductions": REDUCTIONS,
    "joined": JOINED,
    "picked": PICKED,
    "products": PRODUCTS,
    "images": IMAGES,
}


def steps(x: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shape, and the step of each dimension that has steps."""
    return tuple(x.shape), tuple(step for size, step in zip(x.shape, x.stride(), strict=True) if size > 1)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("family", FAMILIES)
def test_results_lie_in_memory_as_torchs(family: str, layout: str) -> None:
    torch = torch_or_skip()
    values = np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32)
    theirs, differing = LAYOUTS[layout](torch.tensor(values)), {}
    with autograd.use_torch_random(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = LAYOUTS[layout](autograd.tensor(values))
        for name, call in FAMILIES[family].items():
            found, expected = steps(call(autograd, F, ours)), steps(call(torch, torch.nn.functional, theirs))
            if found != expected:
                differing[name] = found, expected
    assert not differing


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_laid_as_torchs_has_the_same_elements_and_gradients(layout: str) -> None:
    values = np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32)
    for family in FAMILIES.values():
        for name in family.keys() - DRAWN:
            results = []
            for mode in (False, True):
                with autograd.use_torch_random(mode):
                    leaf = autograd.tensor(values, requires_grad=True)
                    out = family[name](autograd, F, LAYOUTS[layout](leaf))
                    gradient = leaf
                    if out.requires_grad:
                        weights = autograd.arange(out.numel(), dtype=autograd.float32).reshape(out.shape).cos()
                        gradient = autograd.grad((out.abs() * weights).sum(), leaf)[0]
                    results.append((np.asarray(out.detach()), np.asarray(gradient.detach())))
            for plain, laid in zip(*results, strict=True):
                np.testing.assert_allclose(laid, plain, rtol=2e-4, atol=2e-4, err_msg=name)
