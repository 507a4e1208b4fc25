"""What scripts written for torch and torchvision expect, above `autograd`, `nn` and `optim`, none of which needs it.

Stand-ins for what there is none of here (a compiler, sparse tensors, switches of torch's libraries), and torch's other
names for what there is. A script that says `import autograd as torch` finds all of it: what `autograd` itself lacks is
looked for here.
"""

from __future__ import annotations

from typing import Any

import autograd
import nn
import optim
from autograd import Tensor, mm as spmm
from nn.functional import (
    adaptive_avg_pool1d,
    adaptive_max_pool1d,
    alpha_dropout,
    avg_pool1d,
    bilinear,
    celu,
    channel_shuffle,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    cosine_embedding_loss,
    dropout,
    feature_alpha_dropout,
    group_norm,
    hardshrink,
    hinge_embedding_loss,
    kl_div,
    layer_norm,
    margin_ranking_loss,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    pairwise_distance,
    pixel_shuffle,
    pixel_unshuffle,
    poisson_nll_loss,
    prelu,
    rms_norm,
    rrelu,
    selu,
    threshold,
    triplet_margin_loss,
)

from . import (
    accelerator,
    backends,
    cpu,
    cuda,
    distributed as _distributed,
    jit,
    mps,
    multiprocessing,
    onnx,
    sparse,
    tensor_methods,
    utils,
    vision,
    xpu,
)
from .factorisations import lu, qr, svd, triangular_solve
from .jit import compile
from .kinds import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    Variable,
    set_default_tensor_type,
    typename,
)
from .memory_formats import channels_last, channels_last_3d, contiguous_format, memory_format, preserve_format
from .sparse import sparse_coo_tensor
from .switches import get_float32_matmul_precision, set_float32_matmul_precision, use_deterministic_algorithms

newaxis = None
has_cudnn = has_mps = has_mkl = has_mkldnn = has_openmp = False

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
    "Variable",
    "accelerator",
    "adaptive_avg_pool1d",
    "adaptive_max_pool1d",
    "alpha_dropout",
    "autograd",
    "avg_pool1d",
    "backends",
    "bilinear",
    "celu",
    "channel_shuffle",
    "channels_last",
    "channels_last_3d",
    "compile",
    "contiguous_format",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "cosine_embedding_loss",
    "cpu",
    "dropout",
    "feature_alpha_dropout",
    "get_float32_matmul_precision",
    "group_norm",
    "hardshrink",
    "hinge_embedding_loss",
    "jit",
    "kl_div",
    "layer_norm",
    "lu",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "memory_format",
    "mps",
    "multiprocessing",
    "newaxis",
    "nn",
    "onnx",
    "optim",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "preserve_format",
    "qr",
    "rms_norm",
    "rrelu",
    "selu",
    "set_default_tensor_type",
    "set_float32_matmul_precision",
    "sparse",
    "sparse_coo_tensor",
    "spmm",
    "svd",
    "threshold",
    "triangular_solve",
    "triplet_margin_loss",
    "typename",
    "use_deterministic_algorithms",
    "utils",
    "vision",
    "xpu",
]


def __getattr__(name: str) -> Any:
    """torch's functions in place, `relu_(x)` is `x.relu_()`, and whether there is a GPU."""
    if name == "has_cuda":
        return autograd.cuda.is_available()
    if name.endswith("_") and not name.startswith("_") and hasattr(Tensor, name):
        return getattr(Tensor, name)
    raise AttributeError(f"module 'torchlike' has no attribute {name!r}")
