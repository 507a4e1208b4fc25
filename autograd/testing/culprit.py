"""Which operation of a computation is to blame: each is checked alone, where it stands, then how they hang together."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.callers import user_frames
from ..engine.function import Function
from ..engine.modes import Listener, enable_grad, modes, unlistened
from ..engine.sweep import grad
from ..engine.tensor import Tensor
from .gradcheck import (
    GradcheckError,
    Options,
    as_reals,
    from_reals,
    gradcheck,
    gradgradcheck,
    vector_jacobian_product,
)
from .reproduce import replica

_LARGE = 512  # inputs of more elements are checked along random directions
_APPLY = Function.apply.__func__.__code__  # type: ignore[attr-defined]


@dataclass
class _Call:
    """One operation, with what it was given."""

    name: str
    where: str
    again: Callable[..., Any]
    inputs: list[Any]
    outputs: list[np.ndarray]


class Witness(Listener):
    """A listener that keeps every operation of a call, with copies of what it was given, and where the graph is cut."""

    def __init__(self, inputs: Sequence[Any]) -> None:
        self.calls: list[_Call] = []
        self.cuts: list[str] = []
        # Arrays that depend on the inputs, and which of them have the history to say so; kept, so that ids stay theirs.
        self.known: dict[int, tuple[Any, bool]] = {}
        for x in inputs:
            if isinstance(x, Tensor) and x.requires_grad:
                self.known[id(x._array)] = x._array, True

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        made = [out for out in (outputs if isinstance(outputs, tuple) else (outputs,)) if isinstance(out, Tensor)]
        inside = _inside_a_function()
        self._follow(primitive, inputs, made, inside)
        if inside:
            return  # the Function's own backward stands for it
        mutated = primitive.mutated(params)
        # What was written in place is known before the write only to the operation itself.
        if not mutated:

            def again(*given: Any) -> Any:
                return primitive(*given, **params)

            self._keep(primitive.name, again, inputs, made)

    def on_function(self, function: Any, arguments: Any) -> None:
        ours = function.__module__ == Function.__module__
        if not ours and not _inside_a_function(sys._getframe(1).f_back):
            self._keep(function.__name__, function.apply, arguments, [])

    @unlistened()
    def _keep(self, name: str, again: Callable[..., Any], inputs: Any, outputs: Sequence[Tensor]) -> None:
        given = []
        for x in inputs:
            if isinstance(x, Tensor):
                tracked, x = x.requires_grad, replica(x)
                x = (x.double() if x.is_floating_point() else x).requires_grad_(tracked)
            given.append(x)
        self.calls.append(_Call(name, _caller(), again, given, [as_reals(out) for out in outputs]))

    def _follow(self, primitive: Any, inputs: Any, made: Sequence[Tensor], inside: bool) -> None:
        """Notes where a value that depends on the inputs has lost, or loses, the history that says so."""
        depends = False
        for i, x in enumerate(inputs):
            if not isinstance(x, Tensor) or not x.dtype.is_inexact or not primitive.differentiable >> i & 1:
                continue
            tracked = x.requires_grad or self.known.get(id(x._array), (None, None))[1]
            depends |= tracked is not None
            if tracked and not x.requires_grad and not inside:
                self.cuts.append(
                    f"{primitive.name} was given a value that detach() or .data had cut off, at {_caller()}"
                )
            if x.requires_grad and not modes.grad and not inside:
                self.cuts.append(f"{primitive.name} ran under no_grad(), at {_caller()}")
        for out in made if depends else ():
            if out.dtype.is_inexact:
                self.known[id(out._array)] = out._array, inside or out.requires_grad

    def on_unreplayable(self, what: str) -> None:
        if not _inside_a_function():
            self.cuts.append(f"{what}, with no derivative of what is computed from it, at {_caller()}")


def _inside_a_function(frame: Any = None) -> bool:
    """Whether the forward of a Function is running."""
    frame = sys._getframe(2) if frame is None else frame
    while frame is not None and frame.f_code is not _trace.__code__:
        if frame.f_code is _APPLY:
            return True
        frame = frame.f_back
    return False


def _caller() -> str:
    frames = user_frames(1)
    return f"{frames[-1].filename}:{frames[-1].lineno}: {frames[-1].line}" if frames else "?"


def _trace(function: Callable[..., Any], inputs: Sequence[Any]) -> tuple[Witness, list[Tensor]]:
    """What happens in one call, and its outputs that have a gradient."""
    witness = Witness(inputs)
    before, modes.listener = modes.listener, witness
    try:
        with enable_grad():
            result = function(*inputs)
    finally:
        modes.listener = before
    results = result if isinstance(result, tuple | list) else [result]
    return witness, [out for out in results if isinstance(out, Tensor) and out.requires_grad]


def find_culprits(function: Callable[..., Any], inputs: Any, order: int = 1) -> list[str]:
    """One paragraph for each operation in `function(*inputs)` that is to blame for a wrong derivative; see `blame`."""
    return blame(function, inputs, order)[1]


def blame(function: Callable[..., Any], inputs: Any, order: int = 1) -> tuple[str, list[str]]:
    """What is wrong in `function(*inputs)`: a heading, and a paragraph for each culprit.

    First, the operations whose own derivative is not the numeric one (with `order=2` second derivatives are
    looked at, too, and the operations of the backward pass). If there are none: an operation that gives
    something else when it is called again, a Function whose backward does not do in the computation what it
    does alone, a hook on a gradient, and at last where a value has lost its history.
    """
    witness, outputs = _trace(function, inputs)
    found = _wrong_alone(witness, order)
    if order > 1:
        with contextlib.suppress(GradcheckError):
            product, arguments = vector_jacobian_product(function, inputs, Options(1e-6, 1e-5, 1e-3, 0.0))
            second, _ = _trace(product, arguments)
            found += [each for each in _wrong_alone(second, 1) if each not in found]
            witness.cuts += [cut for cut in second.cuts if cut not in witness.cuts]
    ways: list[tuple[str, Callable[[], Iterable[str]]]] = [
        ("the operation whose own derivative is wrong:", lambda: found),
        ("the operation that is not deterministic:", lambda: _random(function, inputs)),
        (_ALONE + "one is wrong beside the others:", lambda: _wrong_together(function, inputs)),
        (_ALONE + "a hook stands between:", lambda: _hooks(outputs)),
        (_ALONE + "look for a detach() or another value without its history:", lambda: witness.cuts),
    ]
    for heading, look in ways:
        culprits = list(dict.fromkeys(look()))
        if culprits:
            return heading, culprits
    return _ALONE + "look for a detach(), or a value read on the host", []


_ALONE = "each operation's derivative is right on its own; "


def _wrong_alone(witness: Witness, order: int) -> list[str]:
    found = []
    for call in witness.calls:
        targets = [x for x in call.inputs if isinstance(x, Tensor) and x.requires_grad]
        if not targets:
            continue
        fast = sum(x.numel() for x in targets) > _LARGE
        for check in (gradcheck, gradgradcheck)[:order]:
            try:
                _alone(check, call, fast)
            except GradcheckError as error:
                kind = "second derivatives, " if check is gradgradcheck else ""
                found.append(f"{call.name}, {kind}called at {call.where}\n{error}")
                break
            except Exception:  # it can't stand alone at these values; the whole was wrong for another reason
                break
    return found


def _alone(check: Any, call: _Call, fast: bool) -> None:
    def of_copies(*given: Any) -> Any:
        return call.again(*[x.clone() if isinstance(x, Tensor) else x for x in given])

    atol = 1e-5 if check is gradcheck else 1e-4
    try:
        check(call.again, call.inputs, atol=atol, fast_mode=fast)
    except GradcheckError:
        raise
    except RuntimeError:  # one that writes into its input, as it says with mark_dirty, is given no leaf
        check(of_copies, call.inputs, atol=atol, fast_mode=fast)


def _random(function: Callable[..., Any], inputs: Any) -> Iterator[str]:
    """The first operation that is another one, or gives another result, in a second call."""
    for one, two in zip(_trace(function, inputs)[0].calls, _trace(function, inputs)[0].calls, strict=False):
        given = [[as_reals(x) if isinstance(x, Tensor) else x for x in call.inputs] for call in (one, two)]
        if (one.name, one.where) != (two.name, two.where):
            yield f"{one.name}, called at {one.where}: in a second call with the same inputs it is {two.name} there"
            return
        for before, after, what in ((*given, "is given"), (one.outputs, two.outputs, "gives")):
            if not _equal(before, after):
                yield f"{one.name}, called at {one.where}: in a second call with the same inputs it {what} other values"
                return


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, int | float | complex) and isinstance(b, int | float | complex):
        return a == b or (a != a and b != b)
    return True


def _wrong_together(function: Callable[..., Any], inputs: Any) -> list[str]:
    """Functions whose backward gives something else in the computation than alone: what they keep has changed."""
    made: dict[int, tuple[Any, type[Function], list[Any], str]] = {}
    passed: list[tuple[int, list[Any], list[Any]]] = []

    def watch(cls: type[Function]) -> Callable[[], None]:
        own = {name: cls.__dict__.get(name) for name in ("forward", "setup_context", "backward")}
        forward, setup, backward = cls.forward, cls.setup_context, cls.backward
        separate = setup is not Function.setup_context
        starting: list[Any] = []

        def note(ctx: Any, arguments: Any) -> None:
            made[id(ctx)] = ctx, cls, arguments, _caller()

        def copies(arguments: Any) -> list[Any]:
            return [replica(x).requires_grad_(x.requires_grad) if isinstance(x, Tensor) else x for x in arguments]

        def watched_forward(*arguments: Any) -> Any:
            if separate:
                starting.append(copies(arguments))
            else:
                note(arguments[0], copies(arguments[1:]))
            return forward(*arguments)

        def watched_setup(ctx: Any, inputs: Any, output: Any) -> Any:
            note(ctx, starting.pop())
            return setup(ctx, inputs, output)

        def watched_backward(ctx: Any, *gradients: Any) -> Any:
            given = [replica(g) if isinstance(g, Tensor) else g for g in gradients]
            results = backward(ctx, *gradients)
            several = list(results) if isinstance(results, tuple | list) else [results]
            passed.append((id(ctx), given, [replica(r) if isinstance(r, Tensor) else r for r in several]))
            return results

        cls.forward, cls.backward = staticmethod(watched_forward), staticmethod(watched_backward)  # type: ignore[method-assign]
        if separate:
            cls.setup_context = staticmethod(watched_setup)  # type: ignore[method-assign]

        def restore() -> None:
            for name, method in own.items():
                if method is not None:
                    setattr(cls, name, method)
                elif name in cls.__dict__:
                    delattr(cls, name)

        return restore

    restores = [watch(cls) for cls in _functions_in(function, inputs)]
    try:
        with contextlib.suppress(Exception), enable_grad():
            result = function(*inputs)
            results = result if isinstance(result, tuple | list) else [result]
            outputs = [out for out in results if isinstance(out, Tensor) and out.requires_grad]
            random = np.random.default_rng(1)
            weights = [from_reals(random.standard_normal(as_reals(out).size), out) for out in outputs]
            targets = [x for x in inputs if isinstance(x, Tensor) and x.requires_grad]
            grad(outputs, targets, weights, allow_unused=True)
    finally:
        for restore in restores:
            restore()
    found = []
    for key, given, results in passed:
        if key not in made:
            continue
        _, cls, arguments, where = made[key]
        with contextlib.suppress(Exception):
            alone = cls.apply(*arguments)
            several = list(alone) if isinstance(alone, tuple | list) else [alone]
            pairs = [(o, g) for o, g in zip(several, given, strict=True) if isinstance(g, Tensor) and o.requires_grad]
            chosen = [i for i, x in enumerate(arguments) if isinstance(x, Tensor) and x.requires_grad]
            expected = grad(
                [o for o, _ in pairs], [arguments[i] for i in chosen], [g for _, g in pairs], allow_unused=True
            )
            for i, right in zip(chosen, expected, strict=True):
                here = results[i] if i < len(results) else None
                if right is None or here is None or right.shape != here.shape:
                    continue
                if not np.allclose(as_reals(here), as_reals(right), equal_nan=True):
                    found.append(
                        f"{cls.__name__}, called at {where}\nits backward gives another gradient by input {i} in this "
                        "computation than alone: something it keeps is changed before backward runs, by a write in "
                        "place or by another call; keep tensors with ctx.save_for_backward"
                    )
    return found


def _functions_in(function: Callable[..., Any], inputs: Any) -> list[type[Function]]:
    """The Functions that a call applies."""
    calls = _trace(function, inputs)[0].calls
    classes = [getattr(call.again, "__self__", None) for call in calls]
    return list(dict.fromkeys(cls for cls in classes if isinstance(cls, type) and issubclass(cls, Function)))


def _hooks(outputs: Sequence[Tensor]) -> Iterator[str]:
    """Hooks in the graph of the outputs that change a gradient."""
    seen: set[int] = set()
    stack: list[Any] = [out.grad_fn for out in outputs if out.grad_fn is not None]
    while stack:
        node = stack.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Tensor):
            hooks, name = list(node._hooks.gradient.values()) if node._hooks else [], "an input"
        else:
            hooks = [hook for each in (node._hooks or {}).values() for hook in each.values()]
            name = f"the result of {node.label}"
            stack += [edge[0] for edge in node.edges if edge is not None]
        for hook in hooks:
            code = getattr(inspect.unwrap(hook), "__code__", None)
            where = f"{code.co_filename}:{code.co_firstlineno}" if code else repr(hook)
            yield f"a hook on the gradient of {name}: {where}"
