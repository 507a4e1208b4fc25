"""Files as torch.save writes them: a zip of one pickle and of the storages that it names."""

from __future__ import annotations

import io
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from types import FunctionType
from typing import Any, NamedTuple

from .. import dtypes
from ..device import device as Device
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..layouts import layout as Layout
from ..ops.sparse.parts import parts_of
from ..parameter import Buffer, Parameter
from .torch_files import STORAGES
from .tree import NotPlainError

ALIGNMENT = 64  # bytes: torch maps storages into memory where they lie
OWN = ("autograd", "nn", "optim", "torchlike")  # packages whose classes PyTorch does not know
STORAGE_OF = {kind: name for name, kind in STORAGES.items() if name != "UntypedStorage"}


UNKNOWN = "which is not PyTorch's; save a state_dict() instead"


def _is_own(obj: Any) -> bool:
    """Whether a class or a function is defined in one of this engine's packages."""
    return str(getattr(obj, "__module__", "")).partition(".")[0] in OWN


class Global:
    """Something of torch's that a pickle names, and may call."""

    def __init__(self, name: str) -> None:
        self.module, _, self.name = name.rpartition(".")

    def __call__(self) -> None:
        raise TypeError(f"{self.module}.{self.name} is PyTorch's")


class Storage(NamedTuple):
    """A piece of memory in the file: what the pickle says of it, which its name is part of, and its bytes."""

    kind: Global
    key: str
    location: str
    length: int
    data: memoryview


TENSOR, TENSOR_OF_DTYPE = Global("torch._utils._rebuild_tensor_v2"), Global("torch._utils._rebuild_tensor_v3")
PARAMETER = Global("torch._utils._rebuild_parameter")
PARAMETER_WITH_STATE = Global("torch._utils._rebuild_parameter_with_state")
WITH_STATE, PLAIN_TENSOR = Global("torch._tensor._rebuild_from_type_v2"), Global("torch.Tensor")
SPARSE = Global("torch._utils._rebuild_sparse_tensor")
LAYOUT = Global("torch.serialization._get_layout")
SIZE, DEVICE = Global("torch.Size"), Global("torch.device")
DTYPE = {each: Global(f"torch.{each.name}") for each in dtypes.ALL}
KIND = {each: Global(f"torch.{STORAGE_OF.get(each.name, 'storage.UntypedStorage')}") for each in dtypes.ALL}


