"""Collective operations that return their result and through which gradients flow, as torch.distributed.nn has them."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine.tensor import Tensor
from ..groups import Group, member_of
from ..work import ReduceOp


def all_reduce(tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: Group = None) -> Tensor:
    """The sum over all processes: a copy."""
    member_of(group)
    op.check(tensor)
    return tensor.clone()


def reduce(tensor: Tensor, dst: int = 0, op: ReduceOp = ReduceOp.SUM, group: Group = None) -> Tensor:
    """The sum over all processes: a copy."""
    return all_reduce(tensor, op, group)


def broadcast(tensor: Tensor, src: int = 0, group: Group = None) -> Tensor:
    """The tensor of the process `src`: a copy."""
    return all_reduce(tensor, group=group)


def all_gather(tensor: Tensor, group: Group = None) -> tuple[Tensor, ...]:
    """The tensors of all processes."""
    return (all_reduce(tensor, group=group),)


def gather(tensor: Tensor, dst: int = 0, group: Group = None) -> tuple[Tensor, ...]:
    """The tensors of all processes."""
    return all_gather(tensor, group)


def scatter(tensors: Sequence[Tensor], src: int = 0, group: Group = None) -> Tensor:
    """This process's tensor of the list."""
    return all_reduce(tensors[0], group=group)


def all_to_all(output_tensor_list: Sequence[Tensor], input_tensor_list: Sequence[Tensor], group: Group = None) -> tuple:
    """What each process has for this one."""
    return tuple(all_reduce(each, group=group) for each in input_tensor_list)
