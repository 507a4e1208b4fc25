"""`python -m autograd.ops` lists every primitive and public function; with names, where these and their rules stand.

With `--write`, what follows from the definitions is written down anew: the names of `autograd` and of the modules below
it, and the signatures of the methods of tensors.
"""

from __future__ import annotations

import sys

from .faces import write
from .table import describe, describe_function, describe_primitive, primitives, public_functions


def main(names: list[str]) -> int:
    if names == ["--write"]:
        print("\n".join(write()) or "nothing has changed")
        return 0
    if not names:
        print("\n".join(describe_primitive(key, primitive) for key, primitive in primitives().items()))
        print("\n".join(describe_function(name, function) for name, function in public_functions().items()))
        return 0
    for name in names:
        try:
            print(describe(name))
        except LookupError as error:
            print(error.args[0], file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
