"""torch.overrides' place: whether something stands for a tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import Tensor


def is_tensor_like(inp: Any) -> bool:
    """Whether it is a tensor, or of a class with a `__torch_function__`."""
    return isinstance(inp, Tensor) or hasattr(inp, "__torch_function__")


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether one of them is no plain tensor but of a class with a `__torch_function__`."""
    return any(type(x) is not Tensor and hasattr(type(x), "__torch_function__") for x in relevant_args)


def has_torch_function_unary(x: Any) -> bool:
    """has_torch_function of one."""
    return has_torch_function((x,))


def has_torch_function_variadic(*args: Any) -> bool:
    """has_torch_function of several."""
    return has_torch_function(args)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """What the first `__torch_function__` that does not decline makes of the call; TypeError if all do."""
    concerned = [x for x in relevant_args if has_torch_function((x,))]
    types = tuple(dict.fromkeys(map(type, concerned)))
    for kind in types:
        result = kind.__torch_function__(public_api, types, args, kwargs)  # type: ignore[attr-defined]
        if result is not NotImplemented:
            return result
    raise TypeError(f"no implementation found for {public_api} on types that implement __torch_function__: {types}")


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[Any], Any]:
    """A decorator: calls go to the `__torch_function__` of an argument that `dispatcher` names, if one has it."""

    def decorate(func: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return func(*args, **kwargs)

        return wrapped

    return decorate


class TorchFunctionMode:
    """A mode that would see every call: RuntimeError where it is entered, since functions do not look for one."""

    def __enter__(self) -> Any:
        raise RuntimeError(f"{type(self).__name__}: functions here look for no mode; use autograd.capture's listeners")

    def __exit__(self, *exc: object) -> None:
        pass


__all__ = [
    "TorchFunctionMode",
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "wrap_torch_function",
]
