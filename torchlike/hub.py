"""torch.hub's place: what is local works; nothing is downloaded, and what would be says how to go on."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
from types import ModuleType
from typing import Any, NoReturn
from urllib.parse import urlparse

import autograd

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")  # the part of a file's name that its SHA-256 begins with
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


def _refuse(asking: str, what: str, where: str) -> NoReturn:
    raise RuntimeError(f"{asking}: nothing is downloaded here; fetch {what} yourself and {where}")


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """The file, if it is there already; else RuntimeError, which says where it is expected."""
    if not os.path.exists(dst):
        _refuse("hub.download_url_to_file", url, f"put it at {dst}")
    _check_hash(dst, hash_prefix)


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
    name = file_name or os.path.basename(urlparse(url).path)
    path = os.path.join(model_dir or os.path.join(get_dir(), "checkpoints"), name)
    if not os.path.exists(path):
        _refuse("hub.load_state_dict_from_url", url, f"put it at {path}, or pass its path to torch.load")
    _check_hash(path, name.rpartition("-")[2].partition(".")[0] if check_hash else None)
    return autograd.load(path, map_location=map_location)


def _check_hash(path: str, prefix: str | None) -> None:
    if prefix:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if not found.startswith(prefix):
            raise RuntimeError(f'invalid hash value (expected "{prefix}", got "{found}")')


def _hubconf(asking: str, repo_or_dir: str, source: str) -> ModuleType:
    """The module of a folder's hubconf.py."""
    if source.lower() not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    folder = os.path.expanduser(repo_or_dir)
    if source.lower() == "github":
        owner_and_name, _, branch = repo_or_dir.partition(":")
        copies = [f"{owner_and_name.replace('/', '_')}_{each}" for each in ([branch] if branch else ["main", "master"])]
        folder = next((path for path in (os.path.join(get_dir(), each) for each in copies) if os.path.isdir(path)), "")
        if not folder:
            where = f'clone it to {os.path.join(get_dir(), copies[0])}, or call with source="local" and its folder'
            _refuse(asking, f"github.com/{owner_and_name}", where)
    path = os.path.join(folder, "hubconf.py")
    if not os.path.exists(path):
        raise FileNotFoundError(f"{asking}: expected {path}, which names the models")
    spec = importlib.util.spec_from_file_location("hubconf", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(folder)
    return module


def _entry(module: ModuleType, model: str) -> Any:
    found = getattr(module, model, None)
    if not callable(found):
        raise RuntimeError(f"Cannot find callable {model} in hubconf")
    return found


def load(
    repo_or_dir: str,
    model: str,
    *args: Any,
    source: str = "github",
    trust_repo: Any = None,
    force_reload: bool = False,
    verbose: bool = True,
    skip_validation: bool = False,
    **kwargs: Any,
) -> Any:
    """The model that a folder's hubconf.py makes: with source="local" of any folder, else of a clone in `get_dir`."""
    return _entry(_hubconf("hub.load", repo_or_dir, source), model)(*args, **kwargs)


def list(
    github: str,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: Any = None,
    verbose: bool = True,
    *,
    source: str = "github",
) -> Any:
    """The names of the models in hubconf.py."""
    module = _hubconf("hub.list", github, source)
    return [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]


def help(
    github: str,
    model: str,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: Any = None,
    *,
    source: str = "github",
) -> Any:
    """The docstring of a model in hubconf.py."""
    return _entry(_hubconf("hub.help", github, source), model).__doc__


load_url = load_state_dict_from_url  # torch.utils.model_zoo's name

__all__ = [
    "HASH_REGEX",
    "download_url_to_file",
    "get_dir",
    "help",
    "list",
    "load",
    "load_state_dict_from_url",
    "load_url",
    "set_dir",
    "urlparse",
]
