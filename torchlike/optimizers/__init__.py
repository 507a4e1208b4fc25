"""What scripts find below `torch.optim` that `optim` does not need."""

from . import functional, optimizer

__all__ = ["functional", "optimizer"]
