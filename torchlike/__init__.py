"""What scripts written for torch and torchvision expect, above `autograd`, `nn` and `optim`, none of which needs it.

Stand-ins for what there is none of here (a compiler, switches of torch's libraries), and torch's other
names for what there is. A script that says `import autograd as torch` finds all of it: what `autograd` itself lacks is
looked for here.
"""

from __future__ import annotations

from typing import Any

import autograd
import nn
import optim
from autograd import Tensor, mm as spmm
from autograd.amp import GradScaler
from autograd.cuda import OutOfMemoryError
from autograd.engine import modes as grad_mode
from autograd.layouts import layout, sparse_coo, sparse_csr, strided
from autograd.ops.generator import default_generator as _default_generator
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
    dropout as _dropout,
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
    _utils,
    accelerator,
    backends,
    compiler,
    compiler as _dynamo,
    compiler as _inductor,
    cpu,
    cuda,
    distributed as _distributed,
    foreach,
    func,
    function,
    futures,
    fx,
    hub,
    jit,
    layer_functions,
    library as _C,
    mps,
    multiprocessing,
    onnx,
    overrides,
    quantization,
    recurrent_functions,
    storage,
    symbols,
    tensor_methods,
    types,
    utils,
    variable,
    vision,
    xpu,
)
from .factorisations import lobpcg, lu, qr, svd, triangular_solve
from .futures import Future
from .jit import compile, fork, wait
from .kinds import (
    BFloat16Tensor,
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
from .layer_functions import *  # noqa: F403
from .memory_formats import channels_last, channels_last_3d, contiguous_format, memory_format, preserve_format
from .old_names import (
    are_deterministic_algorithms_enabled,
    binomial,
    chain_matmul,
    cond,
    eig,
    empty_permuted,
    fill,
    get_deterministic_debug_mode,
    is_deterministic_algorithms_warn_only_enabled,
    lstsq,
    matrix_rank,
    range,
    set_deterministic_debug_mode,
    solve,
    symeig,
    use_deterministic_algorithms,
)
from .overrides import DisableTorchFunction, DisableTorchFunctionSubclass
from .recurrent_functions import *  # noqa: F403
from .storage import (
    BoolStorage,
    ByteStorage,
    CharStorage,
    DoubleStorage,
    FloatStorage,
    HalfStorage,
    IntStorage,
    LongStorage,
    ShortStorage,
    Storage,
    TypedStorage,
    UntypedStorage,
    is_storage,
)
from .switches import (
    get_autocast_cpu_dtype,
    get_autocast_gpu_dtype,
    get_device,
    get_float32_matmul_precision,
    get_num_interop_threads,
    is_anomaly_check_nan_enabled,
    is_autocast_cpu_enabled,
    is_warn_always_enabled,
    set_anomaly_enabled,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_multithreading_enabled,
    set_num_interop_threads,
    set_warn_always,
)
from .symbols import *  # noqa: F403
from .tensor_methods import dequantize, is_distributed, is_neg, is_nonzero, is_same_size, is_signed
from .utils.dlpack import from_dlpack, from_file, frombuffer

newaxis = None
has_lapack = has_spectral = True
has_cudnn = has_mps = has_mkl = has_mkldnn = has_openmp = False


def dropout(input: Tensor, p: float, train: bool, inplace: bool = False) -> Tensor:
    """`nn.functional.dropout`, whose `training` is called `train` here, and must be said."""
    return _dropout(input, p, train, inplace)


def is_inference(input: Tensor) -> bool:
    """Whether the tensor was made in inference_mode."""
    return input.is_inference()


__all__ = [
    "BFloat16Tensor",
    "BoolStorage",
    "BoolTensor",
    "ByteStorage",
    "ByteTensor",
    "CharStorage",
    "CharTensor",
    "DisableTorchFunction",
    "DisableTorchFunctionSubclass",
    "DoubleStorage",
    "DoubleTensor",
    "FloatStorage",
    "FloatTensor",
    "Future",
    "GradScaler",
    "HalfStorage",
    "HalfTensor",
    "IntStorage",
    "IntTensor",
    "LongStorage",
    "LongTensor",
    "OutOfMemoryError",
    "ShortStorage",
    "ShortTensor",
    "Storage",
    "TypedStorage",
    "UntypedStorage",
    "Variable",
    "accelerator",
    "adaptive_avg_pool1d",
    "adaptive_max_pool1d",
    "alpha_dropout",
    "are_deterministic_algorithms_enabled",
    "autograd",
    "avg_pool1d",
    "backends",
    "bilinear",
    "binomial",
    "celu",
    "chain_matmul",
    "channel_shuffle",
    "channels_last",
    "channels_last_3d",
    "compile",
    "compiler",
    "cond",
    "contiguous_format",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "cosine_embedding_loss",
    "cpu",
    "dequantize",
    "dropout",
    "eig",
    "empty_permuted",
    "feature_alpha_dropout",
    "fill",
    "fork",
    "from_dlpack",
    "from_file",
    "frombuffer",
    "function",
    "futures",
    "fx",
    "get_autocast_cpu_dtype",
    "get_autocast_gpu_dtype",
    "get_deterministic_debug_mode",
    "get_device",
    "get_float32_matmul_precision",
    "get_num_interop_threads",
    "grad_mode",
    "group_norm",
    "hardshrink",
    "has_lapack",
    "has_spectral",
    "hinge_embedding_loss",
    "hub",
    "is_anomaly_check_nan_enabled",
    "is_autocast_cpu_enabled",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_distributed",
    "is_inference",
    "is_neg",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_storage",
    "is_warn_always_enabled",
    "jit",
    "kl_div",
    "layer_norm",
    "layout",
    "lobpcg",
    "lstsq",
    "lu",
    "margin_ranking_loss",
    "matrix_rank",
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
    "overrides",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "preserve_format",
    "qr",
    "quantization",
    "range",
    "rms_norm",
    "rrelu",
    "selu",
    "set_anomaly_enabled",
    "set_default_tensor_type",
    "set_deterministic_debug_mode",
    "set_float32_matmul_precision",
    "set_flush_denormal",
    "set_multithreading_enabled",
    "set_num_interop_threads",
    "set_warn_always",
    "solve",
    "sparse_coo",
    "sparse_csr",
    "spmm",
    "storage",
    "strided",
    "svd",
    "symeig",
    "threshold",
    "triangular_solve",
    "triplet_margin_loss",
    "typename",
    "types",
    "use_deterministic_algorithms",
    "utils",
    "variable",
    "vision",
    "wait",
    "xpu",
]
__all__ += [*layer_functions.__all__, *symbols.__all__, *recurrent_functions.__all__]


def __getattr__(name: str) -> Any:
    """torch's functions in place, `relu_(x)` is `x.relu_()`; those on lists, `_foreach_add` say; has_cuda."""
    if name == "default_generator":
        return _default_generator()
    if name == "has_cuda":
        return autograd.cuda.is_available()
    if name.endswith("_") and not name.startswith("_") and hasattr(Tensor, name):
        return getattr(Tensor, name)
    if name.startswith("_foreach_"):
        return foreach.function(name.removeprefix("_foreach_"))
    raise AttributeError(f"module 'torchlike' has no attribute {name!r}")
