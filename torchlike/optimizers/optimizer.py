"""torch.optim.optimizer's place: Optimizer, and what optimizers outside of torch take from beside it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import autograd
from autograd import Tensor
from optim.optimizer import Optimizer

ParamsT: TypeAlias = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
StateDict: TypeAlias = dict[str, Any]
Args: TypeAlias = tuple[Any, ...]
Kwargs: TypeAlias = dict[str, Any]


class _RequiredParameter:
    """Stands where a hyperparameter has no default."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _RequiredParameter()


def _use_grad_for_differentiable(func: Callable[..., Any]) -> Callable[..., Any]:
    """A step that records nothing, unless the optimizer is `differentiable`."""

    @functools.wraps(func)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        with autograd.set_grad_enabled(bool(self.defaults.get("differentiable", False))):
            return func(self, *args, **kwargs)

    return step


def _get_value(x: Any) -> Any:
    """The number in a tensor of one."""
    return x.item() if isinstance(x, Tensor) else x


def _stack_if_compiling(x: Any) -> Any:
    return x


def _dispatch_sqrt(x: Any) -> Any:
    """The square root of a number or tensor."""
    return x.sqrt() if isinstance(x, Tensor) else x**0.5


def _default_to_fused_or_foreach(
    params: list[Tensor], differentiable: bool, use_fused: bool = False
) -> tuple[bool, bool]:
    """(False, False): neither kind is chosen unless a script asks for it."""
    return False, False


def _get_capturable_supported_devices(supports_xla: bool = True) -> list[str]:
    return ["cuda"]


def _get_foreach_kernels_supported_devices() -> list[str]:
    return ["cuda"]


def _get_fused_kernels_supported_devices() -> list[str]:
    return ["cuda", "cpu"]


def _view_as_real(params: list[Tensor], *state_and_grads: list[Tensor]) -> None:
    """Puts real views in the place of complex tensors, in these lists."""
    for i, p in enumerate(params):
        if p.is_complex():
            params[i] = autograd.view_as_real(p)
            for values in state_and_grads:
                values[i] = autograd.view_as_real(values[i])


def _get_scalar_dtype(is_fused: bool | None = None) -> Any:
    """The dtype of a step count."""
    if is_fused:
        return autograd.float32
    return autograd.float64 if autograd.get_default_dtype() == autograd.float64 else autograd.float32


def _disable_dynamo_if_unsupported(single_tensor_fn: Any = None) -> Callable[[Any], Any]:
    """Nothing is compiled: the function itself."""
    return lambda func: func


def _to_scalar(x: Any) -> Any:
    """A tensor of one element without dimensions."""
    return x.squeeze() if isinstance(x, Tensor) and x.dim() else x


_params_doc = _foreach_doc = _fused_doc = _capturable_doc = _differentiable_doc = _maximize_doc = ""

__all__ = ["Optimizer", "ParamsT", "required"]
