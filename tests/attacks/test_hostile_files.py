"""Files that are damaged, or written to do harm: a reader gives something of the right type, or one exception.

Every case runs in a child process with little memory, watched from outside: a hang in C can't be interrupted by
Python. A failing one is printed as a line that repeats it.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import pickle
import random
import select
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.data import DataLoader, TensorDataset
from autograd.data.datasets import CIFAR10, MNIST, read_idx

pytest.importorskip("safetensors", reason="weights are files of the safetensors package")
pytestmark = [pytest.mark.cpu_only, pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")]

REFUSED = autograd.SerializationError
MEMORY = 512 << 20  # bytes that a child may take beyond what it has when it starts
SECONDS = 20  # of its processor's time for a file of some kilobytes; what is quadratic takes hours
PATIENCE = 120  # of the clock's, after which it is ended


# Small files of every format


def parts() -> dict[str, Any]:
    """A training run in the middle of an epoch."""
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    optimizer = optim.AdamW(model.parameters(), lr=0.1)
    scheduler = optim.lr_scheduler.OneCycleLR(optimizer, 0.2, total_steps=20)
    chain = optim.lr_scheduler.ChainedScheduler([optim.lr_scheduler.StepLR(optimizer, 3)])
    data = TensorDataset(autograd.randn(12, 3))
    loader = DataLoader(data, batch_size=4, shuffle=True, generator=autograd.Generator().manual_seed(3))
    batches = iter(loader)
    for _ in range(2):
        (model(next(batches)[0]) ** 2).sum().backward()
        optimizer.step()
        scheduler.step()
    made = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "chain": chain, "loader": loader}
    return {**made, "keep": batches}  # the loader is in an epoch as long as somebody iterates


def saved(value: Any) -> bytes:
    stream = io.BytesIO()
    autograd.save(value, stream)
    return stream.getvalue()


def checkpoint(run: dict[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        autograd.save_checkpoint(path, **{k: v for k, v in run.items() if k != "keep"}, epoch=3, log=[1.5, "x"])
        return path.read_bytes()


def tensor(size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0, key: str = "0", count: int = 4) -> bytes:
    """The program of a tensor in torch's pickles."""
    numbers = ["(" + "".join(f"I{n}\n" for n in each) + "t" for each in (size, stride)]
    storage = f"((S'storage'\nctorch\nFloatStorage\nS'{key}'\nS'cpu'\nI{count}\ntQ"
    return f"ctorch._utils\n_rebuild_tensor_v2\n{storage}I{offset}\n{numbers[0]}{numbers[1]}I00\nNtR".encode()


STATE = (
    b"\x80\x02}(X\x06\x00\x00\x00weight"
    + tensor((2, 2), (2, 1))
    + b"X\x04\x00\x00\x00bias"
    + tensor((4,), (1,))
    + b"u."
)
FLOATS = np.arange(4, dtype="<f4").tobytes()