def to_torch(obj: Any) -> bytes | memoryview:
    """The bytes of the file; NotPlainError names what PyTorch could not read, an object of this engine's classes."""
    content = io.BytesIO()
    pickler = Pickler(content)
    try:
        pickler.dump(obj)
    except RecursionError:
        raise ValueError("save: the containers are nested too deeply") from None
    members: dict[str, bytes | memoryview] = {
        "data.pkl": content.getbuffer(),
        ".format_version": b"1",
        ".storage_alignment": b"%d" % ALIGNMENT,
        "byteorder": sys.byteorder.encode(),
        **{f"data/{storage.key}": storage.data for storage in pickler.storages.values()},
        "version": b"3\n",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(_aligned(f"archive/{name}", stream.tell(), len(data)), data)
    return stream.getbuffer()


def _aligned(name: str, start: int, size: int) -> zipfile.ZipInfo:
    """A member whose header, which begins at `start`, is padded so that the data begin at a multiple of ALIGNMENT."""
    info = zipfile.ZipInfo(name)
    of_large = 20 if size * 1.05 > zipfile.ZIP64_LIMIT else 0  # what zipfile adds to the header itself
    begin = start + 30 + len(name) + of_large + 4
    padding = -begin % ALIGNMENT
    info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    return info


class Pickler(pickle._Pickler):
    """Writes tensors by torch's names; `storages` collects what they are windows of, each memory once."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, 2)
        self.storages: dict[Any, Storage] = {}
        self.kept: list[Any] = []  # the arrays whose identities are keys of `storages`

    def persistent_id(self, obj: Any) -> Any:
        return ("storage", *obj[:4]) if isinstance(obj, Storage) else None

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Tensor) and (type(obj) in (Tensor, Parameter, Buffer) or not _is_own(type(obj))):
            return self._tensor(obj)
        if isinstance(obj, Global):
            return obj.name
        if isinstance(obj, dtypes.dtype):
            return DTYPE[obj].name
        if isinstance(obj, Layout):
            return LAYOUT, (f"torch.{obj.name}",)
        if isinstance(obj, Size):
            return SIZE, (tuple(obj),)
        if isinstance(obj, Device):
            return DEVICE, (obj.type,) if obj.index is None else (obj.type, obj.index)
        if isinstance(obj, type | FunctionType) and _is_own(obj):
            raise NotPlainError(f"the object holds {obj.__name__}, {UNKNOWN}")
        if _is_own(type(obj)) or hasattr(type(obj), "named_parameters"):
            raise NotPlainError(f"the object holds a {type(obj).__name__}, {UNKNOWN}")
        return NotImplemented

    def save_global(self, obj: Any, name: Any = None) -> None:
        known = DTYPE[obj] if isinstance(obj, dtypes.dtype) else obj
        if isinstance(known, Global):
            self.write(pickle.GLOBAL + f"{known.module}\n{known.name}\n".encode())  # type: ignore[attr-defined]
            self.memoize(obj)  # type: ignore[attr-defined]
        else:
            super().save_global(obj, name)  # type: ignore[misc]

    def _tensor(self, x: Tensor) -> Any:
        if x._backend.sparse:
            _, coalesced, size, *tensors = parts_of(x)
            return SPARSE, (x.layout, (*tensors, Size(size), *([coalesced] if x.is_sparse else [])))
        hooks: OrderedDict[str, Any] = OrderedDict()
        state = dict(getattr(x, "__dict__", {}))
        if isinstance(x, Parameter):
            values = x.detach(), x.requires_grad, hooks
            return (PARAMETER_WITH_STATE, (*values, state)) if state else (PARAMETER, values)
        make, dtype = (TENSOR, ()) if x.dtype.name in STORAGE_OF else (TENSOR_OF_DTYPE, (x.dtype,))
        parts = (*self._window(x), x.requires_grad, hooks, *dtype)
        if isinstance(x, Buffer):
            return WITH_STATE, (make, PLAIN_TENSOR, parts, {**state, "_is_buffer": True})
        if type(x) is Tensor:
            return (WITH_STATE, (make, PLAIN_TENSOR, parts, state)) if state else (make, parts)
        return WITH_STATE, (make, type(x), parts, state)

    def _window(self, x: Tensor) -> tuple[Storage, int, tuple[int, ...], tuple[int, ...]]:
        """The storage of a tensor with where in it the tensor begins, its shape and its strides, in elements."""
        x._renew()
        array, backend = x._array, x._backend
        root = array
        while backend.strided and isinstance(root.base, backend.array_type):
            root = root.base
        dense = _in_memory_order(root) if backend.strided else None
        if dense is None or root.dtype != array.dtype or min(array.strides, default=0) < 0 or 0 in array.shape:
            root = array = dense = backend.contiguous(array)
        offset = (backend.pointer(array) - backend.pointer(root)) // x.dtype.itemsize
        return self._storage(x, root, dense), offset, tuple(array.shape), tuple(backend.strides(array))

    def _storage(self, x: Tensor, root: Any, dense: Any) -> Storage:
        if id(root) not in self.storages:
            self.kept.append(root)
            data = memoryview(x._backend.to_numpy(dense).tobytes())
            length = len(data) // (x.dtype.itemsize if x.dtype.name in STORAGE_OF else 1)
            key = str(len(self.storages))
            self.storages[id(root)] = Storage(KIND[x.dtype], key, str(x.device), length, data)
        return self.storages[id(root)]


def _in_memory_order(array: Any) -> Any:
    """The array with its dimensions in the order in which they lie in memory; None if there are gaps."""
    order = sorted(range(array.ndim), key=lambda dim: -array.strides[dim])
    ordered = array.transpose(order)
    return ordered if ordered.flags.c_contiguous else None
