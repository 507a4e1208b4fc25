"""Small worlds around a step, and what happens in them between its calls: what a replay must not miss.

A world is a function that returns a `World`: the step, and for each call a function that first changes something, or
not, and then returns the arguments. It is built twice, the step recorded in one of them and eager in the other.
"""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor

Arguments = Callable[[], tuple[Any, ...]]


@dataclass
class World:
    step: Callable[..., Any]
    calls: Iterable[Arguments]
    state: Callable[[], list[Any]] = field(default=list)  # what else is compared after each call
    around: Callable[[int], Any] = lambda number: contextlib.nullcontext()  # where a call runs, by its number


WORLDS: dict[str, tuple[Callable[[], World], str]] = {}


def world(outcome: str) -> Callable[[Callable[[], World]], Callable[[], World]]:
    """Registers a world; its outcome is of the last call: "replayed", "recorded" (replayed, and recorded again after
    the change), "refused" (eager, and told why), "eager" (under a mode that is not recorded)."""

    def register(build: Callable[[], World]) -> Callable[[], World]:
        WORLDS[build.__name__] = build, outcome
        return build

    return register


def data(number: int, rows: int = 4) -> tuple[Tensor, Tensor]:
    rng = np.random.default_rng(number)
    return autograd.tensor(rng.normal(size=(rows, 3)), dtype=autograd.float32), autograd.tensor(
        rng.integers(0, 2, rows)
    )


def given(*changes: Callable[[], Any] | None, before: int = 4, after: int = 4) -> list[Arguments]:
    """Calls on new data: some as they are, one after each change, and some more."""
    calls: list[Arguments] = [lambda i=i: data(i) for i in range(before)]  # type: ignore[misc]
    for number, change in enumerate(changes):

        def changed(number: int = number, change: Callable[[], Any] | None = change) -> tuple[Any, ...]:
            if change is not None:
                change()
            return data(100 + number)

        calls.append(changed)
    return calls + [lambda i=i: data(200 + i) for i in range(after)]  # type: ignore[misc]


def training(
    model: nn.Module | None = None, optimizer: Callable[[Any], optim.Optimizer] | None = None, **more: Any
) -> SimpleNamespace:
    """A model, its optimizer and a step, in one namespace so that a change can replace each of them."""
    here = SimpleNamespace(**more)
    here.model = model or nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    here.optimizer = (optimizer or (lambda p: optim.SGD(p, lr=0.1)))(here.model.parameters())

    def step(x: Tensor, y: Tensor) -> Tensor:
        here.optimizer.zero_grad()
        loss = F.cross_entropy(here.model(x), y)
        loss.backward()
        here.optimizer.step()
        return loss.detach()

    here.step = step
    return here


def parameters(here: SimpleNamespace) -> Callable[[], list[Any]]:
    return lambda: [*here.model.state_dict().values(), *[p.grad for p in here.model.parameters()]]


def changed(change: Callable[[SimpleNamespace], Any], **options: Any) -> World:
    """A training in which something is changed between the calls."""
    here = training(**options)
    return World(here.step, given(lambda: change(here)), parameters(here))


# What an operation in place saved of itself


@world("replayed")
def product_in_place() -> World:
    w = autograd.tensor([2.0, 3.0], requires_grad=True)

    def step(x: Tensor) -> Any:
        w.grad = None
        h = x * 1.0
        h.mul_(w)
        h.sum().backward()
        return w.grad

    return World(step, [lambda i=i: (autograd.full((2,), float(i)),) for i in range(6)])  # type: ignore[misc]


@world("replayed")
def square_in_place() -> World:
    def step(x: Tensor) -> Any:
        h = (x * 2.0).requires_grad_()
        k = h * 1.0
        k *= k
        (g,) = autograd.grad(k.sum(), h)
        return g

    return World(step, [lambda i=i: (autograd.full((2,), float(i)),) for i in range(6)])  # type: ignore[misc]


def _in_place(layer: Callable[[], nn.Module]) -> World:
    here = training(nn.Sequential(nn.Linear(3, 4), layer(), nn.Linear(4, 2)))
    return World(here.step, given(), parameters(here))


