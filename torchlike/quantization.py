"""torch.quantization's place, and torch.ao.quantization's: models are prepared as they are, and none is converted."""

from __future__ import annotations

from typing import Any, NoReturn

from nn import Identity

QuantStub = DeQuantStub = Identity


def convert(*args: Any, **kwargs: Any) -> NoReturn:
    """NotImplementedError: there are no quantized tensors."""
    raise NotImplementedError("quantization: there are no quantized tensors here; use float16, or quantize with torch")


prepare = prepare_qat = quantize = quantize_dynamic = quantize_qat = fuse_modules = fuse_modules_qat = convert
get_default_qconfig = get_default_qat_qconfig = convert

__all__ = ["DeQuantStub", "QuantStub", "convert", "fuse_modules", "prepare", "prepare_qat", "quantize_dynamic"]
