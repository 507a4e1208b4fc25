"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import secrets
import stat
from collections.abc import Iterator
from typing import IO, Any

from .places import File

try:
    import fcntl
except ImportError:  # Windows, where what a killed save has left stays
    fcntl = None  # type: ignore[assignment]


def write(data: bytes | memoryview, f: File) -> None:
    """Writes to a path, whole or not at all, or into an open binary file."""
    if hasattr(f, "write"):
        _write_all(f, data)
        if hasattr(f, "flush"):
            f.flush()
    else:
        with atomic_write(f) as file:
            file.write(data)


def _write_all(file: Any, data: bytes | memoryview) -> None:
    """A file without a buffer may take a part at a time (a pipe; more than 2 GB)."""
    if not isinstance(file, io.RawIOBase):
        file.write(data)
        return
    left = memoryview(data)
    while left:
        count = file.write(left)
        if count is None:
            raise BlockingIOError(errno.EAGAIN, "save: the file can't take more now; it was opened not to wait")
        left = left[count:]


@contextlib.contextmanager
def atomic_write(path: Any) -> Iterator[IO[bytes]]:
    """A file to write that takes the path's place when all of it is on the disk, and otherwise leaves no trace.

    It is written beside the path as `.name.xxxxxxxx.partial`, keeps the mode (and where that is allowed the owner)
    of the file that it replaces, and is that file's successor, not that file: other hard links keep the old content.
    Of a symbolic link the target is replaced. Pipes, devices and the descriptors in /dev/fd can't be replaced:
    they are written to.

    A partial file is locked as long as its writer lives, so that the next write to the same path can tell
    what a killed one has left, and removes it.
    """
    path = os.fsdecode(path)
    target = _target(path)
    if target is None:
        with open(path, "wb") as file:
            yield file
        return
    folder, name = os.path.split(target)
    before = _replaced(target)
    _remove_leftovers(folder, name)
    temporary, descriptor = _partial(folder, name, before)
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
            if fcntl is not None:
                os.replace(temporary, target)  # while it is locked
        if fcntl is None:
            os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_folder(folder)


def _target(path: str) -> str | None:
    """The path of the file itself, links followed; None if it is no file, or one that somebody holds open."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
    except FileNotFoundError:
        pass  # to be made, maybe where a link points
    path = os.path.abspath(path)
    for _ in range(40):  # as many as the system follows
        folder = os.path.realpath(os.path.dirname(path))
        if folder.startswith("/proc/"):  # /dev/stdout is a link to /proc/self/fd/1, a link to what it was redirected to
            return None
        path = os.path.join(folder, os.path.basename(path))
        if not os.path.islink(path):
            break
        path = os.path.join(folder, os.readlink(path))
    return path


def _replaced(target: str) -> os.stat_result | None:
    """What is known of the file that will be replaced; raises if it may not be written."""
    try:
        descriptor = os.open(target, os.O_WRONLY)
    except FileNotFoundError:
        return None
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _partial(folder: str, name: str, before: os.stat_result | None) -> tuple[str, int]:
    """A new, locked file beside the target: its path and a descriptor."""
    mode = 0o666 if before is None else stat.S_IMODE(before.st_mode) & 0o777
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        path = os.path.join(folder, f"{_stem(folder, name)}{secrets.token_hex(4)}.partial")
        try:
            descriptor = os.open(path, flags, mode)
        except FileExistsError:
            continue
        try:
            if _lock(descriptor, wait=True) and not _is_at(path, descriptor):
                os.close(descriptor)  # another writer took it for a leftover before it was locked
                continue
            if before is not None:
                if hasattr(os, "fchown") and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                    with contextlib.suppress(OSError):
                        os.fchown(descriptor, before.st_uid, before.st_gid)
                if hasattr(os, "fchmod"):  # after the owner, with whom special bits go; without what umask took
                    os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        return path, descriptor


def _stem(folder: str, name: str) -> str:
    """`.name.`, or its beginning if with the rest it would be longer than a name can be."""
    try:
        longest = os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        longest = 255
    most = longest - len("..xxxxxxxx.partial")
    while len(os.fsencode(name)) > most:
        name = name[:-1]
    return f".{name}."


def _remove_leftovers(folder: str, name: str) -> None:
    """Removes the partial files of writers to this name that are no more."""
    if fcntl is None:
        return
    pattern = re.compile(re.escape(_stem(folder, name)) + r"[0-9a-f]{8}\.partial")
    for other in os.listdir(folder):
        if pattern.fullmatch(other):
            with contextlib.suppress(OSError):
                _remove_if_left(os.path.join(folder, other))


def _remove_if_left(path: str) -> None:
    if stat.S_ISREG(os.lstat(path).st_mode):
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            if _lock(descriptor, wait=False):
                os.unlink(path)
        finally:
            os.close(descriptor)


def _lock(descriptor: int, wait: bool) -> bool:
    """Whether the file is now locked: not if another holds it, nor where there are no locks."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_at(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(path, follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sync_folder(folder: str) -> None:
    """The folder's entry, too, has to reach the disk."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that can't
            raise
    finally:
        os.close(descriptor)
