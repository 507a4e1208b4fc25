"""One other process that keeps a processor busy: what a machine that is used for other things looks like."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Python and NumPy on one thread. It ends when its input does, so also if the benchmark is killed; of Ctrl-C, which
# reaches both, it hears nothing.
SPIN = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.SIG_IGN)
import numpy as np
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
print("spinning", flush=True)
x = np.ones((64, 64), np.float32)
while True:
    sum(range(1000))
    x @ x
"""


@contextmanager
def busy_process() -> Iterator[subprocess.Popen[bytes]]:
    """Runs beside what stands in the `with`, and has ended after it."""
    alone = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    process = subprocess.Popen(
        [sys.executable, "-c", SPIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **alone}
    )
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError("the busy process did not start")
        yield process
    finally:
        process.kill()
        process.communicate()