def zipped(program: bytes, **more: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        for name, data in {"data/0": FLOATS, "version": b"3\n", **more}.items():
            archive.writestr(f"archive/{name}", data)
    return stream.getvalue()


def streamed(program: bytes) -> bytes:
    """The format of torch before 1.6: a view, which is None, is the storage's sixth number there."""
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    head = b"".join(pickle.dumps(each, 2) for each in (0x1950A86A20F9469CFC6C, 1001, system))
    program = program.replace(b"I4\ntQ", b"I4\nNtQ")
    return head + program + pickle.dumps(["0"], 2) + (4).to_bytes(8, "little") + FLOATS


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


PLAIN = {
    "array": np.arange(6, dtype=np.int16).reshape(2, 3),
    "number": np.float32(2.5),
    "set": {1, (2, "b")},
    "mask": np.array([True]),
    "bytes": b"x\xff",
    "names": np.array(["ab", "c"]),
    "more": OrderedDict(a=[1, 2.5, None, 3j], b=bytearray(b"yz")),
}
PICTURES = {"data": np.arange(2 * 3072, dtype=np.uint32).astype(np.uint8).reshape(2, 3072), "labels": [3, 9]}


def torch_files() -> dict[str, bytes]:
    """Real ones, where torch is there to write them."""
    try:
        import torch
    except ImportError:
        return {}
    base = torch.arange(24.0).reshape(2, 3, 4)
    content = {
        "view": base[:, 1:].mT,
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "half": torch.ones(3).half(),
        "bool": torch.tensor([True, False]),
        "complex": torch.ones(2) + 1j,
        "long": torch.tensor([2**63], dtype=torch.uint64),
        "expanded": torch.ones(1).expand(3, 2),
        "array": np.arange(3),
        "nested": [{(1, 2): {3}}, torch.Size([4])],
    }
    files = {}
    for name, new in (("torch zip", True), ("torch stream", False)):
        stream = io.BytesIO()
        torch.save(content, stream, _use_new_zipfile_serialization=new)
        files[name] = stream.getvalue()
    return files


def seeds() -> dict[str, bytes]:
    """An undamaged file of each format."""
    autograd.manual_seed(0)
    state = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).state_dict()
    nested = {
        1: "one",
        (2, "b"): [None, True, 2.5, autograd.ones(2)],
        "c": autograd.randn(2, dtype=autograd.complex128),
        "s": {1, 2},
        "p": nn.Parameter(autograd.ones(2)),
        "d": autograd.int64,
        "a": np.arange(3, dtype=np.uint32),
        "n": np.float32(2.5),
        "z": 1 + 2j,
        "b": b"xyz",
        "v": autograd.device("cpu"),
        "t": (OrderedDict(x=autograd.zeros(2, 3).shape), frozenset({3})),
    }
    return {
        "state": saved(state),
        "nested": saved(nested),
        "checkpoint": checkpoint(parts()),
        "zip": zipped(STATE),
        "stream": streamed(STATE),
        **torch_files(),
        "pickle": pickle.dumps(PLAIN, 2),
        "pickle 4": pickle.dumps(PLAIN, 4),
        "trusted": pickle.dumps(
            [nn.Parameter(autograd.ones(2)), autograd.float32, autograd.zeros(2).shape, Point(1, [2])], 4
        ),
        "idx": idx(np.arange(12, dtype=np.uint8).reshape(2, 2, 3)),
        "idx.gz": gzip.compress(idx(np.zeros((2, 20, 20), np.uint8)), mtime=0),
        "mnist": idx(np.arange(2, dtype=np.uint8)),
        "cifar": pickle.dumps(PICTURES, 2),
        "cifar.bin": bytes(3073) + b"\x07" + bytes(3072),
    }


class Point:
    """A class that a pickle may name, once it is among safe_globals."""

    def __init__(self, x: int, more: list) -> None:
        self.x, self.more = x, more


# The readers, and what they may give

DATA = (
    None
    | bool
    | int
    | float
    | complex
    | str
    | bytes
    | bytearray
    | np.generic
    | np.dtype
    | autograd.dtype
    | autograd.device
)


def check_data(value: Any) -> None:
    """Plain data, arrays and tensors, whose memory is theirs: all of it can be read."""
    seen: set[int] = set()
    pending = [value]
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, dict):
            pending += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            pending += each
        elif isinstance(each, autograd.Tensor):
            if each.numel() < 1e6:
                each.detach().numpy().copy()
        elif isinstance(each, np.ndarray):
            each.tobytes()
        elif isinstance(each, Point):
            pending += vars(each).values()
        elif any(each is known for known in (Point, autograd.Tensor, nn.Parameter, nn.Buffer)):
            continue  # the class itself, which a trusted pickle may name
        else:
            assert isinstance(each, DATA), f"a {type(each)} came out"


def load_file(path: Path) -> None:
    check_data(autograd.load(path))


def load_stream(path: Path) -> None:
    check_data(autograd.load(io.BytesIO(path.read_bytes())))


def load_trusted(path: Path) -> None:
    with autograd.serialization.safe_globals([Point]):
        check_data(autograd.load(path))


def load_plain(path: Path) -> None:
    from autograd.serialization.unpickle import read_pickle

    check_data(read_pickle(io.BytesIO(path.read_bytes())))


