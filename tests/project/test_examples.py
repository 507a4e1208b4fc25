"""The examples learn what they promise."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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


def test_char_gpt_learns_and_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], device
) -> None:
    for needed in ("tqdm", "safetensors"):
        pytest.importorskip(needed)
    if device not in ("cpu", "cuda"):
        pytest.skip("the whole example runs on real devices")
    main = _main("char_gpt")
    small = [
        "--steps",
        "40",
        "--batch",
        "8",
        "--length",
        "16",
        "--layers",
        "1",
        "--width",
        "32",
        "--device",
        str(device),
    ]
    before, after = main(small)
    assert after < 3.9 < 4.4 < before
    broken = [*small, "--checkpoint", str(tmp_path / "run"), "--every", "10"]
    with pytest.MonkeyPatch.context() as patch:  # the power fails after 20 steps
        import autograd

        written = []
        save = autograd.save_checkpoint

        def failing(*args: object, **parts: object) -> None:
            save(*args, **parts)
            written.append(parts["steps"])
            if len(written) == 2:
                raise KeyboardInterrupt

        patch.setattr(autograd, "save_checkpoint", failing)
        with pytest.raises(KeyboardInterrupt):
            main(broken)
    capsys.readouterr()
    resumed = main(broken)
    assert "going on from step 20" in capsys.readouterr().out
    if device == "cpu":
        assert resumed == (before, after)


@pytest.mark.parametrize("plain", [False, True])
def test_cifar_resnet_runs_on_files_in_the_real_format(plain: bool, tmp_path: Path, device) -> None:
    """Colours stand for classes here: a few epochs tell some of them apart."""
    for needed in ("PIL", "safetensors"):
        pytest.importorskip(needed)
    if device not in ("cpu", "cuda"):
        pytest.skip("the whole example runs on real devices")
    from tests.helpers import published_data

    published_data.write_cifar10(tmp_path, 40, binary=plain)
    arguments = ["--data", str(tmp_path), "--depth", "8", "--batch", "20", "--workers", "0", "--device", str(device)]
    arguments += ["--plain"] if plain else ["--checkpoint", str(tmp_path / "run")]
    main = _main("cifar_resnet")
    assert main([*arguments, "--epochs", "3"]) >= 0.2
    if not plain:
        assert main([*arguments, "--epochs", "3"]) == 0.0  # all three epochs are in the checkpoint


def test_transfer_beats_pixels_and_random_features(tmp_path: Path, capsys: pytest.CaptureFixture[str], device) -> None:
    for needed in ("sklearn", "safetensors"):
        pytest.importorskip(needed)
    if device not in ("cpu", "cuda"):
        pytest.skip("the whole example runs on real devices")
    main = _main("transfer")
    arguments = ["--weights", str(tmp_path / "weights.safetensors"), "--epochs", "6", "--device", str(device)]
    first = main(arguments)
    learned = first["features learned from 0 to 4"]
    assert learned > first["raw pixels"] + 0.1
    assert learned > first["features of random weights"]
    assert (tmp_path / "weights.safetensors").exists()
    capsys.readouterr()
    main([*arguments, "--seed", "1"])
    assert "weights from" in capsys.readouterr().out
