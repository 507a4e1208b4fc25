"""torch's own files, `.pt` and `.pth`: the zip of today and the stream of pickles of before 1.6 (2020)."""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from collections.abc import Callable
from typing import IO, Any, NamedTuple

import numpy as np

from .. import dtypes
from ..device import device as Device
from ..tensor import Size, Tensor, wrap
from .unpickle import PLAIN, Machine, Rebuild

MAGIC = 0x1950A86A20F9469CFC6C
Place = Callable[[Tensor, str], Tensor]  # puts a tensor where it belongs, given where it was saved from

STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
    "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128", "UntypedStorage": "uint8",
}  # fmt: skip


class Storage(NamedTuple):
    """A flat piece of memory that tensors are windows of."""

    elements: np.ndarray
    kind: str
    location: str


def elements_of(raw: bytes, kind: str, order: Any) -> np.ndarray:
    """The numbers in a storage's bytes. bfloat16 is the upper half of a float32, and is read as one."""
    if kind == "bfloat16":
        upper = np.frombuffer(raw, np.dtype(np.uint16).newbyteorder(order)).astype(np.uint32)
        return (upper << 16).view(np.float32)
    # A copy: the dtype has to be NumPy's own object again, by which compiled kernels know it.
    return np.frombuffer(raw, np.dtype(kind).newbyteorder(order)).astype(kind)


def _window(elements: np.ndarray, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> np.ndarray:
    """A copy of the window; one that reaches outside of the storage is refused, as it would read foreign memory."""
    numbers = (offset, *size, *stride)
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if any(not isinstance(n, int) or n < 0 for n in numbers) or (0 not in size and last >= elements.size):
        raise pickle.UnpicklingError(
            f"a tensor of size {size}, stride {stride} at {offset} is outside of its storage of {elements.size}"
        )
    if 0 in size:
        return np.empty(size, elements.dtype)
    steps = [step * elements.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(elements[offset:], size, steps).copy()


def _names(place: Place) -> dict[str, Any]:
    """What the globals in torch's files stand for."""
    from ..backend import get_backend

    def tensor(storage: Storage, offset: int, size: Any, stride: Any, requires_grad: Any = False, *_: Any) -> Tensor:
        array = _window(storage.elements, offset, tuple(size), tuple(stride))
        made = place(wrap(array, get_backend("cpu")), storage.location)
        return made.requires_grad_() if requires_grad is True else made

    def typed(
        storage: Storage, offset: int, size: Any, stride: Any, requires_grad: Any, hooks: Any, kind: Any, *_: Any
    ) -> Tensor:
        elements = storage.elements.view(kind.name if isinstance(kind, dtypes.dtype) else kind)
        return tensor(storage._replace(elements=elements), offset, size, stride, requires_grad)

    def parameter(data: Tensor, requires_grad: Any = True, *_: Any) -> Tensor:
        from nn.parameter import Parameter  # torch's parameters come back as parameters

        return Parameter(data, requires_grad=bool(requires_grad))

    def of_type(function: Rebuild, cls: Any, arguments: tuple, *_: Any) -> Any:
        if not isinstance(function, Rebuild):
            raise pickle.UnpicklingError("a tensor is rebuilt by something that is no function")
        return function.function(*arguments)

    names: dict[str, Any] = {
        **PLAIN,
        "torch._utils._rebuild_tensor": Rebuild(tensor),
        "torch._utils._rebuild_tensor_v2": Rebuild(tensor),
        "torch._utils._rebuild_tensor_v3": Rebuild(typed),
        "torch._utils._rebuild_parameter": Rebuild(parameter),
        "torch._utils._rebuild_parameter_with_state": Rebuild(parameter),
        "torch._tensor._rebuild_from_type_v2": Rebuild(of_type),
        "torch.nn.parameter.Parameter": "Parameter",
        "torch.Tensor": "Tensor",
        "torch.Size": Rebuild(Size),
        "torch.device": Rebuild(Device),
        "torch.bfloat16": dtypes.float32,
    }
    for name in STORAGES:
        names[f"torch.{name}"] = names[f"torch.storage.{name}"] = name
    names.update({f"torch.{each.name}": each for each in dtypes.ALL})
    return names


def _kind_of(storage_type: Any) -> str:
    if storage_type not in STORAGES:
        raise pickle.UnpicklingError(f"a storage of type {storage_type!r} is not known")
    return STORAGES[storage_type]


def read_zip(stream: IO[bytes], place: Place) -> Any:
    """The object in a zip file that torch.save wrote (since 1.6)."""
    with zipfile.ZipFile(stream) as archive:
        names = archive.namelist()
        pickles = [name for name in names if name.count("/") == 1 and name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise RuntimeError("load: this zip file was not written by torch.save: it has no data.pkl")
        root = pickles[0].removesuffix("data.pkl")
        if f"{root}constants.pkl" in names:
            raise RuntimeError("load: this is a TorchScript archive; save the module's state_dict() in torch instead")
        order = sys.byteorder if f"{root}byteorder" not in names else archive.read(f"{root}byteorder").decode()
        storages: dict[str, Storage] = {}

        def storage(identity: tuple) -> Storage:
            _, storage_type, key, location, _ = identity
            if key not in storages:
                kind = _kind_of(storage_type)
                raw = archive.read(f"{root}data/{key}")
                storages[key] = Storage(elements_of(raw, kind, order), kind, str(location))
            return storages[key]

        return Machine(_names(place), storage).run(io.BytesIO(archive.read(pickles[0])))


def is_stream(stream: IO[bytes]) -> bool:
    """Whether a file of pickles begins with the number that torch.save wrote first; the position is kept."""
    start = stream.tell()
    try:
        return Machine({}).run(stream) == MAGIC
    except pickle.UnpicklingError:
        return False
    finally:
        stream.seek(start)


def read_stream(stream: IO[bytes], place: Place) -> Any:
    """The object in a file of torch before 1.6: pickles one after the other, then the storages' bytes.

    The tensors are windows of storages that come only after them, so the pickle is run twice.
    """
    _magic, version, system = (Machine(PLAIN).run(stream) for _ in range(3))
    if version != 1001:
        raise RuntimeError(f"load: this file has torch's format {version}; only 1001 is known")
    order = "little" if system.get("little_endian", True) else "big"
    start = stream.tell()
    found: dict[str, tuple[str, str]] = {}

    def announce(identity: tuple) -> None:
        _, storage_type, key, location, _, view = identity
        if view is not None:
            raise RuntimeError("load: storages that are views (torch before 0.4) are not read; save the file anew")
        found[str(key)] = _kind_of(storage_type), str(location)

    nothing = Rebuild(lambda *arguments: None)
    names = _names(place)
    Machine({k: nothing if k.startswith("torch._") else v for k, v in names.items()}, announce).run(stream)
    storages = {}
    for key in map(str, Machine(PLAIN).run(stream)):
        kind, location = found[key]
        count = int.from_bytes(stream.read(8), order)  # type: ignore[arg-type]
        size = 2 if kind == "bfloat16" else np.dtype(kind).itemsize
        raw = stream.read(count * size)
        if len(raw) != count * size:
            raise RuntimeError(f"load: the file ends inside storage {key}; it is incomplete")
        storages[key] = Storage(elements_of(raw, kind, order), kind, location)
    stream.seek(start)
    return Machine(names, lambda identity: storages[str(identity[2])]).run(stream)
