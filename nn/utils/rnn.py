"""Sequences of differing lengths: padded to one length, or packed time by time, under torch.nn.utils.rnn's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import autograd
from autograd import Tensor
from autograd.types import DeviceLike


class PackedSequence(NamedTuple):
    """All sequences' first elements, then the second ones, ...: `batch_sizes` says how many reach each time.

    The sequences are ordered by falling length; `sorted_indices` is that order, `unsorted_indices` undoes it.
    """

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """With the data on another device or of another dtype."""
        data = self.data.to(*args, **kwargs)
        order, back = (None if x is None else x.to(data.device) for x in (self.sorted_indices, self.unsorted_indices))
        return PackedSequence(data, self.batch_sizes, order, back)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes one."""
    return None if permutation is None else permutation.argsort()


def _places(batch_sizes: Sequence[int], device: DeviceLike) -> tuple[Tensor, Tensor]:
    """For each packed element its time and its sequence."""
    times = [time for time, size in enumerate(batch_sizes) for _ in range(size)]
    rows = [row for size in batch_sizes for row in range(size)]
    return autograd.tensor(times, device=device), autograd.tensor(rows, device=device)


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Packs (T, N, *), or (N, T, *) with batch_first, of sequences of these lengths."""
    sizes = [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]
    x = input.transpose(0, 1) if batch_first else input
    if len(sizes) != x.shape[1] or min(sizes, default=1) < 1 or max(sizes, default=0) > x.shape[0]:
        raise RuntimeError(f"pack_padded_sequence: expected {x.shape[1]} lengths from 1 to {x.shape[0]}, got {sizes}")
    order = None
    if enforce_sorted:
        if sorted(sizes, reverse=True) != sizes:
            raise RuntimeError(
                "pack_padded_sequence: lengths must fall if enforce_sorted is True; pass enforce_sorted=False"
            )
    else:
        ranked = sorted(range(len(sizes)), key=lambda i: -sizes[i])
        order = autograd.tensor(ranked, device=input.device)
        x, sizes = x.index_select(1, order), [sizes[i] for i in ranked]
    batch_sizes = [sum(n > time for n in sizes) for time in range(sizes[0] if sizes else 0)]
    data = x[_places(batch_sizes, input.device)]
    return PackedSequence(data, autograd.tensor(batch_sizes, device="cpu"), order, invert_permutation(order))


def pack_like(x: Tensor, packed: PackedSequence) -> PackedSequence:
    """(T, N, *) packed as another packed sequence is."""
    data = x[_places(packed.batch_sizes.tolist(), x.device)]
    return PackedSequence(data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The inverse of pack_padded_sequence: (T, N, *), and the lengths."""
    sizes = [int(n) for n in sequence.batch_sizes.tolist()]
    length = len(sizes) if total_length is None else total_length
    if length < len(sizes):
        raise ValueError(f"pad_packed_sequence: total_length {length} is less than the longest sequence, {len(sizes)}")
    data = sequence.data
    count = sizes[0] if sizes else 0
    padded = autograd.full((length, count, *data.shape[1:]), padding_value, dtype=data.dtype, device=data.device)
    padded = padded.index_put(_places(sizes, data.device), data)
    lengths = autograd.tensor([sum(size > row for size in sizes) for row in range(count)], device="cpu")
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices.cpu()]
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(
    sequences: Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Tensors (T_i, *) as one (T, N, *), or (N, T, *) with batch_first."""
    if padding_side not in ("right", "left"):
        raise ValueError(f"pad_sequence: padding_side is 'right' or 'left', got {padding_side!r}")
    longest = max(x.shape[0] for x in sequences)
    rows = []
    for x in sequences:
        filler = x.new_full((longest - x.shape[0], *x.shape[1:]), padding_value)
        rows.append(autograd.cat([x, filler] if padding_side == "right" else [filler, x]))
    return autograd.stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The tensors (T_i, *) that pad_sequence padded."""
    x = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: int(n)] for row, n in zip(x.unbind(0), lengths.tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Packs tensors (T_i, *)."""
    lengths = [x.shape[0] for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The tensors (T_i, *) that pack_sequence packed."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences))
