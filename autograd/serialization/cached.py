"""Files from elsewhere, in the folder where torch.hub keeps them; nothing is downloaded."""

from __future__ import annotations

import hashlib
import os
from typing import Any, NoReturn
from urllib.parse import urlparse

from .files import load

_chosen: str | None = None


def get_dir() -> str:
    """The folder for files from elsewhere: `set_dir`'s, else $TORCH_HOME/hub, else ~/.cache/torch/hub."""
    if _chosen is not None:
        return _chosen
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return os.path.join(os.path.expanduser(os.environ.get("TORCH_HOME", os.path.join(cache, "torch"))), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Sets the folder for files from elsewhere."""
    global _chosen
    _chosen = os.path.expanduser(os.fspath(d))


def refuse(asking: str, what: str, where: str) -> NoReturn:
    """RuntimeError: what is missing, and where it is expected."""
    raise RuntimeError(f"{asking}: nothing is downloaded here; fetch {what} yourself and {where}")


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """The file, if it is there already; else RuntimeError, which says where it is expected."""
    if not os.path.exists(dst):
        refuse("hub.download_url_to_file", url, f"put it at {dst}")
    _check_hash(dst, hash_prefix)


def place_of(url: str, model_dir: str | None = None, file_name: str | None = None) -> str:
    """Where the file of a URL is looked for: in `model_dir`, by default the folder checkpoints below `get_dir`."""
    name = file_name or os.path.basename(urlparse(url).path)
    return os.path.join(model_dir or os.path.join(get_dir(), "checkpoints"), name)


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> Any:
    """What is in the file of that name in `model_dir` (default: checkpoints, below `get_dir`), if it is there.

    RuntimeError, which says where to put it, if it is not.
    """
    path = place_of(url, model_dir, file_name)
    if not os.path.exists(path):
        refuse("hub.load_state_dict_from_url", url, f"put it at {path}, or pass its path to torch.load")
    _check_hash(path, os.path.basename(path).rpartition("-")[2].partition(".")[0] if check_hash else None)
    return load(path, map_location=map_location)


def _check_hash(path: str, prefix: str | None) -> None:
    if prefix:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if not found.startswith(prefix):
            raise RuntimeError(f'invalid hash value (expected "{prefix}", got "{found}")')
