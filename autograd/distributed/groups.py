"""Process groups of one member: made, asked and taken down."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from ..backend import is_available as _is_device_available

default_pg_timeout = timedelta(minutes=30)


class Backend(str):
    """The name of what carries messages between processes, in lower case."""

    UNDEFINED, GLOO, NCCL, MPI, UCC, XCCL = "undefined", "gloo", "nccl", "mpi", "ucc", "xccl"
    backend_list: ClassVar[list[str]] = [UNDEFINED, GLOO, NCCL, XCCL, UCC, MPI]

    def __new__(cls, name: str) -> Backend:
        if not isinstance(name, str):
            raise ValueError(f"Backend name must be a string, but got: {name}")
        return super().__new__(cls, name.lower())


class ProcessGroup:
    """A group whose only member is this process."""

    def __init__(self, backend: str, name: str = "") -> None:
        self.backend, self.group_name = Backend(backend), name

    def rank(self) -> int:
        """0."""
        return 0

    def size(self) -> int:
        """1."""
        return 1

    def name(self) -> str:
        """The name of its backend."""
        return self.backend

    def __reduce__(self) -> Any:
        raise TypeError("a process group belongs to its process and can't be pickled")


class GroupMember:
    """The group of all processes, and what stands for a group that this process is not in."""

    WORLD: ProcessGroup | None = None
    NON_GROUP_MEMBER = -100


class _Group(type):
    @property
    def WORLD(cls) -> ProcessGroup | None:  # noqa: N802
        """The group of all processes; None before `init_process_group`."""
        return GroupMember.WORLD


class group(metaclass=_Group):
    """`group.WORLD` is the group of all processes."""


Group = ProcessGroup | int | None  # as functions take one: None is WORLD, an int NON_GROUP_MEMBER
_groups: set[ProcessGroup] = set()  # those that are not destroyed


def is_available() -> bool:
    """True: a group of one process can be made."""
    return True


def is_initialized() -> bool:
    """Whether `init_process_group` was called."""
    return GroupMember.WORLD is not None


def is_nccl_available() -> bool:
    """Whether there is a GPU, which scripts choose "nccl" for."""
    return _is_device_available("cuda")


def is_gloo_available() -> bool:
    """True."""
    return True


def is_mpi_available() -> bool:
    """False."""
    return False


is_ucc_available = is_mpi_available


def is_backend_available(backend: str) -> bool:
    """Whether a group can be made with a backend of this name."""
    return {"gloo": True, "nccl": is_nccl_available()}.get(backend.lower(), False)


def is_torchelastic_launched() -> bool:
    """Whether torchrun started this process."""
    return os.environ.get("TORCHELASTIC_RUN_ID") is not None


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
) -> None:
    """Makes the group of all processes, which is this one.

    Rank and world size come from the arguments, from the query of a `tcp://` or `file://` address, or from torchrun's
    environment variables (`env://`). A world size of more than 1 raises RuntimeError: this engine computes in one
    process.
    """
    if is_initialized():
        raise ValueError("trying to initialize the default process group twice!")
    name = Backend(backend or Backend.UNDEFINED)
    kinds = [part.partition(":")[2] or part for part in name.split(",")]  # "cpu:gloo,cuda:nccl"
    for kind in kinds:
        if kind not in Backend.backend_list:
            raise ValueError(f"init_process_group: unknown backend {kind!r}; there are 'gloo' and 'nccl'")
        if kind != Backend.UNDEFINED and not is_backend_available(kind):
            reason = "'nccl' needs a GPU" if kind == Backend.NCCL else f"{kind!r} is not there"
            raise RuntimeError(f"init_process_group: {reason}; use 'gloo' for one process on the CPU")
    if store is None:
        rank, world_size = _rendezvous(init_method or "env://", rank, world_size)
    elif rank < 0 or world_size < 1:
        raise ValueError("init_process_group: with a store, rank and world_size have to be given")
    if world_size != 1:
        raise RuntimeError(
            f"init_process_group: this engine computes in one process, got world_size={world_size}; start the script "
            "once, with --nproc-per-node=1 or without torchrun"
        )
    if rank != 0:
        raise RuntimeError(f"init_process_group: the rank of the only process is 0, got {rank}")
    GroupMember.WORLD = ProcessGroup(name, group_name or "0")
    _groups.add(GroupMember.WORLD)


def _rendezvous(address: str, rank: int, world_size: int) -> tuple[int, int]:
    """Rank and world size as an address tells them; ValueError names what is missing."""
    parts = urlsplit(address)
    if parts.scheme not in ("env", "tcp", "file"):
        raise RuntimeError(f"No rendezvous handler for {parts.scheme}://")
    start = f"Error initializing torch.distributed using {parts.scheme}:// rendezvous: "
    given = {"RANK": rank, "WORLD_SIZE": world_size}
    found = {}
    query = parse_qs(parts.query)
    for name, value in given.items():
        text = query.get(name.lower(), [None])[0] or (os.environ.get(name) if parts.scheme == "env" else None)
        if value < 0 and text is None:
            missing = f"environment variable {name} expected, but not set"
            raise ValueError(start + (missing if parts.scheme == "env" else f"{name.lower()} parameter missing"))
        found[name] = value if value >= 0 else int(text or 0)
    if parts.scheme == "env":
        for name in ("MASTER_ADDR", "MASTER_PORT"):
            if name not in os.environ:
                raise ValueError(f"{start}environment variable {name} expected, but not set")
    return found["RANK"], found["WORLD_SIZE"]


def destroy_process_group(group: Group = None) -> None:
    """Takes down a group; that of all processes, and with it all, if none is named."""
    if group == GroupMember.NON_GROUP_MEMBER:
        return
    found = member_of(group)
    if found is GroupMember.WORLD:
        GroupMember.WORLD = None
        _groups.clear()
    else:
        _groups.remove(found)


def new_group(
    ranks: Sequence[int] | None = None,
    timeout: timedelta | None = None,
    backend: str | None = None,
    pg_options: Any = None,
    use_local_synchronization: bool = False,
    group_desc: str | None = None,
    device_id: Any = None,
) -> ProcessGroup | int:
    """A group of the processes of these ranks (None: all); NON_GROUP_MEMBER if rank 0 is not among them."""
    world = member_of(None)
    wrong = [rank for rank in ranks or () if rank != 0]
    if wrong:
        raise ValueError(f"new_group: there is one process, of rank 0; got the ranks {list(ranks or ())}")
    if ranks is not None and not ranks:
        return GroupMember.NON_GROUP_MEMBER
    made = ProcessGroup(backend or world.backend, str(len(_groups)))
    _groups.add(made)
    return made


def member_of(group: Group) -> ProcessGroup:
    """The group that is meant; ValueError if it is not there, or this process not in it."""
    if group is None:
        if GroupMember.WORLD is None:
            raise ValueError(
                "Default process group has not been initialized, please make sure to call init_process_group."
            )
        return GroupMember.WORLD
    if not isinstance(group, ProcessGroup) or group not in _groups:
        raise ValueError(f"Invalid process group specified: {group!r} was not made by new_group, or was destroyed")
    return group


def get_rank(group: Group = None) -> int:
    """This process's rank: 0; -1 in a group that it is not in."""
    return -1 if group == GroupMember.NON_GROUP_MEMBER else member_of(group).rank()