def read_array(path: Path) -> None:
    array = read_idx(path)
    assert isinstance(array, np.ndarray)
    assert array.dtype.isnative


def read_mnist(path: Path) -> None:
    images = idx(np.zeros((2, 28, 28), np.uint8))
    (path.parent / "train-images-idx3-ubyte").write_bytes(images)
    (path.parent / "train-labels-idx1-ubyte").write_bytes(path.read_bytes())
    data = MNIST(path.parent)
    assert len(data) == 2
    assert type(data[1][1]) is int


def read_cifar(path: Path) -> None:
    folder = path.parent / "cifar-10-batches-py"
    folder.mkdir(exist_ok=True)
    (folder / "test_batch").write_bytes(path.read_bytes())
    check_cifar(CIFAR10(path.parent, train=False))


def read_cifar_binary(path: Path) -> None:
    folder = path.parent / "cifar-10-batches-bin"
    folder.mkdir(exist_ok=True)
    (folder / "test_batch.bin").write_bytes(path.read_bytes())
    check_cifar(CIFAR10(path.parent, train=False))


def check_cifar(data: CIFAR10) -> None:
    assert data.data.shape == (len(data), 32, 32, 3)
    assert data.data.dtype == np.uint8
    assert all(type(label) is int for label in data.targets)
    assert all(type(name) is str for name in data.classes)


RUN: dict[str, Any] = {}


def load_checkpoint(path: Path) -> None:
    if not RUN:
        autograd.manual_seed(0)
        RUN.update(parts())
    before = everything()
    try:
        content = autograd.load_checkpoint(path, **{name: part for name, part in RUN.items() if name != "keep"})
    except BaseException:
        if everything() != before:
            RUN.clear()
            raise AssertionError("a load that failed has changed the run") from None
        raise
    RUN.clear()
    check_data(content)


def everything() -> bytes:
    """All that decides how a run goes on, as bytes."""
    loader, scheduler, chain = RUN["loader"], RUN["scheduler"], RUN["chain"]
    optimizer = RUN["optimizer"]
    own = [
        {k: v for k, v in vars(each).items() if k not in ("optimizer", "_schedulers")}
        for each in (scheduler, chain, *chain._schedulers)
    ]
    resume = None if loader._resume is None else vars(loader._resume)
    groups = [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups]
    states = [optimizer.state.get(p) for p in RUN["model"].parameters()]
    model = RUN["model"].state_dict()
    return pickle.dumps(
        flat(
            [
                model,
                groups,
                states,
                list(vars(optimizer)),
                own,
                loader.state_dict(),
                resume,
                autograd.random.all_states(),
            ]
        )
    )


def flat(value: Any) -> Any:
    """Tensors and arrays as their bytes, dictionaries as lists of pairs."""
    if isinstance(value, autograd.Tensor):
        return flat(value.detach().numpy())
    if isinstance(value, np.ndarray | np.generic):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, dict):
        return [(flat(k), flat(v)) for k, v in value.items()]
    if isinstance(value, list | tuple):
        return type(value).__name__, [flat(each) for each in value]
    return repr(value)


READERS: dict[str, Callable[[Path], None]] = {
    "checkpoint": load_checkpoint,
    "pickle": load_plain,
    "pickle 4": load_plain,
    "trusted": load_trusted,
    "idx": read_array,
    "idx.gz": read_array,
    "mnist": read_mnist,
    "cifar": read_cifar,
    "cifar.bin": read_cifar_binary,
    "zip": load_stream,
}


# Damage

