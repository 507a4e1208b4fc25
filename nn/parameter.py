"""torch.nn.parameter's place: the classes are `autograd.parameter`'s."""

from autograd.parameter import Buffer, Parameter

__all__ = ["Buffer", "Parameter"]
