"""torch.autograd.function's place."""

from __future__ import annotations

from autograd.engine.function import Context, Function, once_differentiable

FunctionCtx = BackwardCFunction = NestedIOFunction = Context


class InplaceFunction(Function):
    """A Function with a switch `inplace`, as some of torch's old ones are."""

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace


__all__ = ["Function", "FunctionCtx", "InplaceFunction", "once_differentiable"]