@world("replayed")
def silu_in_place() -> World:
    return _in_place(lambda: nn.SiLU(inplace=True))


@world("replayed")
def mish_in_place() -> World:
    return _in_place(lambda: nn.Mish(inplace=True))


@world("replayed")
def hardswish_in_place() -> World:
    return _in_place(lambda: nn.Hardswish(inplace=True))


# Class numbers and indices are checked at each replay


def _raises(step: Callable[..., Any]) -> Callable[..., Any]:
    """The step, or the name of the error that it raises."""

    def outcome(*args: Any) -> Any:
        try:
            return step(*args)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    outcome.inner = step  # type: ignore[attr-defined]
    return outcome


def _bad_index(step: Callable[..., Any], good: Any, bad: Any) -> World:
    x = autograd.arange(12.0).reshape(4, 3)
    calls: list[Arguments] = [lambda: (x, autograd.tensor(good))] * 4
    return World(step, [*calls, lambda: (x, autograd.tensor(bad)), lambda: (x, autograd.tensor(good))])


@world("replayed")
def class_out_of_range() -> World:
    return _bad_index(lambda x, t: F.cross_entropy(x, t), [0, 1, 2, 1], [0, 7, 1, 1])


@world("replayed")
def negative_class() -> World:
    return _bad_index(lambda x, t: F.nll_loss(x, t), [0, 1, 2, 1], [0, -1, 1, 1])


@world("replayed")
def row_out_of_range() -> World:
    return _bad_index(lambda x, t: F.embedding(t, x), [0, 3], [0, -1])


@world("replayed")
def gathered_out_of_range() -> World:
    return _bad_index(lambda x, t: x.gather(1, t), [[0], [1], [2], [2]], [[0], [-1], [2], [2]])


@world("replayed")
def scattered_out_of_range() -> World:
    return _bad_index(lambda x, t: x.scatter(1, t, 1.0), [[0], [1], [2], [2]], [[0], [3], [2], [2]])


@world("replayed")
def probability_out_of_range() -> World:
    x = autograd.full((2,), 0.5)
    calls = [lambda v=v: (autograd.full((2,), v), x) for v in (0.5, 0.25, 0.5, 0.75, 1.5, 0.5)]  # type: ignore[misc]
    return World(F.binary_cross_entropy, calls)


