"""Derivatives against central differences, (f(x + eps) - f(x - eps)) / (2 eps), and what else a backward pass owes.

Complex numbers count as pairs of real ones throughout: a gradient is dL/d(re) + i dL/d(im), as in torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..dtypes import finfo, float64
from ..engine.modes import enable_grad
from ..engine.sweep import grad
from ..engine.tensor import Tensor, wrap
from ..ops.creation import tensor


class GradcheckError(RuntimeError):
    """The derivative of a function does not agree with the numeric one; the message says where."""


class Options(NamedTuple):
    """How near is near enough."""

    eps: float
    atol: float
    rtol: float
    nondet_tol: float


def as_reals(x: Tensor) -> np.ndarray:
    """A copy of the values on the host, as a vector of float64."""
    values = np.array(x.detach().cpu().numpy()).reshape(-1)
    return values.astype(np.complex128).view(np.float64) if x.is_complex() else values.astype(np.float64)


def _values(reals: np.ndarray, like: Tensor) -> np.ndarray:
    values = reals.view(np.complex128) if like.is_complex() else reals
    return np.array(values, dtype=like.dtype.name).reshape(like._array.shape)


def from_reals(reals: np.ndarray, like: Tensor, scattered: bool = False) -> Tensor:
    """The tensor like another one whose `as_reals` these are; `scattered`: it does not lie in C order."""
    values = _values(reals, like)
    if not scattered or not like.ndim:
        return wrap(like._backend.from_numpy(values), like._backend)
    gaps = np.repeat(values.T, 2, axis=-1)
    x = tensor(gaps, dtype=like.dtype, device=like.device)[..., ::2]
    return x.permute(*reversed(range(like.ndim))).detach()


def _place(x: Tensor, component: int) -> str:
    """Where a component of `as_reals` stands in the tensor: `[1, 2]`, `[1, 2].imag`."""
    part = ""
    if x.is_complex():
        component, part = component // 2, (".real", ".imag")[component % 2]
    return f"{[int(i) for i in np.unravel_index(component, tuple(x.shape))] if x.ndim else []}{part}"


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How far numbers are from each other; equal infinities and two nans are not."""
    with np.errstate(invalid="ignore"):
        distance = np.abs(a - b)
    distance[(a == b) | (np.isnan(a) & np.isnan(b))] = 0.0
    return np.where(np.isnan(distance), np.inf, distance)