NUMBERS = [
    0,
    1,
    2,
    3,
    7,
    127,
    128,
    255,
    256,
    1000,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**62,
    2**63 - 1,
    2**63,
    2**64 - 1,
]
WORDS = [  # of pickles, of torch's names, of a structure's JSON
    b".",
    b"0",
    b"1",
    b"2",
    b"(",
    b"t",
    b"l",
    b"d",
    b"e",
    b"u",
    b"s",
    b"a",
    b"R",
    b"b",
    b"Q",
    b"q\x00",
    b"h\x00",
    b"\x85",
    b"\x86",
    b"\x94",
    b"\x81",
    b"\x92",
    b"\x93",
    b"\x8f",
    b"\x90",
    b"\x91",
    b"N",
    b"}",
    b"]",
    b")",
    b"K\x07",
    b"J\xff\xff\xff\xff",
    b"\x8a\x08" + b"\xff" * 7 + b"\x7f",
    b"\x8e" + b"\xff" * 8,
    b"\x8b\xff\xff\xff\x7f",
    b"I99999999999\n",
    b"cbuiltins\nbytes\n",
    b"cbuiltins\nbytearray\n",
    b"cbuiltins\nset\n",
    b"cbuiltins\nlist\n",
    b"ccollections\nOrderedDict\n",
    b"cnumpy\ndtype\n",
    b"cos\nsystem\n",
    b"cbuiltins\neval\n",
    b"X\x01\x00\x00\x00a",
    b"S'latin1'\n",
    b"2\x86" * 40,
    b"{}",
    b"[]",
    b"null",
    b'{"tensor":1}',
    b'{"dict":[[1,2]]}',
    b'{"dict":[]}',
    b'{"complex":"weight"}',
    b'{"set":[[]]}',
    b"1e999",
    b"-1",
    b'""',
    b"[[[[[[",
]


def damaged(data: bytes, rng: random.Random, times: int) -> bytes:
    for _ in range(times):
        data = rng.choice(DAMAGES)(bytearray(data), rng)
    return bytes(data)


def _span(data: bytearray, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice([1, 2, 4, 8, 30, 200]))


