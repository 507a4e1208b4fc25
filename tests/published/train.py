"""Trains what a row makes for a few steps, and keeps everything that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.published.record import Record


def tensors(value: Any) -> list[Any]:
    """The tensors of floats in an output, whatever holds them."""
    import torch

    if isinstance(value, torch.Tensor):
        return [value] if value.is_floating_point() or value.is_complex() else []
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [each for part in value for each in tensors(part)]
    return []


def square(output: Any) -> Any:
    """A scalar that depends on all outputs: the sum of their mean squares."""
    return sum((each.abs() ** 2).mean() for each in tensors(output) if each.requires_grad)


def train(
    record: Record,
    model: Any,
    forward: Callable[[], Any],
    loss: Callable[[Any], Any] = square,
    steps: int = 2,
    lr: float = 1e-3,
) -> None:
    """Outputs, losses, gradients and parameters over steps of SGD; then the output in evaluation."""
    import torch

    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=lr, momentum=0.9) if parameters else None
    model.train()
    for step in range(steps):
        output = forward()
        record.note(f"output {step}", output)
        value = loss(output)
        record.note(f"loss {step}", value)
        if optimizer is None or not getattr(value, "requires_grad", False):
            break
        optimizer.zero_grad()
        value.backward()
        record.note(f"grad {step}", {key: p.grad for key, p in model.named_parameters() if p.grad is not None})
        optimizer.step()
    record.module("model", model)
    model.eval()
    with torch.no_grad():
        record.note("evaluated", forward())
