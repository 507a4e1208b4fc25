"""Runs published programs on PyTorch and here, writes `results.json` and prints a table."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.helpers.torch_random import OF_MKL, chances_are_of_words
from tests.published.compare import verdict
from tests.published.program import Program, Repository
from tests.published.rows import REPOSITORIES

RESULTS = Path(__file__).parent / "results.json"
HOST = Path(__file__).parent / "host.py"
ENGINES = {"torch": [], "autograd": ["-m", "autograd"]}  # what stands between Python and a script
NOTHING: dict[str, Any] = {"error": "", "values": {}, "seconds": 0.0}
KINDS = ("agrees", "differs", "raises", "torch does not run it", "left out")


def find(folder: Path, name: str) -> Path | None:
    """The clone of a repository: a folder of its name, or of its owner's and its."""
    found = [path for path in sorted(folder.iterdir()) if re.split(r"[+_]", path.name)[-1] == name]
    return found[0] if found else None


def outcomes(
    engine: str, repository: Repository, root: Path, programs: list[Program], precision: str = "single"
) -> dict[str, Any]:
    """What each program gives on an engine, by its name, with numbers of this precision where it asks for none."""
    if not programs:
        return {}
    with tempfile.TemporaryDirectory() as results:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
        environment["PYTHONHASHSEED"] = "0"  # a set of words, which a vocabulary is made of, has one order
        names = [program.name for program in programs]
        command = [sys.executable, *ENGINES[engine], str(HOST), str(root), repository.name, results]
        command += [precision, *names]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        found = {}
        for number, name in enumerate(names):
            path = Path(results) / f"{number}.pickle"
            missing = {"error": f"no result: {done.stderr[-300:]}", "values": {}, "seconds": 0}
            found[name] = pickle.loads(path.read_bytes()) if path.exists() else missing
        return found


def judge(ours: dict[str, Any], theirs: dict[str, Any], precision: str = "single") -> dict[str, Any]:
    """The verdict on one program that ran in this precision."""
    seconds = {"torch": theirs["seconds"], "here": ours["seconds"]}
    if theirs["error"]:
        where = theirs.get("where", [])
        return {"result": "torch does not run it", "why": theirs["error"], "where": where}
    if not theirs["values"]:
        return {"result": "torch does not run it", "why": "nothing is computed that could be compared"}
    if ours["error"]:
        return {"result": "raises", "why": ours["error"], "where": ours.get("where", []), "seconds": seconds}
    agrees, error, name = verdict(ours["values"], theirs["values"], precision)
    error = min(error, 1e30)
    if agrees:
        return {
            "result": "agrees",
            "error": float(f"{error:.1e}"),
            "compared": len(theirs["values"]),
            "seconds": seconds,
        }
    return {"result": "differs", "error": float(f"{error:.1e}"), "why": name, "seconds": seconds}


def verdicts(repository: Repository, root: Path, programs: list[Program]) -> dict[str, dict[str, Any]]:
    """The verdict on each program, by name.

    What differs in single precision runs once more in double. Where a rounding decides, on which side of a kink an
    element lies or which of two codes is nearer, the engines then agree to many digits; where one of them errs they do
    not.
    """
    found: dict[str, dict[str, Any]] = {
        each.name: {"result": "left out", "why": each.left_out} for each in programs if each.run is None
    }
    found |= _judged(repository, root, [each for each in programs if each.run is not None], "single")
    differing = [each for each in programs if found[each.name]["result"] == "differs"]
    for name, again in _judged(repository, root, differing, "double").items():
        if again["result"] == "agrees":
            found[name] = {**again, "precision": "double", "single": {"error": found[name]["error"]}}
    return found


def _judged(repository: Repository, root: Path, runs: list[Program], precision: str) -> dict[str, dict[str, Any]]:
    theirs = outcomes("torch", repository, root, runs, precision)
    ours = outcomes("autograd", repository, root, [x for x in runs if not theirs[x.name]["error"]], precision)
    return {each.name: judge(ours.get(each.name, NOTHING), theirs[each.name], precision) for each in runs}


def run(folder: Path, only: str = "") -> dict[str, dict[str, Any]]:
    """The verdicts by repository and program, of those whose `repository/program` contains `only`."""
    found: dict[str, dict[str, Any]] = {}
    for repository in REPOSITORIES:
        root = find(folder, repository.name)
        chosen = [each for each in repository.programs if only in f"{repository.name}/{each.name}"]
        if root is not None and chosen:
            found[repository.name] = verdicts(repository, root, chosen)
            print(line(repository.name, found[repository.name]), flush=True)
    return found


def line(name: str, rows: dict[str, Any]) -> str:
    """A row of the table."""
    count = Counter(row["result"] for row in rows.values())
    return f"{name:28}" + "".join(f"{count[kind]:8}" for kind in KINDS)


def share(found: dict[str, dict[str, Any]]) -> str:
    """How many of the programs that PyTorch runs agree."""
    count = Counter(row["result"] for rows in found.values() for row in rows.values())
    total = count["agrees"] + count["differs"] + count["raises"]
    return f"{count['agrees']} of {total} that PyTorch runs agree ({100 * count['agrees'] / max(total, 1):.1f} %)"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.published", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the clones are")
    parser.add_argument("--only", default="", help="a part of repository/program")
    given = parser.parse_args()
    print(f"{'':28}" + "".join(f"{kind.split()[0]:>8}" for kind in KINDS))
    found = run(given.folder.resolve(), given.only)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name, rows in found.items():
        kept.setdefault(name, {}).update(rows)
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    for name, rows in found.items():
        for program, row in sorted(rows.items()):
            if row["result"] in ("differs", "raises", "torch does not run it"):
                print(f"{name}/{program}: {row['result']}: {row.get('error', '')} {row['why'][:150]}")
    print(share(found))
    if not chances_are_of_words():
        print(f"{OF_MKL}: where there is dropout, other elements are dropped here")


if __name__ == "__main__":
    main()
