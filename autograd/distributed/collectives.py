"""Collective operations on tensors, in a group of one: the sum is the tensor, what is gathered a copy of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ..engine.modes import no_grad
from ..engine.tensor import Tensor
from .groups import Group, GroupMember, member_of
from .work import P2POp, ReduceOp, Work


def _is_in(name: str, group: Group, **tensors: Any) -> bool:
    """Whether this process takes part in an operation on these tensors, or lists of tensors."""
    for argument, value in tensors.items():
        several = argument.endswith("list")
        fits = isinstance(value, list | tuple) if several else isinstance(value, Tensor)
        if not fits or (several and not all(isinstance(each, Tensor) for each in value)):
            raise TypeError(
                f"{name}: expected {argument} to be {'a list of tensors' if several else 'a Tensor'}, "
                f"got {type(value).__name__}"
            )
    if group == GroupMember.NON_GROUP_MEMBER:
        return False
    member_of(group)
    return True


def _check_root(name: str, what: str, rank: int | None, group_rank: int | None) -> None:
    if rank is not None and group_rank is not None:
        raise ValueError(f"{name}: give {what} or group_{what}, not both")
    root = rank if group_rank is None else group_rank
    if root not in (None, 0):
        raise RuntimeError(f"{name}: the only process has rank 0, got {what}={root}")


def _the_only(name: str, what: str, tensors: Sequence[Tensor]) -> Tensor:
    if len(tensors) != 1:
        raise RuntimeError(f"{name}: expected {what} of 1 tensor, one for each process, got {len(tensors)}")
    return tensors[0]


@no_grad()
def _copy(name: str, output: Tensor, input: Tensor) -> None:
    if output.shape != input.shape or output.dtype != input.dtype:
        raise RuntimeError(
            f"{name}: expected an output {input.dtype} of shape {tuple(input.shape)}, "
            f"got {output.dtype} of shape {tuple(output.shape)}"
        )
    output.detach().copy_(input)


def _done(async_op: bool, *results: Tensor) -> Work | None:
    return Work(list(results)) if async_op else None


def all_reduce(tensor: Tensor, op: ReduceOp = ReduceOp.SUM, group: Group = None, async_op: bool = False) -> Work | None:
    """The sum (or another `op`) over all processes, in `tensor`: what it is."""
    if _is_in("all_reduce", group, tensor=tensor):
        op.check(tensor)
        return _done(async_op, tensor)
    return None


def reduce(
    tensor: Tensor,
    dst: int | None = None,
    op: ReduceOp = ReduceOp.SUM,
    group: Group = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """`all_reduce` whose result is wanted in the process `dst`."""
    if _is_in("reduce", group, tensor=tensor):
        _check_root("reduce", "dst", dst, group_dst)
        op.check(tensor)
        return _done(async_op, tensor)
    return None


def broadcast(
    tensor: Tensor,
    src: int | None = None,
    group: Group = None,
    async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:
    """The tensor of the process `src`, in `tensor`: what it is."""
    if _is_in("broadcast", group, tensor=tensor):
        _check_root("broadcast", "src", src, group_src)
        return _done(async_op, tensor)
    return None


def all_gather(tensor_list: list[Tensor], tensor: Tensor, group: Group = None, async_op: bool = False) -> Work | None:
    """The tensors of all processes, each in a tensor of the list."""
    if _is_in("all_gather", group, tensor_list=tensor_list, tensor=tensor):
        _copy("all_gather", _the_only("all_gather", "a list", tensor_list), tensor)
        return _done(async_op, *tensor_list)
    return None


def all_gather_into_tensor(
    output_tensor: Tensor, input_tensor: Tensor, group: Group = None, async_op: bool = False
) -> Work | None:
    """The tensors of all processes, one after the other in the first dimension, or stacked in a new one."""
    name = "all_gather_into_tensor"
    if _is_in(name, group, output_tensor=output_tensor, input_tensor=input_tensor):
        stacked = output_tensor.shape == (1, *input_tensor.shape)
        _copy(name, output_tensor.detach()[0] if stacked else output_tensor, input_tensor)
        return _done(async_op, output_tensor)
    return None


def gather(
    tensor: Tensor,
    gather_list: list[Tensor] | None = None,
    dst: int | None = None,
    group: Group = None,
    async_op: bool = False,
    group_dst: int | None = None,
) -> Work | None:
    """`all_gather` whose result is wanted in the process `dst`."""
    if _is_in("gather", group, tensor=tensor):
        _check_root("gather", "dst", dst, group_dst)
        if gather_list is None:
            raise ValueError("gather: gather_list must be given in the destination process")
        _copy("gather", _the_only("gather", "a gather_list", gather_list), tensor)
        return _done(async_op, *gather_list)
    return None


def scatter(
    tensor: Tensor,
    scatter_list: list[Tensor] | None = None,
    src: int | None = None,
    group: Group = None,
    async_op: bool = False,
    group_src: int | None = None,
) -> Work | None:
    """Each process's tensor of the list that the process `src` has, in `tensor`."""
    if _is_in("scatter", group, tensor=tensor):
        _check_root("scatter", "src", src, group_src)
        if scatter_list is None:
            raise ValueError("scatter: scatter_list must be given in the source process")
        _copy("scatter", tensor, _the_only("scatter", "a scatter_list", scatter_list))
        return _done(async_op, tensor)
    return None


