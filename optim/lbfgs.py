"""L-BFGS: Newton's method with a Hessian guessed from the last gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError

from .line_search import Point, strong_wolfe
from .optimizer import Optimizer, Params, check_at_least_zero


class LBFGS(Optimizer):
    """Quasi-Newton steps; `step(closure)` makes up to `max_iter` of them, calling closure for each loss.

        d = -H g,  H from the last `history_size` pairs s = p' - p, y = g' - g by the two-loop recursion
        p = p + t d,  t = lr, or found by line_search_fn="strong_wolfe"

    One group of parameters. It stops at max_eval calls (1.25 max_iter), at a gradient below
    tolerance_grad, at a step or a change of the loss below tolerance_change.
    D. Liu, J. Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_at_least_zero(lr=lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError(f"LBFGS: only 'strong_wolfe' is supported as line search, got {line_search_fn!r}")
        names = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, names)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @property
    def _params(self) -> list[Tensor]:
        return self.param_groups[0]["params"]

    def _flat_gradient(self) -> Tensor:
        for number, p in enumerate(self._params):
            if p.grad is not None and p.grad.numel() != p.numel():
                raise OperationError(
                    f"LBFGS: the gradient of parameter {number} has shape {tuple(p.grad.shape)}, the parameter "
                    f"{tuple(p.shape)}: its .data was replaced after backward()"
                )
        parts = [autograd.zeros_like(p.detach()) if p.grad is None else p.grad.detach() for p in self._params]
        return autograd.cat([part.to_dense().reshape(-1) for part in parts])

    def _move(self, direction: Tensor, distance: Any) -> None:
        start = 0
        for p in self._params:
            piece = direction[start : start + p.numel()].view(p.shape)
            p.add_(piece * distance)
            start += p.numel()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Up to max_iter iterations; `closure` zeroes the gradients, computes the loss, calls backward, returns it."""
        if closure is None:
            raise TypeError("LBFGS: step() needs a closure that computes the loss and its gradients")
        with autograd.no_grad():
            return self._iterate(autograd.enable_grad()(closure))

    def _iterate(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        evaluations = 1
        now = Point(0.0, float(first_loss), self._flat_gradient())
        state["func_evals"] += 1
        for iteration in range(1, group["max_iter"] + 1):
            if float(now.gradient.abs().max()) <= group["tolerance_grad"]:
                break
            state["n_iter"] += 1
            d = self._direction(state, now.gradient, group["history_size"])
            state["prev_flat_grad"], state["prev_loss"] = now.gradient.clone(), now.loss
            t = float(group["lr"])
            if state["n_iter"] == 1:
                t *= min(1.0, 1.0 / float(now.gradient.abs().sum()))
            state["d"], state["t"] = d, t
            slope = float(now.gradient.dot(d))
            if slope > -group["tolerance_change"]:
                break
            before = now.loss
            if group["line_search_fn"] is not None:
                now, calls = self._search(
                    closure, d, t, now._replace(distance=0.0, slope=slope), group["max_eval"] - evaluations
                )
                state["t"] = t = now.distance
            else:
                self._move(d, t)
                calls = 0
                if iteration < group["max_iter"]:  # the last loss would be of no use
                    now, calls = Point(0.0, float(closure()), self._flat_gradient()), 1
            evaluations += calls
            state["func_evals"] += calls
            if (
                evaluations >= group["max_eval"]
                or float((d * t).abs().max()) <= group["tolerance_change"]
                or (calls and abs(now.loss - before) < group["tolerance_change"])
            ):
                break
        return first_loss

    def _direction(self, state: dict[str, Any], g: Tensor, history_size: int) -> Tensor:
        """-H g by the two-loop recursion (J. Nocedal, 1980), after the last step's s and y were added."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
            return -g
        ys, ss, ro = state["old_dirs"], state["old_stps"], state["ro"]
        y = g - state["prev_flat_grad"]
        s = state["d"] * state["t"]
        curvature = float(y.dot(s))
        if curvature > 1e-10:
            if len(ys) == history_size:
                for kept in (ys, ss, ro):
                    kept.pop(0)
            ys.append(y)
            ss.append(s)
            ro.append(1.0 / curvature)
            state["H_diag"] = curvature / float(y.dot(y))
        q = -g
        shares = []
        for y, s, r in zip(reversed(ys), reversed(ss), reversed(ro), strict=True):
            shares.append(float(s.dot(q)) * r)
            q = q - y * shares[-1]
        d = q * state["H_diag"]
        for y, s, r, share in zip(ys, ss, ro, reversed(shares), strict=True):
            d = d + s * (share - float(y.dot(d)) * r)
        return d

    def _search(self, closure: Callable[[], Any], d: Tensor, t: float, start: Point, most: int) -> tuple[Point, int]:
        """The point along d that the line search finds, with the parameters moved there; how often it asked."""
        at = [p.clone() for p in self._params]

        def evaluate(distance: float) -> Point:
            self._move(d, distance)
            loss, gradient = float(closure()), self._flat_gradient()
            for p, value in zip(self._params, at, strict=True):
                p.copy_(value)
            return Point(distance, loss, gradient, float(gradient.dot(d)))

        tolerance = self.param_groups[0]["tolerance_change"]
        found, calls = strong_wolfe(evaluate, start, t, float(d.abs().max()), tolerance, most=most)
        self._move(d, found.distance)
        return found, calls

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Takes over the state and hyperparameters of a `state_dict`."""
        super().load_state_dict(state_dict)
        p = self._params[0]
        for name, value in self.state[p].items() if p in self.state else ():
            if isinstance(value, list):
                self.state[p][name] = [x.detach().clone() if isinstance(x, Tensor) else float(x) for x in value]
            elif name == "H_diag":
                self.state[p][name] = float(value)
