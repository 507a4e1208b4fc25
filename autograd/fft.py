"""Discrete Fourier transforms, under the names of torch.fft.

`norm` says which direction is divided by n: 'backward' (the default) the inverse, 'forward' the
forward one, 'ortho' both by sqrt(n).
"""

# isort: split
# From here to the next line of this kind: written by `python -m autograd.ops --write`.
from .ops.fourier import (
    fft,
    fft2,
    fftfreq,
    fftn,
    fftshift,
    half_transform,
    hfft,
    hfft2,
    hfftn,
    ifft,
    ifft2,
    ifftn,
    ifftshift,
    ihfft,
    ihfft2,
    ihfftn,
    irfft,
    irfft2,
    irfftn,
    real_transform,
    resized,
    rfft,
    rfft2,
    rfftfreq,
    rfftn,
    transform,
)

__all__ = [
    "fft",
    "fft2",
    "fftfreq",
    "fftn",
    "fftshift",
    "half_transform",
    "hfft",
    "hfft2",
    "hfftn",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "ihfft2",
    "ihfftn",
    "irfft",
    "irfft2",
    "irfftn",
    "real_transform",
    "resized",
    "rfft",
    "rfft2",
    "rfftfreq",
    "rfftn",
    "transform",
]
# Up to here: written by `python -m autograd.ops --write`.
# isort: split