def reduce_scatter(
    output: Tensor,
    input_list: list[Tensor],
    op: ReduceOp = ReduceOp.SUM,
    group: Group = None,
    async_op: bool = False,
) -> Work | None:
    """The sum over all processes of the tensors that they have for this one."""
    if _is_in("reduce_scatter", group, output=output, input_list=input_list):
        op.check(output)
        _copy("reduce_scatter", output, _the_only("reduce_scatter", "an input_list", input_list))
        return _done(async_op, output)
    return None


def reduce_scatter_tensor(
    output: Tensor, input: Tensor, op: ReduceOp = ReduceOp.SUM, group: Group = None, async_op: bool = False
) -> Work | None:
    """`reduce_scatter` of one tensor, whose first dimension is shared among the processes."""
    if _is_in("reduce_scatter_tensor", group, output=output, input=input):
        op.check(output)
        _copy("reduce_scatter_tensor", output, input)
        return _done(async_op, output)
    return None


def all_to_all(
    output_tensor_list: list[Tensor], input_tensor_list: list[Tensor], group: Group = None, async_op: bool = False
) -> Work | None:
    """What each process has for this one."""
    name = "all_to_all"
    if _is_in(name, group, output_tensor_list=output_tensor_list, input_tensor_list=input_tensor_list):
        outputs, inputs = (_the_only(name, "lists", each) for each in (output_tensor_list, input_tensor_list))
        _copy(name, outputs, inputs)
        return _done(async_op, *output_tensor_list)
    return None


def all_to_all_single(
    output: Tensor,
    input: Tensor,
    output_split_sizes: list[int] | None = None,
    input_split_sizes: list[int] | None = None,
    group: Group = None,
    async_op: bool = False,
) -> Work | None:
    """`all_to_all` of one tensor, whose first dimension is shared among the processes."""
    if _is_in("all_to_all_single", group, output=output, input=input):
        for sizes, x in ((output_split_sizes, output), (input_split_sizes, input)):
            if sizes and list(sizes) != [x.shape[0]]:
                raise RuntimeError(f"all_to_all_single: expected the split sizes [{x.shape[0]}], got {list(sizes)}")
        _copy("all_to_all_single", output, input)
        return _done(async_op, output)
    return None


def barrier(group: Group = None, async_op: bool = False, device_ids: Any = None) -> Work | None:
    """Waits for all processes: not at all."""
    return _done(async_op) if _is_in("barrier", group) else None


def monitored_barrier(group: Group = None, timeout: timedelta | None = None, wait_all_ranks: bool = False) -> None:
    """`barrier`."""
    barrier(group)


def send(
    tensor: Tensor, dst: int | None = None, group: Group = None, tag: int = 0, group_dst: int | None = None
) -> None:
    """ValueError: there is no other process to send to."""
    _is_in("send", group, tensor=tensor)
    raise ValueError(f"send: there is no other process to send to, got dst={dst if group_dst is None else group_dst}")


def recv(
    tensor: Tensor, src: int | None = None, group: Group = None, tag: int = 0, group_src: int | None = None
) -> int:
    """ValueError: there is no other process to receive from."""
    _is_in("recv", group, tensor=tensor)
    raise ValueError(
        f"recv: there is no other process to receive from, got src={src if group_src is None else group_src}"
    )


isend, irecv = send, recv


def batch_isend_irecv(p2p_op_list: list[P2POp]) -> list[Work]:
    """Sends and receives all of a list."""
    for each in p2p_op_list:
        each.op(each.tensor, each.peer, each.group, each.tag)
    return []
