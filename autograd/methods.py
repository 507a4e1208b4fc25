"""Tensor's operators and methods: each is a function of `ops`, attached under its torch name."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from . import dtypes
from .engine.tensor import Tensor
from .linalg import logdet, matrix_exp, matrix_norm, matrix_power, slogdet
from .ops import (
    activation,
    arithmetic,
    bessel,
    bits,
    choosing,
    comparison,
    complex,
    counting,
    creation,
    diagonals,
    differences,
    exponential,
    indexing,
    inplace,
    joining,
    random,
    reduction,
    rounding,
    scan,
    scatter,
    shape,
    softmax,
    sorting,
    special,
    spectrogram,
    strided,
    trigonometric,
)
from .ops.linalg import determinants, lu, norms, products, solve, spectral
from .ops.promotion import cast
from .printing import tensor_repr

_FROM = {
    activation: "sigmoid relu",
    arithmetic: """
        add sub mul div floor_divide remainder fmod pow neg positive abs sign reciprocal square sqrt rsqrt
        addcdiv addcmul copysign float_power gcd hypot lcm ldexp lerp nextafter sgn signbit frexp""",
    bessel: "i0",
    bits: "bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift",
    choosing: "maximum minimum clamp clamp_min clamp_max fmax fmin heaviside nan_to_num",
    comparison: """
        eq ne lt le gt ge logical_and logical_or logical_xor logical_not isnan isinf isfinite isclose allclose
        equal isneginf isposinf isreal""",
    complex: "angle conj conj_physical is_conj resolve_conj resolve_neg",
    counting: "bincount histc unique unique_consecutive",
    creation: "new_tensor new_zeros new_ones new_empty new_full to",
    diagonals: "tril triu diag diag_embed diagflat diagonal trace",
    differences: "diff",
    exponential: "exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2",
    indexing: "argwhere take take_along_dim gather index_select masked_fill masked_select nonzero",
    inplace: "copy_ fill_ zero_ fill_diagonal_",
    joining: "repeat split chunk dsplit hsplit repeat_interleave split_with_sizes tensor_split tile vsplit",
    determinants: "det",
    lu: "lu_solve",
    norms: "norm renorm dist",
    products: "addbmm addmv addr baddbmm cross inner kron vdot ger matmul mm bmm mv dot outer addmm",
    solve: "cholesky cholesky_inverse cholesky_solve",
    random: """
        bernoulli multinomial uniform_ normal_ bernoulli_ random_ exponential_ cauchy_ geometric_ log_normal_""",
    reduction: """
        sum mean var std amax amin argmax argmin max min any all count_nonzero logsumexp corrcoef cov aminmax
        nanmean nansum""",
    rounding: "floor ceil round trunc frac",
    scan: "cummax cummin cumprod cumsum logcumsumexp prod",
    scatter: """
        diagonal_scatter index_add index_copy index_fill index_put index_reduce masked_scatter put scatter
        scatter_reduce select_scatter slice_scatter scatter_add scatter_ scatter_add_""",
    shape: """
        clone contiguous reshape view reshape_as flatten ravel unflatten squeeze unsqueeze permute transpose t
        movedim expand expand_as broadcast_to narrow select unbind flip roll adjoint fliplr flipud rot90
        swapaxes sum_to_size unfold view_as""",
    softmax: "softmax log_softmax",
    sorting: "argsort kthvalue median mode msort nanmedian nanquantile quantile sort topk",
    special: "erf digamma erfc erfinv igamma igammac lgamma logit mvlgamma sinc xlogy",
    trigonometric: "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh deg2rad rad2deg",
}

_IN_PLACE = {
    activation: "sigmoid relu",
    arithmetic: """
        add sub mul div floor_divide remainder fmod pow neg abs sign reciprocal square sqrt rsqrt addcdiv
        addcmul copysign float_power gcd hypot lcm ldexp lerp nextafter sgn""",
    bessel: "i0",
    bits: "bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift",
    choosing: "clamp clamp_min clamp_max heaviside nan_to_num",
    comparison: "eq ne lt le gt ge logical_and logical_or logical_xor logical_not",
    diagonals: "tril triu",
    exponential: "exp exp2 expm1 log log2 log10 log1p",
    indexing: "masked_fill",
    products: "addmm addbmm addmv addr baddbmm",
    rounding: "floor ceil round trunc frac",
    scan: "cumprod cumsum",
    scatter: "index_add index_copy index_fill index_put index_reduce masked_scatter put scatter_reduce",
    special: "erf digamma erfc erfinv igamma igammac lgamma logit mvlgamma sinc xlogy",
    trigonometric: "atan2 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg2rad rad2deg",
}

_ALIASES = {
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
    "negative": "neg",
    "absolute": "abs",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "not_equal": "ne",
    "clip": "clamp",
    "fix": "trunc",
    "moveaxis": "movedim",
    "swapdims": "transpose",
}

_OPERATORS = {
    "add": arithmetic._add,
    "sub": arithmetic._sub,
    "mul": arithmetic.mul,
    "truediv": arithmetic._true_divide,
    "floordiv": arithmetic.floor_divide,
    "mod": arithmetic.remainder,
    "pow": arithmetic.pow,
    "and": bits.bitwise_and,
    "or": bits.bitwise_or,
    "xor": bits.bitwise_xor,
    "lshift": bits.bitwise_left_shift,
    "rshift": bits.bitwise_right_shift,
}
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_OPERANDS = (Tensor, int, float, builtins.complex)


def _operator(function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Any]:
    def operator(self: Tensor, other: Any) -> Any:
        if isinstance(other, _OPERANDS) or type(other).__module__ == "numpy":
            return function(self, other)
        return NotImplemented

    return operator


def _reflected(function: Callable[..., Tensor]) -> Callable[[Tensor, Any], Any]:
    def operator(self: Tensor, other: Any) -> Any:
        if isinstance(other, _OPERANDS) or type(other).__module__ == "numpy":
            return function(other, self)
        return NotImplemented

    return operator


def _cast_method(name: str, dtype: dtypes.dtype) -> Callable[[Tensor], Tensor]:
    def method(self: Tensor, memory_format: Any = None) -> Tensor:
        return cast(self, dtype)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"The tensor as {dtype!r}; itself if it is that already."
    return method


def cpu(self: Tensor) -> Tensor:
    """The tensor in host memory; itself if it is there already."""
    return self.to("cpu")


def cuda(self: Tensor, device: Any = None, non_blocking: bool = False) -> Tensor:
    """The tensor on a GPU; itself if it is there already."""
    return self.to("cuda" if device is None else device)


def matmul_operator(self: Tensor, other: Any) -> Any:
    """self @ other."""
    return products.matmul(self, other) if isinstance(other, Tensor) else NotImplemented


def reflected_matmul(self: Tensor, other: Any) -> Any:
    """other @ self."""
    return products.matmul(other, self) if isinstance(other, Tensor) else NotImplemented


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor with the dtype, and on the device, of another."""
    return self.to(other)


