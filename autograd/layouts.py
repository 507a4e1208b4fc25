"""Layouts, as names: how a tensor's elements are kept."""

from __future__ import annotations


class layout:
    """How a tensor's elements are kept, by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"autograd.{self.name}"


strided = layout("strided")  # all of them, at steps through memory
sparse_coo = layout("sparse_coo")  # those that are there, each with its coordinates
sparse_csr = layout("sparse_csr")  # those that are there, row by row
