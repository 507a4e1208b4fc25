"""torch.utils' place: `autograd.utils.data` is `autograd.data`."""

from autograd import data

__all__ = ["data"]
