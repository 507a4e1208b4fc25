"""torch's own files, `.pt` and `.pth`: the zip of today and the stream of pickles of before 1.6 (2020)."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, Any, NamedTuple

import numpy as np

from .. import dtypes
from ..device import device as Device
from ..engine.errors import SerializationError
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..layouts import layout as Layout, sparse_coo, sparse_csr, strided
from ..ops.creation import from_numpy
from ..ops.sparse.parts import of_parts
from ..parameter import Buffer, Parameter  # torch's come back as these
from .reading import CallerError, shown
from .unpickle import PLAIN, Machine, Rebuild, Unrestricted

MAGIC = 0x1950A86A20F9469CFC6C
MOST = 64  # dimensions that NumPy knows
Place = Callable[[Tensor, str], Tensor]  # puts a tensor where it belongs, given where it was saved from

STORAGES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
    "UntypedStorage": "uint8",
}


class Storage(NamedTuple):
    """A flat piece of memory that tensors are windows of."""

    elements: np.ndarray
    kind: str
    location: str


def elements_of(raw: bytes | memoryview, kind: str, order: Any) -> np.ndarray:
    """The numbers in a storage's bytes."""
    if kind == "bfloat16":
        return np.frombuffer(raw, np.dtype(np.uint16).newbyteorder(order)).astype(np.uint16).view(kind)
    if kind == "bool":  # other bytes than 0 and 1 are no truth values to NumPy's loops
        return np.frombuffer(raw, np.uint8) != 0
    # A copy: the dtype has to be NumPy's own object again, by which compiled kernels know it.
    return np.frombuffer(raw, np.dtype(kind).newbyteorder(order)).astype(kind)


def _window(elements: np.ndarray, offset: Any, size: Any, stride: Any) -> np.ndarray:
    """The window, as in torch a view: a hundred of one storage take no more memory than the storage.

    One that reaches outside of the storage is refused, as it would read foreign memory.
    """
    if not isinstance(size, tuple) or not isinstance(stride, tuple) or len(size) != len(stride) or len(size) > MOST:
        raise SerializationError(f"a tensor has the size {shown(size)} and the stride {shown(stride)}")
    numbers = (offset, *size, *stride)
    inside = all(isinstance(n, int) and 0 <= n < 2**63 for n in numbers)
    if inside and 0 not in size:
        inside = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) < elements.size
    if not inside:
        raise SerializationError(
            f"a tensor of size {shown(size)}, stride {shown(stride)} at {shown(offset)} is outside of its storage "
            f"of {elements.size}"
        )
    if 0 in size:
        return np.empty(size, elements.dtype)
    steps = [step * elements.itemsize for step in stride]
    expanded = any(step == 0 and n > 1 for n, step in zip(size, stride, strict=True))
    return np.lib.stride_tricks.as_strided(elements[offset:], size, steps, writeable=not expanded)


