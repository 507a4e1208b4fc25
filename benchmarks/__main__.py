"""python -m benchmarks: whole training steps and overheads of this engine beside its peers, each in its own process.

`python -m benchmarks devices` compares the CPU with a GPU instead.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import autograd

from . import engines
from .devices import command as devices
from .overhead import measured
from .progress import Progress
from .report import machine, save, show
from .steps import measure
from .timing import PAUSE
from .workloads import WORKLOADS


def default_folder() -> Path:
    """Where results go unless told: outside the source tree, where caches of programs lie."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pullback" / "benchmarks"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """All measurements, as plain data."""
    chosen = [workload for workload in WORKLOADS if not options.only or any(o in workload.name for o in options.only)]
    results: dict[str, Any] = {"machine": machine(options.threads), "steps": [], "operations": [], "chains": []}
    devices = ["cpu", "cuda"] if autograd.cuda.is_available() else ["cpu"]
    with Progress() as progress:
        for device in devices:
            found = [
                name
                for name in engines.names(device)
                if options.peers is None or name in engines.OURS or name in options.peers
            ]
            results["steps"] += measure(
                chosen,
                found,
                device=device,
                rounds=max(options.rounds, 2),
                seconds=options.seconds,
                busy=options.busy,
                batch=options.batch,
                threads=options.threads,
                progress=progress,
            )
            for name in found if not options.only else ():
                if "eager" in name:
                    progress.say(f"{name}: overhead")
                    time.sleep(PAUSE)
                    figures = measured(name, device, options.rounds)
                    results["operations"] += figures["operations"]
                    results["chains"] += figures["chains"]
    return results


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds (at least 2)")
    parser.add_argument("--seconds", type=float, default=0.2, help="how long each candidate runs in a round")
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="workloads whose names hold one of these")
    parser.add_argument("--peers", nargs="*", choices=engines.PEERS, help="beside which (all that are installed; none)")
    parser.add_argument("--busy", action="store_true", help="also beside one busy process")
    parser.add_argument("--threads", type=int, help="threads of each engine (by default its own choice)")
    parser.add_argument("--batch", type=int, help="another batch size for all workloads")
    parser.add_argument("--out", type=Path, default=default_folder(), help="folder for the results (%(default)s)")
    parser.add_argument("--name", default="latest", help="name of the JSON and the picture")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, shows and saves."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["devices"]:
        devices.main(given[1:], default_folder())
        return
    options = parse(given)
    results = run(options)
    show(results)
    for path in save(results, options.out, options.name):
        print(path)


if __name__ == "__main__":
    main()
