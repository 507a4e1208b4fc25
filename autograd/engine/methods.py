"""The methods of tensors that are operations: `autograd.methods` attaches them here, each from its definition in `ops`.

What a type checker and an editor know of them stands in `methods.pyi`, which is written from those definitions.
"""

from __future__ import annotations


class Methods:
    """What every tensor can do: each public operation that takes a tensor first, under its torch name."""

    __slots__ = ()
