"""torch.autograd.variable's place."""

from .kinds import Variable

__all__ = ["Variable"]
