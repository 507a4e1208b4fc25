"""Generated files in the formats that published programs read, as torchvision and this engine's readers look for them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np

from tests.helpers import published_data


def mnist(folder: Path, train: int = 256, test: int = 64, name: str = "MNIST") -> None:
    """The four files of MNIST or of one of its likes, unpacked."""
    published_data.write_mnist(folder, train, test, name)
    for path in (folder / name / "raw").glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))


def home(work: Path) -> Path:
    """A home folder of this run's own."""
    os.environ["HOME"] = str(work)
    return work


def enwik8(work: Path, size: int = 95_000_000) -> None:
    """A text of bytes as long as what the scripts split."""
    words = np.random.default_rng(0).integers(97, 123, 40_000, np.uint8)
    words[::6] = 32
    (work / "data").mkdir(exist_ok=True)
    with gzip.open(work / "data" / "enwik8.gz", "wb", compresslevel=1) as file:
        for _ in range(-(-size // words.size)):
            file.write(words.tobytes())


def electricity(path: Path, hours: int = 700) -> None:
    """A table of seven waves by the hour, as ETTh1.csv has."""
    rng, time = np.random.default_rng(0), np.arange(hours)
    waves = np.stack([np.sin(2 * np.pi * time / (6 + 3 * i)) + 0.1 * rng.normal(size=hours) for i in range(7)], 1)
    start = np.datetime64("2020-01-01T00:00:00")
    stamps = [str(start + np.timedelta64(int(hour), "h")).replace("T", " ") for hour in time]
    lines = ["date,HUFL,HULL,MUFL,MULL,LUFL,LULL,OT"]
    lines += [f"{stamp}," + ",".join(f"{value:.5f}" for value in row) for stamp, row in zip(stamps, waves, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
