"""The results as sentences, tables, JSON and a picture."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from .cases import Case
from .compare import sentences
from .measure import EXAMPLE, FORMAT

NEEDED = ("case", "group", "unit", "device", "size", "bytes", "flops", "carried", "median_us", "low_us", "high_us")


def read(path: Path) -> dict[str, Any]:
    """The results in a file; ValueError, saying what is wrong with it, if they are none."""
    try:
        found = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: no JSON ({error})") from error
    if not isinstance(found, dict) or found.get("kind") != "devices":
        raise ValueError(f"{path}: no results of `python -m benchmarks devices`")
    if found.get("format") != FORMAT:
        raise ValueError(f"{path}: results of format {found.get('format')!r}, this reads {FORMAT}; measure again")
    missing = {name for name in ("origin", "machine", "devices", "rows") if name not in found}
    missing |= {name for row in found.get("rows", ()) for name in NEEDED if name not in row}
    missing |= {
        name
        for each in found.get("devices", ())
        for name in ("device", "name", "bandwidth", "peak")
        if name not in each
    }
    if missing:
        raise ValueError(f"{path}: no {', '.join(sorted(missing))} in it")
    return found


def file_name(results: dict[str, Any]) -> str:
    """Of the devices' names: `devices-amd-epyc-and-nvidia-h200`."""
    names = [re.sub(r"[^a-z0-9]+", "-", each["name"].lower()).strip("-") for each in results["devices"]]
    return f"devices-{'-and-'.join(names)}"


def save(results: dict[str, Any], folder: Path) -> list[Path]:
    """Writes the JSON, and the picture where matplotlib is installed, under the devices' names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / f"{file_name(results)}.json"]
    written[0].write_text(json.dumps(results, indent=1) + "\n")
    picture = folder / f"{file_name(results)}.png"
    return [*written, picture] if draw(results, picture) else written


def _rate(row: dict[str, Any]) -> str:
    """How much of what the case is about it did a second."""
    seconds = row["median_us"] / 1e6
    if row["group"] == "training step":
        return f"{row['size'] / seconds:,.0f} samples/s"
    if row["group"] in ("product", "convolution"):
        return f"{row['flops'] / seconds / 1e9:,.3g} GFLOP/s"
    return f"{row['bytes'] / seconds / 1e9:,.3g} GB/s"


def share(row: dict[str, Any], device: dict[str, Any]) -> float | None:
    """The time that the device would need at its ceilings over the time that it took; None of copies, which go through
    neither."""
    if row["group"] == "copy":
        return None
    least = max(row["bytes"] / device["bandwidth"], row["flops"] / device["peak"])
    return float(least / (row["median_us"] / 1e6))


def _tables(results: dict[str, Any]) -> Iterable[Table]:
    devices = {each["device"]: each for each in results["devices"]}
    roofs = Table(title="Ceilings: a triad's bandwidth, a large product's arithmetic, float32")
    for column in ("device", "name", "GB/s", "GFLOP/s"):
        roofs.add_column(column, justify="left" if column in ("device", "name") else "right")
    for each in devices.values():
        roofs.add_row(each["device"], each["name"], f"{each['bandwidth'] / 1e9:,.1f}", f"{each['peak'] / 1e9:,.0f}")
    yield roofs
    for case in dict.fromkeys(row["case"] for row in results["rows"]):
        rows = [row for row in results["rows"] if row["case"] == case]
        table = Table(title=f"{case} (~ quartiles far apart)")
        table.add_column(rows[0]["unit"], justify="right")
        for device in devices:
            for column in (f"{device}, us", "throughput", "of ceiling"):
                table.add_column(column, justify="right")
        for size in dict.fromkeys(row["size"] for row in rows):
            cells = [f"{size:,}"]
            for device, about in devices.items():
                row = next((row for row in rows if row["size"] == size and row["device"] == device), None)
                if row is None:
                    cells += ["", "", ""]
                    continue
                mark = "~" if row.get("noisy") else ""
                part = share(row, about)
                cells += [f"{mark}{row['median_us']:,.4g}", _rate(row), "" if part is None else f"{part:.0%}"]
            table.add_row(*cells)
        yield table


def show(results: dict[str, Any]) -> None:
    """Prints the tables, then what they mean."""
    console = Console(width=130)
    if results["origin"] == EXAMPLE:
        console.print("EXAMPLE, NOT MEASURED: these numbers were made up to show what the tables look like.")
    about = results["machine"]
    if about.get("date"):
        console.print(f"{about['date']}, commit {about.get('commit')}, load average {about.get('load')}")
    for table in _tables(results):
        console.print(table)
    console.print("Shares above 100 % are those of data that lies in a cache.")
    for said in sentences(results):
        console.print(f"- {said}", soft_wrap=True, highlight=False)


def plan(cases: Sequence[Case], reason: str) -> str:
    """What would be measured where there is a second device."""
    lines = [
        f"There is nothing to compare the CPU with: {reason}",
        "On a machine with a GPU this measures there and on the CPU, turn by turn:",
        "- ceilings: the bandwidth of a triad, the arithmetic of large products",
    ]
    for case in cases:
        lines.append(f"- {case.name}: {case.unit} {', '.join(f'{size:,}' for size in case.sizes)}")
    lines += [
        "and says from which size on the GPU is the faster one.",
        "`--show FILE` shows recorded results; `--devices cpu` measures the CPU alone.",
    ]
    return "\n".join(lines)


def draw(results: dict[str, Any], path: Path) -> bool:
    """The roofline of each device with what was measured below it; False where matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    devices = results["devices"]
    figure = Figure(figsize=(6.5 * len(devices), 5), layout="constrained")
    for axes, device in zip(np.atleast_1d(figure.subplots(1, len(devices))), devices, strict=True):
        rows = [row for row in results["rows"] if row["device"] == device["device"] and row["bytes"] and row["flops"]]
        places = [row["flops"] / row["bytes"] for row in rows]
        ridge = device["peak"] / device["bandwidth"]
        x = np.geomspace(min([*places, ridge]) / 4, max([*places, ridge]) * 4, 100)
        axes.plot(x, np.minimum(device["peak"], device["bandwidth"] * x) / 1e9, "k-", linewidth=1)
        for case in dict.fromkeys(row["case"] for row in rows):
            chosen = [row for row in rows if row["case"] == case]
            axes.plot(
                [row["flops"] / row["bytes"] for row in chosen],
                [row["flops"] / (row["median_us"] / 1e6) / 1e9 for row in chosen],
                ".-",
                label=case,
            )
        note = f" ({EXAMPLE})" if results["origin"] == EXAMPLE else ""
        axes.set(
            xscale="log",
            yscale="log",
            xlabel="operations a byte",
            ylabel="GFLOP/s",
            title=f"{device['name']}{note}",
        )
        axes.legend(fontsize=7)
    figure.savefig(path, dpi=110)
    return True
