"""A reverse-mode autograd engine with torch's names. Nothing is computed here: this is the public face."""

from __future__ import annotations

import builtins as _builtins
import importlib as _importlib
import math as _math
from typing import Any as _Any

from . import methods as _methods
from .backend import get_default_device, set_default_device
from .device import device
from .dtypes import (
    bfloat16,
    bool,
    can_cast,
    cdouble,
    cfloat,
    complex64,
    complex128,
    double,
    dtype,
    finfo,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
    uint64,
)
from .engine.errors import BackwardError, DeviceMismatchError, OperationError, SerializationError
from .engine.function import Function, once_differentiable
from .engine.modes import (
    detect_anomaly,
    enable_grad,
    inference_mode,
    is_anomaly_enabled,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_detect_anomaly,
    set_grad_enabled,
)
from .engine.size import Size
from .engine.sweep import backward, grad
from .engine.tensor import Tensor
from .ops.activation import relu, sigmoid
from .ops.arithmetic import (
    abs,
    add,
    addcdiv,
    addcmul,
    copysign,
    div,
    float_power,
    floor_divide,
    fmod,
    frexp,
    gcd,
    hypot,
    lcm,
    ldexp,
    lerp,
    mul,
    neg,
    nextafter,
    positive,
    pow,
    reciprocal,
    remainder,
    rsqrt,
    rsub,
    sgn,
    sign,
    signbit,
    sqrt,
    square,
    sub,
)
from .ops.bessel import i0
from .ops.bits import bitwise_and, bitwise_left_shift, bitwise_not, bitwise_or, bitwise_right_shift, bitwise_xor
from .ops.choosing import clamp, clamp_max, clamp_min, fmax, fmin, heaviside, maximum, minimum, nan_to_num, where
from .ops.comparison import (
    allclose,
    eq,
    equal,
    ge,
    gt,
    isclose,
    isfinite,
    isin,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
)
from .ops.complex import (
    angle,
    complex,
    conj,
    conj_physical,
    imag,
    is_complex,
    is_conj,
    polar,
    real,
    resolve_conj,
    resolve_neg,
    view_as_complex,
    view_as_real,
)
from .ops.counting import bincount, histc, histogram, histogramdd, unique, unique_consecutive
from .ops.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    zeros,
    zeros_like,
)
from .ops.diagonals import diag, diag_embed, diagflat, diagonal, trace, tril, tril_indices, triu, triu_indices
from .ops.differences import cumulative_trapezoid, diff, gradient, trapezoid
from .ops.exponential import exp, exp2, expm1, log, log1p, log2, log10, logaddexp, logaddexp2
from .ops.grids import cartesian_prod, combinations, meshgrid, vander
from .ops.indexing import (
    argwhere,
    gather,
    index_select,
    masked_fill,
    masked_select,
    nonzero,
    nonzero_static,
    take,
    take_along_dim,
    unravel_index,
)
from .ops.joining import (
    block_diag,
    cat,
    chunk,
    column_stack,
    concat,
    concatenate,
    dsplit,
    dstack,
    hsplit,
    hstack,
    repeat,
    repeat_interleave,
    row_stack,
    split,
    stack,
    tensor_split,
    tile,
    unsafe_chunk,
    unsafe_split,
    vsplit,
    vstack,
)
from .ops.linalg.determinants import det
from .ops.linalg.lu import lu_solve, lu_unpack
from .ops.linalg.norms import cdist, cosine_similarity, dist, norm, pdist, renorm
from .ops.linalg.products import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    bmm,
    chain_matmul,
    cross,
    dot,
    einsum,
    ger,
    inner,
    kron,
    matmul,
    mm,
    mv,
    outer,
    tensordot,
    vdot,
)
from .ops.linalg.solve import cholesky, cholesky_inverse, cholesky_solve
from .ops.linalg.solve import inv as inverse
from .ops.linalg.spectral import pinv as pinverse
from .ops.padding import pad_constant as constant_pad_nd
from .ops.promotion import result_type
from .ops.random import (
    Generator,
    bernoulli,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
    normal,
    poisson,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from .ops.reduction import (
    all,
    amax,
    amin,
    aminmax,
    any,
    argmax,
    argmin,
    corrcoef,
    count_nonzero,
    cov,
    logsumexp,
    max,
    mean,
    min,
    nanmean,
    nansum,
    std,
    std_mean,
    sum,
    var,
    var_mean,
)
from .ops.rounding import ceil, floor, frac, round, trunc
from .ops.scan import cummax, cummin, cumprod, cumsum, logcumsumexp, prod
from .ops.scatter import (
    diagonal_scatter,
    index_add,
    index_copy,
    index_fill,
    index_put,
    index_reduce,
    masked_scatter,
    put,
    scatter,
    scatter_add,
    scatter_reduce,
    select_scatter,
    slice_scatter,
)
from .ops.shape import (
    adjoint,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    clone,
    flatten,
    flip,
    fliplr,
    flipud,
    movedim,
    narrow,
    permute,
    ravel,
    reshape,
    roll,
    rot90,
    select,
    squeeze,
    swapaxes,
    t,
    transpose,
    unbind,
    unflatten,
    unsqueeze,
)
from .ops.softmax import log_softmax, softmax
from .ops.sorting import (
    argsort,
    bucketize,
    kthvalue,
    median,
    mode,
    msort,
    nanmedian,
    nanquantile,
    quantile,
    searchsorted,
    sort,
    topk,
)
from .ops.special import digamma, erf, erfc, erfinv, igamma, igammac, lgamma, logit, mvlgamma, polygamma, sinc, xlogy
from .ops.spectrogram import istft, stft
from .ops.strided import as_strided, as_strided_scatter, empty_strided
from .ops.trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    deg2rad,
    rad2deg,
    sin,
    sinh,
    tan,
    tanh,
)
from .ops.windows import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
from .printing import set_printoptions
from .serialization import load, load_checkpoint, save, save_checkpoint
from .threads import get_num_threads, set_num_threads
from .version import __version__

