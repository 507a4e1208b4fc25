"""A function's derivatives as a property: for all inputs that a strategy draws, they are the numeric ones."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..tensor import Tensor
from .culprit import find_culprits
from .gradcheck import GradcheckError, gradcheck, gradgradcheck


class GradientError(AssertionError):
    """A function's derivative is wrong; the message holds the smallest counterexample found and how to reproduce it."""


def assert_gradients(
    function: Callable[..., Any],
    *strategies: Any,
    order: int = 1,
    max_examples: int = 50,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
) -> None:
    """Checks derivatives of `function` for many drawn arguments, up to second ones with `order=2`.

    `strategies` give the arguments: hypothesis strategies (`autograd.testing.tensors`, say), or plain
    values that stay. A single strategy may draw a tuple of all arguments. On a failure the arguments
    are shrunk, and GradientError shows the smallest that fail, the element, both values, the
    operation inside whose own derivative is wrong, and a snippet that reproduces it.

    >>> import autograd
    >>> from autograd.testing import assert_gradients, tensors
    >>> assert_gradients(autograd.sin, tensors(shape=(2,)), order=2, max_examples=5)
    """
    fixed = [each if isinstance(each, st.SearchStrategy) else st.just(each) for each in strategies]
    failing: list[tuple[Any, ...]] = []

    @settings(
        max_examples=max_examples, deadline=None, database=None, derandomize=True, print_blob=False,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    @given(st.tuples(*fixed))
    def holds(arguments: tuple[Any, ...]) -> None:
        if len(arguments) == 1 and isinstance(arguments[0], tuple):
            arguments = arguments[0]
        try:
            gradcheck(function, arguments, eps=eps, atol=atol, rtol=rtol)
            if order > 1:
                gradgradcheck(function, arguments, eps=eps, atol=max(atol, 1e-4), rtol=rtol)
        except GradcheckError:
            failing[:] = [arguments]
            raise

    report = None
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # hypothesis prints the example; the report says it better
            holds()
    except GradcheckError as error:
        report = _report(function, failing[0], str(error), order)
    if report is not None:
        raise GradientError(report)


def _snippet(value: Any) -> str:
    """Python that makes a value again."""
    if not isinstance(value, Tensor):
        return repr(value)
    tracked = ", requires_grad=True" if value.requires_grad else ""
    return f"autograd.tensor({value.tolist()!r}, dtype={value.dtype!r}{tracked})"


def _report(function: Callable[..., Any], arguments: tuple[Any, ...], wrong: str, order: int) -> str:
    name = getattr(function, "__qualname__", repr(function))
    names = [f"x{i}" for i in range(len(arguments))]
    lines = [f"the derivative of {name} is wrong. The smallest counterexample found:"]
    lines += [f"    {label} = {value!r}" for label, value in zip(names, arguments, strict=True)]
    lines += ["", wrong.rpartition("\ninputs:")[0] or wrong]
    culprits = find_culprits(function, arguments)
    if culprits:
        lines += ["", "the operation whose own derivative is wrong:"]
        lines += ["    " + line for culprit in culprits for line in culprit.splitlines()]
    elif order > 1:
        lines += ["", "each operation's first derivative is right on its own: look for a second one, or a detach()"]
    else:
        lines += [
            "",
            "each operation's derivative is right on its own: look for a detach(), or a value read on the host",
        ]
    check = "gradgradcheck" if order > 1 else "gradcheck"
    lines += ["", "to reproduce:", "    import autograd", f"    from autograd.testing import {check}"]
    lines += [f"    {label} = {_snippet(value)}" for label, value in zip(names, arguments, strict=True)]
    lines += [f"    {check}({name}, ({', '.join(names)},))"]
    return "\n".join(lines)
