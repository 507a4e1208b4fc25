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
from .ops.arrange import (
    adjoint,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    block_diag,
    cartesian_prod,
    column_stack,
    combinations,
    diag,
    diag_embed,
    diagflat,
    diagonal,
    dsplit,
    dstack,
    fliplr,
    flipud,
    hsplit,
    hstack,
    meshgrid,
    renorm,
    repeat_interleave,
    rot90,
    row_stack,
    swapaxes,
    tensor_split,
    tile,
    trace,
    tril_indices,
    triu_indices,
    vander,
    vsplit,
    vstack,
)
from .ops.bessel import i0
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
from .ops.decompositions import cholesky, cholesky_inverse, cholesky_solve, det
from .ops.decompositions import inv as inverse
from .ops.decompositions import pinv as pinverse
from .ops.elementwise import (
    abs,
    acos,
    acosh,
    add,
    allclose,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    ceil,
    clamp,
    clamp_max,
    clamp_min,
    cos,
    cosh,
    div,
    eq,
    equal,
    erf,
    exp,
    exp2,
    expm1,
    floor,
    floor_divide,
    fmod,
    ge,
    gt,
    isclose,
    isfinite,
    isinf,
    isnan,
    le,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    maximum,
    minimum,
    mul,
    ne,
    neg,
    positive,
    pow,
    reciprocal,
    relu,
    remainder,
    round,
    rsqrt,
    rsub,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    square,
    sub,
    tan,
    tanh,
    trunc,
    where,
)
from .ops.indexing import gather, index_select, masked_fill, masked_select, nonzero, scatter_add
from .ops.linalg import addmm, bmm, dot, matmul, mm, mv, outer
from .ops.lu import lu_solve, lu_unpack
from .ops.pointwise import (
    addcdiv,
    addcmul,
    bitwise_left_shift,
    bitwise_right_shift,
    copysign,
    deg2rad,
    dist,
    float_power,
    fmax,
    fmin,
    frac,
    frexp,
    gcd,
    heaviside,
    hypot,
    isin,
    isneginf,
    isposinf,
    isreal,
    lcm,
    ldexp,
    lerp,
    logaddexp2,
    nan_to_num,
    nextafter,
    rad2deg,
    sgn,
    signbit,
)
from .ops.products import (
    addbmm,
    addmv,
    addr,
    baddbmm,
    cdist,
    chain_matmul,
    corrcoef,
    cosine_similarity,
    cov,
    cross,
    einsum,
    ger,
    inner,
    kron,
    pdist,
    tensordot,
    vdot,
)
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
    any,
    argmax,
    argmin,
    count_nonzero,
    logsumexp,
    max,
    mean,
    min,
    norm,
    std,
    std_mean,
    sum,
    var,
    var_mean,
)
from .ops.scan import (
    aminmax,
    cummax,
    cummin,
    cumprod,
    cumsum,
    cumulative_trapezoid,
    diff,
    gradient,
    logcumsumexp,
    nanmean,
    nansum,
    prod,
    trapezoid,
)
from .ops.scatter import (
    argwhere,
    diagonal_scatter,
    index_add,
    index_copy,
    index_fill,
    index_put,
    index_reduce,
    masked_scatter,
    nonzero_static,
    put,
    scatter,
    scatter_reduce,
    select_scatter,
    slice_scatter,
    take,
    take_along_dim,
)
from .ops.shape import (
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    cat,
    chunk,
    clone,
    concat,
    concatenate,
    flatten,
    flip,
    movedim,
    narrow,
    permute,
    ravel,
    repeat,
    reshape,
    roll,
    select,
    split,
    squeeze,
    stack,
    t,
    transpose,
    tril,
    triu,
    unbind,
    unflatten,
    unsafe_chunk,
    unsafe_split,
    unsqueeze,
)
from .ops.shape import pad_constant as constant_pad_nd
from .ops.softmax import log_softmax, softmax
from .ops.sorting import (
    argsort,
    bincount,
    bucketize,
    histc,
    histogram,
    histogramdd,
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
    unique,
    unique_consecutive,
    unravel_index,
)
from .ops.special import (
    digamma,
    erfc,
    erfinv,
    igamma,
    igammac,
    lgamma,
    logit,
    mvlgamma,
    polygamma,
    sinc,
    xlogy,
)
from .ops.spectrogram import (
    bartlett_window,
    blackman_window,
    hamming_window,
    hann_window,
    istft,
    kaiser_window,
    stft,
)
from .ops.strided import as_strided, as_strided_scatter, empty_strided
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
