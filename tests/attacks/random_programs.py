"""Random programs: views, writes in place, indexing, reductions, hooks, higher derivatives, as plain lines of code.

A program is a list of lines that run in either engine, where `T` is the engine, `F` its nn.functional and `grad`
its autograd.grad. Lines are chosen one by one, with PyTorch running along to know the shapes; what PyTorch refuses
stays in a program only where this engine must refuse it, too.
"""

from __future__ import annotations

import contextlib
import random
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# What torch refuses and this engine must, before anything is changed.
MUST_REFUSE = re.compile(
    r"a leaf Variable that requires grad|a view of a leaf Variable|created in no_grad mode|single memory location"
    r"|more than one element of the written-to tensor|backward through the graph a second time|out of (bounds|range)"
)
# What torch refuses and this engine may allow: it keeps what was saved of a tensor that is then written in place.
# It writes into views of split() and unbind(), whose histories torch can't follow.
MAY_ALLOW = re.compile(
    r"some elements of the input tensor and the written-to|modified by an inplace operation|function that returns multiple views|base or another view of its base has been"
)

# What this engine refuses and torch does, with a warning that it will refuse it one day: writes by index into
# expanded tensors.
MAY_REFUSE = re.compile(r"share one place in memory")


@dataclass
class Outcome:
    """What a program did: each line's error, and the variables, gradients and hook calls at the end."""

    errors: dict[int, str] = field(default_factory=dict)
    values: dict[str, np.ndarray] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Machine:
    """Runs lines in one engine."""

    def __init__(self, engine: Any, functional: Any, grad: Callable[..., Any]) -> None:
        self.tensor = engine.Tensor
        self.log: dict[int, list[Any]] = {}
        self.reshaped: list[Any] = []
        self.space: dict[str, Any] = {
            "T": engine,
            "F": functional,
            "grad": grad,
            "seen": lambda k, g: self.log.setdefault(k, []).append(g),
        }

    def run(self, line: str) -> None:
        hooked = re.search(r"(\w+)\.(register_hook|retain_grad)", line)
        x = self.space.get(hooked[1]) if hooked else None
        if hasattr(x, "_is_view") and x._is_view() and x.grad_fn is None:
            raise RuntimeError("torch crashes where a view made in no_grad is hooked")
        reshaped = re.search(r"(\w+)\.(un)?(squeeze|t|transpose)_\(", line)
        if reshaped:
            self.reshaped.append(self.space.get(reshaped[1]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(line, "<program>", "exec"), self.space)

    def tensors(self) -> dict[str, Any]:
        """The variables. torch refuses any use of a view whose history a write has made one that it can't follow."""
        found = {}
        for name, x in self.space.items():
            if isinstance(x, self.tensor):
                with contextlib.suppress(RuntimeError):
                    x.grad_fn  # noqa: B018
                    found[name] = x
        return found


def execute(lines: list[str], machine: Machine) -> Outcome:
    """Runs a program to its end, whatever raises on the way."""
    outcome = Outcome()
    for number, line in enumerate(lines):
        try:
            machine.run(line)
        except Exception as error:
            outcome.errors[number] = f"{type(error).__name__}: {error}"
    found = machine.tensors()
    outcome.names = set(found)
    for name, x in found.items():
        outcome.values[name] = _host(x)
        outcome.facts[name] = tuple(x.shape) if name[0] == "u" else (tuple(x.shape), x.requires_grad, x.is_leaf)
        # What torch retains of a tensor that was then given another shape has its old one.
        if name[0] != "u" and (x.is_leaf or x.retains_grad) and not any(x is each for each in machine.reshaped):
            outcome.facts[f"{name}.grad is None"] = x.grad is None
            if x.grad is not None:
                outcome.values[f"{name}.grad"] = _host(x.grad)
    for key, gradients in machine.log.items():
        for number, gradient in enumerate(gradients):
            outcome.values[f"hook {key}, call {number}"] = _host(gradient)
    return outcome


def _host(x: Any) -> np.ndarray:
    return np.array(x.detach().numpy())


def difference(lines: list[str], theirs: Outcome, ours: Outcome) -> str | None:
    """What of our outcome is wrong, in a sentence; None if all is as it should be."""
    for number in range(len(lines)):
        their, our = theirs.errors.get(number), ours.errors.get(number)
        if their is None and our is not None:
            if MAY_REFUSE.search(our):
                return None
            return f"refused: {lines[number]!r}: {our}"
        if their is not None and our is None:
            if MAY_ALLOW.search(their):
                return None  # what follows can't be compared
            written = ours.facts.get(re.sub(r"^(with T.no_grad\(\): )?(F\.\w+\()?(\w+).*", r"\3", lines[number]))
            if "leaf Variable" in their and written and not written[-1]:
                return None  # torch takes a view for a leaf whose base had no history when it was made
            return f"torch refuses {lines[number]!r}: {their}"
    if any("backward" in lines[number] for number in ours.errors):  # torch's has then done a part of its work
        for outcome in (theirs, ours):
            outcome.values = {k: v for k, v in outcome.values.items() if ".grad" not in k and "hook" not in k}
            outcome.facts = {k: v for k, v in outcome.facts.items() if ".grad" not in k}
    for name in ours.names - theirs.names:  # views whose use torch refuses after a write
        for known in (ours.values, ours.facts):
            for key in (name, f"{name}.grad", f"{name}.grad is None"):
                known.pop(key, None)
    if theirs.facts != ours.facts:
        wrong = {k for k in theirs.facts.keys() | ours.facts.keys() if theirs.facts.get(k) != ours.facts.get(k)}
        return "; ".join(f"{k}: torch {theirs.facts.get(k)}, here {ours.facts.get(k)}" for k in sorted(wrong))
    if theirs.values.keys() != ours.values.keys():
        return f"torch has {sorted(theirs.values.keys() ^ ours.values.keys())} or this engine has, not both"
    for name, expected in theirs.values.items():
        got = ours.values[name]
        if got.shape != expected.shape or not np.allclose(got, expected, rtol=1e-8, atol=1e-9, equal_nan=True):
            return f"{name}: torch {expected.tolist()}, here {got.tolist()}"
    return None


class Author:
    """Writes one program, PyTorch running along."""

    def __init__(self, seed: int, machine: Machine) -> None:
        self.random = random.Random(seed)
        self.machine = machine
        self.lines: list[str] = []
        self.count = 0
        self.hooks = 0
        # Which values a second derivative goes through, and so which hooks it meets, is an engine's own affair.
        self.twice = self.random.random() < 0.3

    def write(self, length: int) -> list[str]:
        for name in ("a", "b", "c")[: self.random.choice((2, 3))]:
            self.add(f"{name} = {self.literal(self.shape())}")
        for name in list(self.machine.tensors()):
            self.add(f"{name}1 = {name} * 1")
        for _ in range(length):
            self.statement()
        self.end()
        return self.lines

    # One line

    def add(self, line: str) -> bool:
        """Adds the line if torch runs it, or if its refusal is one that this engine must share."""
        try:
            self.machine.run(line)
        except Exception as error:
            if MAY_ALLOW.search(str(error)) or not MUST_REFUSE.search(str(error)) or self.random.random() < 0.5:
                return False
        self.lines.append(line)
        return True

    def statement(self) -> None:
        kind = self.random.choices(
            (
                self.view,
                self.compute,
                self.write_in_place,
                self.reshape_in_place,
                self.watch,
                self.cut_off,
                self.differentiate,
            ),
            (34, 20, 24, 5, 9, 4, 4),
        )[0]
        line = kind()
        if line is not None and kind != self.reshape_in_place and self.random.random() < 0.04:
            if kind == self.view:  # such views say that they require grad in torch, and are leaves: not looked at
                line = line.replace("v", "u", 1)
            line = f"with T.no_grad(): {line}"
        if line is not None:
            self.add(line)

    # Ingredients

    def shape(self) -> tuple[int, ...]:
        return self.random.choice(((3,), (4,), (2, 3), (3, 2), (2, 2), (3, 3), (2, 4), (2, 3, 2), (1, 3), (2, 1, 3)))

    def number(self) -> float:
        return self.random.choice((-2.0, -1.5, 0.5, 1.5, 2.0, 3.0))

    def literal(self, shape: tuple[int, ...], leaf: bool = True) -> str:
        count = int(np.prod(shape, dtype=int))
        numbers = [round(self.random.uniform(-2, 2), 4) for _ in range(count)]
        tracked = ", requires_grad=True" if leaf and self.random.random() < 0.75 else ""
        return f"T.tensor({np.reshape(numbers, shape).tolist()}, dtype=T.float64{tracked})"

    def pick(self, test: Callable[[Any], bool] = lambda x: True, unrecorded: bool = False) -> str | None:
        """The name of a variable, the newer the likelier."""
        names = [
            name
            for name, x in self.machine.tensors().items()
            if test(x) and x.numel() <= 60 and (unrecorded or name[0] != "u")
        ]
        if not names:
            return None
        return self.random.choices(names, range(1, len(names) + 1))[0]

    def new(self, kind: str = "v") -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def at(self, x: Any) -> str:
        """An index into x, without brackets."""
        parts = []
        for size in x.shape[: self.random.randint(1, max(x.dim(), 1))]:
            if not size:
                parts.append(":")
                continue
            i = self.random.randrange(size)
            j = self.random.randint(i + 1, size)
            parts.append(
                self.random.choice(
                    (
                        f"{i}",
                        f"{i}:{j}",
                        ":",
                        f"{i}:",
                        f"-{size - i}",
                        f"T.tensor({i})",
                        f"[{i}, {j - 1}]",
                        "::2",
                        "None, :",
                    )
                )
            )
        if self.random.random() < 0.1:
            parts.append("...")
        return ", ".join(parts)

    # Kinds of lines

    def view(self) -> str | None:
        name = self.pick()
        x = self.machine.space[name]
        dims = x.dim()
        d = self.random.randrange(dims) if dims else 0
        e = self.random.randrange(dims) if dims else 0
        size = x.shape[d] if dims else 1
        choices = [
            f"{name}[{self.at(x)}]",
            f"{name}[{self.at(x)}]",
            f"{name}[{self.at(x)}]",
            f"{name}.view(-1)",
            f"{name}.reshape(-1)",
            f"{name}.flatten()",
            f"{name}.unsqueeze({d})",
            f"{name}.squeeze()",
            f"{name}.contiguous()",
            f"{name}.detach()",
            f"{name}.clone()",
            f"{name}.ravel()",
            f"{name}.view({tuple(reversed(x.shape))})",
            f"{name}.reshape({tuple(reversed(x.shape))})",
            f"{name}.view_as({name})",
            f"{name}.expand({tuple(x.shape)})",
            f"{name}.expand(2, {', '.join(['-1'] * max(dims, 1))})",
            f"{name}[..., None]",
        ]
        if dims:
            start = self.random.randrange(size) if size else 0
            choices += [
                f"{name}.transpose({d}, {e})",
                f"{name}.movedim({d}, {e})",
                f"{name}.swapaxes({d}, {e})",
                f"{name}.narrow({d}, {start}, {max(size - start, 0)})",
                f"{name}.select({d}, {start})",
                f"{name}.split(1, {d})[{start}]",
                f"{name}.chunk(2, {d})[0]",
                f"{name}.unbind({d})[{start}]",
                f"{name}.flip({d})",
                f"{name}.roll(1, {d})",
                f"{name}.flatten({min(d, e)}, {max(d, e)})",
                f"{name}.index_select({d}, T.tensor([{start}]))",
                f"{name}.repeat({', '.join(['1'] * (dims - 1) + ['2'])})",
                f"{name}.cumsum({d})",
                f"{name}.permute({', '.join(map(str, self.random.sample(range(dims), dims)))})",
            ]
            if x.requires_grad:  # else torch takes the view for a leaf when its base gets a history
                choices.append(f"{name}.unfold({d}, {min(2, size)}, 2)")
        if dims == 2:
            choices += [f"{name}.t()", f"{name}.T", f"{name}.mT", f"{name}.diagonal()", f"T.einsum('ij->ji', {name})"]
        return f"{self.new()} = {self.random.choice(choices)}"

    def compute(self) -> str | None:
        name = self.pick()
        x = self.machine.space[name]
        choices = [
            f"{name} * {self.number()}",
            f"{name} + 1.0",
            f"{name}.exp()",
            f"{name}.sin()",
            f"{name}.tanh()",
            f"{name}.relu()",
            f"{name}.sigmoid()",
            f"{name} ** 2",
            f"{name} / ({name} * {name} + 1)",
            f"{name}.sum()",
            f"{name}.mean()",
            f"T.where({name} > 0, {name}, {name} * 2)",
            f"{name}.clamp(-1, 1)",
            f"{name}.abs()",
            f"1 / ({name} * {name} + 1)",
            f"F.softplus({name})",
            f"{name}.norm() * {self.number()}",
        ]
        other = self.pick(lambda y: y.shape == x.shape)
        choices += [
            f"{name} * {other}",
            f"{name} + {other}",
            f"{name} - 0.5 * {other}",
            f"{name} / ({other} * {other} + 2)",
            f"T.maximum({name}, {other})",
        ]
        if x.dim():
            d = self.random.randrange(x.dim())
            choices += [
                f"{name}.sum({d})",
                f"{name}.sum({d}, keepdim=True)",
                f"{name}.softmax({d})",
                f"{name}.prod({d})",
                f"{name}.mean({d})",
                f"T.cat([{name}, {other}], {d})",
                f"T.stack([{name}, {other}], {d})",
            ]
            if x.shape[d]:
                choices += [
                    f"{name}.max({d}).values",
                    f"{name}.logsumexp({d})",
                    f"{name}.sort({d}).values",
                    f"F.normalize({name}, dim={d})",
                ]
        if x.dim() == 2:
            right = self.pick(lambda y: y.dim() == 2 and y.shape[0] == x.shape[1])
            if right is not None:
                choices += [f"{name} @ {right}", f"T.einsum('ij,jk->ki', {name}, {right})"] * 3
        if x.dim() == 3 and x.shape[2] >= 2:
            choices += [f"F.conv1d({name}, T.ones(2, {x.shape[1]}, 2, dtype=T.float64))"] * 3
            choices += [f"F.max_pool1d({name}, 2)", f"F.avg_pool1d({name}, 2, 1)"]
        made = self.random.choice(choices)
        hidden = re.search("einsum|1d", made)  # views, in torch, of what it made on the way
        return f"{self.new('e' if hidden else 'v')} = {made}"

    def write_in_place(self) -> str | None:
        name = self.pick(unrecorded=True)
        x = self.machine.space[name]
        same = self.pick(lambda y: y.shape == x.shape)
        n = self.number()
        choices = [
            f"{name}.mul_({n})",
            f"{name}.add_({n})",
            f"{name}.add_({same})",
            f"{name} += {same}",
            f"{name} *= {n}",
            f"{name}.mul_({same})",
            f"{name}.copy_({same} * 1)",
            f"{name}.zero_()",
            f"{name}.fill_({n})",
            f"{name}.relu_()",
            f"{name}.sigmoid_()",
            f"{name}.exp_()",
            f"{name}.clamp_(-1, 1)",
            f"{name}.div_({n})",
            f"{name}.sub_({same}, alpha=2)",
            f"{name}.masked_fill_({name} > 0.5, {n})",
            f"F.relu({name}, inplace=True)",
            f"F.elu({name}, inplace=True)",
            f"{name}.tanh_()",
            f"{name}.neg_()",
            f"{name}.pow_(2)",
            f"{name}.addcmul_({same}, {same})",
            f"{name}.lerp_({same}, 0.5)",
        ]
        if x.dim():
            index = self.at(x)
            # (Where the number lies in the written memory itself, torch's result depends on the order of its loop.)
            scalar = self.pick(
                lambda y: y.dim() == 0 and y.untyped_storage().data_ptr() != x.untyped_storage().data_ptr()
            )
            choices += [
                f"{name}[{index}] = {n}",
                f"{name}[{index}] *= {n}",
                f"{name}[{index}] += 1",
                f"{name}[{name} > 0] = {n}",
            ] * 2
            if scalar is not None:
                choices += [f"{name}[{index}] = {scalar}", f"{name}[{index}] += {scalar}"] * 2
            d = self.random.randrange(x.dim())
            if x.shape[d]:
                choices += [
                    f"{name}.index_fill_({d}, T.tensor([0]), {n})",
                    f"{name}.select({d}, 0).mul_({n})",
                    f"{name}.narrow({d}, 0, 1).add_({n})",
                ]
                choices += [
                    f"{name}.view(-1)[0].mul_({n})",
                    f"{name}.flatten()[0] = {n}",
                    f"{name}.reshape(-1).mul_({n})",
                ]
        return self.random.choice(choices)

    def reshape_in_place(self) -> str | None:
        name = self.pick()
        x = self.machine.space[name]
        choices = [f"{name}.unsqueeze_(0)", f"{name}.squeeze_()"]
        if x.dim() == 2:
            choices += [f"{name}.t_()"] * 2
        if x.dim() > 1:
            choices += [f"{name}.transpose_(0, -1)"]
        if x.dim() and x.shape[0] == 1:
            choices += [f"{name}.squeeze_(0)"] * 2
        return self.random.choice(choices)

    def watch(self) -> str | None:
        name = self.pick(lambda x: x.requires_grad)
        if name is None or self.twice or name[0] == "e":
            return None
        self.hooks += 1
        return self.random.choice(
            (
                f"h = {name}.register_hook(lambda g: g * 1.0)",
                f"h = {name}.register_hook(lambda g: g * 2.0)",
                f"h = {name}.register_hook(lambda g: seen({self.hooks}, g.detach().clone()))",
                f"{name}.retain_grad()",
                f"{name}.retain_grad()",
            )
        )

    def cut_off(self) -> str | None:
        name = self.pick()
        return self.random.choice(
            (
                f"{self.new()} = {name}.detach()",
                f"{self.new()} = ({name} * 2).detach_()",
                f"{self.new()} = {name}.detach().clone().requires_grad_()",
            )
        )

    def differentiate(self) -> str | None:
        name = self.pick(lambda x: x.requires_grad)
        leaf = self.pick(lambda x: x.requires_grad)
        if name is None:
            return None
        once = (f"{name}.sum().backward(retain_graph=True)", f"({name} ** 2).sum().backward(retain_graph=True)")
        if not self.twice:
            return self.random.choice(once)
        return self.random.choice(
            (
                *once,
                f"{self.new()}, = grad(({name} ** 2).sum(), {leaf}, create_graph=True, allow_unused=True)",
                f"{self.new()}, = grad({name}.sin().sum(), {leaf}, create_graph=True, allow_unused=True)",
            )
        )

    def end(self) -> None:
        """Everything goes into one loss, each with a weight of its own."""
        names = [name for name, x in self.machine.tensors().items() if x.requires_grad and name[0] != "u"]
        if not self.twice and self.random.random() < 0.4:  # a law of its own: hooks that change nothing
            for name in self.random.sample(names, len(names) // 2):
                if name[0] != "e":
                    self.add(f"h = {name}.register_hook(lambda g: g * 1.0)")
        terms = " + ".join(f"{1 + i / 8} * {name}.sum()" for i, name in enumerate(names))
        if not terms:
            return
        last = f"({terms}).backward(retain_graph={self.random.random() < 0.3})"
        if self.twice:
            leaf = self.random.choice([n for n in names if self.machine.space[n].is_leaf] or names)
            self.add(f"g1, = grad((({terms}) ** 2), {leaf}, create_graph=True, allow_unused=True)")
            last = "(g1 ** 2).sum().backward()"
        with contextlib.suppress(Exception):
            self.machine.run(last)
        self.lines.append(last)
        if self.random.random() < 0.1:
            self.lines.append(last)


def shrink(lines: list[str], fails: Callable[[list[str]], bool]) -> list[str]:
    """The fewest lines, in their order, that still fail."""
    changed = True
    while changed:
        changed = False
        for number in reversed(range(len(lines))):
            shorter = lines[:number] + lines[number + 1 :]
            if fails(shorter):
                lines, changed = shorter, True
    return lines
