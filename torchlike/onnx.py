"""torch.onnx's place, so that scripts that offer an export can be imported."""

from __future__ import annotations

from typing import Any, NoReturn


def export(*args: Any, **kwargs: Any) -> NoReturn:
    """There is no export to ONNX: save the state dict, which torch reads (`autograd.save`), and export there."""
    raise NotImplementedError("onnx.export: there is no export to ONNX; save the state_dict() and export with torch")