def _rounding(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The last digits of numbers of these sizes."""
    return 8 * np.finfo(np.float64).eps * np.maximum(_size(a), _size(b))


def _size(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), np.abs(values), 0.0)


class _Slopes(NamedTuple):
    """Numeric derivatives: vectors of an output's components, or matrices of such, a row for each of an input's."""

    central: np.ndarray
    below: np.ndarray  # from both sides: they differ at a kink or a jump
    above: np.ndarray
    noise: np.ndarray  # what the rounding of the outputs may have added


def _outside(derivative: np.ndarray, slopes: _Slopes) -> np.ndarray:
    """How far a derivative is from the central slope, or from what lies between those of both sides, if less."""
    low, high = np.minimum(slopes.below, slopes.above), np.maximum(slopes.below, slopes.above)
    between = np.maximum(low - derivative, derivative - high)
    return np.minimum(_apart(derivative, slopes.central), np.where(np.isnan(between), np.inf, np.maximum(between, 0.0)))


class _Check:
    """A function at one point: its outputs, their gradients, and how both compare."""

    def __init__(
        self, function: Callable[..., Any], inputs: Sequence[Any], options: Options, what: str, constants: bool
    ) -> None:
        self.function, self.inputs, self.options, self.what = function, inputs, options, what
        self.positions = [i for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
        self.targets = [inputs[i] for i in self.positions]
        self.given = [as_reals(x) for x in self.targets]
        every = self._results()
        floating = [i for i, out in enumerate(every) if isinstance(out, Tensor) and out.dtype.is_inexact]
        tracked = [i for i in floating if every[i].requires_grad]
        # As in torch: beside outputs that have a gradient, those without one are meant to have none.
        self.numbers = floating if constants or not tracked else tracked
        self.outputs = [every[i] for i in self.numbers]
        self.values = [as_reals(out) for out in self.outputs]
        self._expect_unchanged(what)
        self.again = self.call()
        self._expect_deterministic(self.again)

    def _results(self) -> list[Any]:
        with enable_grad():
            result = self.function(*self.inputs)
        return list(result) if isinstance(result, tuple | list) else [result]

    def call(self) -> list[Tensor]:
        """The outputs that are checked."""
        every = self._results()
        if self.numbers and len(every) <= self.numbers[-1]:
            raise self.error(f"{self.what} is not deterministic: called twice, it gave different numbers of outputs")
        return [every[i] for i in self.numbers]

    def error(self, message: str) -> GradcheckError:
        described = ", ".join(repr(x.detach()) if isinstance(x, Tensor) else repr(x) for x in self.inputs)
        return GradcheckError(f"{message}\ninputs: {described}")

    # What is owed before derivatives are compared

    def _expect_unchanged(self, who: str) -> None:
        for position, x, before in zip(self.positions, self.targets, self.given, strict=True):
            if not np.array_equal(as_reals(x), before, equal_nan=True):
                raise self.error(f"input {position} was changed by {who}; change a clone() of it")

    def _expect_deterministic(self, again: list[Tensor]) -> None:
        tolerance = max(self.options.nondet_tol, self.options.eps * self.options.atol)  # less is lost in differences
        for number, one, two in zip(self.numbers, self.outputs, again, strict=True):
            if one.shape != two.shape:
                first, second = f"shape {tuple(one.shape)}", f"{tuple(two.shape)} as output {number}"
            else:
                a, b = as_reals(one), as_reals(two)
                apart = _apart(a, b) - _rounding(a, b)
                if not (apart > tolerance).any():
                    continue
                worst = int(np.argmax(apart))
                first, second = f"{a[worst]:.10g}", f"{b[worst]:.10g} as output {number}{_place(one, worst)}"
            raise self.error(
                f"{self.what} is not deterministic: called twice with the same inputs it gave {first} and {second}"
            )

    # Backward passes

    def pull_back(
        self, outputs: Sequence[Tensor], vectors: Sequence[np.ndarray | None], dtypes: bool, scattered: bool = False
    ) -> list[np.ndarray]:
        """The gradients by the inputs, given those by the outputs; None stands for an undefined one."""
        seeds = [
            (out, from_reals(vector, out, scattered))
            for out, vector in zip(outputs, vectors, strict=True)
            if vector is not None and out.requires_grad
        ]
        if not seeds:
            return [np.zeros_like(x) for x in self.given]
        chosen, weights = zip(*seeds, strict=True)
        try:
            gradients = grad(chosen, self.targets, weights, retain_graph=True, allow_unused=True)
        except Exception as error:
            raise self.error(f"the backward pass raised {type(error).__name__}: {error}") from error
        if any(x._version for x in weights):
            raise self.error("the backward pass changed the gradient it was given, which others share, in place")
        return [self._reals_of(which, gradient, dtypes) for which, gradient in enumerate(gradients)]

    def _reals_of(self, which: int, gradient: Tensor | None, dtypes: bool) -> np.ndarray:
        x, position = self.targets[which], self.positions[which]
        if gradient is None:
            return np.zeros_like(self.given[which])
        wrong = gradient.is_complex() and not x.is_complex()
        if gradient.shape != x.shape or wrong or (dtypes and gradient.dtype is not x.dtype):
            raise self.error(
                f"the gradient by input {position} has shape {tuple(gradient.shape)} and {gradient.dtype}, "
                f"the input {tuple(x.shape)} and {x.dtype}"
            )
        reals = as_reals(gradient)
        return reals if gradient.is_complex() == x.is_complex() else np.stack([reals, 0 * reals], -1).reshape(-1)

    def expect_fine_outputs(self) -> None:
        for number, out in zip(self.numbers, self.outputs, strict=True):
            if out.requires_grad and self.options.eps < _step(out):
                raise self.error(
                    f"output {number} is {out.dtype}, too coarse for steps of {self.options.eps:g}: compute in float64"
                )

    def sizes(self) -> list[int]:
        return [out.numel() * (2 if out.is_complex() else 1) for out in self.outputs]

    def expect_repeatable(self, vectors: Sequence[np.ndarray], dtypes: bool) -> list[np.ndarray]:
        """The gradients of a backward pass, which a second pass, and one after a second call, repeat."""
        first = self.pull_back(self.outputs, vectors, dtypes)
        self._expect_unchanged("its backward pass")
        self._expect_repeated(first, vectors, self.again)
        return first

    def _expect_repeated(self, first: list[np.ndarray], vectors: Sequence[np.ndarray], again: list[Tensor]) -> None:
        passes = "the backward pass is not deterministic: run twice with the same gradient", self.outputs
        calls = f"{self.what} is not deterministic: called twice with the same inputs", again
        for what, outputs in (passes, calls):
            for which, (a, b) in enumerate(zip(first, self.pull_back(outputs, vectors, False), strict=True)):
                apart = _apart(a, b)
                if (apart > self.options.nondet_tol).any():
                    worst = int(np.argmax(apart))
                    raise self.error(
                        f"{what} it gave {a[worst]:.10g} and {b[worst]:.10g} as the derivative by input "
                        f"{self.positions[which]}{_place(self.targets[which], worst)}"
                        + ("; is it random, or does it change what it saved?" if outputs is self.outputs else "")
                    )

    def expect_no_chance(self, first: list[np.ndarray], vectors: Sequence[np.ndarray]) -> None:
        """Raises if a function that gave the same twice gives something else in some more calls."""
        for _ in range(8):
            again = self.call()
            self._expect_deterministic(again)
            self._expect_repeated(first, vectors, again)

    def jacobian(self) -> list[list[np.ndarray]]:
        """For each input that is differentiated, for each output, the matrix of derivatives."""
        sizes = self.sizes()
        jacobians = [[np.zeros((x.size, size)) for size in sizes] for x in self.given]
        for number, size in enumerate(sizes):
            for component in range(size if self.outputs[number].requires_grad else 0):
                vectors = [np.zeros(n) for n in sizes]
                vectors[number][component] = 1.0
                for which, gradient in enumerate(self.pull_back(self.outputs, vectors, False)):
                    jacobians[which][number][:, component] = gradient
        return jacobians

    # Differences

    def _write(self, which: int, reals: np.ndarray) -> None:
        """Sets the values of an input, whoever else holds it, behind the back of version counts and history."""
        x = self.targets[which]
        x._array[...] = x._backend.from_numpy(_values(reals, x))

    def sides(self, directions: dict[int, np.ndarray]) -> list[_Slopes]:
        """For each output, the slopes along a direction in some inputs, which are moved, and moved back."""
        eps = self.options.eps
        moved = []
        try:
            for step in (eps, -eps):
                for which, direction in directions.items():
                    self._write(which, self.given[which] + step * direction)
                moved.append([as_reals(out) for out in self.call()])
        finally:
            for which in directions:
                self._write(which, self.given[which])
        with np.errstate(invalid="ignore", over="ignore"):
            return [
                _Slopes((up - down) / (2 * eps), (at - down) / eps, (up - at) / eps, _rounding(up, down) / eps)
                for up, at, down in zip(moved[0], self.values, moved[1], strict=True)
            ]

    def slopes(self, which: int) -> list[_Slopes]:
        """For each output, matrices of the slopes along each component of one input."""
        rows = [self.sides({which: unit}) for unit in np.eye(self.given[which].size)]
        if not rows:
            return [_Slopes(*[np.zeros((0, size))] * 4) for size in self.sizes()]
        return [_Slopes(*map(np.stack, zip(*of_output, strict=True))) for of_output in zip(*rows, strict=True)]

    # Comparisons

    def compare(self, which: int, number: int, analytic: np.ndarray, slopes: _Slopes) -> bool:
        """Raises with the worst element if the derivatives of one output by one input differ.

        At a kink any slope between those from both sides will do, one by one; returns whether there was one.
        """
        _, atol, rtol, _ = self.options
        allowed = atol + rtol * _size(slopes.central) + slopes.noise
        apart = _apart(analytic, slopes.central)
        excess = _outside(analytic, slopes) - allowed
        wrong = excess > 0
        if not wrong.any():
            return bool((apart > allowed).any())
        worst = np.unravel_index(np.argmax(np.where(wrong, apart, -1.0)), excess.shape)
        x, out = self.targets[which], self.outputs[number]
        lines = [
            f"derivative of output {self.numbers[number]} by input {self.positions[which]}: "
            f"{int(wrong.sum())} of {wrong.size} derivatives differ from the numeric ones.",
            f"worst: d output{_place(out, int(worst[1]))} / d input{_place(x, int(worst[0]))}",
            f"    backward: {analytic[worst]:.10g}",
            f"    numeric:  {slopes.central[worst]:.10g}   (tolerance {atol:g} + {rtol:g} * |numeric|)",
        ]
        below, above = slopes.below[worst], slopes.above[worst]
        if not out.requires_grad:
            lines.append("the output does not require grad: no operation between it and the input was recorded")
        elif not abs(above - below) <= 10 * allowed[worst]:
            lines.append(f"a kink or a jump: the slope is {below:.10g} below this point and {above:.10g} above it")
        raise self.error("\n".join(lines))

    def expect_slopes_along(self, jacobian: list[list[np.ndarray]], seeds: Sequence[int]) -> None:
        """Raises if along a random direction in all inputs the derivative is not between the slopes of both sides.

        It holds of gradients that share a kink rightly among what ties: halves at max(x, y), say, but not both of them.
        """
        _, atol, rtol, _ = self.options
        for seed in seeds:
            directions = dict(enumerate(_random_vectors([x.size for x in self.given], seed)))
            for number, slopes in enumerate(self.sides(directions)):
                matrices = [jacobian[which][number] for which in directions]
                with np.errstate(invalid="ignore", over="ignore"):
                    along = sum(m.T @ d for m, d in zip(matrices, directions.values(), strict=True))
                    allowed = sum(
                        (atol + rtol * np.abs(m.T)) @ np.abs(d)
                        for m, d in zip(matrices, directions.values(), strict=True)
                    )
                excess = np.where(np.isfinite(along), _outside(along, slopes) - allowed - slopes.noise, -1.0)
                if (excess > 0).any():
                    worst = int(np.argmax(excess))
                    raise self.error(
                        f"derivative of output {self.numbers[number]}{_place(self.outputs[number], worst)} along a "
                        f"random direction in all inputs:\n    backward: {along[worst]:.10g}\n"
                        f"    numeric:  {slopes.below[worst]:.10g} below this point, {slopes.above[worst]:.10g} above"
                    )

    def expect_linear(
        self,
        vectors: Sequence[np.ndarray | None],
        got: Sequence[np.ndarray],
        jacobian: list[list[np.ndarray]],
        why: str,
    ) -> None:
        """Raises if a gradient is not the sum of those by the parts of the vectors."""
        _, atol, rtol, _ = self.options
        for which, gradient in enumerate(got):
            expected, allowed = np.zeros_like(gradient), np.zeros_like(gradient)
            with np.errstate(invalid="ignore", over="ignore"):
                for matrix, vector in zip(jacobian[which], vectors, strict=True):
                    if vector is not None and vector.size:
                        expected += matrix @ vector
                        allowed += (atol + rtol * np.abs(matrix)) @ np.abs(vector)
            known = np.isfinite(expected)
            excess = np.where(known, _apart(gradient, expected) - allowed, -1.0)
            if (excess > 0).any():
                worst = int(np.argmax(excess))
                raise self.error(
                    f"{why}: the derivative by input {self.positions[which]}{_place(self.targets[which], worst)}\n"
                    f"    backward: {gradient[worst]:.10g}\n"
                    f"    expected: {expected[worst]:.10g}, the sum of the derivatives of each element of the outputs"
                )


_NOT_LINEAR = (
    "the backward pass is not linear in the gradient it is given (backward(a u + b v) = a backward(u) + b backward(v))"
)
_UNDEFINED = (
    "undefined gradients of some outputs do not count as zeros (a backward of a Function with "
    "set_materialize_grads(False) is given None)"
)


def _step(x: Tensor) -> float:
    """The smallest step that differences in this dtype can be taken with; any in float64."""
    kind = x.dtype.to_real() if x.is_complex() else x.dtype
    return 0.0 if kind is float64 else float(finfo(kind).eps) ** 0.5


def _checked(name: str, inputs: Any, eps: float) -> list[Any]:
    """The arguments as a list; ValueError for those that can't be varied."""
    every = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    differentiated = [i for i, x in enumerate(every) if isinstance(x, Tensor) and x.requires_grad]
    if not differentiated:
        raise ValueError(f"{name}: none of the inputs requires grad; make them with requires_grad=True")
    for i in differentiated:
        x = every[i]
        if eps < _step(x):
            raise ValueError(
                f"{name}: input {i} is {x.dtype}; differences need float64, make it with .double() "
                f"(or take larger steps: eps=1e-3, atol=1e-2)"
            )
        if not x._backend.exclusive(x._array):
            raise ValueError(f"{name}: elements of input {i} share memory (it was expanded); clone() it first")
    return every


def _refuse(name: str, why: str, **arguments: bool) -> None:
    for argument, given in arguments.items():
        if given:
            raise NotImplementedError(f"{name}: {argument}=True is not there, for {why}; leave it False")


def _random_vectors(sizes: Sequence[int], seed: int, scale: float = 1.0) -> list[np.ndarray]:
    numbers = np.random.default_rng(seed)
    return [scale * numbers.standard_normal(size) for size in sizes]


def _check(
    func: Callable[..., Any],
    inputs: Sequence[Any],
    options: Options,
    check_undefined_grad: bool,
    check_grad_dtypes: bool,
    fast_mode: bool,
    what: str = "the function",
    constants: bool = False,
) -> None:
    """All that `gradcheck` promises; raises GradcheckError."""
    check = _Check(func, inputs, options, what, constants)
    vectors = _random_vectors(check.sizes(), 1)
    gradients = check.expect_repeatable(vectors, check_grad_dtypes)
    check.expect_fine_outputs()
    try:
        (_compare_projections if fast_mode else _compare_elements)(check, vectors, gradients)
        if check_undefined_grad:
            _compare_undefined(check, vectors)
    except GradcheckError:
        check.expect_no_chance(gradients, vectors)
        raise


def _further(check: _Check, vectors: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Large vectors of the other signs, and their opposites: a backward that looks at sizes or signs is not linear."""
    sizes = _random_vectors(check.sizes(), 2)
    large = [-100.0 * np.sign(u) * (1.0 + np.abs(v)) for u, v in zip(vectors, sizes, strict=True)]
    return large, [-v for v in large]


def _compare_elements(check: _Check, vectors: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
    """Every derivative against the numeric one, and the gradients for whole vectors against sums of these."""
    jacobian = check.jacobian()
    kinks = False
    for which in range(len(check.targets)):
        for number, slopes in enumerate(check.slopes(which)):
            kinks |= check.compare(which, number, jacobian[which][number], slopes)
    if kinks:
        check.expect_slopes_along(jacobian, range(3, 11))
    check.expect_linear(vectors, gradients, jacobian, _NOT_LINEAR)
    large, opposite = _further(check, vectors)
    check.expect_linear(opposite, check.pull_back(check.outputs, opposite, False), jacobian, _NOT_LINEAR)
    scattered = check.pull_back(check.again, large, False, scattered=True)
    check.expect_linear(large, scattered, jacobian, _NOT_LINEAR + ", or wrong for one that is not contiguous")


def _compare_undefined(check: _Check, vectors: Sequence[np.ndarray]) -> None:
    """Of several outputs, one alone, and all but one, with undefined gradients of the others and with zeros."""
    every = range(len(vectors))
    for defined in [{i} for i in every] + [set(every) - {i} for i in every] if len(every) > 1 else ():
        some = [vector if i in defined else None for i, vector in enumerate(vectors)]
        zeros = [vector if i in defined else 0 * vector for i, vector in enumerate(vectors)]
        expected = [[x[:, None]] for x in check.pull_back(check.outputs, zeros, False)]
        check.expect_linear([np.ones(1)], check.pull_back(check.outputs, some, False), expected, _UNDEFINED)


def _compare_projections(check: _Check, weights: Sequence[np.ndarray], gradients: Sequence[np.ndarray]) -> None:
    """u^T (J v) by differences against (u^T J) v, for a random direction v of each input; then sums of vectors."""
    _, atol, rtol, _ = check.options
    for which, gradient in enumerate(gradients):
        (direction,) = _random_vectors([gradient.size], 3 + which)
        direction /= max(float(np.linalg.norm(direction)), 1.0)
        along = check.sides({which: direction})
        with np.errstate(invalid="ignore", over="ignore"):
            total = _Slopes(
                *(
                    np.array([sum(u @ v for u, v in zip(weights, each, strict=True))])
                    for each in zip(*along, strict=True)
                )
            )
            analytic = np.array([gradient @ direction])
        allowed = (
            atol * max([1.0, *(float(np.linalg.norm(u)) for u in weights)])
            + rtol * _size(total.central)
            + np.abs(total.noise)
        )
        if _outside(analytic, total)[0] > allowed[0]:
            raise check.error(
                f"derivative by input {check.positions[which]}: that of a random sum of the outputs, along a random "
                f"direction, differs from the numeric one.\n    backward: {analytic[0]:.10g}\n"
                f"    numeric:  {total.central[0]:.10g}   (tolerance {atol:g} + {rtol:g} * |numeric|)\n"
                "fast_mode=False tells the elements"
            )
    large, opposite = _further(check, weights)
    parts = [[np.stack(pair, 1)] for pair in zip(gradients, check.pull_back(check.outputs, large, False), strict=True)]
    both = check.pull_back(check.again, [u + v for u, v in zip(weights, large, strict=True)], False, scattered=True)
    check.expect_linear([np.array([1.0, 1.0])], both, parts, _NOT_LINEAR)
    negative = check.pull_back(check.outputs, opposite, False)
    check.expect_linear([np.array([0.0, -1.0])], negative, parts, _NOT_LINEAR)


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Compares func's derivatives by every input that requires grad with central differences.

    `inputs` is a tensor or a sequence of func's arguments; those that require grad are float64 or
    complex128 (of lower precision only with an `eps` that it resolves: 1e-3 for float32, say). func
    returns a tensor or several; outputs that do not require grad are left out if others do.

    Checked besides: func gives the same when called twice, a backward pass the same when run twice (up
    to `nondet_tol`); neither changes the inputs, nor the gradients they are given; a backward pass is
    linear in these, for random ones, contiguous or not; undefined gradients of some outputs count as
    zeros (`check_undefined_grad`), and gradients have the inputs' dtypes (`check_grad_dtypes`).
    `fast_mode` compares one random projection for each input instead of every element. There are no
    sparse tensors for `masked` to matter, no forward mode and no batched gradients: these raise
    NotImplementedError. Returns True, or raises GradcheckError with the worst element (False with
    `raise_exception=False`).

    >>> import autograd
    >>> x = autograd.tensor([0.5, 1.0], dtype=autograd.float64, requires_grad=True)
    >>> autograd.testing.gradcheck(autograd.sin, x)
    True
    """
    _refuse(
        "gradcheck",
        "the engine has no forward mode",
        check_forward_ad=check_forward_ad,
        check_batched_forward_grad=check_batched_forward_grad,
    )
    _refuse("gradcheck", "gradients are not batched", check_batched_grad=check_batched_grad)
    if not check_backward_ad:
        raise ValueError("gradcheck: check_backward_ad=False leaves nothing to check")
    every = _checked("gradcheck", inputs, eps)
    try:
        options = Options(eps, atol, rtol, nondet_tol)
        _check(func, every, options, check_undefined_grad, check_grad_dtypes, fast_mode)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


gradcheck.GradcheckError = GradcheckError  # type: ignore[attr-defined]  # torch has a file of the function's name


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Checks second derivatives: `gradcheck` of func's vector-Jacobian product, by inputs and vectors.

    `grad_outputs` are the vectors, one for each output that requires grad (default: fixed random ones,
    not contiguous with `gen_non_contig_grad_outputs`). The other arguments are those of `gradcheck`.

    >>> import autograd
    >>> x = autograd.tensor([0.5, 1.0], dtype=autograd.float64, requires_grad=True)
    >>> autograd.testing.gradgradcheck(autograd.sin, x)
    True
    """
    _refuse("gradgradcheck", "the engine has no forward mode", check_fwd_over_rev=check_fwd_over_rev)
    _refuse("gradgradcheck", "gradients are not batched", check_batched_grad=check_batched_grad)
    if not check_rev_over_rev:
        raise ValueError("gradgradcheck: check_rev_over_rev=False leaves nothing to check")
    every = _checked("gradgradcheck", inputs, eps)
    options = Options(eps, atol, rtol, nondet_tol)
    try:
        product, arguments = vector_jacobian_product(func, every, options, grad_outputs, gen_non_contig_grad_outputs)
        arguments = _checked("gradgradcheck", arguments, eps)
        _check(
            product,
            arguments,
            options,
            check_undefined_grad,
            check_grad_dtypes,
            fast_mode,
            what="the backward pass",
            constants=True,
        )
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def vector_jacobian_product(
    func: Callable[..., Any], inputs: Sequence[Any], options: Options, grad_outputs: Any = None, scattered: bool = False
) -> tuple[Callable[..., tuple[Tensor, ...]], list[Any]]:
    """The function of inputs and vectors that a backward pass through func is, and these arguments."""
    check = _Check(func, inputs, options, "the function", constants=False)
    tracked = [i for i, out in zip(check.numbers, check.outputs, strict=True) if out.requires_grad]
    if grad_outputs is None:
        outputs = [out for out in check.outputs if out.requires_grad]
        sizes = [out.numel() * (2 if out.is_complex() else 1) for out in outputs]
        drawn = zip(_random_vectors(sizes, 0), outputs, strict=True)
        vectors = [from_reals(reals, out, scattered).requires_grad_() for reals, out in drawn]
    else:
        vectors = [grad_outputs] if isinstance(grad_outputs, Tensor) else list(grad_outputs)

    def product(*arguments: Any) -> tuple[Tensor, ...]:
        given, weights = arguments[: len(inputs)], arguments[len(inputs) :]
        result = func(*given)
        results = list(result) if isinstance(result, tuple | list) else [result]
        targets = [given[i] for i in check.positions]
        try:
            gradients = grad([results[i] for i in tracked], targets, weights, create_graph=True, allow_unused=True)
        except Exception as error:
            raise check.error(f"the backward pass raised {type(error).__name__}: {error}") from error
        return tuple(gradient for gradient in gradients if gradient is not None)

    return product, [*inputs, *vectors]
