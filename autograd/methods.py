"""Tensor's operators and methods, attached under their torch names: each is a function of `ops`."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable
from typing import Any

from . import dtypes, layouts
from .engine import overrides
from .engine.errors import LayoutError, NotATensorError
from .engine.methods import Methods
from .engine.tensor import Tensor
from .ops import (
    arithmetic,
    bits,
    broadcast,
    choosing,
    comparison,
    complex,
    copying,
    creation,
    host,
    indexing,
    inplace,
    queries,
    shape,
    sparse,
    special,
)
from .ops.linalg import norms, products
from .ops.operation import OPERATIONS
from .ops.promotion import cast
from .ops.table import modules
from .printing import sparse_repr, tensor_repr
from .types import DeviceLike, Index, Operand

_OPERATORS: dict[str, Callable[..., Tensor]] = {
    "add": arithmetic._add,
    "sub": arithmetic._sub,
    "mul": arithmetic.mul,
    "truediv": arithmetic._true_divide,
    "floordiv": arithmetic.floor_divide,
    "mod": arithmetic.remainder,
    "pow": arithmetic._pow,
    "and": bits.bitwise_and,
    "or": bits.bitwise_or,
    "xor": bits.bitwise_xor,
    "lshift": bits.bitwise_left_shift,
    "rshift": bits.bitwise_right_shift,
}
_COMPARISONS: dict[str, Callable[..., Tensor]] = {
    "eq": comparison.eq,
    "ne": comparison.ne,
    "lt": comparison.lt,
    "le": comparison.le,
    "gt": comparison.gt,
    "ge": comparison.ge,
}
_OPERANDS = (Tensor, int, float, builtins.complex)


def _refused(symbol: str, other: object) -> Any:
    """What Python says of an operand is "'Tensor' and 'Tensor'" of one that is PyTorch's."""
    if type(other).__module__.partition(".")[0] == "torch":
        raise NotATensorError(symbol, other, "an operand")
    return NotImplemented


_COMMUTING = {"add", "mul", "and", "or", "xor"}  # the tensor is the first operand of 2 * x, too, as in torch


def _operator(
    symbol: str, function: Callable[..., Tensor], reflected: bool = False
) -> Callable[[Tensor, Operand], Tensor]:
    def operator(self: Tensor, other: Operand) -> Tensor:
        if overrides.armed:
            answer: Any = overrides.answer(public, (self, other), {})
            if answer is not overrides.unanswered:
                return answer
        if isinstance(other, _OPERANDS) or type(other).__module__ == "numpy":
            return function(self, other)
        return public(self, other) if overrides.arms((other,)) else _refused(symbol, other)

    def reflected_operator(self: Tensor, other: Operand) -> Tensor:
        if overrides.armed:
            answer: Any = overrides.answer(made, (self, other), {})
            if answer is not overrides.unanswered:
                return answer
        if isinstance(other, _OPERANDS) or type(other).__module__ == "numpy":
            return function(other, self)
        return made(self, other) if overrides.arms((other,)) else _refused(symbol, other)

    made = reflected_operator if reflected else operator
    made.__name__ = made.__qualname__ = f"__{symbol}__"
    public = getattr(Methods, function.__name__.strip("_"), made)  # what `__torch_function__` is told of
    return made


def matmul_operator(self: Tensor, other: Operand) -> Tensor:
    """self @ other."""
    if isinstance(other, Tensor) or overrides.overrides(type(other)):
        return products.matmul(self, other)  # type: ignore[arg-type]
    return _refused("matmul", other)


def reflected_matmul(self: Tensor, other: Operand) -> Tensor:
    """other @ self."""
    return products.matmul(other, self) if isinstance(other, Tensor) else _refused("matmul", other)


def _cast_method(name: str, dtype: dtypes.dtype) -> Callable[..., Tensor]:
    def method(self: Tensor, memory_format: object = None) -> Tensor:
        return cast(self, dtype)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"The tensor as {dtype!r}; itself if it is that already."
    return method


def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor in host memory; itself if it is there already."""
    return self.to("cpu")


def cuda(self: Tensor, device: DeviceLike = None, non_blocking: bool = False) -> Tensor:
    """The tensor on a GPU; itself if it is there already."""
    return self.to("cuda" if device is None else device)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor with the dtype, and on the device, of another."""
    return self.to(other)


def represent(self: Tensor) -> str:
    if self._backend.sparse:
        array = self._array
        return sparse_repr(self, sparse.parts_shown(self), array.values.shape[0])
    return tensor_repr(self, type(self).__name__ if overrides.overrides(type(self)) else "tensor")


def get_item(self: Tensor, index: Index) -> Tensor:
    try:
        return indexing.read(self, index)
    except LayoutError:
        return sparse.item_of(self, index)


def set_item(self: Tensor, index: Index, value: Any) -> None:
    try:
        indexing.write(self, index, value)
    except LayoutError:
        raise TypeError("Cannot assign to a sparse tensor, nor a sparse tensor; take x.to_dense() first") from None


def where(self: Tensor, condition: Tensor, other: Operand) -> Tensor:
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


def layout(self: Tensor) -> layouts.layout:
    """How the elements are kept: `strided`, `sparse_coo` or `sparse_csr`."""
    return self._array.layout if self._backend.sparse else layouts.strided


def is_sparse(self: Tensor) -> bool:
    """Whether it is a sparse tensor by coordinates."""
    return self._backend.sparse and self._array.layout is layouts.sparse_coo


def is_sparse_csr(self: Tensor) -> bool:
    """Whether it is a sparse matrix row by row."""
    return self._backend.sparse and self._array.layout is layouts.sparse_csr


