"""torch.hub's place: what is local works; nothing is downloaded, and what would be says how to go on."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from types import ModuleType
from typing import Any
from urllib.parse import urlparse

from autograd.serialization.cached import (
    download_url_to_file,
    get_dir,
    load_state_dict_from_url,
    refuse,
    set_dir,
)

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")  # the part of a file's name that its SHA-256 begins with


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
            refuse(asking, f"github.com/{owner_and_name}", where)
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
