"""The Mersenne Twister as torch's CPU generator keeps it: a state of 5056 bytes, and the numbers it gives.

M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
generator", 1998. The words are those of NumPy's MT19937, seeded with the low 32 bits of the seed; the state is what
`torch.get_rng_state()` gives, byte by byte.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Iterator

import numpy as np

from .base import Array, Backend, drawing

WORDS = 624
DEFAULT_SEED = 67280421310721  # of a generator that was given none, as torch's
BYTES = 5056

LAYOUT = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "words", "kept", "keeps"],
        "formats": ["u8", "i4", "i4", "u8", ("u8", WORDS), "f8", "i4"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040],
        "itemsize": BYTES,
    }
)


def seeded(seed: int) -> Array:
    """The state at the beginning of a seed's stream, as bytes."""
    state = np.zeros(BYTES, np.uint8)
    record = _record(state)
    _, words, *_ = np.random.RandomState(seed & 0xFFFFFFFF).get_state()
    record["seed"], record["left"], record["seeded"], record["words"] = seed, 1, 1, words
    return state


def is_state(state: Array) -> bool:
    """Whether these bytes are a state that can be gone on from."""
    if state.dtype != np.uint8 or state.shape != (BYTES,):
        return False
    record = _record(state.copy())
    left, place = int(record["left"]), int(record["next"])
    return bool(record["seeded"] == 1 and 1 <= left <= WORDS and place <= WORDS and (left in (1, WORDS + 1 - place)))


def seed_of(state: Array) -> int:
    """The seed that a state comes from."""
    return int(_record(state)["seed"])


def _record(state: Array) -> Array:
    return state.view(LAYOUT)[0]


class _Own(threading.local):
    """NumPy's generator, one a thread, and its memory: 624 words and the place of the next.

    A state is copied there and back in a hundredth of the time that its attribute `state` takes.
    """

    def __init__(self) -> None:
        self.engine = np.random.MT19937()
        address = self.engine.ctypes.state_address
        self.memory = np.ctypeslib.as_array((ctypes.c_uint32 * (WORDS + 1)).from_address(address))
        known = self.engine.state["state"]
        if not np.array_equal(self.memory[:WORDS], known["key"]) or self.memory[WORDS] != known["pos"]:
            raise RuntimeError("torch's random numbers need another NumPy: its MT19937 lies in memory in another way")


_own = _Own()


@contextlib.contextmanager
def stream(backend: Backend, state: Array) -> Iterator[Stream]:
    """The numbers of a state, which moves on at the end, if there was no error. One thread draws at a time."""
    with drawing:
        numbers = Stream(backend, state)
        yield numbers
        numbers.store()


class Stream:
    """The numbers of a state: `stream` makes one.

    `kept` is the second of a pair of normal numbers, of which only the first was wanted.
    """

    def __init__(self, backend: Backend, state: Array) -> None:
        self.backend, self.record = backend, _record(state)
        self.engine, self.memory = _own.engine, _own.memory
        self.rewind()

    def store(self) -> None:
        """Moves the state on to behind what was drawn."""
        if self.drawn:
            place = int(self.memory[WORDS])
            self.record["words"] = self.memory[:WORDS]
            self.record["next"], self.record["left"] = place, WORDS + 1 - place
        self.record["keeps"] = self.kept is not None
        self.record["kept"] = self.kept or 0.0

    def rewind(self) -> None:
        """Takes back what was drawn."""
        self.memory[:WORDS] = self.record["words"]
        self.memory[WORDS] = WORDS if self.record["left"] == 1 else self.record["next"]
        self.kept = float(self.record["kept"]) if self.record["keeps"] else None
        self.drawn = False

    def words(self, count: int) -> Array:
        """Words of 32 bits, each in 64."""
        self.drawn = self.drawn or count > 0
        return self.engine.random_raw(count)

    def long_words(self, count: int) -> Array:
        """Words of 64 bits, the first drawn of two halves above."""
        halves = self.words(2 * count).reshape(count, 2)
        return (halves[:, 0] << np.uint64(32)) | halves[:, 1]

    def singles(self, count: int) -> Array:
        """Numbers in [0, 1) of 24 bits, in single precision."""
        numbers = (self.words(count) & np.uint64(0xFFFFFF)).astype(np.float32)
        numbers *= np.float32(2.0**-24)
        return numbers

    def doubles(self, count: int) -> Array:
        """Numbers in [0, 1) of 53 bits."""
        numbers = (self.long_words(count) & np.uint64(2**53 - 1)).astype(np.float64)
        numbers *= 2.0**-53
        return numbers
