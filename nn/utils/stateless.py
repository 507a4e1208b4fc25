"""Modules as functions of their parameters and buffers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import autograd
from autograd import Tensor

from ..module import Module

Places = list[tuple[dict[str, Any], str]]  # where a tensor is kept: a module's dictionary, and the name in it


def _places(module: Module) -> tuple[dict[str, Places], dict[str, list[str]]]:
    """Where each parameter and buffer is kept, by its dotted name, and by that the names of those tied to it."""
    kept: dict[str, Places] = {}
    names: dict[int, list[str]] = {}
    for path, owner in module.named_modules(remove_duplicate=False):
        for held in (owner._parameters, owner._buffers):
            for name, member in held.items():
                if member is not None:
                    full = f"{path}.{name}" if path else name
                    kept[full] = [(held, name)]
                    names.setdefault(id(member), []).append(full)
    return kept, {name: alike for alike in names.values() for name in alike}


@contextlib.contextmanager
def swapped(
    module: Module, tensors: Mapping[str, Any], tie_weights: bool = True, strict: bool = False
) -> Iterator[None]:
    """Inside, these tensors stand in the place of the module's own parameters and buffers."""
    kept, tied = _places(module)
    if strict:
        given = {other for name in tensors for other in (tied.get(name, [name]) if tie_weights else [name])}
        missing, unexpected = sorted(kept.keys() - given), sorted(given - kept.keys())
        wrong = [f"Missing key(s): {', '.join(map(repr, missing))}."] * bool(missing)
        wrong += [f"Unexpected key(s): {', '.join(map(repr, unexpected))}."] * bool(unexpected)
        if wrong:
            lines = "\n\t".join([f"Error(s) in reparametrizing for {type(module).__name__}:", *wrong])
            raise RuntimeError(lines)
    values = {name: value for name, value in tensors.items() if name in kept}
    if tie_weights:
        for name, value in list(values.items()):
            for other in tied[name]:
                if other in tensors and tensors[other] is not value:
                    raise ValueError(
                        f"functional_call got multiple values for keys {sorted(set(tied[name]) & tensors.keys())}, "
                        "which are tied. Consider using tie_weights=False"
                    )
                values[other] = value
    before = []
    try:
        for name, value in values.items():
            for held, key in kept[name]:
                before.append((held, key, held[key]))
                held[key] = value
        yield
    finally:
        for held, key, old in before:
            held[key] = old


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """module(*args, **kwargs) with other tensors in the place of its parameters and buffers, by their dotted names.

    `args` that is no tuple is the one argument. What one of several tied parameters gets, all of them get, unless
    `tie_weights` is off. With `strict` RuntimeError unless all are given, and no others.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1)
    >>> functional_call(layer, {"weight": autograd.ones(1, 2), "bias": autograd.zeros(1)}, autograd.tensor([2.0, 3.0]))
    tensor([5.])
    """
    if isinstance(parameter_and_buffer_dicts, Mapping):
        tensors = dict(parameter_and_buffer_dicts)
    elif isinstance(parameter_and_buffer_dicts, Sequence):
        names = [name for each in parameter_and_buffer_dicts for name in each]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice} appeared in multiple dictionaries; behavior of functional call is ambiguous")
        tensors = {name: x for each in parameter_and_buffer_dicts for name, x in each.items()}
    else:
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    given = () if args is None else args if isinstance(args, tuple) else (args,)
    with swapped(module, tensors, tie_weights, strict):
        return module(*given, **(kwargs or {}))


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters, buffers) of models of one kind by their names, each stacked along a first dimension: for vmap."""
    every = list(models)
    if not every:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in every}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in every}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")

    def stacked(members: list[dict[str, Any]]) -> dict[str, Tensor]:
        made = {}
        for name in members[0]:
            values = [each[name] for each in members]
            if len({x.requires_grad for x in values}) > 1:
                raise RuntimeError(
                    f"stack_module_state: Expected {name!r} of all models to have the same requires_grad"
                )
            made[name] = autograd.stack([x.detach() for x in values]).requires_grad_(values[0].requires_grad)
        return made

    return stacked([dict(m.named_parameters()) for m in every]), stacked([dict(m.named_buffers()) for m in every])


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Makes all batch norms use the statistics of the batch and keep no running ones, as vmap needs it."""
    for module in root.modules():
        if hasattr(module, "track_running_stats") and hasattr(module, "running_mean"):
            module.track_running_stats = False
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                setattr(module, name, None)
    return root


__all__ = ["functional_call", "replace_all_batch_norm_modules_", "stack_module_state"]
