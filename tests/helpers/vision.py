"""torchvision, the oracle of transforms, where it is installed."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from tests.helpers.oracle import torch_or_skip
from tests.published.stand_ins import vision_without_its_library


@functools.cache
def torchvision_or_skip() -> Any:
    """The module; its C++ library, which no transform asks for, may be built for another PyTorch."""
    torch = torch_or_skip()
    register = torch.library.register_fake
    vision_without_its_library()
    try:
        return pytest.importorskip("torchvision", reason="torchvision, the oracle, is not installed")
    finally:
        torch.library.register_fake = register
