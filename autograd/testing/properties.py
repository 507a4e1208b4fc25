"""A function's derivatives as a property: for all inputs that a strategy draws, they are the numeric ones."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from hypothesis.errors import Flaky

from ..engine.callers import user_frame
from ..engine.tensor import Tensor
from .culprit import blame
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .reproduce import name_of, replica, reproduction


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
    defaults = {"eps": 1e-6, "atol": 1e-5, "rtol": 1e-3}  # those of both checks
    checks: list[tuple[Callable[..., Any], dict[str, Any]]]
    checks = [(gradcheck, {"eps": eps, "atol": atol, "rtol": rtol})]
    if order > 1:
        checks.append((gradgradcheck, {"eps": eps, "atol": max(atol, 1e-4), "rtol": rtol}))
    failing: list[tuple[Callable[..., Any], dict[str, Any], tuple[Any, ...], GradcheckError]] = []

    @settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.tuples(*fixed))
    def holds(arguments: tuple[Any, ...]) -> None:
        if len(arguments) == 1 and isinstance(arguments[0], tuple):
            arguments = arguments[0]
        before = tuple(_kept(x) for x in arguments)  # a wrong function may change its arguments
        for check, options in checks:
            try:
                check(function, arguments, **options)
            except GradcheckError as error:
                changed = {name: value for name, value in options.items() if value != defaults[name]}
                failing[:] = [(check, changed, before, error)]
                raise

    report = None
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # hypothesis prints the example; the report says it better
            holds()
    except (GradcheckError, Flaky):  # flaky: it does not fail every time
        if not failing:
            raise
        report = _report(function, *failing[0], reproduction_frame=user_frame())
    if report is not None:
        raise GradientError(report)


def _kept(value: Any) -> Any:
    return replica(value).requires_grad_(value.requires_grad) if isinstance(value, Tensor) else value


def _report(
    function: Callable[..., Any],
    check: Callable[..., Any],
    options: dict[str, Any],
    arguments: tuple[Any, ...],
    error: GradcheckError,
    reproduction_frame: Any,
) -> str:
    name = name_of(function, reproduction_frame)
    names = [f"x{i}" for i in range(len(arguments))]
    wrong = str(error).rpartition("\ninputs:")[0] or str(error)
    random = "not deterministic" in wrong.partition("\n")[0]
    what = f"{name} is not deterministic" if random else f"the derivative of {name} is wrong"
    lines = [f"{what}. The smallest counterexample found:"]
    lines += [f"    {label} = {value!r}" for label, value in zip(names, arguments, strict=True)]
    lines += ["", wrong]
    heading, culprits = blame(function, [_kept(x) for x in arguments], 2 if check is gradgradcheck else 1)
    if culprits or "the backward pass raised" not in wrong:
        lines += ["", heading, *("    " + line for culprit in culprits for line in culprit.splitlines())]
    printed = reproduction(check.__name__, function, arguments, options, reproduction_frame, random)
    return "\n".join([*lines, "", "to reproduce:", *("    " + line for line in printed)])
