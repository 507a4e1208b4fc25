"""Where save writes: nothing is replaced that can't be, nothing is left behind, whoever else is at work."""

from __future__ import annotations

import io
import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import autograd
from autograd.serialization.writing import _target, atomic_write

pytest.importorskip("safetensors", reason="weights are files of the safetensors package")
pytestmark = [pytest.mark.cpu_only, pytest.mark.skipif(os.name != "posix", reason="links, modes and locks of Unix")]

ROOT = Path(__file__).parents[2]
VALUE = {"x": autograd.ones(3, device="cpu")}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def is_whole(path: Path) -> bool:
    return autograd.load(path)["x"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("target", ["file", "elsewhere/file", "missing"])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_links_target_is_replaced(target: str, absolute: bool, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    if target != "missing":
        (tmp_path / target).write_bytes(b"old")
    (tmp_path / "latest").symlink_to(tmp_path / target if absolute else target)
    (tmp_path / "again").symlink_to("latest")
    autograd.save(VALUE, tmp_path / "again")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "again").is_symlink()
    assert not (tmp_path / target).is_symlink()
    assert is_whole(tmp_path / target)
    assert names(tmp_path) == sorted({"latest", "again", "elsewhere", target.split("/")[0]})


def test_links_in_a_circle_and_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        autograd.save(VALUE, tmp_path / "a")
    with pytest.raises(IsADirectoryError):
        autograd.save(VALUE, tmp_path)
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_the_mode_is_kept(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    autograd.save(VALUE, path)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    before = os.umask(0o027)
    try:
        autograd.save(VALUE, tmp_path / "new")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "file").chmod(0o444)
    with pytest.raises(PermissionError):
        autograd.save(VALUE, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_another_hard_link_keeps_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    os.link(tmp_path / "file", tmp_path / "other")
    autograd.save(VALUE, tmp_path / "file")
    assert is_whole(tmp_path / "file")
    assert (tmp_path / "other").read_bytes() == b"old"


def test_pipes_are_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    autograd.save({"x": autograd.ones(3), "more": autograd.zeros(100_000)}, tmp_path / "pipe")
    reader.join(30)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert autograd.load(io.BytesIO(found[0]))["more"].shape == (100_000,)
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(found[0]))
    writer.start()
    assert is_whole(tmp_path / "pipe")
    writer.join(30)


def test_devices_and_open_files_are_not_replaced(tmp_path: Path) -> None:
    """Asked, not tried: where the tests run as root a save that got it wrong would replace the machine's own."""
    for name in ("/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        if os.path.exists(name):
            (tmp_path / "link").unlink(missing_ok=True)
            (tmp_path / "link").symlink_to(name)
            assert _target(name) is None
            assert _target(str(tmp_path / "link")) is None
    assert _target("/dev/shm/file") == os.path.realpath("/dev/shm/file")


@pytest.mark.parametrize("to", ["pipe", "file"])
@pytest.mark.skipif(not os.path.exists("/proc/self/fd/1"), reason="no /proc/self/fd")
def test_standard_output_is_written_to(to: str, tmp_path: Path) -> None:
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")  # what /dev/stdout is
    program = "import autograd, sys; autograd.save({'x': autograd.ones(3)}, sys.argv[1]); print('end')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with open(tmp_path / "out", "wb") as file:
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "stdout")],
            stdout=subprocess.PIPE if to == "pipe" else file,
            env=environment,
            check=True,
        )
    assert names(tmp_path) == ["out", "stdout"]
    assert (tmp_path / "stdout").is_symlink()
    if to == "pipe":
        assert done.stdout.endswith(b"end\n")
        assert autograd.load(io.BytesIO(done.stdout.removesuffix(b"end\n")))["x"].tolist() == [1, 1, 1]
    else:  # as with torch, what was written there later begins at the file's start
        assert (tmp_path / "out").read_bytes().startswith(b"end\n")


def test_a_file_that_takes_a_part_at_a_time(tmp_path: Path) -> None:
    class Slow(io.RawIOBase):
        taken = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:  # type: ignore[no-untyped-def, override]
            self.taken += bytes(data[:7])
            return min(7, len(data))

    slow = Slow()
    autograd.save(VALUE, slow)
    assert autograd.load(io.BytesIO(slow.taken))["x"].tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "n" * 236, "a b\n*?[x]", b"bytes"])
def test_names_as_long_as_the_file_system_allows(name: str | bytes, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), name) if isinstance(name, bytes) else tmp_path / name
    for _ in range(2):
        autograd.save(VALUE, path)
    assert is_whole(path)  # type: ignore[arg-type]
    assert [os.fsencode(each) for each in names(tmp_path)] == [os.fsencode(name)]


def test_a_relative_path_and_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    autograd.save(VALUE, "file")
    assert is_whole(tmp_path / "file")


KILLED = """
import os, sys, autograd
value = {"x": autograd.ones(3), "more": autograd.zeros(1_000_000)}
for _ in sys.stdin:  # at each line a child that saves until it is killed
    child = os.fork()
    while child == 0:
        autograd.save(value, sys.argv[1])
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


def test_killed_saves_leave_nothing_after_the_next(sweep: Callable[[int, int, int], int], tmp_path: Path) -> None:
    rng = random.Random(0)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "file")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        bufsize=0,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for _ in range(sweep(30, 100, 500)):
        process.stdin.write(b"\n")
        child = int(process.stdout.readline())
        time.sleep(0.02 + 0.05 * rng.random())
        os.kill(child, signal.SIGKILL)
        assert process.stdout.readline() == b"dead\n"
        assert not (tmp_path / "file").exists() or is_whole(tmp_path / "file")
        assert len(names(tmp_path)) <= 2  # the file and what the last one left
    process.stdin.close()
    process.wait(30)
    process.stdout.close()
    # As one that was killed leaves it, and files that only look alike.
    (tmp_path / ".file.0123abcd.partial").write_bytes(b"half")
    others = [
        ".file.0123abc.partial",
        ".file.other.0123abcd.partial",
        ".other.0123abcd.partial",
        "file.0123abcd.partial",
    ]
    for each in others:
        (tmp_path / each).write_bytes(b"kept")
    autograd.save(VALUE, tmp_path / "file")
    assert names(tmp_path) == sorted(["file", *others])
    assert is_whole(tmp_path / "file")


def test_a_living_writers_file_is_left_alone(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "file") as file:
        file.write(b"the first begins, ")
        autograd.save(VALUE, tmp_path / "file")
        assert is_whole(tmp_path / "file")
        file.write(b"and ends last")
    assert (tmp_path / "file").read_bytes() == b"the first begins, and ends last"
    assert names(tmp_path) == ["file"]


def test_many_writers_at_once(sweep: Callable[[int, int, int], int], tmp_path: Path) -> None:
    path, rounds = tmp_path / "file", sweep(40, 100, 500)
    failed: list[BaseException] = []
    autograd.save(VALUE, path)

    def work() -> None:
        try:
            for _ in range(rounds):
                autograd.save(VALUE, path)
                assert is_whole(path)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed, failed
    assert names(tmp_path) == ["file"]
