"""torch.func's place, and functorch's: the transformations of `autograd.func`, and what works on modules."""

from autograd import Tensor
from autograd.batching import vmap
from autograd.func import (
    functionalize,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    value_and_grad,
    vjp,
)
from nn.utils.stateless import functional_call, replace_all_batch_norm_modules_, stack_module_state


def debug_unwrap(tensor: Tensor, *, recurse: bool = True) -> Tensor:
    """The tensor itself: no transformation wraps it."""
    return tensor


__all__ = [
    "debug_unwrap",
    "functional_call",
    "functionalize",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "value_and_grad",
    "vjp",
    "vmap",
]
