"""Windows to look at signals through, under the names of torch.signal.windows."""

# isort: split
# From here to the next line of this kind: written by `python -m autograd.ops --write`.
from ..ops.windows import (
    bartlett,
    blackman,
    cosine,
    exponential,
    gaussian,
    general_cosine,
    general_hamming,
    hamming,
    hann,
    kaiser,
    nuttall,
)

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]
# Up to here: written by `python -m autograd.ops --write`.
# isort: split