@world("replayed")
def divisor_zero() -> World:
    x = autograd.arange(4)
    return World(lambda a, b: a // b, [lambda v=v: (x, autograd.full((4,), v)) for v in (1, 2, 3, 4, 0, 2)])  # type: ignore[misc]


# Arguments that are one tensor, or a tensor that the step knows otherwise


@world("recorded")
def one_tensor_twice() -> World:
    p, q = autograd.tensor([7.0]), autograd.tensor([-5.0])
    return World(lambda a, b: a * 2 + b, [lambda: (p, p)] * 4 + [lambda: (p, q)] * 4)


@world("recorded")
def two_tensors_then_one() -> World:
    p, q = autograd.tensor([7.0]), autograd.tensor([-5.0])

    def step(a: Tensor, b: Tensor) -> Tensor:
        a.add_(1.0)
        return a * b

    return World(step, [lambda: (p, q)] * 4 + [lambda: (p, p)] * 4)


@world("refused")
def overlapping_views() -> World:
    base = autograd.arange(6.0)

    def step(a: Tensor, b: Tensor) -> Tensor:
        a.mul_(2.0)
        return b * 1.0

    return World(step, [lambda: (base[:2], base[4:])] * 4 + [lambda: (base[:3], base[1:4])] * 4)


@world("recorded")
def argument_is_a_parameter() -> World:
    w, v = autograd.tensor([3.0]), autograd.tensor([5.0])
    return World(lambda a: a * w, [lambda: (w,)] * 4 + [lambda: (v,)] * 4)


@world("recorded")
def argument_becomes_a_parameter() -> World:
    w, v = autograd.tensor([3.0]), autograd.tensor([5.0])

    def step(a: Tensor) -> Tensor:
        w.add_(1.0)
        return a * w

    return World(step, [lambda: (v,)] * 4 + [lambda: (w,)] * 4)


@world("recorded")
def other_strides() -> World:
    x = autograd.arange(6.0).reshape(2, 3)

    def step(a: Tensor) -> Tensor:
        return a.contiguous().mul_(2.0)

    return World(step, [lambda: (x.t(),)] * 4 + [lambda: (x.reshape(3, 2),)] * 4, lambda: [x])


@world("replayed")
def numbers_of_other_kinds() -> World:
    x = autograd.tensor([1, 2])
    numbers = (1, 1, 1, 1.0, 1.0, 1.0, True, True, True, 0.0, 0.0, 0.0, -0.0, -0.0, -0.0)
    return World(lambda a, n: a / (a * 0 + n) if n == 0 else a * n, [lambda n=n: (x, n) for n in numbers])  # type: ignore[misc]


@world("refused")
def argument_written_with_a_history() -> World:
    w = autograd.tensor([2.0], requires_grad=True)

    def step(a: Tensor) -> Tensor:
        a.copy_(w * 3.0)
        return a.detach() * 1.0

    return World(step, [lambda: (autograd.zeros(1),)] * 5)


@world("replayed")
def argument_written_counts_a_version() -> World:
    def step(a: Tensor) -> Tensor:
        a.mul_(2.0)
        return a * 1.0

    seen: list[Any] = []

    def call() -> tuple[Any, ...]:
        a = autograd.ones(2)
        seen[:] = [a]
        return (a,)

    return World(step, [call] * 5, lambda: [seen[0]._version, seen[0]])


# State that is carried from step to step


@world("refused")
def carried_by_detach() -> World:
    kept = {"h": autograd.zeros(2)}

    def step(x: Tensor) -> Tensor:
        h = kept["h"] * 0.5 + x
        kept["h"] = h.detach()
        return h * 2.0

    return World(step, [lambda i=i: (autograd.full((2,), float(i)),) for i in range(6)])  # type: ignore[misc]


@world("refused")
def carried_in_a_list() -> World:
    kept: list[Tensor] = []

    def step(x: Tensor) -> Tensor:
        h = x + (kept[-1] if kept else 0.0)
        kept.append(h.detach())
        return h * 2.0

    return World(step, [lambda i=i: (autograd.full((2,), float(i)),) for i in range(6)])  # type: ignore[misc]


@world("refused")
def carried_and_returned() -> World:
    here = SimpleNamespace(average=autograd.zeros(2))

    def step(x: Tensor) -> Tensor:
        here.average = here.average * 0.5 + x
        return here.average

    return World(step, [lambda i=i: (autograd.full((2,), float(i)),) for i in range(6)])  # type: ignore[misc]


@world("replayed")
def carried_in_place() -> World:
    average = autograd.zeros(2)

    def step(x: Tensor) -> Tensor:
        average.mul_(0.5).add_(x)
        return average * 1.0

    return World(step, [lambda i=i: (autograd.full((2,), float(i)),) for i in range(6)], lambda: [average])  # type: ignore[misc]


@world("refused")
def counted_in_python() -> World:
    here = SimpleNamespace(count=0)

    def step(x: Tensor) -> Tensor:
        here.count += 1
        return x * float(here.count)

    return World(step, [lambda: (autograd.ones(2),)] * 5)


@world("refused")
def alternating() -> World:
    here = SimpleNamespace(even=True)

    def step(x: Tensor) -> Tensor:
        here.even = not here.even
        return x * 2.0 if here.even else x * 3.0

    return World(step, [lambda: (autograd.ones(2),)] * 6)


@world("refused")
def random_of_python() -> World:
    draws = random.Random(0)
    return World(lambda x: x * draws.random(), [lambda: (autograd.ones(2),)] * 5)


@world("refused")
def random_of_numpy() -> World:
    draws = np.random.default_rng(0)
    return World(lambda x: x + autograd.from_numpy(draws.normal(size=2)), [lambda: (autograd.ones(2),)] * 5)


@world("refused")
def global_random_of_numpy() -> World:
    np.random.seed(0)
    return World(lambda x: x * (2.0 if np.random.rand() < 2.0 else 3.0), [lambda: (autograd.ones(2),)] * 5)


@world("recorded")
def index_that_changes() -> World:
    order = [2, 0, 1]
    x = autograd.arange(3.0)

    def change() -> tuple[Any, ...]:
        order[0] = 1
        return (x,)

    return World(lambda a: a[order] * 2.0, [lambda: (x,)] * 4 + [change] + [lambda: (x,)] * 4)


@world("recorded")
def index_in_an_array_that_changes() -> World:
    order = np.array([2, 0, 1])
    x = autograd.arange(3.0)

    def change() -> tuple[Any, ...]:
        order[0] = 1
        return (x,)

    return World(lambda a: a[order] * 2.0, [lambda: (x,)] * 4 + [change] + [lambda: (x,)] * 4)


@world("recorded")
def array_that_changes() -> World:
    factors = np.array([1.0, 2.0], np.float32)
    x = autograd.ones(2)

    def change() -> tuple[Any, ...]:
        factors[0] = 5.0
        return (x,)

    return World(lambda a: a * autograd.tensor(factors), [lambda: (x,)] * 4 + [change] + [lambda: (x,)] * 4)


@world("replayed")
def array_that_is_shared() -> World:
    factors = np.array([1.0, 2.0], np.float32)
    shared = autograd.from_numpy(factors)
    x = autograd.ones(2)

    def change() -> tuple[Any, ...]:
        factors[0] += 5.0
        return (x,)

    return World(lambda a: a * shared, [lambda: (x,)] * 4 + [change] * 2)


# What was replaced around the step


@world("recorded")
def parameter_replaced() -> World:
    def change(here: SimpleNamespace) -> None:
        here.model[0].weight = nn.Parameter(autograd.ones(4, 3))

    return changed(change)


@world("recorded")
def layer_replaced() -> World:
    return changed(lambda here: here.model.__setitem__(1, nn.ReLU()))


@world("recorded")
def layer_replaced_below() -> World:
    return changed(lambda here: here.model._modules.__setitem__("1", nn.ReLU()))


@world("recorded")
def weights_tied() -> World:
    def change(here: SimpleNamespace) -> None:
        here.model[2].weight = here.model[0].weight

    return changed(change, model=nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3)))


