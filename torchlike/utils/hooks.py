"""torch.utils.hooks' place."""

from autograd.engine.hooks import RemovableHandle

__all__ = ["RemovableHandle"]
