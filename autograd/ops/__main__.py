"""`python -m autograd.ops` lists every primitive and public function; with names, where these and their rules stand."""

from __future__ import annotations

import sys

from .table import describe, describe_function, describe_primitive, primitives, public_functions


def main(names: list[str]) -> int:
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