@world("recorded")
def buffer_assigned() -> World:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(3, 2)
            self.register_buffer("scale", autograd.ones(2))

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x) * self.scale

    def change(here: SimpleNamespace) -> None:
        here.model.scale = autograd.tensor([2.0, 3.0])

    return changed(change, model=Scaled())


@world("recorded")
def model_replaced() -> World:
    def change(here: SimpleNamespace) -> None:
        here.model = copy.deepcopy(here.model)
        here.optimizer = optim.SGD(here.model.parameters(), lr=0.2)

    return changed(change)


@world("recorded")
def closed_over_tensor_rebound() -> World:
    w = autograd.ones(2)

    def step(x: Tensor) -> Tensor:
        return x * w

    def change() -> tuple[Any, ...]:
        nonlocal w
        w = autograd.full((2,), 7.0)
        return (autograd.ones(2),)

    return World(step, [lambda: (autograd.ones(2),)] * 4 + [change] + [lambda: (autograd.ones(2),)] * 4)


FACTOR = 2.0


@world("recorded")
def global_number() -> World:
    def set_to(value: float) -> tuple[Any, ...]:
        globals()["FACTOR"] = value
        return (autograd.ones(2),)

    return World(lambda x: x * FACTOR, [lambda: set_to(2.0)] * 4 + [lambda: set_to(3.0)] * 4 + [lambda: set_to(2.0)])


def _scaled(x: Tensor) -> Tensor:
    return x * FACTOR


@world("recorded")
def global_number_of_a_helper() -> World:
    def set_to(value: float) -> tuple[Any, ...]:
        globals()["FACTOR"] = value
        return (autograd.ones(2),)

    return World(
        lambda x: _scaled(x) + 1.0, [lambda: set_to(2.0)] * 4 + [lambda: set_to(3.0)] * 4 + [lambda: set_to(2.0)]
    )


