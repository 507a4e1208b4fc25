"""Rows of the table: what layers, losses and resampling compute (`nn.functional`)."""

from __future__ import annotations

import numpy as np

from tests.operations import Draw, Fixed, Operation, call, images, unary

KINKS = {
    "celu": (0,), "selu": (0,), "mish": (), "hardsigmoid": (-3, 3), "hardswish": (-3, 3), "hardshrink": (-0.5, 0.5),
    "softshrink": (-0.5, 0.5), "tanhshrink": (), "softsign": (0,),
}  # fmt: skip


def signs(draw: Draw, *shape: int) -> np.ndarray:
    return np.where(draw.mask(*shape), 1.0, -1.0)


def apart(draw: Draw, *shape: int) -> np.ndarray:
    return draw.real(*shape) * 3.0


def grid(draw: Draw, *shape: int) -> np.ndarray:
    return draw.real(*shape, low=-1.2, high=1.2)


def log_probabilities(draw: Draw, *shape: int) -> np.ndarray:
    x = draw.real(*shape)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


F = "nn.functional."
REDUCTIONS = ("mean", "sum", "none")

ROWS = [
    *(Operation(f"{F}{name}", unary(-7, 7, *kinks), exact=False) for name, kinks in KINKS.items()),
    Operation(f"{F}threshold", lambda d: [call(d.real(2, 3), 0.1, 2.0)], redrawn=False),
    Operation(f"{F}glu", lambda d: [call(d.real(2, 4)), call(d.real(4, 3), 0)]),
    Operation(f"{F}prelu", lambda d: [call(d.real(2, 3), d.real(1)), call(d.real(2, 3, 2), d.real(3))], redrawn=False),
    Operation(f"{F}rrelu", lambda d: [call(d.real(2, 3))], redrawn=False),
    Operation(f"{F}softmin", lambda d: [call(d.real(2, 3), 1)]),
    # Convolution and pooling
    Operation(f"{F}conv_transpose1d", lambda d: [call(d.real(2, 2, 4), d.real(2, 3, 3), d.real(3), stride=2, padding=1, output_padding=1), call(d.real(2, 4), d.real(2, 1, 2), dilation=2, output_padding=1)]),
    Operation(f"{F}conv_transpose2d", lambda d: [call(d.real(1, 2, 3, 3), d.real(2, 2, 2, 3), d.real(4), groups=2, stride=(2, 1)), call(d.real(2, 1, 2, 2), d.real(1, 2, 3, 3), dilation=2, output_padding=(1, 0))]),
    Operation(f"{F}conv_transpose3d", lambda d: [call(d.real(1, 1, 2, 2, 2), d.real(1, 2, 2, 2, 2), d.real(2))]),
    Operation(f"{F}unfold", lambda d: [call(d.real(2, 2, 4, 5), (2, 3), padding=1, stride=2), call(d.real(1, 5, 5), 2, dilation=2)]),
    Operation(f"{F}fold", lambda d: [call(d.real(2, 8, 9), (4, 4), 2), call(d.real(4, 4), (5, 4), 2, 1, 1, 3)]),
    *(Operation(f"{F}lp_pool{n}d", lambda d, n=n: [call(d.real(1, 1, *(4,) * n, low=0.3), 2.0, 2), call(d.real(2, *(3,) * n, low=0.3), 3, 2, 1)], integers=False) for n in (1, 2, 3)),
    *(Operation(f"{F}adaptive_avg_pool{n}d", lambda d, n=n: [call(d.real(1, 1, *(4,) * n), 2), call(d.real(1, *(3,) * n), 2)]) for n in (1, 2, 3)),
    *(Operation(f"{F}adaptive_max_pool{n}d", lambda d, n=n: [call(images(d, 1, 1, *(4,) * n), 2), call(images(d, 1, *(3,) * n), 2, return_indices=True)], integers=False) for n in (1, 2, 3)),
    Operation(f"{F}max_unpool1d", lambda d: [call(d.real(1, 2, 2), np.array([[[1, 2], [0, 3]]]), 2)]),
    Operation(f"{F}max_unpool2d", lambda d: [call(d.real(1, 1, 2, 2), np.array([[[[0, 3], [9, 14]]]]), 2, output_size=(4, 4))]),
    Operation(f"{F}max_unpool3d", lambda d: [call(d.real(1, 1, 1, 1, 2), np.array([[[[[0, 11]]]]]), 2)]),
    # Normalisation
    Operation(f"{F}layer_norm", lambda d: [call(d.real(2, 3, 4), (4,), d.real(4), d.real(4)), call(d.real(2, 3, 2), (3, 2))]),
    Operation(f"{F}rms_norm", lambda d: [call(d.real(2, 3, 4), (4,), d.real(4)), call(d.real(2, 3), (3,), eps=1e-3)]),
    Operation(f"{F}group_norm", lambda d: [call(d.real(2, 4, 3), 2, d.real(4), d.real(4)), call(d.real(2, 4, 2, 2), 4)]),
    Operation(f"{F}instance_norm", lambda d: [call(d.real(2, 3, 4), weight=d.real(3), bias=d.real(3)), call(d.real(1, 2, 3, 2))]),
    Operation(f"{F}local_response_norm", lambda d: [call(d.real(2, 4, 3), 3), call(d.real(1, 5, 2, 2), 2, alpha=0.5, beta=0.5, k=2.0)], integers=False),
    Operation(f"{F}normalize", lambda d: [call(d.real(2, 3)), call(d.real(2, 3), 1.0, 0)]),
    # Tables and distances
    Operation(f"{F}embedding", lambda d: [call(d.whole(2, 3, high=4), d.real(4, 2))], redrawn=False),
    Operation(f"{F}embedding", lambda d: [call(np.array([0, 1, 3, 1]), d.real(4, 2), padding_idx=1)], differentiable=False),
    Operation(f"{F}embedding", lambda d: [call(np.array([0, 2, 2]), Fixed(d.real(4, 2)), scale_grad_by_freq=True)]),
    *(Operation(f"{F}embedding_bag", lambda d, m=m: [call(np.array([[0, 2, 1], [3, 3, 0]]), images(d, 4, 2), mode=m), call(np.array([0, 2, 3, 1]), images(d, 4, 2), np.array([0, 3]), mode=m, padding_idx=2)], integers=False, redrawn=False) for m in ("sum", "mean", "max")),
    Operation(f"{F}embedding_bag", lambda d: [call(np.array([[0, 2], [3, 1]]), d.real(4, 2), mode="sum", per_sample_weights=d.real(2, 2))]),
    Operation(f"{F}bilinear", lambda d: [call(d.real(2, 3), d.real(2, 2), d.real(4, 3, 2), d.real(4))]),
    Operation(f"{F}pairwise_distance", lambda d: [call(d.real(3, 4), d.real(3, 4)), call(d.real(3, 4), d.real(4), p=1.0, keepdim=True)], redrawn=False),
    # Attention
    Operation(f"{F}scaled_dot_product_attention", lambda d: [call(d.real(2, 3, 4), d.real(2, 5, 4), d.real(2, 5, 2)), call(d.real(2, 3, 4), d.real(2, 3, 4), d.real(2, 3, 4), is_causal=True), call(d.real(3, 4), d.real(5, 4), d.real(5, 2), np.array([[True] * 5, [True, False, True, False, True], [False] * 4 + [True]])), call(d.real(4, 3, 2), d.real(2, 3, 2), d.real(2, 3, 2), scale=0.3, enable_gqa=True)], exact=False),
    # Images
    *(Operation(f"{F}interpolate", lambda d, m=m, s=s: [call(d.real(1, 2, *s), scale_factor=2, mode=m), call(d.real(1, 1, *s), tuple(n + 1 for n in s), mode=m)], integers=False) for m, s in (("nearest", (3,)), ("nearest-exact", (3, 2)), ("linear", (4,)), ("bilinear", (3, 4)), ("bicubic", (3, 4)), ("trilinear", (2, 3, 2)), ("area", (4, 5)))),
    *(Operation(f"{F}interpolate", lambda d, m=m: [call(d.real(1, 1, 4, 5), (7, 3), mode=m, align_corners=True)], integers=False) for m in ("bilinear", "bicubic")),
    *(Operation(f"{F}interpolate", lambda d, m=m, a=a: [call(d.real(1, 1, 6, 5), (4, 7), mode=m, antialias=True, align_corners=a), call(d.real(1, 1, 7, 5), scale_factor=0.4, mode=m, antialias=True, align_corners=a)], integers=False) for m in ("bilinear", "bicubic") for a in (False, True)),
    *(Operation(f"{F}grid_sample", lambda d, m=m, p=p, a=a: [call(d.real(1, 1, 3, 3), grid(d, 1, 2, 2, 2), mode=m, padding_mode=p, align_corners=a)], integers=False, redrawn=False) for m in ("bilinear", "nearest", "bicubic") for p in ("zeros", "border", "reflection") for a in (False, True)),
    Operation(f"{F}grid_sample", lambda d: [call(d.real(1, 1, 3, 2, 3), grid(d, 1, 2, 2, 2, 3), align_corners=False)], integers=False, redrawn=False),
    Operation(f"{F}affine_grid", lambda d: [call(d.real(2, 2, 3), (2, 1, 3, 4), align_corners=a) for a in (False, True)] + [call(d.real(1, 3, 4), (1, 1, 2, 3, 2), align_corners=False)], integers=False),
    Operation(f"{F}pixel_shuffle", lambda d: [call(d.real(1, 8, 2, 3), 2)]),
    Operation(f"{F}pixel_unshuffle", lambda d: [call(d.real(1, 2, 4, 6), 2)]),
    Operation(f"{F}channel_shuffle", lambda d: [call(d.real(1, 6, 2, 2), 3)]),
    # Losses
    *(Operation(f"{F}smooth_l1_loss", lambda d, r=r: [call(apart(d, 2, 3), apart(d, 2, 3), reduction=r), call(apart(d, 4), apart(d, 4), beta=0.5, reduction=r)], redrawn=False) for r in REDUCTIONS),
    Operation(f"{F}huber_loss", lambda d: [call(apart(d, 2, 3), apart(d, 2, 3), delta=1.5)], redrawn=False),
    *(Operation(f"{F}kl_div", lambda d, r=r: [call(d.real(2, 3), d.real(2, 3, low=0.1, high=0.9), reduction=r), call(d.real(2, 3), d.real(2, 3), log_target=True, reduction=r)]) for r in ("batchmean", "sum", "none")),
    Operation(f"{F}poisson_nll_loss", lambda d: [call(d.real(2, 3), Fixed(d.real(2, 3, low=0.2, high=4))), call(d.real(2, 3, low=0.3), Fixed(d.real(2, 3, low=0.2, high=4)), log_input=False, full=True)]),
    Operation(f"{F}gaussian_nll_loss", lambda d: [call(d.real(2, 3), d.real(2, 3), d.real(2, 3, low=0.3)), call(d.real(2, 3), d.real(2, 3), d.real(2, 1, low=0.3), full=True)]),
    Operation(f"{F}hinge_embedding_loss", lambda d: [call(d.real(2, 3), Fixed(signs(d, 2, 3)), margin=0.7)], redrawn=False),
    Operation(f"{F}soft_margin_loss", lambda d: [call(d.real(2, 3), Fixed(signs(d, 2, 3)))]),
    Operation(f"{F}multilabel_soft_margin_loss", lambda d: [call(d.real(2, 3), Fixed(d.real(2, 3, low=0, high=1)))]),
    Operation(f"{F}cosine_embedding_loss", lambda d: [call(d.real(4, 3), d.real(4, 3), Fixed(signs(d, 4)), 0.1)], redrawn=False, integers=False),
    Operation(f"{F}margin_ranking_loss", lambda d: [call(d.real(4), d.real(4), Fixed(signs(d, 4)), 0.3)], redrawn=False, integers=False),
    Operation(f"{F}multi_margin_loss", lambda d: [call(d.real(4, 3), d.whole(4, high=3)), call(d.real(3), d.whole(high=3), p=2)], redrawn=False),
    Operation(f"{F}multilabel_margin_loss", lambda d: [call(d.real(2, 4), np.array([[3, 0, -1, 1], [2, -1, 0, 0]]))], redrawn=False),
    Operation(f"{F}triplet_margin_loss", lambda d: [call(d.real(4, 3), d.real(4, 3), d.real(4, 3), swap=s) for s in (False, True)], redrawn=False, integers=False),
]  # fmt: skip
