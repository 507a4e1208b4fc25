"""What recording says when it is asked: the logger "autograd.capture", shown by `AUTOGRAD_LOG_COMPILE=1`."""

from __future__ import annotations

import logging
import os

log = logging.getLogger("autograd.capture")

if os.environ.get("AUTOGRAD_LOG_COMPILE", "0") not in ("", "0"):
    _shown = logging.StreamHandler()
    _shown.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    log.addHandler(_shown)
    log.setLevel(logging.INFO)
