"""`python -m autograd script.py ...` runs a script written for torch on this engine, as it stands.

Its random numbers on the CPU are torch's.
"""

from __future__ import annotations

import os
import runpy
import sys

from autograd.ops.torch_random import use_torch_random
from torchlike.aliases import torch_names


def main() -> None:
    """Runs the script named first on the command line, with the other arguments."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit("usage: python -m autograd script.py [arguments of the script]")
    script = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    use_torch_random()
    with torch_names():
        runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
