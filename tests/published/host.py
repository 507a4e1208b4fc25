"""Runs programs of one repository on one engine, each in a process of its own, forked after the imports.

python tests/published/host.py CLONE REPOSITORY RESULTS single|double NAME ...
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pickle
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tests.published import stand_ins
from tests.published.program import Program, Repository
from tests.published.record import Record


def outcome(program: Program, root: Path) -> dict[str, Any]:
    """What a run gives: its results, or what it raised and where."""
    import torch

    record, printed = Record(), io.StringIO()
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(0)
    started = time.monotonic()
    found: dict[str, Any] = {"error": ""}
    assert program.run is not None
    try:
        with contextlib.redirect_stdout(printed):
            program.run(root, record)
    except BaseException as error:  # whatever a program raises is its result
        trace = traceback.extract_tb(error.__traceback__)
        found["error"] = f"{type(error).__name__}: {error}"[:600]
        found["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.line}" for frame in trace[-4:]]
    if not record.values and not found["error"]:
        numbers = re.findall(r"-?\d+\.\d+(?:e[-+]\d+)?", printed.getvalue())
        record.note("printed", np.array([float(number) for number in numbers[:2000]]))
    return {**found, "values": record.values, "seconds": round(time.monotonic() - started, 2)}


def run(program: Program, root: Path, target: Path, limit: float) -> None:
    """Forks; the child writes what it found. A child over its time is killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setsid()
            with tempfile.TemporaryDirectory() as parent:
                work = Path(parent) / "work"
                work.mkdir()
                os.chdir(work)
                found = outcome(program, root)
                target.write_bytes(pickle.dumps(found))
                os.chdir("/")
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)
    deadline, done = time.monotonic() + limit, 0
    while not done and time.monotonic() < deadline:
        time.sleep(0.02)
        done, status = os.waitpid(child, os.WNOHANG)
    if not done:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        target.write_bytes(pickle.dumps({"error": f"runs longer than {limit:g} s", "values": {}, "seconds": 0}))
    elif status and not target.exists():
        target.write_bytes(pickle.dumps({"error": f"the process dies of {status}", "values": {}, "seconds": 0}))


def serve(repository: Repository, root: Path, results: Path, names: list[str], slower: float = 1.0) -> None:
    """Imports what the programs share, then runs those named."""
    import torch

    torch.set_num_threads(1)
    sys.path[:0] = [str(root / folder) for folder in repository.folders]
    stand_ins.install(repository.stand_ins)
    warnings.simplefilter("ignore")
    for name in ("torch._dynamo", *repository.imports):
        with contextlib.suppress(BaseException):  # each program then meets the same error, and reports it
            importlib.import_module(name)
    programs = {program.name: program for program in repository.programs}
    for number, name in enumerate(names):
        run(programs[name], root, results / f"{number}.pickle", slower * programs[name].limit)


def main() -> None:
    """Runs the programs named on the command line."""
    import torch

    from tests.published.rows import REPOSITORIES

    root, name, results, precision, *names = sys.argv[1:]
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder) != own]
    os.environ.update(MPLBACKEND="Agg", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    if torch.__name__ == "torch":
        stand_ins.vision_without_its_library()
    if precision == "double":
        torch.set_default_dtype(torch.float64)
        for kind in (torch.Tensor, torch.nn.Module):  # what asks for single precision, too
            kind.float = kind.double  # type: ignore[attr-defined]
        torch.cfloat = torch.cdouble
    repository = next(each for each in REPOSITORIES if each.name == name)
    serve(repository, Path(root), Path(results), names, slower=2.0 if precision == "double" else 1.0)


if __name__ == "__main__":
    main()
