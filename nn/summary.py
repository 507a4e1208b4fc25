"""What a network is made of, layer by layer: shapes, parameters, multiply-adds, memory."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.modes import Listener, modes

from .module import Module

Shape = tuple[int, ...]


@dataclass
class Row:
    """One layer. Its counts are its own and those of all below it; `parameters` that are shared count once."""

    name: str
    kind: str
    depth: int
    inputs: list[Shape] = field(default_factory=list)
    outputs: list[Shape] = field(default_factory=list)
    parameters: int = 0
    trainable: int = 0
    multiply_adds: int = 0
    memory: int = 0
    calls: int = 0


@dataclass
class Summary:
    """The rows of all layers; printed, a table."""

    rows: list[Row]

    @property
    def total(self) -> Row:
        """The network as a whole."""
        return self.rows[0]

    def __str__(self) -> str:
        head = ("Layer", "Output shape", "Parameters", "Multiply-adds", "Memory")
        body = [
            (
                f"{'  ' * row.depth}{row.name + ': ' if row.name else ''}{row.kind}",
                ", ".join(str(shape) for shape in row.outputs) if row.calls else "not called",
                f"{row.parameters:,}",
                f"{row.multiply_adds:,}",
                _bytes(row.memory),
            )
            for row in self.rows
        ]
        widths = [max(len(line[i]) for line in [head, *body]) for i in range(5)]
        aligned = [[cell.ljust, cell.rjust][i > 1](widths[i]) for line in [head, *body] for i, cell in enumerate(line)]
        lines = ["  ".join(aligned[i : i + 5]) for i in range(0, len(aligned), 5)]
        total, rule = self.total, "-" * len(lines[0])
        foot = [
            f"Parameters: {total.parameters:,} ({total.trainable:,} trainable)",
            f"Multiply-adds: {total.multiply_adds:,}",
            f"Memory of what the forward pass makes: {_bytes(total.memory)}",
        ]
        return "\n".join([lines[0], rule, *lines[1:], rule, *foot])

    __repr__ = __str__


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


# Primitives that are sums of products: how many terms an output has, or, of the adjoint, an input gives.
PRODUCTS: dict[str, Callable[[Shape, Shape, Shape], int]] = {
    "matmul": lambda x, y, out: math.prod(out) * x[-1],
    "linear": lambda x, weight, out: math.prod(out) * weight[1],
    "convolution": lambda x, weight, out: math.prod(out) * math.prod(weight[1:]),
    "convolution_input": lambda x, weight, out: math.prod(x) * math.prod(weight[1:]),
}


class _Counter(Listener):
    """Listens to the primitives and books their work on the modules that are running."""

    def __init__(self) -> None:
        self.running: list[Row] = []

    def on_apply(self, primitive: Any, inputs: Any, params: dict[str, Any], outputs: Any, arrays: Any) -> None:
        outs = outputs if isinstance(outputs, tuple) else (outputs,)
        given = {id(x._array) for x in inputs if isinstance(x, Tensor)}
        made = sum(x.nbytes for x in outs if id(x._array) not in given and x._view is None)
        work = 0
        if primitive.name in PRODUCTS:
            work = PRODUCTS[primitive.name](*(tuple(x.shape) for x in (*inputs[:2], outs[0])))
        for row in self.running:
            row.memory += made
            row.multiply_adds += work


def summary(model: Module, input: Any, **kwargs: Any) -> Summary:
    """Runs the model once, without gradients and in evaluation mode, and reports each layer.

    `input` is a tensor, a tuple of the forward's arguments, a dict of them, or a shape (a tuple of ints,
    of random float32 numbers); other keyword arguments go to forward. Multiply-adds are those of matrix
    products, convolutions and attention, wherever in the code they happen; memory is what the layer's
    operations allocate, in bytes. The model is left as it was.

    >>> import autograd, nn
    >>> net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    >>> print(nn.summary(net, (5, 3)))
    Layer        Output shape  Parameters  Multiply-adds  Memory
    ------------------------------------------------------------
    Sequential   (5, 2)                26            100   200 B
      0: Linear  (5, 4)                16             60    80 B
      1: ReLU    (5, 4)                 0              0    80 B
      2: Linear  (5, 2)                10             40    40 B
    ------------------------------------------------------------
    Parameters: 26 (26 trainable)
    Multiply-adds: 100
    Memory of what the forward pass makes: 200 B
    """
    args: tuple[Any, ...] = (input,)
    if isinstance(input, Mapping):
        args, kwargs = (), {**input, **kwargs}
    elif isinstance(input, tuple) and all(isinstance(size, int) for size in input):
        first = next(model.parameters(), None)
        args = (autograd.randn(*input, device=None if first is None else first.device),)
    elif isinstance(input, tuple | list):
        args = tuple(input)
    rows: list[Row] = []
    counter = _Counter()
    handles = []
    for path, module in model.named_modules():
        parameters = list(module.parameters())
        row = Row(path.rpartition(".")[2], module._get_name(), path.count(".") + 1 if path else 0)
        row.parameters = sum(p.numel() for p in parameters)
        row.trainable = sum(p.numel() for p in parameters if p.requires_grad)
        rows.append(row)
        handles += [
            module.register_forward_pre_hook(lambda m, args, row=row: _enter(counter, row, args)),
            module.register_forward_hook(lambda m, args, out, row=row: _leave(counter, row, out)),
        ]
    training = {module: module.training for module in model.modules()}
    before, buffers = modes.listener, [(b, b.clone()) for b in model.buffers()]
    try:
        model.eval()
        with autograd.no_grad():
            modes.listener = counter
            model(*args, **kwargs)
    finally:
        modes.listener = before
        for handle in handles:
            handle.remove()
        for module, mode in training.items():
            module.training = mode
        for buffer, value in buffers:
            buffer.copy_(value)
    return Summary(rows)


def _enter(counter: _Counter, row: Row, args: tuple[Any, ...]) -> None:
    counter.running.append(row)
    row.calls += 1
    row.inputs = [tuple(x.shape) for x in args if isinstance(x, Tensor)]


def _leave(counter: _Counter, row: Row, out: Any) -> None:
    counter.running.pop()
    row.outputs = _shapes(out)


def _shapes(out: Any) -> list[Shape]:
    """The shapes of all tensors in what a module returns."""
    if isinstance(out, Tensor):
        return [tuple(out.shape)]
    if isinstance(out, Mapping):
        out = list(out.values())
    return [shape for item in out for shape in _shapes(item)] if isinstance(out, list | tuple) else []
