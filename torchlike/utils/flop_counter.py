"""torch.utils.flop_counter's place: how many multiplications and additions the products of a computation take."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from autograd.engine.modes import modes
from autograd.profiler.flops import FORMULAS, Shape
from nn.module import Module


class FlopCounterMode:
    """Inside, counts the floating-point operations of matrix products and convolutions, by module.

    `get_total_flops()` is their sum, `get_flop_counts()` says how many each module ran, itself and those below it, by
    kind. Those of a backward pass count for the whole, "Global", not for the modules. At the end a
    table is printed if `display`.

    >>> import autograd
    >>> with FlopCounterMode(display=False) as counter:
    ...     made = autograd.ones(2, 3) @ autograd.ones(3, 4)
    >>> counter.get_total_flops()
    48
    """

    def __init__(
        self, mods: Any = None, depth: int = 2, display: bool = True, custom_mapping: dict[Any, Any] | None = None
    ) -> None:
        self.depth, self.display = depth, display
        self.flop_counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.path: list[str] = ["Global"]
        self.calling: list[tuple[str, Module]] = []

    def get_total_flops(self) -> int:
        """All together."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self) -> dict[str, dict[str, int]]:
        """By module and kind of operation."""
        return {module: dict(counts) for module, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """The counts of modules down to a depth."""
        limit = self.depth if depth is None else depth
        total = self.get_total_flops() or 1
        lines = [("Module", "FLOP", "% Total")]
        for module, counts in self.flop_counts.items():
            level = module.count(".") + (module != "Global")
            if level <= limit:
                amount = sum(counts.values())
                lines.append((" " * level + module, str(amount), f"{100 * amount / total:.2f}%"))
                lines += [
                    (" " * (level + 1) + "- " + kind, str(n), f"{100 * n / total:.2f}%") for kind, n in counts.items()
                ]
        widths = [max(len(line[i]) for line in lines) for i in range(3)]
        return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines)

    def _counted(self, quietly: Callable[..., Any], compute: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = quietly(compute, *args, **kwargs)
        kind = getattr(compute, "__name__", "").strip("_")
        if kind in FORMULAS:
            _, x, y, *_ = args
            amount = FORMULAS[kind](tuple(x.shape), tuple(y.shape), tuple(result.shape))
            for module in dict.fromkeys(self.path):
                self.flop_counts[module][kind] += amount
        return result

    def __enter__(self) -> FlopCounterMode:
        self.flop_counts.clear()
        self.quietly, self.call = modes.quietly, Module.__call__
        modes.quietly = functools.partial(self._counted, self.quietly)
        counter, call = self, self.call

        def within(module: Module, *args: Any, **kwargs: Any) -> Any:
            name = counter._name(module)
            counter.path.append(name)
            counter.calling.append((name, module))
            try:
                return call(module, *args, **kwargs)
            finally:
                counter.path.pop()
                counter.calling.pop()

        Module.__call__ = within  # type: ignore[method-assign, assignment]
        return self

    def _name(self, module: Module) -> str:
        """The module's name below the one that calls it: `ResNet.layer1.0`; alone, the name of its class."""
        above = self.calling[-1] if self.calling else None
        for path, each in above[1].named_modules() if above else ():
            if each is module and above is not None:
                return f"{above[0]}.{path}" if path else above[0]
        return type(module).__name__

    def __exit__(self, *exc: object) -> None:
        modes.quietly, Module.__call__ = self.quietly, self.call  # type: ignore[method-assign]
        if self.display:
            print(self.get_table())  # noqa: T201


def register_flop_formula(targets: Any, get_raw: bool = False) -> Callable[[Any], Any]:
    """Sets the formula of primitives by their names: formula(shape, shape, shape of the result)."""

    def register(formula: Callable[[Shape, Shape, Shape], int]) -> Any:
        for target in targets if isinstance(targets, list | tuple) else [targets]:
            FORMULAS[str(target)] = formula
        return formula

    return register


__all__ = ["FlopCounterMode", "register_flop_formula"]
