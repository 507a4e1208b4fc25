"""`save` and `load`."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Literal, TypeAlias

import numpy as np

from .. import dtypes
from ..backend import is_available
from ..device import device as Device
from ..engine.errors import SerializationError
from ..engine.size import Size
from ..engine.tensor import Tensor
from ..ops.copying import _rebuild as rebuild_tensor, _rebuild_bfloat16 as rebuild_bfloat16
from ..ops.creation import from_numpy
from ..ops.sparse.parts import rebuilt as rebuild_sparse
from ..parameter import Buffer, Parameter
from .places import File, MapLocation
from .reading import CallerError, reading, shown
from .torch_files import device_of, elements_of, is_stream, read_stream, read_zip, size_of
from .torch_writing import to_torch
from .tree import NotPlainError, Reader, Writer
from .unpickle import PLAIN, Machine, Rebuild
from .writing import write

STRUCTURE = "structure"  # the key of a file's metadata under which the tree's JSON lies
LONGEST_HEADER = 100_000_000  # bytes: safetensors reads no longer one


Format: TypeAlias = Literal["safetensors", "torch"]
_default: Format = "safetensors"


@contextlib.contextmanager
def default_format(format: Format) -> Iterator[None]:
    """Inside, `save` writes files of this format when it is told none."""
    global _default
    before, _default = _default, format
    try:
        yield
    finally:
        _default = before


def save(
    obj: Any,
    f: File,
    pickle_module: object = None,
    pickle_protocol: int = 2,
    *,
    format: Format | None = None,
    **unused: Any,
) -> None:
    """Writes tensors, or containers of tensors and plain data, as a safetensors file.

    Every tensor lies in it under its dotted name, so that any tool reads it; how they nest (an
    optimizer's state, a checkpoint), and their order, is JSON in the file's metadata. Anything else,
    a whole Module say, is pickled, and `load` will ask for `weights_only=False`.

    With `format="torch"` it is a file as torch.save writes it, which torch.load reads: tensors that share
    memory share it there, too, and objects of a user's own classes are pickled by their names. An object
    of this engine's classes, a Module or an Optimizer, raises TypeError: PyTorch could not read it. With
    torch's module names in place (`python -m autograd script.py`) this is the format of all files but of
    such objects.

    `f` is a path or a binary file. A path is written whole or not at all: the data goes into a file beside it
    (`.name.xxxxxxxx.partial`, removed by the next save if this one is killed), which then takes its place
    with the mode of the file before. So another hard link to that file keeps the old content. Links are
    followed; a pipe or a device (`/dev/stdout`) is written to.

    >>> import autograd, nn, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "weights.safetensors")
    >>> autograd.save(nn.Linear(2, 1).state_dict(), path)
    >>> autograd.load(path)["weight"].shape
    autograd.Size([1, 2])
    """
    wanted = _default if format is None else format
    if wanted not in ("safetensors", "torch"):
        raise ValueError(f"save: format is 'safetensors' or 'torch', got {format!r}")
    data: bytes | memoryview
    try:
        data = to_torch(obj) if wanted == "torch" else to_safetensors(obj)
    except NotPlainError as error:
        if format == "torch":
            raise TypeError(f"save: {error}") from None
        data = pickle.dumps(obj)
    write(data, f)


def load(
    f: File,
    map_location: MapLocation = None,
    pickle_module: object = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
) -> Any:
    """Reads what `save` wrote, any safetensors file, or a file of torch.save.

    Nothing in a safetensors file or in torch's is executed. A damaged file, or one of torch that holds
    more than tensors and plain data, raises a SerializationError, which is also a RuntimeError and a
    `pickle.UnpicklingError`, with what it is; to read or to refuse a file takes time and memory in proportion
    to its length. Objects of other classes, whose names are all that a file has of them, need
    `weights_only=False`, which runs what the file says: use it for files you trust.

    Tensors of one storage in a file of torch share memory, as they did when they were saved.

    `map_location` is a device, a dictionary from saved devices to new ones, or a function of a tensor
    and the saved device's name; without it tensors go to the device they were saved from.
    """
    place = _placer(map_location)
    if hasattr(f, "read"):
        stream: Any = f
        with reading("load", getattr(f, "name", "the file")):
            return _load(stream, place, weights_only)
    with open(f, "rb") as file, reading("load", f):
        return _load(file, place, weights_only)


_trusted: dict[tuple[str, str], Any] = {}  # classes and functions that pickles may name


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Lets `load` rebuild objects of these classes, and call these functions, though `weights_only` is not off.

    The classes' own code runs for them, so name those that you know.
    """
    _trusted.update({(each.__module__, each.__qualname__): each for each in safe_globals})


@contextlib.contextmanager
def safe_globals(safe_globals: list[Any]) -> Iterator[None]:
    """add_safe_globals, inside a `with` only."""
    before = dict(_trusted)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _trusted.clear()
        _trusted.update(before)


