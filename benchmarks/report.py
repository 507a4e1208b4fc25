"""The results as a table, JSON and a picture."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

import autograd

from .engines import version


def load() -> float | None:
    """How many processes wanted to run in the last minute, where the system tells: ours should be alone."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def machine(threads: int | None = None) -> dict[str, Any]:
    """What it ran on, and with how many threads a step was run."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        processor = names[0] if names else processor
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    )
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "commit": commit.stdout.strip() or None,
        "processor": processor,
        "cores": os.cpu_count(),
        "threads": threads or autograd.get_num_threads(),
        "load": load(),
        "gpu": autograd.cuda.get_device_name() if autograd.cuda.is_available() else None,
        "python": platform.python_version(),
        "numpy": np.__version__,
        **{package: version(package) for package in ("numba", "llvmlite", "torch", "jax")},
    }


def _ratio(row: dict[str, Any], name: str) -> str:
    """A ratio with its quartiles; none where noise made it."""
    if name not in row:
        return ""
    if row.get(f"{name}_noisy"):
        return "noisy"
    return f"{row[name]:.2f} ({row[f'{name}_low']:.2f}-{row[f'{name}_high']:.2f})"


def _cell(row: dict[str, Any] | None) -> str:
    """A median in milliseconds, marked where the quartiles are far apart."""
    return "" if row is None else f"{'~' if row.get('noisy') else ''}{row['median_us'] / 1e3:,.3g}"


def _figure(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _table(title: str, columns: Sequence[str], left: int = 1) -> Table:
    table = Table(title=title)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < left else "right")
    return table


def show(results: dict[str, Any]) -> None:
    """Prints the tables."""
    console = Console(width=150)
    about = results["machine"]
    console.print(f"{about['processor']}, {about['cores']} cores; GPU: {about['gpu'] or 'none'}")
    packages = ("python", "numpy", "numba", "llvmlite", "torch", "jax")
    console.print(", ".join(f"{name} {about[name]}" for name in packages if about.get(name)))
    console.print(f"{about['threads']} threads; load average at the start {about['load']}")
    for device in dict.fromkeys(row["device"] for row in results["steps"]):
        _show_steps(console, device, [row for row in results["steps"] if row["device"] == device])
    if results["operations"]:
        table = _table("Overhead", ("what", "engine", "median"), left=2)
        for row in results["operations"]:
            table.add_row(row["what"], row["engine"], f"{'~' if row.get('noisy') else ''}{row['median_us']:.2f} us")
        for row in results["chains"]:
            table.add_row(
                f"chain of {row['nodes']:,} nodes, a node",
                row["engine"],
                f"{row['record_us']:.2f} us recorded, {row['backward_us']:.2f} us backward",
            )
        console.print(table)


def _show_steps(console: Console, device: str, rows: list[dict[str, Any]]) -> None:
    """Times side by side; then, an engine a line, what is known of each beside its time."""
    engines = list(dict.fromkeys(row["engine"] for row in rows))
    workloads = list(dict.fromkeys((row["workload"], row["batch"]) for row in rows))
    by_engine = {(row["workload"], row["engine"]): row for row in rows}
    ours = [engine for engine in engines if engine.startswith("pullback")]
    table = _table(
        f"Whole Adam steps, float32, {device}: milliseconds (~ quartiles far apart)",
        ["workload", "batch", *engines, *(f"{engine.removeprefix('pullback ')} / fastest peer" for engine in ours)],
    )
    for workload, batch in workloads:
        found = {engine: by_engine.get((workload, engine)) for engine in engines}
        ratios = [_ratio(found[engine] or {}, "ratio") for engine in ours]
        table.add_row(workload, str(batch), *map(_cell, found.values()), *ratios)
    console.print(table)

    busy = any("busy_over_quiet" in row for row in rows)
    columns = ["workload", "engine", "quartiles, ms", "first step, s", "memory, MiB", "GFLOP", "share of ceiling"]
    table = _table(f"The same steps, {device}", columns + ["busy / quiet"] * busy, left=2)
    before = None
    for row in rows:
        table.add_row(
            row["workload"] if row["workload"] != before else "",
            row["engine"],
            f"{row['low_us'] / 1e3:,.3g}-{row['high_us'] / 1e3:,.3g}",
            _figure(row.get("first_s"), ".2f"),
            _figure(row.get("memory_mib"), ",.0f"),
            _figure(row.get("gflop"), ".3g"),
            _figure(row.get("ceiling_share"), ".0%"),
            *[_ratio(row, "busy_over_quiet")] * busy,
        )
        before = row["workload"]
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
    engines = list(dict.fromkeys((row["engine"], row["device"]) for row in results["steps"]))
    figure = Figure(figsize=(15, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[4, 1]) if results["chains"] else (figure.subplots(), None)
    for number, (engine, device) in enumerate(engines):
        rows = {row["workload"]: row for row in results["steps"] if (row["engine"], row["device"]) == (engine, device)}
        places = np.arange(len(workloads)) + 0.8 * (number - (len(engines) - 1) / 2) / len(engines)
        medians = [rows[each]["median_us"] / 1e3 if each in rows else np.nan for each in workloads]
        bars = left.bar(places, medians, 0.75 / len(engines), label=f"{engine}, {device}")
        labels = [_ratio(rows[each], "ratio").partition(" ")[0] if each in rows else "" for each in workloads]
        left.bar_label(bars, labels, fontsize=7)
    left.set_xticks(range(len(workloads)), [each.replace(", ", "\n") for each in workloads], fontsize=8)
    left.set(
        yscale="log", ylabel="milliseconds a step", title="whole Adam steps (labels: time over the fastest peer's)"
    )
    left.legend(fontsize=8)
    if right is not None:
        for engine in dict.fromkeys(row["engine"] for row in results["chains"]):
            rows = [row for row in results["chains"] if row["engine"] == engine]
            times = [row["record_us"] + row["backward_us"] for row in rows]
            right.plot([row["nodes"] for row in rows], times, ".-", label=engine)
        right.set(xscale="log", xlabel="nodes in a chain", ylabel="us a node, forward and backward", ylim=(0, None))
        right.legend(fontsize=8)
    figure.savefig(path, dpi=110)
