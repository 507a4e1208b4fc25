"""How tensors are printed: torch's layout, digits and summaries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from . import dtypes

if TYPE_CHECKING:
    from .engine.tensor import Tensor

_OPTIONS: dict[str, Any] = {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}


def set_printoptions(
    precision: int | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Sets how tensors are printed; what is None stays. `profile`: 'default', 'short' or 'full'."""
    profiles: dict[str, dict[str, Any]] = {
        "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
        "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
        "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
    }
    if profile is not None:
        _OPTIONS.update(profiles[profile])
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    _OPTIONS.update({name: value for name, value in given.items() if value is not None})
    _OPTIONS["sci_mode"] = sci_mode


class _Format:
    """Prints each of some values to one width: integers plainly, floats fixed or in scientific notation."""

    def __init__(self, values: np.ndarray) -> None:
        self.floating = values.dtype.kind == "f"
        self.whole = self.scientific = False
        self.width = 1
        if self.floating:
            self._measure(values.astype(np.float64).reshape(-1))
        else:
            self.width = max((len(str(value)) for value in values.reshape(-1).tolist()), default=1)

    def _measure(self, values: np.ndarray) -> None:
        nonzero = values[np.isfinite(values) & (values != 0)]
        size = np.abs(nonzero)
        self.whole = True
        if size.size:
            smallest, largest = size.min(), size.max()
            self.whole = bool((nonzero == np.ceil(nonzero)).all())
            self.scientific = bool(largest / smallest > 1000.0 or largest > 1e8 or (not self.whole and smallest < 1e-4))
        if _OPTIONS["sci_mode"] is not None:
            self.scientific = _OPTIONS["sci_mode"]
        if self.whole and not self.scientific:
            self.width = max((len(f"{value:.0f}") + 1 for value in nonzero), default=1)
        else:
            self.width = max((len(self(value)) for value in nonzero), default=1)

    def __call__(self, value: Any) -> str:
        if not self.floating:
            text = str(value)
        elif self.scientific:
            text = f"{value:.{_OPTIONS['precision']}e}"
        elif self.whole:
            text = f"{value:.0f}" + ("." if math.isfinite(value) else "")
        else:
            text = f"{value:.{_OPTIONS['precision']}f}"
        return text.rjust(self.width)


class _ComplexFormat:
    """Prints complex values: both parts to a width of their own."""

    def __init__(self, values: np.ndarray) -> None:
        self.real, self.imag = _Format(values.real), _Format(values.imag)
        self.width = self.real.width + self.imag.width + 2

    def __call__(self, value: complex) -> str:
        imag = self.imag(value.imag).lstrip()
        return f"{self.real(value.real)}{'' if imag.startswith('-') else '+'}{imag}j"


def _shown(array: np.ndarray, summarize: bool) -> np.ndarray:
    """The elements that will be printed: all, or the edges."""
    edge = _OPTIONS["edgeitems"]
    if summarize:
        for axis, size in enumerate(array.shape):
            if size > 2 * edge:
                array = np.take(array, [*range(edge), *range(size - edge, size)], axis=axis)
    return array


def _lines(array: np.ndarray, form: _Format | _ComplexFormat, indent: int, summarize: bool) -> str:
    edge = _OPTIONS["edgeitems"]
    if array.ndim == 0:
        return form(array.item())
    cut = summarize and len(array) > 2 * edge
    if array.ndim == 1:
        per_line = max(1, (_OPTIONS["linewidth"] - indent) // (form.width + 2))
        values = array.tolist()
        words = [form(v) for v in (values[:edge] if cut else values)]
        if cut:
            words += [" ...", *(form(v) for v in values[-edge:])]
        rows = [words[i : i + per_line] for i in range(0, len(words), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(", ".join(row) for row in rows) + "]"
    parts = [_lines(row, form, indent + 1, summarize) for row in (array[:edge] if cut else array)]
    if cut:
        parts += ["...", *(_lines(row, form, indent + 1, summarize) for row in array[-edge:])]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def tensor_repr(x: Tensor, name: str = "tensor", with_graph: bool = True) -> str:
    """`tensor([...], dtype=..., grad_fn=...)`: what is default is left out."""
    prefix = f"{name}("
    suffixes = []
    if not x.is_cpu:
        suffixes.append(f"device='{x.device}'")
    body, empty = _body(x, len(prefix))
    if empty and x.ndim != 1:
        suffixes.append(f"size={tuple(x.shape)}")
    if not _is_usual(x.dtype, empty):
        suffixes.append(f"dtype={x.dtype!r}")
    return _with_suffixes(prefix + body, suffixes + (_of_graph(x) if with_graph else []), len(prefix))


def sparse_repr(x: Tensor, parts: dict[str, Tensor], count: int) -> str:
    """`tensor(indices=tensor(...), values=tensor(...), size=..., nnz=...)`: a sparse tensor by its parts."""
    prefix = "tensor("
    shown = []
    for part, values in parts.items():
        body, empty = _body(values, len(f"{prefix}{part}=tensor("))
        shown.append(f"{part}=tensor({body}" + (f", size={tuple(values.shape)})" if empty else ")"))
    suffixes = [] if x.is_cpu else [f"device='{x.device}'"]
    suffixes += [f"size={tuple(x.shape)}", f"nnz={count}"]
    if not _is_usual(x.dtype, False):
        suffixes.append(f"dtype={x.dtype!r}")
    suffixes += [f"layout={x.layout!r}", *_of_graph(x)]
    text = prefix + (",\n" + " " * len(prefix)).join(shown)
    return _with_suffixes(text, suffixes, len(prefix), on_a_new_line=x.is_sparse)


def _body(x: Tensor, indent: int) -> tuple[str, bool]:
    """The elements as text, and whether there are none."""
    array = x._backend.to_numpy(x._array)
    if x.dtype is dtypes.bfloat16:
        array = array.astype(np.float32)
    if array.size == 0:
        return "[]", True
    summarize = array.size > _OPTIONS["threshold"]
    shown = _shown(array, summarize)
    form = _ComplexFormat(shown) if x.is_complex() else _Format(shown)
    return _lines(array, form, indent, summarize), False


def _is_usual(kind: dtypes.dtype, empty: bool) -> bool:
    """Whether the dtype goes without saying."""
    default = dtypes.get_default_dtype()
    return kind is default or (not empty and kind in (default.to_complex(), dtypes.int64, dtypes.bool))


def _of_graph(x: Tensor) -> list[str]:
    if x.grad_fn is not None:
        return [f"grad_fn=<{x.grad_fn.name()}>"]
    return ["requires_grad=True"] if x.requires_grad else []


def _with_suffixes(text: str, suffixes: list[str], indent: int, on_a_new_line: bool = False) -> str:
    room = 0 if on_a_new_line else _OPTIONS["linewidth"] - (len(text) - text.rfind("\n") - 1)
    for suffix in suffixes:
        if len(suffix) + 3 > room:
            text += ",\n" + " " * indent + suffix
            room = _OPTIONS["linewidth"] - indent - len(suffix)
        else:
            text += ", " + suffix
            room -= len(suffix) + 2
    return text + ")"
