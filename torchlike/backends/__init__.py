"""Switches of torch's libraries, so that scripts may set them; nothing here listens (see `autograd.backend`)."""

from . import cuda, cudnn, mkl, mkldnn, mps, openmp, opt_einsum

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp", "opt_einsum"]
