"""Do the tests bite? Breaks every derivative rule, one place at a time, and counts what the checks catch.

    python -m benchmarks.mutations [--only NAME] [--out benchmarks/results/mutations.json]

Each rule (and each helper that a rule calls) is read as a syntax tree and changed in one place: the
sign flipped, a factor added, a term or factor dropped, operands swapped, the sum over broadcast
dimensions left out. Then the numeric checks of the table of operations (`tests/helpers/table.py`), and of programs
that write in place, are run for the rows that use the rule, until one fails.
"""

from __future__ import annotations

import argparse
import ast
import copy
import inspect
import json
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn.functional as functional
from autograd.engine import views
from autograd.engine.node import Node
from autograd.engine.primitive import Primitive
from autograd.ops import normalisation, table
from autograd.ops.layout import _in_order
from autograd.testing import GradcheckError, gradcheck, gradgradcheck

ROOT = Path(__file__).resolve().parent.parent

# What survives and why: the value of the place does not show in any derivative, or only where there is none.
REASONS: dict[str, str] = {
    "_where: conjugation": "linear with real coefficients: the conjugate does not show",
    "_gate: conjugation": "linear with real coefficients: the conjugate does not show",
    "zeta by x": "the rule raises, which tests/ops/test_special.py checks",
    "igamma by x": "the rule raises, which tests/ops/test_special.py checks",
    "_gamma_slope by x": "the rule raises, which tests/ops/test_variates.py checks",
    "_dirichlet_slope by": "the rule raises, which tests/ops/test_variates.py checks",
    "igammac by x": "the rule raises, which tests/ops/test_special.py checks",
    "_cholesky_slope: a step left out at below.mH": "symmetric inputs do not show the antisymmetric part",
    "binary_cross_entropy: broadcast sum left out at finish": "nn.functional asks for inputs of one shape",
    "_limited_log: a step left out at math.exp(-100.0)": "the limit of -100, far from the samples; compared with torch",
    **{
        f"{name} by x: operands swapped at order - 1": "the function of order -n is that of n"
        for name in ("_i", "_k", "_ie", "_ke")
    },
    "_pow_by_base: a factor dropped at g * x ** 0": "x ** 0 is 1",
    "_slope: operands swapped at x - mean": "its sign appears twice",
    "_constant: operands swapped": "a weight of as many dimensions as the input has none to skip",
    "_binary_cross_entropy_slope": "the limit of 1e-12 is far from the samples; compared with torch at 0 and 1",
    "_sinc_slope": "terms of the series below 1e-6 of the slope; compared with torch in tests/ops/test_operations.py",
}


@dataclass
class Case:
    """A function of differentiated tensors, to be checked against differences."""

    name: str
    function: Callable[..., Any]
    inputs: list[Any]
    twice: bool = True
    eps: float = 1e-6
    tolerance: float = 1e-5

    def check(self) -> None:
        inputs = [x.detach().clone().requires_grad_() for x in self.inputs]
        gradcheck(self.function, inputs, eps=self.eps, atol=self.tolerance)
        if self.twice:
            gradgradcheck(self.function, inputs, atol=max(1e-4, self.tolerance))


@dataclass
class Known(Case):
    """A function whose derivative at these inputs, a kink or a tie, is a convention: torch's."""

    expected: Any = None

    def check(self) -> None:
        x = self.inputs[0].detach().clone().requires_grad_()
        (g,) = autograd.grad(self.function(x).sum(), x)
        assert np.allclose(g.detach().numpy(), self.expected)


def _table() -> Iterator[Case]:
    from tests.helpers.calls import differentiated
    from tests.helpers.operation import Draw
    from tests.helpers.table import SMOOTH

    for param in SMOOTH:
        (row,) = param.values
        for sample, call in enumerate(row.samples(Draw())):
            function, inputs = differentiated(row, call)
            if inputs and all(x.numel() for x in inputs):
                yield Case(f"{param.id}-{sample}", function, inputs, row.twice)


