"""What is distributed: the sdist is the whole repository, the wheel every package and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_INSTALLED = ("benchmarks", "examples", "notebooks", "tests")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_{}(sys.argv[1])"

pytestmark = pytest.mark.cpu_only


def tracked() -> list[str]:
    """The files of the repository."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: nothing says which files belong to it")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


def run(*arguments: str, folder: Path, **environment: str) -> None:
    made = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it, both without network."""
    pytest.importorskip("setuptools", "77", reason="setuptools, the build backend, is not installed")
    source, folder = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("dist")
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    run("-c", BUILD.format("sdist"), str(folder), folder=source)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    run("-c", BUILD.format("wheel"), str(folder), folder=folder / archive.name.removesuffix(".tar.gz"))
    return folder


def test_the_sdist_is_the_whole_repository(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    missing = set(tracked()) - names
    assert not missing, f"MANIFEST.in leaves out {sorted(missing)}"


def test_the_wheel_has_every_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    folders = {str(Path(name).parent) for name in tracked() if Path(name).name == "__init__.py"}
    packages = {folder for folder in folders if not folder.startswith(NOT_INSTALLED)}
    assert {"autograd", "nn/models", "optim"} <= packages
    expected = {name for name in tracked() if str(Path(name).parent) in packages}
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == expected
    assert any(name.endswith("/licenses/LICENSE") for name in about)


def test_the_wheel_works_without_the_repository(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = (
        "import autograd, nn.models, optim; from pathlib import Path\n"
        f"assert Path(autograd.__file__).is_relative_to({str(tmp_path)!r})\n"
        "model = nn.models.resnet18(num_classes=2)\n"
        "optim.Adam(model.parameters())\n"
    )
    run("-c", program, folder=tmp_path, PYTHONPATH=str(tmp_path / "site"))


def test_the_sdist_passes_tests_of_its_own(built: Path, sweep: Callable[[int, int, int], int]) -> None:
    """A few in make test, more in the larger tiers."""
    (archive,) = built.glob("*.tar.gz")
    chosen = [
        "tests/engine/test_modes.py",
        "tests/project/test_make.py",
        "tests/nn/test_module.py",
        "tests/engine/test_engine.py",
    ]
    chosen += ["tests/optim/test_optimizers.py", "tests/project/test_examples.py"]
    tests = chosen[: sweep(2, 4, 6)]
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, folder=built / archive.name.removesuffix(".tar.gz"))
