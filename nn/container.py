"""Modules made of modules."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, Self, overload

from autograd import Tensor

from .module import Module
from .parameter import Parameter


class _Row(Module):
    """Modules called "0", "1", ... (or by names, in order): what Sequential and ModuleList share."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._modules.values()))

    def __setitem__(self, index: int, module: Module) -> None:
        self._modules[list(self._modules)[index]] = module

    def __delitem__(self, index: int | slice) -> None:
        kept = list(self)
        del kept[index]
        self._modules.clear()
        for number, module in enumerate(kept):
            self.add_module(str(number), module)

    def append(self, module: Module) -> Self:
        """Adds a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Adds modules at the end."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"{type(self).__name__}: expected a list of modules, got one {type(modules).__name__}")
        for module in modules:
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
        modules = list(self)
        modules.insert(index, module)
        self._modules.clear()
        self.extend(modules)


class ModuleDict(Module):
    """A dictionary of modules that are known to the module that holds it."""

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        self.update(modules or {})

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Adds the modules of a mapping."""
        for name, module in dict(modules).items():
            self[name] = module

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


class ParameterList(Module):
    """A list of parameters that are known to the module that holds it; other tensors become parameters."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        self.extend(values or ())

    def append(self, value: Any) -> Self:
        """Adds a parameter at the end."""
        kept = value if isinstance(value, Parameter) or not isinstance(value, Tensor) else Parameter(value)
        setattr(self, str(self._size), kept)
        self._size += 1
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Adds parameters at the end."""
        for value in values:
            self.append(value)
        return self

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(self._size))

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, str(range(self._size)[index]))

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, str(range(self._size)[index]), Parameter(value) if type(value) is Tensor else value)


class ParameterDict(Module):
    """A dictionary of parameters that are known to the module that holds it; other tensors become parameters."""

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self._names: dict[str, None] = {}
        self.update(parameters or {})

    def update(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
        """Adds the parameters of a mapping."""
        for name, value in dict(parameters).items():
            self[name] = value

    def __getitem__(self, key: str) -> Any:
        if key not in self._names:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        setattr(self, key, Parameter(value) if type(value) is Tensor else value)
        self._names[key] = None

    def __delitem__(self, key: str) -> None:
        del self._names[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def keys(self) -> Any:
        """The names."""
        return self._names.keys()

    def values(self) -> Iterator[Any]:
        """The parameters."""
        return (self[name] for name in self._names)

    def items(self) -> Iterator[tuple[str, Any]]:
        """The names and parameters."""
        return ((name, self[name]) for name in self._names)