def _programs() -> Iterator[Case]:
    """Programs that write in place, read and write by index, convert and move."""
    from tests.engine.test_inplace import PROGRAMS
    from tests.engine.test_tensor import INDICES
    from tests.ops.test_linalg import CASES, double
    from tests.ops.test_sparse_gradients import FUNCTIONS, operands, sparse

    rng = np.random.default_rng(3)
    x, z = (autograd.tensor(rng.normal(size=(2, 3)), requires_grad=True) for _ in range(2))
    for name, program in PROGRAMS.items():

        def run(x: Any, z: Any, program: str = program) -> Any:
            names = {"torch": autograd, "x": x, "z": z}
            exec(program, names)
            return names["out"]

        yield Case(f"in place: {name}", run, [x, z])
    whole = autograd.tensor(rng.normal(size=(3, 4, 3)), requires_grad=True)
    for index in INDICES:

        def read(x: Any, index: str = index) -> Any:
            return eval(f"x[{index}]", {"x": x, "torch": autograd})

        def write(x: Any, v: Any, index: str = index) -> Any:
            names = {"x": x * 1, "torch": autograd, "v": v}
            exec(f"x[{index}] = v", names)
            return names["x"]

        yield Case(f"x[{index}]", read, [whole])
        if "0, 0" not in index:
            yield Case(f"x[{index}] = v", write, [whole, autograd.tensor(1.5, dtype=autograd.float64)])
    for name, (function, shape) in CASES.items():
        yield Case(f"linalg: {name}", function, [double(*shape)])

    def statistics(x: Any, weight: Any) -> Any:
        y, mean, var = normalisation._normalise(x, weight, None, dims=(0,), eps=0.5)
        return y * 2 + mean * mean * 3 + var * 5

    quotients = [autograd.tensor(v, dtype=autograd.float64, requires_grad=True) for v in ([2.5, -7.1, 0.4], [1.7])]
    yield Case("truncated quotient", lambda x, y: autograd.div(x, y, rounding_mode="trunc") + 0.0 * x, quotients)
    yield Known("bernoulli", autograd.bernoulli, [autograd.tensor([0.2, 0.7])], expected=[0.0, 0.0])
    yield Case("statistics of a normalisation", statistics, [x, z[:1].detach().requires_grad_()])
    yield Case("conversion", lambda x: x.float() * 3, [x], False, eps=1e-2, tolerance=1e-2)
    yield Case("move", lambda x: x.to("strict") * 3, [x])

    @autograd.enable_grad()
    def third(x: Any) -> Any:
        pooled = functional.max_pool2d((x * x).reshape(1, 1, 2, 3), (2, 1))
        return autograd.grad((pooled**3).sum(), x, create_graph=True)[0]

    yield Case("third order of pooling", third, [x])

    @autograd.enable_grad()
    def slope_of_det(x: Any) -> Any:
        x = x if x.requires_grad else x.detach().requires_grad_()
        return autograd.grad(autograd.linalg.det(x).abs().square().sum(), x, create_graph=True)[0]

    yield Case("third order of determinants", slope_of_det, [autograd.tensor(rng.normal(size=(3, 3)))])
    complexes = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    yield Case("third order of complex determinants", slope_of_det, [autograd.tensor(complexes)])

    def weighted(x: Any, t: Any, w: Any) -> Any:
        return functional.binary_cross_entropy_with_logits(x, t, pos_weight=w)

    for shape in ((3,), (2, 2, 3)):
        yield Case("logits with weighted positives", weighted, [x, z, autograd.tensor(rng.uniform(0.5, 3.0, shape))])
    yield Case("clone and contiguous", lambda x: x.T.contiguous().clone() * 2, [x])
    for number, combined in enumerate(FUNCTIONS):
        yield Case(f"sparse {number}", lambda v, d, combined=combined: combined(sparse(v), d), [*operands()])
    yield Case("in another order", lambda x: _in_order(x * 1, order=(1, 0)) * x, [x])
    from tests.ops.test_ties import TIES
    from tests.ops.test_variates import SLOPES

    for name, (function, point, twice) in SLOPES.items():
        yield Case(name, function, [autograd.tensor(point, dtype=autograd.float64)], twice)
    for name, (function, at, expected) in TIES.items():
        yield Known(name, function, [autograd.tensor(at, dtype=autograd.float64)], expected=expected)
    yield Case("accumulation", lambda x: (x * 2 + x * x).sum() + x.sum(), [x])


