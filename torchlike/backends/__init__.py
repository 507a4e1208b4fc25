"""Switches of torch's libraries, so that scripts may set them; nothing here listens (see `autograd.backend`)."""

from . import cuda, cudnn, mps

__all__ = ["cuda", "cudnn", "mps"]
