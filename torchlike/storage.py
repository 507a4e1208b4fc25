"""Storages: the flat memory that tensors look at, as torch shows it, and tensors that are laid over it anew.

A storage shares its memory with the tensors it was asked from: a write to either is seen, and counted, by both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np

import autograd
from autograd import OperationError, Size, Tensor
from autograd.engine.memory import Memory
from autograd.engine.modes import modes
from autograd.engine.tensor import tensor_of
from autograd.ops.creation import shape_of

from .kinds import KINDS


def _flat(x: Tensor) -> tuple[Tensor, int]:
    """All of the memory that a tensor looks at, as a tensor, and where in it the tensor begins."""
    x.stride()  # its elements lie where torch's do from here on
    flat, offset = x._backend.storage(x._array)
    if x._memory is not None:
        x._memory.aliased = True
    return tensor_of(flat, x._backend, x._memory), offset


class _Storage:
    """What storages of elements and of bytes share; `flat` is a tensor of one dimension."""

    flat: Tensor
    shared: bool = False  # whether a tensor looks at the memory

    @property
    def device(self) -> autograd.device:
        return self.flat.device

    @property
    def is_cuda(self) -> bool:
        return self.flat.is_cuda

    @property
    def _cdata(self) -> int:
        """A number that two storages of one memory have in common."""
        return self.data_ptr()

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return self.flat.data_ptr()

    def size(self) -> int:
        """The number of elements."""
        return self.flat.numel()

    def __len__(self) -> int:
        return self.size()

    def element_size(self) -> int:
        """The bytes of one element."""
        return self.flat.element_size()

    def nbytes(self) -> int:
        """The number of bytes."""
        return self.flat.nbytes

    def tolist(self) -> list[Any]:
        """The elements as Python numbers."""
        return self.flat.tolist()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __setitem__(self, index: int | slice, value: Any) -> None:
        with autograd.no_grad():
            self.flat[index] = value

    def fill_(self, value: Any) -> Self:
        """Sets every element."""
        with autograd.no_grad():
            self.flat.fill_(value)
        return self

    def copy_(self, source: _Storage, non_blocking: bool | None = None) -> Self:
        """Takes over the elements of a storage of the same size."""
        if len(source) != len(self):
            raise RuntimeError(f"copy_: a storage of {len(source)} elements does not fit into one of {len(self)}")
        with autograd.no_grad():
            self.flat.copy_(source.flat)
        return self

    def resize_(self, size: int) -> None:
        """Gives the storage another size; the elements that fit are kept."""
        if size == self.size():
            return
        if self.shared:
            raise NotImplementedError("resize_: memory stays what it is while a tensor looks at it; use Tensor.resize_")
        larger = autograd.zeros(size, dtype=self.flat.dtype, device=self.flat.device)
        kept = min(size, self.size())
        larger[:kept] = self.flat[:kept]
        self.flat = larger

    def is_pinned(self, device: Any = None) -> bool:
        """False: memory is not pinned."""
        return False

    def is_shared(self) -> bool:
        """False: memory belongs to its process."""
        return False

    def pin_memory(self, device: Any = None) -> Self:
        """The storage itself: memory is not pinned."""
        return self

    share_memory_ = pin_memory

    def _like(self, flat: Tensor) -> Self:
        made = object.__new__(type(self))
        made.flat = flat
        return made

    def clone(self) -> Self:
        """A storage of its own memory with the same elements."""
        return self._like(self.flat.clone())

    def cpu(self) -> Self:
        """The storage in host memory."""
        return self._like(self.flat.cpu())

    def cuda(self, device: Any = None, non_blocking: bool = False) -> Self:
        """The storage on a GPU."""
        return self._like(self.flat.cuda(device))

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self.tolist())
        return f"{lines}[torch.storage.{self._name()} of size {len(self)}]"

    def _name(self) -> str:
        raise NotImplementedError


class UntypedStorage(_Storage):
    """Bytes: `UntypedStorage(8)`, `UntypedStorage([1, 2])`, or those of a tensor, `x.untyped_storage()`."""

    def __init__(self, data: int | Sequence[int] = 0, *, device: Any = None) -> None:
        sized = isinstance(data, int)
        make: Any = autograd.zeros if sized else autograd.tensor
        self.flat = make(data, dtype=autograd.uint8, device=device)

    def __getitem__(self, index: int | slice) -> Any:
        if not isinstance(index, slice):
            return self.flat[index].item()
        part = self._like(self.flat[index])
        part.shared = True
        return part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntypedStorage) and (self.data_ptr(), len(self)) == (other.data_ptr(), len(other))

    def __hash__(self) -> int:
        return hash((self.data_ptr(), len(self)))

    def untyped(self) -> UntypedStorage:
        """The storage itself."""
        return self

    def _name(self) -> str:
        return f"UntypedStorage(device={self.device})"


class _KindOfStorage(type):
    """The class of FloatStorage and the like: storages of its dtype are its instances."""

    _dtype: autograd.dtype | None

    def __instancecheck__(cls, instance: Any) -> bool:
        return super().__instancecheck__(instance) or (
            cls._dtype is not None and type(instance) is TypedStorage and instance.dtype is cls._dtype
        )


class TypedStorage(_Storage, metaclass=_KindOfStorage):
    """Elements of one dtype: `FloatStorage(3)`, `FloatStorage([1, 2])`, or those of a tensor, `x.storage()`."""

    _dtype: autograd.dtype | None = None

    def __new__(
        cls, data: Any = 0, *, dtype: Any = None, device: Any = None, wrap_storage: UntypedStorage | None = None
    ) -> TypedStorage:
        made = object.__new__(TypedStorage)
        kind = cls._dtype or dtype or autograd.get_default_dtype()
        if wrap_storage is not None:
            made.flat, made.shared = _typed(wrap_storage.flat, kind), True
        elif isinstance(data, int):
            made.flat = autograd.zeros(data, dtype=kind, device=device)
        elif isinstance(data, Sequence):
            made.flat = autograd.tensor(list(data), dtype=kind, device=device)
        else:
            raise TypeError(f"{cls.__name__}: expected a size or a sequence of numbers, got {type(data).__name__}")
        return made

    @classmethod
    def from_buffer(cls, buffer: Any, byte_order: str = "native", count: int = -1, offset: int = 0) -> TypedStorage:
        """A storage with a copy of what a buffer of bytes holds; `byte_order` is "native", "little" or "big"."""
        kind = cls._dtype or autograd.uint8
        order: Any = {"native": "=", "little": "<", "big": ">"}[byte_order]
        numbers = np.frombuffer(buffer, np.dtype(kind.name).newbyteorder(order), count, offset)
        made = object.__new__(TypedStorage)
        made.flat = autograd.tensor(numbers.astype(kind.name))
        return made

    @property
    def dtype(self) -> autograd.dtype:
        return self.flat.dtype

    def __getitem__(self, index: int) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return self.flat[index].item()

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """The name of the kind, "torch.FloatStorage"; with a dtype or kind, the storage as that."""
        if dtype is None:
            return self.flat.type().replace("Tensor", "Storage")
        return self._like(self.flat.type(str(dtype).replace("Storage", "Tensor")))

    def untyped(self) -> UntypedStorage:
        """The same memory as bytes."""
        return _bytes(self.flat)

    _untyped_storage = property(untyped)

    def float(self) -> TypedStorage:
        """A copy of float32."""
        return self._like(self.flat.float())

    def double(self) -> TypedStorage:
        """A copy of float64."""
        return self._like(self.flat.double())

    def half(self) -> TypedStorage:
        """A copy of float16."""
        return self._like(self.flat.half())

    def long(self) -> TypedStorage:
        """A copy of int64."""
        return self._like(self.flat.long())

    def int(self) -> TypedStorage:
        """A copy of int32."""
        return self._like(self.flat.int())

    def _name(self) -> str:
        return f"TypedStorage(dtype={self.dtype}, device={self.device})"


def _kind_of_storage(name: str) -> Any:
    kind = KINDS[name]
    doc = f"Makes storages of {kind!r}; `isinstance` says whether a storage is one."
    make: Any = _KindOfStorage
    return make(f"{name}Storage", (TypedStorage,), {"_dtype": kind, "__module__": "torch", "__doc__": doc})


FloatStorage, DoubleStorage, HalfStorage = map(_kind_of_storage, ("Float", "Double", "Half"))
LongStorage, IntStorage, ShortStorage = map(_kind_of_storage, ("Long", "Int", "Short"))
CharStorage, ByteStorage, BoolStorage = map(_kind_of_storage, ("Char", "Byte", "Bool"))
Storage = FloatStorage


def _bytes(flat: Tensor) -> UntypedStorage:
    made = object.__new__(UntypedStorage)
    made.flat, made.shared = tensor_of(flat._backend.as_bytes(flat._array), flat._backend, flat._memory), True
    return made


def _typed(flat: Tensor, dtype: autograd.dtype) -> Tensor:
    """Memory given as bytes, as elements of a dtype."""
    return tensor_of(flat._backend.of_bytes(flat._array, dtype), flat._backend, flat._memory)


def is_storage(obj: object) -> bool:
    """Whether it is a storage."""
    return isinstance(obj, _Storage)


# Methods of tensors


def storage(self: Tensor) -> TypedStorage:
    """The memory that the tensor looks at, all of it, as elements of its dtype."""
    made = object.__new__(TypedStorage)
    made.flat, made.shared = _flat(self)[0], True
    return made


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The memory that the tensor looks at, all of it, as bytes."""
    return _bytes(_flat(self)[0])


