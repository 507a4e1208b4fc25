"""Modules made of modules."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self, overload

from .module import Module
from .parameter_container import ParameterDict, ParameterList

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


class _Row(Module):
    """Modules called "0", "1", ... (or by names, in order): what Sequential and ModuleList share."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._modules.values()))

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, list(self._modules)[index], module)

    def __delitem__(self, index: int | slice) -> None:
        kept = list(self)
        del kept[index]
        self._modules = {str(number): module for number, module in enumerate(kept)}

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def pop(self, key: int | slice) -> Any:
        """Takes a module out, or those of a slice, and returns it."""
        module = self[key]  # type: ignore[index]
        del self[key]
        return module

    def _insert(self, index: int, module: Module) -> None:
        modules = list(self)
        modules.insert(index, module)
        self._modules = {str(number): each for number, each in enumerate(modules)}

    def append(self, module: Module) -> Self:
        """Adds a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Adds modules at the end."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"{type(self).__name__}: expected a list of modules, got one {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self


class Sequential(_Row):
    """Runs modules one after the other; give them in order, or as an OrderedDict with names.

    >>> import autograd, nn
    >>> net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> net(autograd.ones(2, 4)).shape
    autograd.Size([2, 1])
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        for module in self:
            input = module(input)
        return input

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return list(self._modules.values())[index]

    def insert(self, index: int, module: Module) -> Self:
        """Adds a module before the one at `index`."""
        if not isinstance(module, Module):
            raise AssertionError(f"Sequential.insert: expected a Module, got {type(module).__name__}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Sequential.insert: index {index} is out of range for {len(self)} modules")
        self._insert(index, module)
        return self

    def __add__(self, other: Sequential) -> Sequential:
        _check_sequential("+", other)
        return Sequential(*self, *other)

    def __iadd__(self, other: Sequential) -> Self:
        _check_sequential("+=", other)
        return self.extend(other)

    def __mul__(self, other: int) -> Sequential:
        """The same modules over and over, `other` times: they share their parameters."""
        _check_times(other)
        return Sequential(*list(self) * other)

    __rmul__ = __mul__

    def __imul__(self, other: int) -> Self:
        _check_times(other)
        return self.extend(list(self) * (other - 1))


def _check_sequential(symbol: str, other: object) -> None:
    if not isinstance(other, Sequential):
        raise ValueError(f"Sequential {symbol}: expected a Sequential, got {type(other).__name__}")


def _check_times(times: object) -> None:
    if not isinstance(times, int):
        raise TypeError(f"Sequential *: expected an int, got {type(times).__name__}")
    if times <= 0:
        raise ValueError(f"Sequential *: expected a positive number of times, got {times}")


class ModuleList(_Row):
    """A list of modules that are known to the module that holds it."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(modules or ())

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Any:
        modules = list(self._modules.values())[index]
        return type(self)(modules) if isinstance(index, slice) else modules  # type: ignore[arg-type]

    def __repr__(self) -> str:
        """Neighbours that look alike are shown once: `(0-2): 3 x Linear(...)`."""
        groups: list[tuple[str, int, int]] = []
        for number, text in enumerate(map(repr, self)):
            if groups and groups[-1][0] == text:
                groups[-1] = text, groups[-1][1], number
            else:
                groups.append((text, number, number))
        if not groups:
            return f"{type(self).__name__}()"
        lines = []
        for text, first, last in groups:
            name = f"({first})" if first == last else f"({first}-{last}): {last - first + 1} x"
            lines.append(f"{name}{':' if first == last else ''} {text}".replace("\n", "\n  "))
        inner = "\n  ".join(lines)
        return f"{type(self).__name__}(\n  {inner}\n)"

    def insert(self, index: int, module: Module) -> None:
        """Adds a module before the one at `index`."""
        self._insert(index, module)

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return ModuleList(self).extend(other)

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)


def _check_pairs(container: Module, given: object) -> None:
    if not isinstance(given, Iterable):
        raise TypeError(f"{type(container).__name__}.update: expected names and values, got {type(given).__name__}")


class ModuleDict(Module):
    """A dictionary of modules that are known to the module that holds it."""

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update({} if modules is None else modules)

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Adds the modules of a mapping."""
        _check_pairs(self, modules)
        for name, module in dict(modules).items():
            self[name] = module

    def clear(self) -> None:
        """Takes all modules out."""
        self._modules.clear()

    def pop(self, key: str) -> Any:
        """Takes a module out and returns it."""
        module = self[key]
        del self[key]
        return module

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._modules.keys()

    def values(self) -> ValuesView[Any]:
        """The modules."""
        return self._modules.values()

    def items(self) -> ItemsView[str, Any]:
        """The names and modules."""
        return self._modules.items()