def _attribute(model: Callable[[], nn.Module], layer: int, name: str, value: Any) -> World:
    return changed(lambda here: setattr(here.model[layer], name, value), model=model())


@world("recorded")
def dropout_of_another_rate() -> World:
    return _attribute(lambda: nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2)), 1, "p", 0.1)


@world("recorded")
def another_slope() -> World:
    return _attribute(
        lambda: nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(0.5), nn.Linear(4, 2)), 1, "negative_slope", 0.1
    )


@world("recorded")
def another_eps() -> World:
    return _attribute(lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)), 1, "eps", 0.1)


@world("recorded")
def another_momentum_of_statistics() -> World:
    return _attribute(lambda: nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)), 1, "momentum", 0.5)


@world("recorded")
def evaluation() -> World:
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))
    return changed(lambda here: here.model.eval(), model=model)


@world("recorded")
def frozen() -> World:
    return changed(lambda here: here.model[0].weight.requires_grad_(False))


@world("recorded")
def forward_hook() -> World:
    return changed(lambda here: here.model[0].register_forward_hook(lambda module, args, out: out * 2.0))


@world("recorded")
def tensor_hook() -> World:
    return changed(lambda here: here.model[0].weight.register_hook(lambda g: g * 2.0))


@world("recorded")
def hook_after_accumulation() -> World:
    def double(p: Tensor) -> None:
        p.grad.mul_(2.0)

    return changed(lambda here: here.model[0].weight.register_post_accumulate_grad_hook(double))


@world("recorded")
def hook_of_the_optimizer() -> World:
    def double(optimizer: Any, args: Any, kwargs: Any) -> None:
        for p in optimizer.param_groups[0]["params"]:
            p.grad.mul_(2.0)

    return changed(lambda here: here.optimizer.register_step_pre_hook(double))


@world("recorded")
def parametrized() -> World:
    return changed(lambda here: nn.utils.parametrizations.weight_norm(here.model[0]))


@world("recorded")
def state_of_the_optimizer_loaded() -> World:
    here = training(optimizer=lambda p: optim.Adam(p, lr=0.1))
    saved: list[Any] = []

    def save() -> None:
        saved[:] = [copy.deepcopy(here.optimizer.state_dict())]

    return World(here.step, given(save, None, lambda: here.optimizer.load_state_dict(saved[0])), parameters(here))


@world("recorded")
def state_of_the_optimizer_cleared() -> World:
    return changed(lambda here: here.optimizer.state.clear(), optimizer=lambda p: optim.Adam(p, lr=0.1))


@world("recorded")
def optimizer_replaced() -> World:
    def change(here: SimpleNamespace) -> None:
        here.optimizer = optim.Adam(here.model.parameters(), lr=0.01)

    return changed(change)


@world("recorded")
def group_added() -> World:
    here = training(optimizer=lambda p: optim.SGD(list(p)[:2], lr=0.1))

    def change() -> None:
        here.optimizer.add_param_group({"params": list(here.model.parameters())[2:], "lr": 0.5})

    return World(here.step, given(change), parameters(here))


@world("recorded")
def parameter_taken_out() -> World:
    return changed(lambda here: here.optimizer.param_groups[0]["params"].pop())


@world("recorded")
def momentum_switched_on() -> World:
    return changed(lambda here: here.optimizer.param_groups[0].update(momentum=0.9))


@world("recorded")
def maximized() -> World:
    return changed(lambda here: here.optimizer.param_groups[0].update(maximize=True))


@world("replayed")
def another_rate() -> World:
    def change(here: SimpleNamespace) -> None:
        here.optimizer.param_groups[0]["lr"] *= 0.5

    return changed(change)


@world("replayed")
def other_hyperparameters() -> World:
    def change(here: SimpleNamespace) -> None:
        here.optimizer.param_groups[0].update(betas=(0.5, 0.6), eps=0.1, weight_decay=0.2)

    return changed(change, optimizer=lambda p: optim.AdamW(p, lr=0.1, weight_decay=0.1))


