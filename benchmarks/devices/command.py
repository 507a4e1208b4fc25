"""python -m benchmarks devices: CPU against GPU over sizes and batches, and from where on which is faster."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import autograd
from autograd.backend import get_backend

from ..progress import Progress
from .cases import CASES
from .measure import measure
from .report import draw, plan, read, save, show


def parse(arguments: Sequence[str] | None, folder: Path) -> argparse.Namespace:
    """The command line; results go into `folder` unless told otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks devices", description=__doc__)
    parser.add_argument("--devices", nargs="+", help="which, the first to compare with (cpu, and cuda if it is there)")
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="cases whose names or groups hold one of these")
    parser.add_argument("--sizes", nargs="+", type=int, help="other sizes for all cases")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (at least 2)")
    parser.add_argument("--seconds", type=float, default=0.05, help="how long each device runs in a round")
    parser.add_argument(
        "--longest", type=float, default=2.0, help="larger sizes are left out once a call takes so long"
    )
    parser.add_argument("--show", dest="source", type=Path, metavar="FILE", help="shows recorded results")
    parser.add_argument("--picture", type=Path, help="with --show: draws the rooflines into this file")
    parser.add_argument("--out", type=Path, default=folder, help="folder for the results (%(default)s)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None, folder: Path) -> None:
    """Measures, shows and saves; or shows what was saved."""
    options = parse(arguments, folder)
    if options.source is not None:
        try:
            results = read(options.source)
        except (OSError, ValueError) as error:
            raise SystemExit(f"devices: {error}") from None
        show(results)
        if options.picture is not None and not draw(results, options.picture):
            raise SystemExit("devices: --picture needs matplotlib: pip install 'pullback[bench]'")
        return
    cases = [
        case
        for case in CASES
        if not options.only or any(text in part for text in options.only for part in (case.name, case.group))
    ]
    if not cases:
        known = ", ".join(dict.fromkeys(case.group for case in CASES))
        raise SystemExit(f"devices: no case holds {' or '.join(options.only)}; groups are {known}")
    devices = options.devices or ["cpu", *["cuda"] * autograd.cuda.is_available()]
    try:
        for device in devices:
            get_backend(device)
    except RuntimeError as error:
        raise SystemExit(f"devices: {error}") from None
    if options.devices is None and len(devices) == 1:
        print(plan(cases, _reason()))
        return
    if options.sizes:
        cases = [case.at(tuple(sorted(options.sizes))) for case in cases]
    with Progress() as progress:
        results = measure(
            cases,
            devices,
            rounds=max(options.rounds, 2),
            seconds=options.seconds,
            longest=options.longest,
            say=progress.say,
            begin=progress.begin,
            advance=progress.advance,
        )
    show(results)
    for path in save(results, options.out):
        print(path)


def _reason() -> str:
    """Why there is no GPU."""
    try:
        get_backend("cuda")
    except RuntimeError as error:
        return str(error)
    return "only one device was named"