def get_world_size(group: Group = None) -> int:
    """The number of processes: 1; -1 of a group that this one is not in."""
    return -1 if group == GroupMember.NON_GROUP_MEMBER else member_of(group).size()


def get_backend(group: Group = None) -> Backend:
    """The name of the backend that the group was made with."""
    return member_of(group).backend


def get_backend_config(group: Group = None) -> str:
    """The backend for each kind of device."""
    backend = member_of(group).backend
    known = ["cpu:gloo", *(["cuda:nccl"] if is_nccl_available() else [])]
    return ",".join(known if backend == Backend.UNDEFINED else [f"cpu:{backend}", f"cuda:{backend}"])


def get_process_group_ranks(group: Group) -> list[int]:
    """The ranks of a group's processes: [0]."""
    member_of(group)
    return [0]


def get_group_rank(group: Group, global_rank: int) -> int:
    """The rank in a group of the process of a rank among all."""
    member_of(group)
    if global_rank != 0:
        raise ValueError(f"Global rank {global_rank} is not part of group {group}")
    return 0


def get_global_rank(group: Group, group_rank: int) -> int:
    """The rank among all of the process of a rank in a group."""
    member_of(group)
    if group_rank != 0:
        raise ValueError(f"Group rank {group_rank} is not part of group {group}")
    return 0


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """The rank on this machine, which torchrun gives as LOCAL_RANK."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is None:
        raise RuntimeError("LOCAL_RANK is not in the environment, which torchrun sets; give a fallback_rank")
    return int(fallback_rank)
