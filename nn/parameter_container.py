"""Modules that hold parameters as a list or a dictionary."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, Self, overload

from autograd import Tensor

from .module import Module
from .parameter import Parameter


def _kept(value: Any) -> Any:
    """What a container holds for a value: plain tensors become parameters."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


class _Parameters(Module):
    """What ParameterList and ParameterDict share: values are attributes, and no forward."""

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(f"{type(self).__name__} should not be called: it holds parameters and computes nothing")

    def _named(self) -> Iterator[tuple[str, Any]]:
        raise NotImplementedError

    def _kind(self, value: Tensor) -> str:
        return str(value.dtype)

    def extra_repr(self) -> str:
        return "\n".join(f"  ({name}): {self._described(value)}" for name, value in self._named())

    def _described(self, value: Any) -> str:
        if not isinstance(value, Tensor):
            return f"Object of type: {type(value).__name__}"
        held = "Parameter" if isinstance(value, Parameter) else "Tensor"
        place = "" if value.is_cpu else f" ({value.device})"
        return f"{held} containing: [{self._kind(value)} of size {'x'.join(map(str, value.shape))}{place}]"


class ParameterList(_Parameters):
    """A list of parameters that are known to the module that holds it; other tensors become parameters."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        self.extend(() if values is None else values)

    def append(self, value: Any) -> Self:
        """Adds a parameter at the end."""
        self._size += 1
        self[-1] = value
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Adds parameters at the end."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend: expected parameters, got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def __iadd__(self, parameters: Iterable[Any]) -> Self:
        return self.extend(parameters)

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
        setattr(self, str(range(self._size)[index]), _kept(value))

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.isdigit()]

    def _named(self) -> Iterator[tuple[str, Any]]:
        return ((str(number), value) for number, value in enumerate(self))


class ParameterDict(_Parameters):
    """A dictionary of parameters that are known to the module that holds it; other tensors become parameters.

    The entries of a plain dictionary come in the order of their names, those of an OrderedDict, of another
    ParameterDict and pairs in their own.
    """

    def __init__(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__()
        self._names: dict[str, None] = {}
        self.update({} if parameters is None else parameters)

    def update(self, parameters: Mapping[str, Any] | Iterable[tuple[str, Any]] | ParameterDict) -> None:
        """Adds the parameters of a mapping, or of pairs."""
        if not isinstance(parameters, Iterable):
            raise TypeError(f"ParameterDict.update: expected names and values, got {type(parameters).__name__}")
        pairs = parameters.items() if isinstance(parameters, Mapping | ParameterDict) else parameters
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            pairs = sorted(pairs)
        for name, value in pairs:
            self[name] = value

    def __getitem__(self, key: str) -> Any:
        return getattr(self, _attribute(key))

    def __setitem__(self, key: str, value: Any) -> None:
        name = _attribute(key)
        setattr(self, name, _kept(value))
        self._names[key] = None

    def __delitem__(self, key: str) -> None:
        del self._names[key]
        delattr(self, _attribute(key))

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._names)

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def __or__(self, other: ParameterDict) -> ParameterDict:
        joined = self.copy()
        joined.update(other)
        return joined

    def __ror__(self, other: ParameterDict) -> ParameterDict:
        joined = other.copy()
        joined.update(self)
        return joined

    def __ior__(self, other: ParameterDict) -> Self:
        self.update(other)
        return self

    def copy(self) -> ParameterDict:
        """Another dictionary of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The parameter of this name; where there is none, `default` becomes it."""
        if key not in self:
            self[key] = default
        return self[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The parameter of this name, or `default`."""
        return getattr(self, key) if key in self._names else default

    def pop(self, key: str) -> Any:
        """Takes a parameter out and returns it."""
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Takes the parameter that was added last out, and returns its name and it."""
        key = next(reversed(self._names))
        return key, self.pop(key)

    def clear(self) -> None:
        """Takes all parameters out."""
        for key in list(self._names):
            del self[key]

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """A dictionary of these names, each with the value `default`."""
        return ParameterDict((key, default) for key in keys)

    def keys(self) -> Any:
        """The names."""
        return self._names.keys()

    def values(self) -> Iterator[Any]:
        """The parameters."""
        return (self[name] for name in self._names)

    def items(self) -> Iterator[tuple[str, Any]]:
        """The names and parameters."""
        return ((name, self[name]) for name in self._names)

    def _named(self) -> Iterator[tuple[str, Any]]:
        return self.items()

    def _kind(self, value: Tensor) -> str:
        return value.type()


def _attribute(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"ParameterDict: names are strings, got {key!r}")
    return key
