"""Special functions, under the names of torch.special."""

from .ops.elementwise import erf, exp2, expm1, log1p, round
from .ops.normalisation import log_softmax, softmax
from .ops.reduction import logsumexp
from .ops.special import (
    digamma,
    entr,
    erfc,
    erfinv,
    expit,
    gammaln,
    log_ndtr,
    logit,
    multigammaln,
    ndtr,
    ndtri,
    polygamma,
    psi,
    sinc,
    xlog1py,
    xlogy,
)  # fmt: skip

__all__ = [
    "digamma", "entr", "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "gammaln", "log1p", "log_ndtr",
    "log_softmax", "logit", "logsumexp", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "sinc",
    "softmax", "xlog1py", "xlogy",
]  # fmt: skip