def primitives() -> dict[str, tuple[Any, str, Primitive]]:
    """Every primitive with derivatives: by name, with the module it is defined in."""
    found: dict[int, tuple[Any, str, Primitive]] = {}
    for module in (*table.modules(), views):
        for name, value in vars(module).items():
            value = getattr(value, "primitive", value)
            if isinstance(value, Primitive) and value.differentiable and value.compute.__module__ == module.__name__:
                found.setdefault(id(value), (module, name, value))
    named: dict[str, tuple[Any, str, Primitive]] = {}
    for module, name, p in found.values():
        # A second one of this name is its piecewise linear form, of the same rules.
        named.setdefault(f"{module.__name__}.{p.compute.__name__}", (module, name, p))
    return named


# Changing one place of a syntax tree


def _called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)


def _operator_changes(node: ast.BinOp | ast.UnaryOp) -> list[tuple[str, Callable[[Any], ast.AST]]]:
    """The ways to break an infix formula."""

    def swapped(pair: ast.BinOp) -> ast.AST:
        pair.left, pair.right = pair.right, pair.left
        return pair

    if isinstance(node, ast.UnaryOp):
        negative = isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant)
        return [("sign flipped", lambda pair: pair.operand)] if negative else []
    if isinstance(node.op, ast.Add | ast.Mult):
        dropped = "a term dropped" if isinstance(node.op, ast.Add) else "a factor dropped"
        return [(dropped, lambda pair: pair.left), (dropped, lambda pair: pair.right)]
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
        return [("operands swapped", swapped), ("a term dropped", lambda pair: pair.left)]
    return [("operands swapped", swapped)] if isinstance(node.op, ast.MatMult) else []


def _changes(node: ast.AST) -> list[tuple[str, Callable[[Any], ast.AST]]]:
    """The ways to break a call, a transposition or an infix formula."""
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return _operator_changes(node)
    if isinstance(node, ast.Attribute) and node.attr in ("mT", "mH"):
        return [("a step left out", lambda turned: turned.value)]
    name, count = _called(node), len(node.args) if isinstance(node, ast.Call) else 0

    def swapped(call: ast.Call) -> ast.AST:
        call.args[-2], call.args[-1] = call.args[-1], call.args[-2]
        return call

    if name in ("add", "mul", "matmul") and count == 2:
        dropped = "a term dropped" if name == "add" else "a factor dropped"
        changes = [(dropped, lambda call: call.args[0]), (dropped, lambda call: call.args[1])]
        return [("operands swapped", swapped)] if name == "matmul" else changes
    if name in ("sub", "div", "rsub", "pow") and count == 2:
        return [("operands swapped", swapped), ("a term dropped", lambda call: call.args[0])]
    if name == "neg":
        return [("sign flipped", lambda call: call.args[0])]
    if name in ("where", "_where") and count == 3:
        return [("operands swapped", swapped)]
    if name in ("sum_to", "unbroadcast"):
        return [("broadcast sum left out", lambda call: call.args[0])]
    if name in ("flip", "adjoint") and count:
        return [("a step left out", lambda call: call.args[0])]
    if name == "conj" and not count:  # x.conj()
        return [("a step left out", lambda call: call.func.value)]
    if name in ("sin", "cos", "exp", "log", "sinh", "cosh", "rsqrt", "sqrt", "digamma", "sigmoid", "sign"):
        return [("a step left out", lambda call: call.args[0] if count else call.func.value)]  # exp(x), x.exp()
    return []


def _mutants(tree: ast.AST) -> Iterator[tuple[str, str, ast.AST]]:
    """(kind, place, changed copy) for each single change of a lambda or a function."""
    nodes = list(ast.walk(tree))
    for position, node in enumerate(nodes):
        for number, (kind, change) in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[position]
            for parent in ast.walk(changed):
                for field, value in ast.iter_fields(parent):
                    if value is target:
                        setattr(parent, field, change(target))  # type: ignore[arg-type]
                    elif isinstance(value, list) and any(each is target for each in value):
                        value[[each is target for each in value].index(True)] = change(target)  # type: ignore[arg-type]
            yield kind, f"{ast.unparse(node)[:60]} #{number}", changed


