"""The results as a table, JSON and a picture."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import autograd

from .engines import torch_version


def load() -> float | None:
    """How many processes wanted to run in the last minute, where the system tells: ours should be alone."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """What it ran on."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        processor = names[0] if names else processor
    try:
        import numba

        numba_version = numba.__version__
    except ImportError:
        numba_version = None
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    )
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit.stdout.strip() or None,
        "processor": processor,
        "cores": os.cpu_count(),
        "threads": autograd.get_num_threads(),
        "load": load(),
        "gpu": autograd.cuda.get_device_name() if autograd.cuda.is_available() else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba_version,
        "torch": torch_version(),
    }


def _ratio(row: dict[str, Any], name: str) -> str:
    """A ratio with its quartiles; none where noise made it."""
    if name not in row:
        return ""
    if row.get(f"{name}_noisy"):
        return "noisy"
    return f"{row[name]:.2f} ({row[f'{name}_low']:.2f}-{row[f'{name}_high']:.2f})"


def show(results: dict[str, Any]) -> None:
    """Prints the tables."""
    console = Console(width=130)
    about = results["machine"]
    console.print(f"{about['processor']}, {about['cores']} cores; GPU: {about['gpu'] or 'none'}")
    console.print(", ".join(f"{name} {about[name]}" for name in ("python", "numpy", "numba", "torch")))

    console.print(f"{about['threads']} threads; load average at the start {about['load']}")

    busy = any("busy_over_quiet" in row for row in results["steps"])
    table = Table(title="Whole Adam steps, float32 (~ quartiles far apart)")
    columns = ["workload", "engine", "median", "quartiles", "time / PyTorch's", "target"]
    for column in [*columns, "busy / quiet"] if busy else columns:
        table.add_column(column, justify="left" if column in ("workload", "engine") else "right")
    before = None
    for row in results["steps"]:
        cells = [
            row["workload"] if row["workload"] != before else "",
            row["engine"],
            f"{'~' if row.get('noisy') else ''}{row['median_us']:,.0f} us",
            f"{row['low_us']:,.0f}-{row['high_us']:,.0f}",
            _ratio(row, "ratio"),
            f"{row['target']}" if row.get("target") else "",
        ]
        table.add_row(*cells, *[_ratio(row, "busy_over_quiet")] * busy)
        before = row["workload"]
    console.print(table)

    table = Table(title="Overhead")
    for column in ("what", "engine", "median"):
        table.add_column(column, justify="right" if column == "median" else "left")
    for row in results["operations"]:
        table.add_row(row["what"], row["engine"], f"{'~' if row.get('noisy') else ''}{row['median_us']:.2f} us")
    for row in results["chains"]:
        table.add_row(
            f"chain of {row['nodes']:,} nodes, a node",
            row["engine"],
            f"{row['record_us']:.2f} us recorded, {row['backward_us']:.2f} us backward",
        )
    console.print(table)


def save(results: dict[str, Any], folder: Path, name: str) -> list[Path]:
    """Writes NAME.json and NAME.png."""
    folder.mkdir(parents=True, exist_ok=True)
    data, picture = folder / f"{name}.json", folder / f"{name}.png"
    data.write_text(json.dumps(results, indent=1) + "\n")
    _draw(results, picture)
    return [data, picture]


def _draw(results: dict[str, Any], path: Path) -> None:
    from matplotlib.figure import Figure

    workloads = list(dict.fromkeys(row["workload"] for row in results["steps"]))
    engines = list(dict.fromkeys(row["engine"] for row in results["steps"]))
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[2, 1])
    for number, engine in enumerate(engines):
        rows = {row["workload"]: row for row in results["steps"] if row["engine"] == engine}
        places = np.arange(len(workloads)) + 0.8 * (number - (len(engines) - 1) / 2) / len(engines)
        medians = [rows[each]["median_us"] if each in rows else np.nan for each in workloads]
        bars = left.bar(places, medians, 0.75 / len(engines), label=engine)
        labels = [_ratio(rows[each], "ratio").partition(" ")[0] if each in rows else "" for each in workloads]
        left.bar_label(bars, labels, fontsize=7)
    left.set_xticks(range(len(workloads)), [each.replace(", ", "\n") for each in workloads], fontsize=8)
    left.set(yscale="log", ylabel="us a step", title="whole Adam steps (labels: time over PyTorch's)")
    left.legend(fontsize=8)
    for engine in dict.fromkeys(row["engine"] for row in results["chains"]):
        rows = [row for row in results["chains"] if row["engine"] == engine]
        right.plot([r["nodes"] for r in rows], [r["record_us"] + r["backward_us"] for r in rows], ".-", label=engine)
    right.set(xscale="log", xlabel="nodes in a chain", ylabel="us a node, forward and backward", ylim=(0, None))
    right.legend(fontsize=8)
    figure.savefig(path, dpi=110)