def _names(place: Place) -> dict[str, Any]:
    """What the globals in torch's files stand for."""

    def tensor(storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False, *_: Any) -> Tensor:
        array = _window(_checked(storage).elements, offset, size, stride)
        made = place(from_numpy(array), storage.location)
        return made.requires_grad_() if requires_grad is True else made

    def typed(
        storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, kind: Any, *_: Any
    ) -> Tensor:
        if not isinstance(kind, dtypes.dtype):
            raise SerializationError(f"a tensor has the dtype {shown(kind)}")
        elements = _checked(storage).elements.view(kind.name)
        return tensor(storage._replace(elements=elements), offset, size, stride, requires_grad)

    def parameter(data: Any, requires_grad: Any = True, hooks: Any = None, state: Any = None) -> Tensor:
        if not isinstance(data, Tensor):
            raise SerializationError(f"a parameter is made of {shown(data)}")
        return _with_attributes(Parameter(data, requires_grad=bool(requires_grad)), state)

    def of_type(function: Any, cls: Any, arguments: Any, state: Any = None) -> Any:
        if not any(function is each for each in rebuilds.values()) or not isinstance(arguments, tuple):
            raise SerializationError("a tensor is rebuilt by something that makes no tensors")
        made = function(*arguments)
        if isinstance(state, dict) and state.pop("_is_buffer", False) is True and isinstance(made, Tensor):
            made = Buffer(made)
        return _with_attributes(made, state)

    def sparse(layout: Any, data: Any) -> Tensor:
        known = {sparse_coo: 2, sparse_csr: 3}
        count = known.get(layout, 0) if isinstance(layout, Layout) else 0
        if not count or not isinstance(data, tuple) or len(data) <= count:
            raise SerializationError(f"a sparse tensor is made of {shown(layout)} and {shown(data)}")
        *tensors, size = data[: count + 1]
        flag = data[count + 1 :] == (True,)
        return of_parts(layout.name, flag, tuple(size) if isinstance(size, tuple) else size, *tensors)

    rebuilds = {
        "torch._utils._rebuild_tensor": Rebuild(tensor),
        "torch._utils._rebuild_tensor_v2": Rebuild(tensor),
        "torch._utils._rebuild_tensor_v3": Rebuild(typed),
        "torch._utils._rebuild_parameter": Rebuild(parameter),
        "torch._utils._rebuild_parameter_with_state": Rebuild(parameter),
        "torch._utils._rebuild_sparse_tensor": Rebuild(sparse),
    }
    names: dict[str, Any] = {
        **PLAIN,
        **rebuilds,
        "torch._tensor._rebuild_from_type_v2": Rebuild(of_type),
        "torch.nn.parameter.Parameter": "Parameter",
        "torch.Tensor": "Tensor",
        "torch.Size": Rebuild(size_of),
        "torch.device": Rebuild(device_of),
        "torch.serialization._get_layout": Rebuild(layout_of),
    }
    for name in STORAGES:
        names[f"torch.{name}"] = names[f"torch.storage.{name}"] = name
    names.update({f"torch.{each.name}": each for each in dtypes.ALL})
    return names


def _with_attributes(x: Any, state: Any) -> Any:
    """The tensor with the attributes that a user gave it, where it can have them."""
    if isinstance(state, dict) and hasattr(x, "__dict__"):
        x.__dict__.update((name, value) for name, value in state.items() if isinstance(name, str))
    return x


def size_of(numbers: Any = ()) -> Size:
    """A Size of numbers from a file."""
    if not isinstance(numbers, list | tuple) or not all(isinstance(n, int) for n in numbers):
        raise SerializationError(f"it holds a size of {shown(numbers)}")
    return Size(numbers)


def device_of(kind: Any, index: Any = None) -> Device:
    """A device that a file names."""
    if not isinstance(kind, str) or not (index is None or isinstance(index, int)):
        raise SerializationError(f"it names the device {shown(kind)}, {shown(index)}")
    return Device(kind, index)


def layout_of(name: Any) -> Layout:
    """A layout that a file names, as "torch.sparse_coo"."""
    for each in (strided, sparse_coo, sparse_csr):
        if name == f"torch.{each.name}":
            return each
    raise SerializationError(f"it names the layout {shown(name)}")


def _checked(storage: Any) -> Storage:
    if not isinstance(storage, Storage):
        raise SerializationError(f"a tensor is a window of {shown(storage)}, which is no storage")
    return storage


def _identity(identity: Any) -> tuple[str, str, str]:
    """The kind, the name and the device in the persistent id of a storage."""
    _, storage_type, key, location, *_ = identity
    if not isinstance(storage_type, str) or storage_type not in STORAGES:
        raise SerializationError(f"a storage of type {shown(storage_type)} is not known")
    if not isinstance(key, str | int) or not isinstance(location, str):
        raise SerializationError(f"a storage is named {shown(key)}, its device {shown(location)}")
    return STORAGES[storage_type], str(key), location


class _Members:
    """The members of a zip file, as torch writes them: stored as they are, one after the other.

    So they are together no longer than the file. One that is deflated, or that shares its bytes with
    another, can be of any length, and is refused.
    """

    def __init__(self, archive: zipfile.ZipFile, length: int) -> None:
        self.archive, self.length, self.left = archive, length, length

    def read(self, name: str) -> bytes:
        info = self.archive.getinfo(name)
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits & 1:
            raise SerializationError(f"its member {name} is compressed, or encrypted; torch.save does neither")
        self.left -= info.file_size
        if self.left < 0 or info.header_offset + info.file_size > self.length:
            raise SerializationError(f"its member {name} is longer than the file, or shares bytes with another")
        return self.archive.read(info)


