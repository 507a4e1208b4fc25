"""Philox 4x64-10: random words as a function of (seed, offset), the same on every device.

A counter-based generator: word i of block c is a mix of the counter c and the key, so any block can
be made anywhere, and the state is two numbers. J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel
random numbers: as easy as 1, 2, 3", 2011. The words are those of `numpy.random.Philox`.
"""

from __future__ import annotations

from .arrays import Array, Namespace

MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
KEY_STEPS = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
ROUNDS = 10


def _multiply(xp: Namespace, a: Array, b: Array) -> tuple[Array, Array]:
    """The high and low 64 bits of a 128-bit product, by way of 32-bit halves."""
    half = xp.asarray(32, dtype=xp.uint64)
    mask = xp.asarray(0xFFFFFFFF, dtype=xp.uint64)
    a_high, a_low, b_high, b_low = a >> half, a & mask, b >> half, b & mask
    middle = a_high * b_low + ((a_low * b_low) >> half)
    carry = a_low * b_high + (middle & mask)
    return a_high * b_high + (middle >> half) + (carry >> half), a * b


def words(xp: Namespace, state: Array, count: int) -> Array:
    """The reference, in array operations: `count` uint64 words of the blocks after state = (seed, offset)."""
    blocks = -(-count // 4)
    zero = xp.zeros(blocks, dtype=xp.uint64)
    # NumPy counts on before it makes a block, so block i has the counter offset + i + 1.
    c0 = xp.astype(xp.arange(1, blocks + 1, dtype=xp.int64), xp.uint64) + state[1]
    c1, c2, c3 = zero, zero, zero
    k0, k1 = state[0], xp.asarray(0, dtype=xp.uint64)
    m0, m1 = (xp.asarray(m, dtype=xp.uint64) for m in MULTIPLIERS)
    s0, s1 = (xp.asarray(s, dtype=xp.uint64) for s in KEY_STEPS)
    for _ in range(ROUNDS):
        high0, low0 = _multiply(xp, m0, c0)
        high1, low1 = _multiply(xp, m1, c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = k0 + s0, k1 + s1
    return xp.reshape(xp.stack([c0, c1, c2, c3], axis=1), (-1,))[:count]
