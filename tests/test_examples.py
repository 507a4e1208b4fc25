"""The examples learn what they promise."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _main(name: str):  # type: ignore[no-untyped-def]
    return runpy.run_path(str(ROOT / "examples" / f"{name}.py"))["main"]


def test_digits_are_learned_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str], device) -> None:
    """At least 98 % of the held-out digits, the same numbers for the same seed, a picture."""
    for needed in ("sklearn", "matplotlib", "tqdm"):
        pytest.importorskip(needed)
    if device not in ("cpu", "cuda"):
        pytest.skip("the whole example runs on real devices")
    main = _main("digits")
    arguments = ["--device", str(device), "--out", str(tmp_path / "digits.png")]
    assert main(arguments) >= 0.98
    assert (tmp_path / "digits.png").stat().st_size > 10_000
    capsys.readouterr()
    outputs = []
    for _ in range(2):
        main([*arguments, "--epochs", "2"])
        outputs.append([line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch")])
    assert len(outputs[0]) == 2
    if device == "cpu":
        assert outputs[0] == outputs[1]


@pytest.mark.cpu_only
def test_digits_on_a_device_that_is_missing() -> None:
    pytest.importorskip("sklearn")
    run = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "digits.py"), "--device", "abacus"], capture_output=True, text=True
    )
    assert run.returncode == 2
    assert "no backend is registered for device 'abacus'" in run.stderr
