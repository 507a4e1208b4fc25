"""Collective operations on Python's objects: each process gets copies, as if they had been sent."""

from __future__ import annotations

import pickle
from typing import Any

from .groups import Group, GroupMember, member_of


def _copied(obj: Any) -> Any:
    return pickle.loads(pickle.dumps(obj))


def _check_root(name: str, what: str, rank: int | None) -> None:
    if rank not in (None, 0):
        raise ValueError(f"{name}: the only process has rank 0, got {what}={rank}")


def broadcast_object_list(
    object_list: list[Any], src: int | None = None, group: Group = None, device: Any = None, **others: Any
) -> None:
    """The objects of the process `src`, in the list: what they are."""
    if group != GroupMember.NON_GROUP_MEMBER:
        member_of(group)
        _check_root("broadcast_object_list", "src", src)


def all_gather_object(object_list: list[Any], obj: Any, group: Group = None) -> None:
    """The objects of all processes, in the list."""
    if group != GroupMember.NON_GROUP_MEMBER:
        member_of(group)
        if not object_list:
            raise ValueError("all_gather_object: expected a list with a place for each process, got an empty one")
        object_list[0] = _copied(obj)


def gather_object(
    obj: Any, object_gather_list: list[Any] | None = None, dst: int | None = None, group: Group = None, **others: Any
) -> None:
    """The objects of all processes, in the list of the process `dst`."""
    if group != GroupMember.NON_GROUP_MEMBER:
        member_of(group)
        _check_root("gather_object", "dst", dst)
        if object_gather_list is None:
            raise ValueError("gather_object: object_gather_list must be given in the destination process")
        all_gather_object(object_gather_list, obj, group)


def scatter_object_list(
    scatter_object_output_list: list[Any],
    scatter_object_input_list: list[Any] | None = None,
    src: int | None = None,
    group: Group = None,
    **others: Any,
) -> None:
    """This process's object of the list of the process `src`, in the first place of the output list."""
    if group != GroupMember.NON_GROUP_MEMBER:
        member_of(group)
        _check_root("scatter_object_list", "src", src)
        if not scatter_object_output_list or not scatter_object_input_list:
            raise ValueError("scatter_object_list: expected an output list with a place and an input list, not empty")
        scatter_object_output_list[0] = _copied(scatter_object_input_list[0])