def set_item(self: Tensor, index: Any, value: Any) -> None:
    indexing.write(self, index, value)


def where(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """self where the condition holds, else other."""
    return choosing.where(condition, self, other)


def polygamma(self: Tensor, n: int) -> Tensor:
    """The n-th derivative of digamma."""
    return special.polygamma(n, self)


# The functions behind methods that torch alone has: `autograd` sets what finds them in `torchlike`.
of_scripts: Any = None


def _of_scripts(name: str) -> Callable[..., Any]:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        return getattr(of_scripts("tensor_methods"), name)(self, *args, **kwargs)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"`torchlike.tensor_methods.{name}`."
    return method


_OF_SCRIPTS = """
    lu qr svd triangular_solve type new is_nonzero is_same_size is_signed is_pinned is_shared to_sparse to_dense
    coalesce pin_memory share_memory_"""
_NEVER = ("is_sparse", "is_quantized", "is_meta", "is_mps", "is_nested", "is_xpu")


_OTHERS: dict[str, Any] = {
    "logdet": logdet,
    "slogdet": slogdet,
    "matrix_exp": matrix_exp,
    "matrix_power": matrix_power,
    "where": where,
    "polygamma": polygamma,
    "inverse": solve.inv,
    "pinverse": spectral.pinv,
    "H": property(shape.adjoint),
    "mH": property(shape.adjoint),
    "ndimension": Tensor.dim,
    **{f"{f.__name__}_": inplace.reshaping(f) for f in (shape.squeeze, shape.unsqueeze, shape.transpose, shape.t)},
    "__matmul__": matmul_operator,
    "__rmatmul__": reflected_matmul,
    "__neg__": arithmetic.neg,
    "__pos__": arithmetic.positive,
    "__abs__": arithmetic.abs,
    "__invert__": bits.bitwise_not,
    "__getitem__": indexing.read,
    "__setitem__": set_item,
    "T": property(shape.reverse_dims),
    "mT": property(shape.matrix_transpose),
    "real": property(complex.real),
    "imag": property(complex.imag),
    "as_strided": strided.as_strided,
    "as_strided_scatter": strided.as_strided_scatter,
    "stft": spectrogram.stft,
    "istft": spectrogram.istft,
    "histogram": counting.histogram,
    "byte": _cast_method("byte", dtypes.uint8),
    "char": _cast_method("char", dtypes.int8),
    "cpu": cpu,
    "cuda": cuda,
    "type_as": type_as,
    "__repr__": tensor_repr,
    # What the engine itself computes with.
    "_of_sizes_or_data": staticmethod(creation.of_sizes_or_data),
    "_in_c_order": shape.in_c_order,
    "_accumulate": inplace.add_into,
    "_matrix_norm": matrix_norm,
}


def _attach() -> None:
    for module, names in _FROM.items():
        for name in names.split():
            setattr(Tensor, name, getattr(module, name))
    for module, names in _IN_PLACE.items():
        for name in names.split():
            setattr(Tensor, f"{name}_", inplace.in_place(getattr(module, name)))
    for alias, name in _ALIASES.items():
        setattr(Tensor, alias, getattr(Tensor, name))
        if hasattr(Tensor, f"{name}_"):
            setattr(Tensor, f"{alias}_", getattr(Tensor, f"{name}_"))

    for symbol, function in _OPERATORS.items():
        setattr(Tensor, f"__{symbol}__", _operator(function))
        setattr(Tensor, f"__r{symbol}__", _reflected(function))
        setattr(Tensor, f"__i{symbol}__", inplace.in_place(function, f"{symbol}_"))
    for symbol in _COMPARISONS:
        setattr(Tensor, f"__{symbol}__", _comparison(symbol))
    for name in ("float", "double", "half", "long", "int", "short", "bool", "cfloat", "cdouble"):
        setattr(Tensor, name, _cast_method(name, getattr(dtypes, name)))
    for name, attribute in _OTHERS.items():
        setattr(Tensor, name, attribute)
    for name in _OF_SCRIPTS.split():
        setattr(Tensor, name, _of_scripts(name))
    for name in _NEVER:
        setattr(Tensor, name, False)


def _comparison(name: str) -> Callable[[Tensor, Any], Any]:
    function = getattr(comparison, name)

    def compare(self: Tensor, other: Any) -> Any:
        if isinstance(other, _OPERANDS) or type(other).__module__ == "numpy":
            return function(self, other)
        return NotImplemented

    return compare


_attach()