def _source(function: Any) -> ast.AST | None:
    """The syntax tree of a rule: the lambda or function that stands at its line with its arguments."""
    module = inspect.getmodule(function)
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    wanted = list(inspect.signature(function).parameters)
    code = function.__code__
    column = next((c for _, _, c, _ in code.co_positions() if c is not None and c > 0), 0)
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Lambda | ast.FunctionDef)
        and node.lineno == (code.co_firstlineno if isinstance(node, ast.Lambda) else node.lineno)
        and [a.arg for a in node.args.args] == wanted
        and (isinstance(node, ast.Lambda) or node.name == function.__name__)
    ]
    starts = {id(node): (node.body.col_offset if isinstance(node, ast.Lambda) else node.col_offset) for node in found}
    return min(found, key=lambda node: abs(starts[id(node)] - column), default=None)


def _compiled(tree: ast.AST, function: Any) -> Any:
    scope = function.__globals__
    if isinstance(tree, ast.Lambda):
        expression = ast.fix_missing_locations(ast.Expression(tree))
        return eval(compile(expression, "<mutant>", "eval"), scope)
    assert isinstance(tree, ast.FunctionDef)
    tree.decorator_list = []
    local: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(ast.Module([tree], [])), "<mutant>", "exec"), scope, local)
    return local[tree.name]


@dataclass
class Mutant:
    """One change: how to put it in, and how to take it out."""

    where: str
    kind: str
    place: str
    users: set[str]
    put: Callable[[], None]
    take: Callable[[], None]


def _helpers(function: Any, module: Any) -> dict[str, Any]:
    """The plain functions of the same module that a rule calls, by name, also through each other."""
    found: dict[str, Any] = {}
    waiting = [function]
    while waiting:
        for name in waiting.pop().__code__.co_names:
            value = vars(module).get(name)
            plain = (
                inspect.isfunction(value) and value.__module__ == module.__name__ and not hasattr(value, "primitive")
            )
            if plain and name.startswith("_") and name not in found:
                found[name] = value
                waiting.append(value)
    return found


def mutants() -> Iterator[Mutant]:
    """All changes of all rules."""
    helpers: dict[tuple[str, str], tuple[Any, Any, set[str]]] = {}
    for key, (module, _, primitive) in primitives().items():
        for position, derivative in enumerate(primitive.derivatives):
            if derivative is None:
                continue
            rule = derivative.rule
            name = primitive.inputs[position]
            where = f"{key} by {name}"
            tree = _source(rule)
            if isinstance(tree, ast.Lambda) and _called(tree.body) == "zeros_like":
                kind = "zero replaced by the gradient"
                yield _rule_mutant(primitive, name, rule, where, kind, "whole rule", lambda g: g, key)
                continue
            for kind, wrapped in (("sign flipped", -1.0), ("factor added", 1.5)):
                yield _rule_mutant(primitive, name, rule, where, kind, "whole rule", _scaled(rule, wrapped), key)
            if tree is not None:
                for kind, place, changed in _mutants(tree):
                    yield _rule_mutant(primitive, name, rule, where, kind, place, _compiled(changed, rule), key)
            for helper, function in _helpers(rule, module).items():
                helpers.setdefault((module.__name__, helper), (module, function, set()))[2].add(key)
        if primitive.finish is not None:
            yield _finish_mutant(primitive, key)
        if primitive.holomorphic and module.__name__.rpartition(".")[2] in NOT_LINEAR and _uses_values(primitive):
            yield _conjugation_mutant(primitive, key)
    for (module_name, helper), (module, function, users) in helpers.items():
        tree = _source(function)
        if tree is None:
            continue
        for kind, place, changed in _mutants(tree):
            mutated = _compiled(changed, function)
            yield Mutant(
                f"{module_name}.{helper}",
                kind,
                place,
                users,
                lambda m=module, n=helper, f=mutated: setattr(m, n, f),
                lambda m=module, n=helper, f=function: setattr(m, n, f),
            )


def _scaled(rule: Any, factor: float) -> Any:
    """The rule times a factor, with the rule's own signature, by which the engine knows what to save for it."""
    from functools import wraps

    @wraps(rule)
    def scaled(*arguments: Any) -> Any:
        result = rule(*arguments)
        return None if result is None else result * factor

    return scaled