def read_zip(stream: IO[bytes], place: Place, trusted: Iterable[Any] | None = ()) -> Any:
    """The object in a zip file that torch.save wrote (since 1.6).

    Of other classes and functions than torch's own the pickle may use those that are trusted; None: all.
    """
    length = stream.seek(0, io.SEEK_END)
    with zipfile.ZipFile(stream) as archive:
        members = _Members(archive, length)
        names = set(archive.namelist())
        pickles = [name for name in names if name.count("/") == 1 and name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise SerializationError("this zip file was not written by torch.save: it has no data.pkl")
        root = pickles[0].removesuffix("data.pkl")
        if f"{root}constants.pkl" in names:
            raise SerializationError("this is a TorchScript archive; save the module's state_dict() in torch instead")
        order = sys.byteorder if f"{root}byteorder" not in names else members.read(f"{root}byteorder").decode()
        storages: dict[str, Storage] = {}

        def storage(identity: Any) -> Storage:
            kind, key, location = _identity(identity)
            if key not in storages:
                raw = members.read(f"{root}data/{key}")
                storages[key] = Storage(elements_of(raw, kind, order), kind, location)
            return storages[key]

        content = io.BytesIO(members.read(pickles[0]))
        if trusted is not None:
            return Machine(_names(place), storage, trusted).run(content)
        try:
            return Unrestricted(_names(place), storage, content).load()
        except SerializationError:
            raise
        except Exception as error:  # the pickle's own code may raise anything
            raise CallerError(error) from error


def is_stream(stream: io.BytesIO) -> bool:
    """Whether a file of pickles begins with the number that torch.save wrote first; the position is kept."""
    start = stream.tell()
    try:
        first = Machine({}).run(stream)
    except Exception:  # whatever it is, it is not that number
        return False
    finally:
        stream.seek(start)
    return isinstance(first, int) and first == MAGIC


def read_stream(stream: io.BytesIO, place: Place) -> Any:
    """The object in a file of torch before 1.6: pickles one after the other, then the storages' bytes.

    The tensors are windows of storages that come only after them, so the pickle is run twice.
    """
    _magic, version, system = (Machine(PLAIN).run(stream) for _ in range(3))
    if version != 1001:
        raise SerializationError(f"this file has torch's format {shown(version)}; only 1001 is known")
    order = "little" if not isinstance(system, dict) or system.get("little_endian", True) else "big"
    start = stream.tell()
    found: dict[str, tuple[str, str]] = {}

    def announce(identity: Any) -> None:
        kind, key, location = _identity(identity)
        if identity[5] is not None:
            raise SerializationError("storages that are views (torch before 0.4) are not read; save the file anew")
        found[key] = kind, location

    nothing = Rebuild(lambda *arguments: None)
    names = _names(place)
    Machine({k: nothing if k.startswith("torch._") else v for k, v in names.items()}, announce).run(stream)
    keys = Machine(PLAIN).run(stream)
    if not isinstance(keys, list) or not all(isinstance(key, str | int) for key in keys):
        raise SerializationError("it has no list of storages")
    whole, at = stream.getbuffer(), stream.tell()
    storages: dict[str, Storage] = {}
    for key in map(str, keys):
        if key in storages or key not in found:
            raise SerializationError(f"its storage {shown(key)} comes twice, or belongs to no tensor")
        kind, location = found[key]
        count = int.from_bytes(whole[at : at + 8], order)  # type: ignore[arg-type]
        at += 8
        size = count * np.dtype(kind).itemsize
        if at + size > len(whole):
            raise SerializationError(f"the file ends inside storage {shown(key)}; it is incomplete")
        storages[key] = Storage(elements_of(whole[at : at + size], kind, order), kind, location)
        at += size
    stream.seek(start)
    return Machine(names, lambda identity: storages[_identity(identity)[1]]).run(stream)