absolute, multiply, subtract, divide, true_divide, negative = abs, mul, sub, div, div, neg
arccos, arcsin, arctan, arctan2, arcsinh, arccosh, arctanh = acos, asin, atan, atan2, asinh, acosh, atanh
clip, greater, greater_equal, less, less_equal, not_equal, moveaxis = clamp, gt, ge, lt, le, ne, movedim
pi, inf, nan, e = _math.pi, _math.inf, _math.nan, _math.e
expit, trapz, swapdims, fix, asarray = sigmoid, trapezoid, swapaxes, trunc, as_tensor


def is_tensor(obj: object) -> _builtins.bool:
    """Whether it is a Tensor."""
    return isinstance(obj, Tensor)


def detach(input: Tensor) -> Tensor:
    """The same memory outside the graph."""
    return input.detach()


def numel(input: Tensor) -> _builtins.int:
    """The number of elements."""
    return input.numel()


def is_floating_point(input: Tensor) -> _builtins.bool:
    """Whether its dtype is a floating one."""
    return input.is_floating_point()


from . import (  # noqa: E402
    amp,
    capture,
    cuda,
    data,
    distributions,
    fft,
    func,
    functional,
    linalg,
    random,
    serialization,
    signal,
    special,
    testing,
)
from .amp import autocast  # noqa: E402
from .amp.autocast import is_autocast_enabled  # noqa: E402
from .serialization.moved import resolve_old_names as _resolve_old_names  # noqa: E402
from .testing import gradcheck, gradgradcheck  # noqa: E402

logdet, matrix_exp, matrix_power, slogdet = linalg.logdet, linalg.matrix_exp, linalg.matrix_power, linalg.slogdet
_resolve_old_names()


def __getattr__(name: str) -> _Any:
    """What only scripts written for torch look for, after `import autograd as torch`: all of it is in `torchlike`."""
    if not name.startswith("_"):
        torchlike = _importlib.import_module("torchlike")
        if hasattr(torchlike, name):
            return getattr(torchlike, name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


cuda.of_scripts = _methods.of_scripts = __getattr__
