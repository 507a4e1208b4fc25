"""`python -m autograd script.py ...` runs a script written for torch on this engine, as it stands.

Its random numbers on the CPU are torch's, and the files that torch.save writes.
"""

from __future__ import annotations

import code
import os
import platform
import runpy
import sys
from types import ModuleType, TracebackType

from autograd.version import __version__
from torchlike.program import begin

USAGE = """usage: python -m autograd [-c code | -m module | script.py | -] [arguments]

Runs a program written for torch on this engine, as Python runs it: a script, a folder or zip file with a
__main__.py, a module (-m), a line of code (-c), or what comes from the standard input (-, or nothing).
"""


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A traceback that begins in the program, as Python's."""
    while trace is not None and trace.tb_frame.f_code.co_filename in (__file__, runpy.__file__, "<frozen runpy>"):
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)


def _run_text(text: str, name: str) -> None:
    """Runs a program that is in no file."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    exec(compile(text, name, "exec"), module.__dict__)


def _refuse(message: str) -> None:
    """Ends as Python ends when its command line is wrong."""
    sys.stderr.write(message)
    sys.exit(2)


def main() -> None:
    """Runs what the command line names, with the other arguments."""
    first, *others = sys.argv[1:] or ["-"]
    if first in ("-h", "--help"):
        sys.stdout.write(USAGE)
        return
    if first in ("-V", "--version"):
        sys.stdout.write(f"pullback {__version__}, Python {platform.python_version()}\n")
        return
    if first in ("-c", "-m") and not others:
        _refuse(f"Argument expected for the {first} option\n{USAGE}")
    if first.startswith("-") and first not in ("-", "-c", "-m"):
        _refuse(f"Unknown option: {first}\n{USAGE}")
    sys.excepthook = _show
    begin()
    if first == "-m":
        sys.argv = others
        sys.path[0] = os.getcwd()
        runpy.run_module(others[0], run_name="__main__", alter_sys=True)
    elif first == "-c":
        sys.argv = ["-c", *others[1:]]
        sys.path[0] = ""
        _run_text(others[0], "<string>")
    elif first == "-":
        sys.argv = sys.argv[1:] or [""]
        sys.path[0] = ""
        if sys.stdin.isatty():
            code.interact(local={"__name__": "__main__"})
        else:
            _run_text(sys.stdin.read(), "<stdin>")
    else:
        _run_file(first)


def _run_file(path: str) -> None:
    """Runs a script, or the __main__.py of a folder or zip file."""
    if not os.path.exists(path):
        _refuse(f"{sys.executable}: can't open file {os.path.abspath(path)!r}: [Errno 2] No such file or directory\n")
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.realpath(path))  # run_path puts a folder or zip file itself before it
    runpy.run_path(path, run_name="__main__")


if __name__ == "__main__":
    main()
