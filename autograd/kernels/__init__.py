"""From what a primitive computes to expressions, which machine code can be made from.

A primitive says once what it computes: its `compute`, in operations of an array namespace. Run with symbols in place
of arrays it leaves the expression of its result, from which everything else follows; there is no second list of
operations.
"""

from .trace import NotLoweredError, Traced, trace

__all__ = ["NotLoweredError", "Traced", "trace"]
