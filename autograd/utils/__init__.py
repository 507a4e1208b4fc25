"""torch.utils' place: `autograd.utils.data` is `autograd.data`."""

from .. import data

__all__ = ["data"]
