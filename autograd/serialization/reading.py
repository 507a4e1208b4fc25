"""What all readers of files do about damage: one error that names the file, and no more work than the file is long."""

from __future__ import annotations

import contextlib
import errno
import os
import reprlib
from collections.abc import Iterator
from typing import Any

from ..engine.errors import SerializationError

LONGEST = 1000  # characters of a message, parts of a key
ALIKE = 32  # different keys with one hash
PLAIN_HASH = 2**61 - 1  # integers below it are their own hashes


class CallerError(Exception):
    """Carries an exception of the caller's own function, which is no damage of the file, through a reader."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@contextlib.contextmanager
def reading(function: str, path: Any) -> Iterator[None]:
    """Whatever a damaged file makes a reader raise becomes a SerializationError with the function and the file.

    Errors of the operating system (no such file, no permission, a failing disk) stay as they are.
    """
    where = f"{function}: {os.fsdecode(path) if isinstance(path, bytes | os.PathLike) else path}"
    try:
        yield
    except CallerError as carrier:
        raise carrier.error from None
    except SerializationError as error:
        raise SerializationError(f"{where}: {_short(str(error))}") from error
    except RecursionError:
        raise SerializationError(f"{where}: it is nested too deeply") from None
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # EINVAL: a seek before the start
            raise
        text = shown(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        raise SerializationError(f"{where} is damaged: {_short(f'{type(error).__name__}: {text}')}") from error


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


class _Shown(reprlib.Repr):
    """Two levels of containers, of anything else than plain data the type alone."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 2

    def repr_instance(self, value: Any, level: int) -> str:
        plain = value is None or isinstance(value, bool | float | complex)
        return repr(value) if plain else f"<{type(value).__name__}>"


def shown(value: Any) -> str:
    """A value for a message. Lists that hold one list many times, and so on, have a repr of any length."""
    return _Shown().repr(value)


class Keys:
    """The keys and the members of sets that one file may hold.

    A tuple is hashed with all that it holds, and one that holds one tuple twice, and so on, as long as
    it takes; keys with one hash are compared with each other. `check` refuses both and returns how much
    there is to hash.
    """

    def __init__(self) -> None:
        self.alike: dict[int, list[Any]] = {}

    def check(self, key: Any) -> int:
        kind = type(key)
        if kind is str or kind is bytes:  # their hashes are cached and can't be foretold; equal ones are compared
            return 1 + (len(key) >> 6)
        if kind is bool or key is None or (kind is int and -PLAIN_HASH < key < PLAIN_HASH):
            return 1
        count, pending = 0, [key]
        while pending:
            part = pending.pop()
            count += 1
            if isinstance(part, tuple | frozenset):
                count += len(part)
                if count > LONGEST:
                    raise SerializationError(f"it holds a key of more than {LONGEST} parts")
                pending.extend(part)
            elif isinstance(part, str | bytes):
                count += len(part) >> 6
            elif isinstance(part, int):
                count += part.bit_length() >> 6
        if count > LONGEST:
            raise SerializationError(f"it holds a key of more than {LONGEST} parts")
        others = self.alike.setdefault(hash(key), [])
        if not any(key is other or key == other for other in others):
            others.append(key)
            if len(others) > ALIKE:
                raise SerializationError("it holds keys that were chosen to have one hash")
        return count + len(others)
