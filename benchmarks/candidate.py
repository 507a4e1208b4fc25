"""A candidate as the benchmark sees it: another process that is told when to run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self


class CandidateError(RuntimeError):
    """A candidate could not run; the message has the last lines that it wrote."""


class Candidate:
    """A worker process. Between its rounds it waits on its input and does nothing.

    `first` are its first step's figures, or None for a workload that the engine does not have.
    """

    def __init__(
        self, engine: str, device: str, workload: str, *, batch: int | None = None, threads: int | None = None
    ) -> None:
        self.engine, self.device, self.workload = engine, device, workload
        command = [sys.executable, "-m", "benchmarks.worker", engine, device, workload]
        environment = dict(os.environ)
        if batch is not None:
            command += ["--batch", str(batch)]
        if threads is not None:
            command += ["--threads", str(threads)]
            for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
                environment[variable] = str(threads)
            environment["XLA_FLAGS"] = " ".join(
                [environment.get("XLA_FLAGS", ""), f"--xla_cpu_multi_thread_eigen={str(threads > 1).lower()}"]
            ).strip()
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a pipe that nobody reads would fill; closed below
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=environment,
            cwd=Path(__file__).parents[1],
        )
        try:
            answer = self._answer()
        except BaseException:
            self.close()
            raise
        self.first = None if "missing" in answer else answer

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            last = "\n".join(self._errors.read().strip().splitlines()[-5:])
            raise CandidateError(f"{self.engine} ({self.device}), {self.workload}: {last}")
        found: dict[str, Any] = json.loads(line)
        return found

    def run(self, calls: int) -> float:
        """Seconds a step, over so many."""
        assert self._process.stdin is not None
        print(json.dumps({"calls": calls}), file=self._process.stdin, flush=True)
        return float(self._answer()["seconds"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()
