"""Compiled loops for the CPU (numba, extra `fast`): one pass where NumPy needs several.

Importing this registers them with the CPU's backend, which finds each by the name of what it computes.
Each agrees with its portable reference; a test holds them side by side.
"""

from . import cross_entropy, draws, gate, updates, windows