def _rule_mutant(
    primitive: Primitive, name: str, rule: Any, where: str, kind: str, place: str, changed: Any, key: str
) -> Mutant:
    return Mutant(
        where, kind, place, {key}, lambda: primitive.define(name, changed), lambda: primitive.define(name, rule)
    )


# Modules whose holomorphic primitives multiply by what may be complex; of others the conjugate does not show.
NOT_LINEAR = (
    "activation",
    "arithmetic",
    "choosing",
    "convolution",
    "determinants",
    "exponential",
    "products",
    "solve",
    "spectral",
    "trigonometric",
)


def _uses_values(primitive: Primitive) -> bool:
    return any(each is not None and (each.inputs or each.outputs) for each in primitive.derivatives)


def _conjugation_mutant(primitive: Primitive, key: str) -> Mutant:
    """The rule for real numbers used as it stands for complex ones."""

    def put() -> None:
        primitive.complex_rules = True

    def take() -> None:
        primitive.complex_rules = False

    return Mutant(key, "conjugation left out", "engine", {key}, put, take)


def _finish_mutant(primitive: Primitive, key: str) -> Mutant:
    finish = primitive.finish

    def put() -> None:
        primitive.finish = None

    def take() -> None:
        primitive.finish = finish

    return Mutant(key, "broadcast sum left out", "finish", {key}, put, take)


def _used_rules(case: Case, keys: dict[int, str]) -> set[str]:
    """The primitives whose rules run in a check of the case."""
    used: set[str] = set()
    original = Node.differentiate

    def noting(self: Any, *arguments: Any) -> Any:
        used.add(keys.get(id(self.primitive), ""))
        return original(self, *arguments)

    Node.differentiate = noting  # type: ignore[method-assign]
    try:
        case.check()
    finally:
        Node.differentiate = original  # type: ignore[method-assign]
    return used


def run(only: str = "") -> dict[str, Any]:
    """Tries every mutant; what survived, and how many were caught, by kind."""
    warnings.simplefilter("ignore")
    from tests.helpers import strict_backend

    strict_backend.register()
    keys = {id(p): key for key, (_, _, p) in primitives().items()}
    cases = [*_table(), *_programs()]
    users: dict[str, list[tuple[bool, int, Case]]] = defaultdict(list)
    for case in cases:
        try:
            used = _used_rules(case, keys)
        except GradcheckError:  # an index named twice, where a write keeps one of the values
            continue
        for key in used:
            users[key].append((not any(x.is_complex() for x in case.inputs), len(used), case))
    for key in users:
        users[key].sort(key=lambda entry: entry[:2])
    tried: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    survivors = []
    for mutant in mutants():
        if only not in mutant.where:
            continue
        tried[mutant.kind] += 1
        if _is_caught(mutant, [case for key in sorted(mutant.users) for *_, case in users[key]]):
            caught[mutant.kind] += 1
        else:
            survivor = f"{mutant.where}: {mutant.kind} at {mutant.place}"
            reason = next((why for part, why in REASONS.items() if part in survivor), "")
            survivors.append({"mutant": survivor, "reason": reason})
            print("survived:", survivor, f"({reason})" if reason else "", flush=True)
    total = sum(tried.values())
    return {
        "mutants": total,
        "caught": sum(caught.values()),
        "share": round(sum(caught.values()) / max(total, 1), 4),
        "by kind": {kind: {"tried": tried[kind], "caught": caught[kind]} for kind in sorted(tried)},
        "survivors": survivors,
    }


def _is_caught(mutant: Mutant, cases: list[Case]) -> bool:
    mutant.put()
    try:
        for case in cases[:60]:
            try:
                case.check()
            except Exception:
                return True
        return False
    finally:
        mutant.take()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutations", description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="only rules whose name contains this")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "mutations.json")
    options = parser.parse_args()
    start = time.perf_counter()
    results = run(options.only)
    results["seconds"] = round(time.perf_counter() - start)
    print(f"{results['caught']} of {results['mutants']} broken rules caught ({results['share']:.1%})")
    if not options.only:
        options.out.write_text(json.dumps(results, indent=1) + "\n")
        print(options.out)


if __name__ == "__main__":
    main()