_OF_SCRIPTS = """
    lu qr svd triangular_solve type new is_nonzero is_same_size is_signed is_pinned is_shared pin_memory share_memory_
    storage _typed_storage untyped_storage storage_offset storage_type is_set_to set_ resize resize_ resize_as
    resize_as_ apply_ map_ map2_ hardshrink prelu dequantize has_names is_distributed is_neg
    new_empty_strided record_stream module_load dim_order index reinforce solve lstsq eig symeig q_scale q_zero_point
    qscheme int_repr to_padded_tensor to_mkldnn"""
_NEVER = """
    is_quantized is_meta is_mps is_nested is_xpu is_xla is_mkldnn is_vulkan is_ipu is_maia
    is_mtia"""

_OTHERS: dict[str, Any] = {
    "__matmul__": matmul_operator,
    "__rmatmul__": reflected_matmul,
    "__neg__": arithmetic.neg,
    "__pos__": arithmetic.positive,
    "__abs__": arithmetic.abs,
    "__invert__": bits.bitwise_not,
    "__getitem__": get_item,
    "__setitem__": set_item,
    "__repr__": represent,
    "layout": property(layout),
    "is_sparse": property(is_sparse),
    "is_sparse_csr": property(is_sparse_csr),
    "_indices": sparse.uncoalesced_indices,
    "_values": sparse.uncoalesced_values,
    "_nnz": sparse.count_of_values,
    "T": property(shape.reverse_dims),
    "mT": property(shape.matrix_transpose),
    "H": property(shape.adjoint),
    "mH": property(shape.adjoint),
    "real": property(complex.real),
    "imag": property(complex.imag),
    "where": where,
    "polygamma": polygamma,
    "polygamma_": inplace.in_place(polygamma),
    "cpu": cpu,
    "cuda": cuda,
    "type_as": type_as,
    "ndimension": Tensor.dim,
    "nelement": Tensor.numel,
    "is_cuda": property(queries.is_cuda),
    "is_cpu": property(queries.is_cpu),
    "get_device": queries.get_device,
    "itemsize": property(queries.itemsize),
    "element_size": queries.itemsize,
    "nbytes": property(queries.nbytes),
    "stride": queries.stride,
    "is_contiguous": queries.is_contiguous,
    "data_ptr": queries.data_ptr,
    "output_nr": property(queries.output_nr),
    "retains_grad": property(queries.retains_grad),
    "is_inference": queries.is_inference,
    "_base": property(queries.base),
    "__len__": queries.length,
    "__iter__": queries.items,
    "__contains__": queries.contains,
    "item": host.item,
    "tolist": host.tolist,
    "numpy": host.numpy,
    "__array__": host.to_array,
    "__bool__": host.to_bool,
    "__int__": host.to_int,
    "__float__": host.to_float,
    "__complex__": host.to_complex,
    "__index__": host.to_index,
    "__format__": host.formatted,
    "__copy__": copying.shallow,
    "__deepcopy__": copying.deep,
    "__reduce_ex__": copying.reduce,
    "byte": _cast_method("byte", dtypes.uint8),
    "char": _cast_method("char", dtypes.int8),
    # What the engine itself computes with.
    "_sum_to": broadcast.sum_to,
    "_filled": creation.filled_like,
    "_of_sizes_or_data": staticmethod(creation.of_sizes_or_data),
    "_in_c_order": shape.in_c_order,
    "_accumulate": inplace.add_into,
    "_matrix_norm": norms.matrix_norm,
}


ASKING: set[str] = {"__matmul__", "__rmatmul__"}  # the methods that ask `engine.overrides` themselves


def _attach() -> None:
    for module in modules():  # each notes its operations as it is read
        assert module
    for operation in OPERATIONS:
        for face, name in operation.public_names():
            if face == "Tensor":
                written = operation.in_place and name.endswith("_")
                setattr(Methods, name, inplace.in_place(operation.function) if written else operation.function)
                ASKING.add(name)
    for function in (shape.squeeze, shape.unsqueeze, shape.transpose, shape.t):
        setattr(Methods, f"{function.__name__}_", inplace.reshaping(function))
    for name in ("swapaxes_", "swapdims_"):
        setattr(Methods, name, inplace.reshaping(shape.swapaxes))
    for symbol, function in _OPERATORS.items():
        setattr(Methods, f"__{symbol}__", _operator(symbol, function))
        setattr(Methods, f"__r{symbol}__", _operator(f"r{symbol}", function, reflected=symbol not in _COMMUTING))
        setattr(Methods, f"__i{symbol}__", inplace.in_place(function, f"{symbol}_"))
        ASKING.update(f"__{before}{symbol}__" for before in ("", "r", "i"))
    for symbol, function in _COMPARISONS.items():
        setattr(Methods, f"__{symbol}__", _operator(symbol, function))
        ASKING.add(f"__{symbol}__")
    for name in ("float", "double", "half", "bfloat16", "long", "int", "short", "bool", "cfloat", "cdouble"):
        setattr(Methods, name, _cast_method(name, getattr(dtypes, name)))
    for name in _OF_SCRIPTS.split():
        setattr(Methods, name, _of_scripts(name))
    for name in _NEVER.split():
        setattr(Methods, name, False)
    operations = {operation.function for operation in OPERATIONS}
    for name, attribute in _OTHERS.items():
        setattr(Methods, name, attribute)
        if inspect.isfunction(attribute) and name.endswith("__") and attribute not in operations:
            attribute.__name__, attribute.__qualname__ = name, f"Tensor.{name}"


_attach()