def _load(file: IO[bytes], place: Callable[[Tensor, str], Tensor], weights_only: bool | None) -> Any:
    if not file.seekable():
        file = io.BytesIO(file.read())
    start = file.tell()
    head = file.read(9)
    file.seek(start)
    if head[:4] == b"PK\x03\x04":
        return read_zip(file, place, None if weights_only is False else _trusted.values())
    if head[8:9] == b"{":
        return _read_safetensors(file.read(), place)
    if head[:1] != b"\x80":
        raise SerializationError("it is neither a safetensors file nor one of torch.save's")
    stream = io.BytesIO(file.read())
    if is_stream(stream):
        return read_stream(stream, place)
    if weights_only is not False and _trusted:
        return Machine(_own_names(), trusted=_trusted.values()).run(stream)
    if weights_only is not False:
        raise SerializationError(
            "it is a pickle, and reading it may run any code. If you trust where it comes from, pass "
            "weights_only=False, or name its classes with safe_globals(); better, save a state_dict()"
        )
    try:
        return pickle.load(stream)
    except Exception as error:  # the pickle's own code may raise anything
        raise CallerError(error) from error


def _own_names() -> dict[str, Any]:
    """What this engine's tensors are made of in a pickle."""

    def made_by(rebuild: Callable[..., Tensor]) -> Rebuild:
        def tensor(cls: Any, array: Any, device: Any, requires_grad: Any, state: Any) -> Tensor:
            known = isinstance(cls, type) and issubclass(cls, Tensor)
            if not known or not isinstance(array, np.ndarray) or not isinstance(state, dict):
                raise SerializationError(f"it makes a tensor of {shown(cls)} and {shown(array)}")
            return rebuild(cls, array, str(device_of(device)), bool(requires_grad), state)

        return Rebuild(tensor)

    def sparse(cls: Any, parts: Any, requires_grad: Any, state: Any) -> Tensor:
        known = isinstance(cls, type) and issubclass(cls, Tensor)
        if not known or not isinstance(parts, tuple) or not isinstance(state, dict):
            raise SerializationError(f"it makes a sparse tensor of {shown(cls)} and {shown(parts)}")
        return rebuild_sparse(cls, parts, bool(requires_grad), state)

    own: dict[Any, Any] = {
        **{kind: kind for kind in (Tensor, Parameter, Buffer)},
        rebuild_tensor: made_by(rebuild_tensor),
        rebuild_bfloat16: made_by(rebuild_bfloat16),
        rebuild_sparse: Rebuild(sparse),
        Size: Rebuild(size_of),
        dtypes._by_name: Rebuild(dtypes.BY_NAME.__getitem__),
        Device: Rebuild(device_of),
    }
    return PLAIN | {f"{each.__module__}.{each.__name__}": stands_for for each, stands_for in own.items()}


def to_safetensors(obj: Any) -> bytes:
    """The bytes of the file; NotPlainError names what is neither a tensor nor plain data."""
    from safetensors.numpy import save as to_bytes

    writer = Writer()
    try:
        structure = json.dumps(writer.encode(obj))
    except RecursionError:
        raise ValueError("save: the containers are nested too deeply, or hold themselves") from None
    data = to_bytes(writer.arrays, {"format": "pt", STRUCTURE: structure})
    length = int.from_bytes(data[:8], "little")
    if length > LONGEST_HEADER:
        raise ValueError(
            f"save: what is no tensor takes {length:,} bytes, but the format ends at {LONGEST_HEADER:,}; "
            "make long lists of numbers into arrays or tensors"
        )
    return data


def _read_safetensors(data: bytes, place: Callable[[Tensor, str], Tensor]) -> Any:
    import safetensors

    def tensor(array: np.ndarray, location: str) -> Tensor:
        return place(from_numpy(array), location)

    try:
        content = safetensors.deserialize(data)
    except safetensors.SafetensorError as error:
        raise SerializationError(f"it is not a whole safetensors file: {error}") from error
    arrays = {key: _array(info) for key, info in content}
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    structure = (header.get("__metadata__") or {}).get(STRUCTURE)
    if structure is None:
        order = [key for key in header if key != "__metadata__"]
        return {key: tensor(arrays[key], "cpu") for key in order}
    return Reader(arrays, tensor).decode(json.loads(structure))


NAMES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
    "C64": "complex64",
}


def _array(info: dict[str, Any]) -> np.ndarray:
    """The numbers of one tensor of the file, in memory of their own."""
    kind = NAMES.get(info["dtype"])
    if kind is None:
        raise SerializationError(f"there is no dtype for safetensors' {info['dtype']} here")
    return elements_of(info["data"], kind, "little").reshape(info["shape"])


def _placer(map_location: MapLocation) -> Callable[[Tensor, str], Tensor]:
    """What puts a loaded tensor onto its device."""
    if isinstance(map_location, str | int):
        map_location = Device(map_location)

    def place(x: Tensor, location: str) -> Tensor:
        wanted = location
        if callable(map_location) and not isinstance(map_location, Device):
            try:
                moved = map_location(x, location)
            except Exception as error:
                raise CallerError(error) from error
            return x if moved is None else moved
        if isinstance(map_location, Mapping):
            wanted = str(map_location.get(location, location))
        elif map_location is not None:
            wanted = str(map_location)
        if Device(wanted).type == "cpu":
            return x
        if not is_available(wanted):
            raise SerializationError(
                f"its tensors belong on {wanted!r}, which is not available here; "
                "pass map_location='cpu' to load them onto the CPU"
            )
        return x.to(wanted)

    return place