def flip(data: bytearray, rng: random.Random) -> bytes:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def overwrite(data: bytearray, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    data[start:end] = rng.randbytes(end - start)
    return data


def cut(data: bytearray, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:start] if rng.random() < 0.3 else data[:start] + data[end:]


def repeat(data: bytearray, rng: random.Random) -> bytes:
    start, end = _span(data, rng)
    return data[:end] + data[start:end] * rng.choice([1, 2, 50]) + data[end:]


def swap(data: bytearray, rng: random.Random) -> bytes:
    (a, b), (c, d) = sorted(_span(data, rng) for _ in range(2))
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def number(data: bytearray, rng: random.Random) -> bytes:
    width, start = rng.choice([1, 2, 4, 8]), rng.randrange(len(data) + 1)
    value = rng.choice(NUMBERS) % (1 << 8 * width)
    data[start : start + width] = value.to_bytes(width, rng.choice(["little", "big"]))
    return data


def digits(data: bytearray, rng: random.Random) -> bytes:
    places = [i for i, each in enumerate(data) if 48 <= each < 58]
    if places:
        place = rng.choice(places)
        data[place : place + 1] = str(rng.choice([*NUMBERS, -1, rng.randrange(10)])).encode()
    return data


def word(data: bytearray, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    new = rng.choice(WORDS) * rng.choice([1, 1, 1, 3])
    return data[:start] + new + data[start + rng.choice([0, len(new)]) :]


DAMAGES = [flip, flip, overwrite, cut, repeat, swap, number, digits, word, word]


def inside(name: str, data: bytes, rng: random.Random, times: int) -> bytes:
    """Damage behind what would tell of it: a zip's check sums, a gzip's, the length of a safetensors file's header."""
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {each: archive.read(each) for each in archive.namelist()}
        target = rng.choice([*members, *[each for each in members if each.endswith("data.pkl")] * 5])
        members[target] = damaged(members[target], rng, times)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for each, content in members.items():
                archive.writestr(each, content)
        return stream.getvalue()
    if name == "idx.gz":
        return gzip.compress(damaged(gzip.decompress(data), rng, times), mtime=0)
    if data[8:9] == b"{":
        length = int.from_bytes(data[:8], "little")
        header, rest = json.loads(data[8 : 8 + length]), data[8 + length :]
        metadata = header.get("__metadata__", {})
        if "structure" in metadata and rng.random() < 0.8:
            text = damaged(metadata["structure"].encode(), rng, times)
            metadata["structure"] = text.decode("utf-8", "replace")
            text = json.dumps(header).encode()
        else:
            text = damaged(json.dumps(header).encode(), rng, times)
        return len(text).to_bytes(8, "little") + text + rest
    return damaged(data, rng, times)


def case(name: str, seed: int) -> bytes:
    """The file of a seed."""
    rng = random.Random(f"{name} {seed}")
    data = _files()[name]
    times = rng.choice([1, 1, 2, 5])
    return damaged(data, rng, times) if rng.random() < 0.4 else inside(name, data, rng, times)


_cache: dict[str, bytes] = {}


def _files() -> dict[str, bytes]:
    if not _cache:
        _cache.update(seeds())
    return _cache


# Files that are written to do harm


def of_torch(*body: bytes, **more: bytes) -> Callable[[], bytes]:
    return lambda: zipped(b"".join(body), **more)


def of_structure(structure: str, header: dict[str, Any] | None = None) -> Callable[[], bytes]:
    def make() -> bytes:
        entries = {"x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}} if header is None else header
        text = json.dumps({"__metadata__": {"structure": structure}, **entries}).encode()
        return len(text).to_bytes(8, "little") + text + FLOATS

    return make


def overlapping() -> bytes:
    """A zip whose members are the same bytes under many names."""
    names = range(3000)
    program = b"\x80\x02]" + b"".join(tensor((1,), (1,), key=str(i)) + b"a" for i in names) + b"."
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", bytes(400_000))
        first = archive.getinfo("archive/data/0")
        for i in names[1:]:
            info = zipfile.ZipInfo(f"archive/data/{i}")
            for field in ("header_offset", "compress_size", "file_size", "CRC"):
                setattr(info, field, getattr(first, field))
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return stream.getvalue()


def inflated() -> bytes:
    """A zip of a megabyte whose pickle has 800."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("archive/version", b"3\n")
        with archive.open("archive/data.pkl", "w") as member:
            member.write(b"N.")
            for _ in range(100):
                member.write(bytes(8 << 20))
    return stream.getvalue()


def gzipped(*parts: bytes) -> bytes:
    """Parts that are unpacked one after the other."""
    packed = {part: gzip.compress(part, 1) for part in set(parts)}
    return b"".join(packed[part] for part in parts)


def integers(of: Callable[[int], int], count: int = 40_000) -> bytes:
    return b"".join(b"\x8a\x0a" + of(i).to_bytes(10, "little") for i in range(1, count))


def pairs_of_one_hash(count: int = 20_000) -> bytes:
    """Tuples (a, b) whose hashes agree: b is solved for."""
    p1, p2, p5, bits = 11400714785074694791, 14029467366897019727, 2870177450012600261, 2**64
    rotate = lambda x: (x << 31 | x >> 33) % bits  # noqa: E731
    inverse, found, a = pow(p2, -1, bits), [], 0
    while len(found) < count:
        a += 1
        lane = rotate((p5 + a * p2) % bits) * p1 % bits
        b = (12345 - lane) * inverse % bits
        if 0 < b < 2**61 - 1:
            found.append(b"\x8a\x04" + a.to_bytes(4, "little") + b"\x8a\x08" + b.to_bytes(8, "little") + b"\x86")
    return b"N".join(found) + b"N"


LIST = b"(" + b"N" * 200_000 + b"lq\x00"
TEXT = b"X" + (200_000).to_bytes(4, "little") + b"a" * 200_000 + b"q\x00"
STORAGE = b"((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI4\ntQ"
HOSTILE: dict[str, Callable[[], bytes]] = {
    "a pair nested in itself as a key": of_torch(b"}K\x01", b"2\x86" * 120, b"K\x01s."),
    "a pair nested in itself in a set": of_torch(b"\x8f(K\x01", b"2\x86" * 120, b"\x90."),
    "a pair nested in itself in a frozenset": of_torch(b"(K\x01", b"2\x86" * 120, b"\x91."),
    "a pair nested in itself called": of_torch(b"K\x01", b"2\x86" * 120, b")R."),
    "a pair nested in itself as a name": of_torch(b"K\x01", b"2\x86" * 120, b"2\x93."),
    "a pair nested in itself as a storage": of_torch(b"(K\x01K\x01", b"2\x86" * 120, b"2K\x01K\x01tQ."),
    "a pair nested in itself as a size": of_torch(b"ctorch\nSize\nK\x01", b"2\x86" * 120, b"\x85R."),
    "a pair nested in itself in OrderedDict": of_torch(
        b"ccollections\nOrderedDict\n]]K\x01", b"2\x86" * 120, b"aK\x01aa\x85R."
    ),
    "a very deep tuple as a key": of_torch(b"}K\x01", b"\x85" * 200_000, b"K\x01s."),
    "a very deep tuple": of_torch(b"K\x01", b"\x85" * 100_000, b"."),
    "a long integer as a key, often": of_torch(
        b"(\x8b", (100_000).to_bytes(4, "little"), b"\x7f" * 100_000, b"q\x00", b"Nh\x00" * 50_000, b"Nd."
    ),
    "integers of one hash": of_torch(b"}(", integers(lambda i: i * (2**61 - 1)), b"Nu."),
    "integers of one hash in a set": of_torch(b"\x8f(", integers(lambda i: i * (2**61 - 1)), b"\x90."),
    "pairs of one hash": lambda: zipped(b"}(" + pairs_of_one_hash() + b"u."),
    "stride 0 of any size": of_torch(tensor((10**9, 10**9), (0, 0)), b"."),
    "stride 0 of a size past counting": of_torch(tensor((2**62, 2**62, 2**62), (0, 0, 0)), b"."),
    "a size of a hundred thousand numbers": of_torch(tensor((1,) * 100_000, (1,) * 100_000), b"."),
    "a size of long numbers": of_torch(
        b"ctorch._utils\n_rebuild_tensor_v2\n",
        STORAGE,
        b"K\x00(\x8b",
        (100_000).to_bytes(4, "little"),
        b"\x7f" * 100_000,
        b"tq\x00h\x00\x89NtR.",
    ),
    "a thousand tensors of one storage": of_torch(
        b"(", (tensor((100_000,), (1,)) + b"R")[:-1] * 1000, b"l.", **{"data/0": bytes(400_000)}
    ),
    "bytes of a number": of_torch(b"cbuiltins\nbytes\nI1000000000000\n\x85R."),
    "bytearray of a number": of_torch(b"cbuiltins\nbytearray\nI1000000000000\n\x85R."),
    "bytes of a number, smaller": of_torch(b"cbuiltins\nbytes\nI4000000000\n\x85R."),
    "lists copied": of_torch(LIST, b"cbuiltins\nlist\nq\x01", b"h\x01h\x00\x85R" * 20_000, b"."),
    "tuples copied": of_torch(LIST, b"cbuiltins\ntuple\nq\x01", b"h\x01h\x00\x85R" * 20_000, b"."),
    "text encoded again and again": of_torch(
        TEXT, b"c_codecs\nencode\nq\x01", b"h\x01h\x00S'latin1'\n\x86R" * 20_000, b"."
    ),
    "text encoded by a slow codec": of_torch(TEXT, b"c_codecs\nencode\nh\x00S'idna'\n\x86R."),
    "bytes made arrays again and again": of_torch(
        b"B",
        (200_000).to_bytes(4, "little"),
        bytes(200_000),
        b"q\x00cnumpy.core.multiarray\nscalar\nq\x01cnumpy\ndtype\nS'S200000'\n\x85Rq\x02",
        b"h\x01h\x02h\x00\x86R" * 10_000,
        b".",
    ),
    "a dtype with flags": of_torch(b"cnumpy\ndtype\nS'f4'\n\x85R(I3\nS'<'\nNNNI-1\nI-1\nI63\ntb."),
    "a dtype with a size": of_torch(
        b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nS'U1'\n\x85R(I3\nS'<'\nNNNI1000000000\nI4\nI8\ntbC\x04abcd\x86R."
    ),
    "a dtype without a size": of_torch(
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01(I9000000000000\ntcnumpy\ndtype\nS'V0'\n\x85R\x89C\x00tb."
    ),
    "a dtype of an expression": of_torch(b"cnumpy\ndtype\nS'(1000000,1000)i4,(9,9)f8'\n\x85R."),
    "a float of a huge integer": of_torch(
        b"cbuiltins\nfloat\n\x8b", (10_000).to_bytes(4, "little"), b"\x7f" * 10_000, b"\x85R."
    ),
    "an integer in a hundred thousand digits": of_torch(b"I", b"9" * 100_000, b"\n."),
    "a memo's last place": of_torch(b"Nr\xff\xff\xff\xff."),
    "a string that is not there": of_torch(b"\x8e", struct.pack("<Q", 2**40), b"abc."),
    "a function left over": of_torch(b"c_codecs\nencode\n."),
    "a class of safe_globals and a memo's last place": lambda: (
        pickle.dumps(Point(1, []), 4)[:-1] + b"r\xff\xff\xff\x7f."
    ),
    "a string that is not there, in a file": lambda: b"\x80\x04\x8e" + struct.pack("<Q", 2**34) + b"abc.",
    "a deflated member": inflated,
    "members that share their bytes": overlapping,
    "a stream whose storage is not there": lambda: streamed(STATE)[:-24] + (2**40).to_bytes(8, "little") + FLOATS,
    "structure: empty object": of_structure("{}"),
    "structure: not JSON": of_structure("{"),
    "structure: deep": of_structure("[" * 100_000 + "]" * 100_000),
    "structure: deep tuples": of_structure('{"tuple":[' * 400 + "]}" * 400),
    "structure: no such array": of_structure('{"tensor": "y"}'),
    "structure: an object for a name": of_structure('{"tensor": [1]}'),
    "structure: no pairs": of_structure('{"dict": [1]}'),
    "structure: an empty object among items": of_structure('{"tuple": [1, {}, 2]}'),
    "structure: a list as a key": of_structure('{"dict": [[[1], 2]]}'),
    "structure: no base 64": of_structure('{"bytes": "%"}'),
    "structure: no such dtype": of_structure('{"dtype": "float9"}'),
    "structure: no device": of_structure('{"device": 3.5}'),
    "structure: a complex number of text": of_structure('{"complex": "1j"}'),
    "structure: complex numbers again and again": of_structure(
        json.dumps([{"ndarray": {"complex": "x"}}] * 20_000),
        {"x": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}},
    ),
    "structure: keys of one hash": of_structure(json.dumps({"dict": [[i * (2**61 - 1), 0] for i in range(1, 40_000)]})),
    "structure: not text": lambda: (2).to_bytes(8, "little") + b"{\xff",
    "a header longer than the file": lambda: (2**62).to_bytes(8, "little") + b"{",
    "no header": lambda: (2).to_bytes(8, "little") + b"{}",
    "a shape past counting": of_structure(
        "null", {"x": {"dtype": "F32", "shape": [0, 2**62, 2**62], "data_offsets": [0, 0]}}
    ),
}
IDX_BOMBS: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: gzipped(*[bytes(16 << 20)] * 50),
    "a header and zeros": lambda: gzipped(bytes([0, 0, 8, 1, 0, 0, 0, 5]), *[bytes(16 << 20)] * 50),
    "a length that is not there": lambda: gzip.compress(bytes([0, 0, 8, 2]) + b"\xff" * 8),
    "the longest header": lambda: bytes([0, 0, 8, 255]) + bytes(4 * 255),
    "dimensions past counting": lambda: bytes([0, 0, 8, 5]) + b"\0\0\0\0" + b"\xff" * 16,
}
LIST_BOMB = b"\x80\x02]K\x01a" + b"".join(b"q\x00]h\x00ah\x00a" for _ in range(60))
CIFAR_BOMBS: dict[str, Callable[[], bytes]] = {
    "a list nested in itself as images": lambda: b"\x80\x02}(U\x04data" + LIST_BOMB[2:] + b"U\x06labels]K\x01au.",
    "a label of a trillion": lambda: pickle.dumps({**PICTURES, "labels": [3, 10**12]}, 2),
    "labels that are no numbers": lambda: pickle.dumps({**PICTURES, "labels": "ab"}, 2),
    "no dictionary": lambda: pickle.dumps([1], 2),
}


# Running them

ACTS = {
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
    "ctypes.dlopen",
    "pickle.find_class",
}


def attack(kind: str, seed: int) -> None:
    """One case, from its file on; raises what is no fair outcome."""
    if kind in ("hostile", "idx bomb", "cifar bomb"):
        name = list({"hostile": HOSTILE, "idx bomb": IDX_BOMBS, "cifar bomb": CIFAR_BOMBS}[kind])[seed]
        data = {"hostile": HOSTILE, "idx bomb": IDX_BOMBS, "cifar bomb": CIFAR_BOMBS}[kind][name]()
        readers = {
            "hostile": load_trusted if "safe_globals" in name else load_file,
            "idx bomb": read_array,
            "cifar bomb": read_cifar,
        }
        read = readers[kind]
    else:
        data, read = case(kind, seed), READERS.get(kind, load_file)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        del data
        started, message = time.process_time(), "none"
        try:
            read(path)
        except REFUSED as error:
            message = str(error)
        assert 0 < len(message) < 2000, "an error without a message, or without an end"
        spent = time.process_time() - started
        assert spent < SECONDS, f"it took {spent:.0f} seconds"


def child() -> None:
    """Reads the cases from stdin, writes a line about each."""
    import resource

    sys.setrecursionlimit(1000)
    _files()
    acts: list[str] = []
    watching = False
    sys.addaudithook(lambda event, args: acts.append(event) if watching and event in ACTS else None)
    with contextlib.suppress(Exception):
        attack("checkpoint", 0)  # whatever is imported late is imported
    RUN.clear()
    now = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
    for line in sys.stdin:
        kind, _, seed = line.strip().rpartition(" ")
        outcome = ""
        watching = True
        try:
            attack(kind, int(seed))
        except BaseException as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            outcome = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {str(error)[:200]!r}"
        watching = False
        if acts:
            outcome = f"it ran {acts}"
            acts.clear()
        print(f"{kind} {seed}|{outcome}", flush=True)


def failures(cases: list[tuple[str, int]]) -> Iterator[tuple[str, int, str]]:
    """Runs cases in children; a child that dies, or says nothing for long, fails the case that it is at."""
    left = list(cases)
    while left:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            buffer = b""
            for kind, seed in list(left):
                process.stdin.write(f"{kind} {seed}\n".encode())
                while b"\n" not in buffer:
                    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
                    new = os.read(process.stdout.fileno(), 65536) if ready else b""
                    if not new:
                        break
                    buffer += new
                left.pop(0)
                line, found, buffer = buffer.partition(b"\n")
                if not found:
                    process.kill()
                    code = process.wait()
                    yield kind, seed, f"no end within {PATIENCE} seconds" if not ready else f"the process died: {code}"
                    buffer = b""
                    break
                outcome = line.decode().partition("|")[2]
                if outcome:
                    yield kind, seed, outcome
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


def expect_none(cases: list[tuple[str, int]]) -> None:
    failed = list(failures(cases))
    lines = [f"attack({kind!r}, {seed})  # {outcome}" for kind, seed, outcome in failed[:30]]
    assert not failed, "\n".join(
        [
            f"{len(failed)} of {len(cases)} files; in tests/attacks, to repeat them:",
            "from test_hostile_files import attack",
            *lines,
        ]
    )


def test_undamaged_files_are_read(tmp_path: Path) -> None:
    for name, data in seeds().items():
        (tmp_path / "file").write_bytes(data)
        READERS.get(name, load_file)(tmp_path / "file")


def test_damaged_files(sweep: Callable[[int, int, int], int]) -> None:
    names = list(seeds())
    expect_none([(names[i % len(names)], i) for i in range(sweep(800, 5000, 30_000))])


def test_hostile_files() -> None:
    cases = [("hostile", i) for i in range(len(HOSTILE))]
    cases += [("idx bomb", i) for i in range(len(IDX_BOMBS))] + [("cifar bomb", i) for i in range(len(CIFAR_BOMBS))]
    expect_none(cases)


if __name__ == "__main__":
    child()