@world("replayed")
def scheduled_outside() -> World:
    here = training()
    schedule = optim.lr_scheduler.ExponentialLR(here.optimizer, 0.5)
    return World(here.step, given(schedule.step, schedule.step, before=6), parameters(here))


@world("refused")
def scheduled_inside() -> World:
    here = training()
    schedule = optim.lr_scheduler.ExponentialLR(here.optimizer, 0.5)

    def step(x: Tensor, y: Tensor) -> Tensor:
        loss = here.step(x, y)
        schedule.step()
        return loss

    return World(step, given(), parameters(here))


@world("recorded")
def another_norm_to_clip_to() -> World:
    here = training(norm=0.1)

    def step(x: Tensor, y: Tensor) -> Tensor:
        here.optimizer.zero_grad()
        loss = F.cross_entropy(here.model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(here.model.parameters(), here.norm)
        here.optimizer.step()
        return loss.detach()

    def change() -> None:
        here.norm = 0.01

    return World(step, given(change), parameters(here))


# Modes


def _under(mode: Callable[[], Any]) -> World:
    """The last calls run under a mode."""
    here = training()
    return World(
        here.step, given(), parameters(here), lambda number: mode() if number >= 5 else contextlib.nullcontext()
    )


@world("refused")
def autocast_entered() -> World:
    """Entered outside, it keeps its copies of the weights from step to step."""
    return _under(lambda: autograd.autocast("cpu"))


@world("eager")
def anomalies_watched() -> World:
    return _under(autograd.autograd.detect_anomaly)


@world("recorded")
def another_default_dtype() -> World:
    @contextlib.contextmanager
    def doubles() -> Any:
        before = autograd.get_default_dtype()
        autograd.set_default_dtype(autograd.float64)
        try:
            yield
        finally:
            autograd.set_default_dtype(before)

    def step(x: Tensor) -> Tensor:
        return x + autograd.zeros(2).sum() + autograd.tensor([1.0, 2.0])

    return World(
        step, [lambda: (autograd.ones(2),)] * 9, around=lambda n: doubles() if n >= 5 else contextlib.nullcontext()
    )


@world("recorded")
def without_gradients() -> World:
    w = autograd.ones(2, requires_grad=True)

    def step(x: Tensor) -> Any:
        return (x * w).requires_grad

    def around(number: int) -> Any:
        return autograd.no_grad() if number >= 5 else contextlib.nullcontext()

    return World(lambda x: (x * w).detach() * float(step(x)), [lambda: (autograd.ones(2),)] * 9, around=around)


@world("recorded")
def random_numbers_of_torch() -> World:
    """Under the sequential generator the program draws otherwise."""
    return _random(lambda number: autograd.use_torch_random(number >= 5))


def _random(around: Callable[[int], Any]) -> World:
    def step(x: Tensor) -> Tensor:
        return x + autograd.rand(2)

    return World(step, [lambda: (autograd.ones(2),)] * 9, around=around)


@world("replayed")
def random_numbers() -> World:
    return _random(lambda number: contextlib.nullcontext())


@world("replayed")
def seeded_between() -> World:
    x = autograd.ones(2)

    def seed() -> tuple[Any, ...]:
        autograd.manual_seed(3)
        return (x,)

    return World(lambda a: a + autograd.rand(2), [lambda: (x,)] * 4 + [seed, lambda: (x,)] * 2)


# Values that the step reads on the host


@world("replayed")
def number_returned_at_the_end() -> World:
    here = training()
    return World(lambda x, y: here.step(x, y).item(), given(), parameters(here))


@world("refused")
def number_read_on_the_way() -> World:
    return World(lambda x: x * x.sum().item(), [lambda i=i: (autograd.full((2,), float(i)),) for i in range(5)])  # type: ignore[misc]


@world("refused")
def shape_depends_on_values() -> World:
    return World(lambda x: x[x > 1.0].sum(), [lambda i=i: (autograd.arange(float(i + 2)),) for i in (0, 0, 1, 1, 2)])  # type: ignore[misc]