def storage_offset(self: Tensor) -> int:
    """How many elements of the storage lie before the tensor's first."""
    return _flat(self)[1]


def storage_type(self: Tensor) -> Any:
    """The kind of storage that `storage()` gives: FloatStorage, say."""
    return globals()[self.type().rpartition(".")[2].replace("Tensor", "Storage")]


def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both look at the same memory in the same way."""
    same = self.data_ptr() == tensor.data_ptr() and self.shape == tensor.shape and self.dtype is tensor.dtype
    return same and self.stride() == tensor.stride()


def _in_c_order(size: Sequence[int]) -> list[int]:
    return [math.prod(max(n, 1) for n in size[place + 1 :]) for place in range(len(size))]


def _lay(x: Tensor, flat: Tensor, offset: int, size: Sequence[int], stride: Sequence[int]) -> Tensor:
    """Makes the tensor look at a part of flat memory."""
    modes.note_unreplayable("a tensor is laid over other memory")
    if offset < 0 or min(size, default=0) < 0:
        raise RuntimeError(f"expected no negative offset and sizes, got {offset} and {tuple(size)}")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if 0 not in size and last >= flat.numel():
        raise OperationError(
            f"sizes {tuple(size)}, strides {tuple(stride)} and offset {offset} lead beyond the {flat.numel()} elements "
            "of the storage"
        )
    x._array = x._backend.window(flat._array, offset, size, stride)
    x._memory, x._view = flat._memory, None
    return x


def set_(
    self: Tensor,
    source: Any = None,
    storage_offset: int = 0,
    size: Sequence[int] | None = None,
    stride: Sequence[int] | None = None,
) -> Tensor:
    """Makes the tensor look at the memory of another tensor or of a storage; without one, at none.

    Of a storage `size` is all of it unless told, and `stride` that of C order.
    """
    if modes.grad and self.requires_grad:
        raise RuntimeError("set_: a tensor that requires grad can't be given other memory; do it inside no_grad()")
    if source is None:
        return set_(self, autograd.empty(0, dtype=self.dtype, device=self.device))
    if isinstance(source, UntypedStorage):
        flat = _typed(source.flat, self.dtype)
    elif isinstance(source, Tensor):
        flat, offset = _flat(source)
        if size is None:
            storage_offset, size, stride = offset, source.shape, source.stride()
    else:
        flat = source.flat
    if flat.dtype is not self.dtype:
        raise RuntimeError(f"set_: a tensor of {self.dtype} can't look at memory of {flat.dtype}")
    if flat._backend is not self._backend:
        raise RuntimeError(f"set_: a tensor on {self.device} can't look at memory on {flat.device}")
    sizes = (flat.numel() - storage_offset,) if size is None else tuple(size)
    return _lay(self, flat, storage_offset, sizes, _in_c_order(sizes) if stride is None else stride)


def resize_(self: Tensor, *sizes: Any, memory_format: object = None) -> Tensor:
    """Gives the tensor another shape over the same memory, whatever was its order; elements beyond it are 0.

    Where the memory ends too early the tensor moves to memory of its own, which other tensors do not see.
    """
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    size = Size(shape_of(sizes, "resize_"))
    if size == self.shape:
        return self
    flat, offset = _flat(self)
    if offset + size.numel() > flat.numel():
        with autograd.no_grad():
            larger = autograd.zeros(offset + size.numel(), dtype=self.dtype, device=self.device)
            larger[: flat.numel()] = flat
        flat = tensor_of(larger._array, larger._backend, Memory())
    return _lay(self, flat, offset, size, _in_c_order(size))


def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: object = None) -> Tensor:
    """resize_ to the shape of another tensor."""
    return resize_(self, the_template.shape)


def resize(self: Tensor, *sizes: Any) -> Tensor:
    """The tensor in another shape of as many elements."""
    return self.reshape(*sizes)


def resize_as(self: Tensor, tensor: Tensor) -> Tensor:
    """The tensor in the shape of another of as many elements."""
    return self.reshape(tensor.shape)
