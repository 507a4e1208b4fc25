"""vmap: a function of single samples as a function of batches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

from .engine.modes import modes, switched
from .engine.node import number_now
from .engine.tensor import Tensor
from .ops.comparison import equal
from .ops.creation import zeros
from .ops.generator import generator_states, set_generator_states
from .ops.joining import stack
from .pytree import broadcast_to_and_flatten, tree_flatten, tree_unflatten

Dims: TypeAlias = Any  # an int or None, or a nest of them as the arguments (results) are one


def vmap(
    func: Callable[..., Any],
    in_dims: Dims = 0,
    out_dims: Dims = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that calls func on each sample of a batch and stacks the results.

    `in_dims` says along which dimension an argument holds the samples, None for one that all samples share; it is
    one number for all arguments, or a tuple that nests as they do. Keyword arguments are shared. `out_dims`
    says where the results get the new dimension, None for one that is the same for all samples.

    Random numbers that func draws are an error, or "different" for each sample, or the "same". The samples are
    computed one after another: func may branch on values, and derivatives of all kinds pass through, but it is no
    faster than the loop. `chunk_size` therefore changes nothing.

    ValueError if the arguments, or what func returns, do not fit the dimensions.

    >>> import autograd
    >>> vmap(autograd.dot)(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.ones(2, 2))
    tensor([3., 7.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        leaves, spec = tree_flatten((args, kwargs))
        dims = _in_dims(name, in_dims, args, kwargs)
        size = _batch_size(name, leaves, dims)

        def call(i: int) -> tuple[list[Any], Any]:
            sample = [x if dim is None else _sample(x, dim, i) for x, dim in zip(leaves, dims, strict=True)]
            given, named = tree_unflatten(sample, spec)
            return tree_flatten(func(*given, **named))

        results = _called(call, max(size, 1), randomness)
        found, out_spec = results[0]
        for x in found:
            if not isinstance(x, Tensor):
                raise ValueError(f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(x)}.")
        places = broadcast_to_and_flatten(out_dims, out_spec)
        if places is None:
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of "
                f"`outputs`: {out_spec!r}"
            )
        columns = zip(*(values for values, _ in results), strict=True)
        return tree_unflatten(
            [_stacked(name, list(column), place, size) for column, place in zip(columns, places, strict=True)], out_spec
        )

    return batched


def _in_dims(name: str, in_dims: Dims, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[int | None]:
    """The dimension of each leaf of the arguments."""
    if not isinstance(in_dims, int | tuple) and in_dims is not None:
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): expected `in_dims` to be int or a (potentially nested) "
            f"tuple matching the structure of inputs, got: {type(in_dims)}."
        )
    if not args and not kwargs:
        raise ValueError(f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs")
    spec = tree_flatten(args)[1]
    found = broadcast_to_and_flatten(in_dims, spec)
    if found is None:
        raise ValueError(
            f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): in_dims is not compatible with the structure of `inputs`"
            f": in_dims has structure {tree_flatten(in_dims)[1]!r} but inputs has structure {spec!r}."
        )
    return found + [None] * len(tree_flatten(kwargs)[0])


def _batch_size(name: str, leaves: list[Any], dims: list[int | None]) -> int:
    sizes = []
    for x, dim in zip(leaves, dims, strict=True):
        if dim is None:
            continue
        if type(dim) is not int:
            raise ValueError(
                f"vmap({name}, ...)(<inputs>): Got in_dim={dim} for an input but in_dim must be an integer"
            )
        if not isinstance(x, Tensor):
            raise ValueError(
                f"vmap({name}, ...)(<inputs>): Got in_dim={dim} for an input but the input is of type {type(x)}. We "
                "cannot vmap over non-Tensor arguments, please use None as the respective in_dim"
            )
        if not -x.ndim <= dim < x.ndim:
            raise ValueError(
                f"vmap({name}, ...)(<inputs>): Got in_dim={dim} for some input, but that input is a Tensor of "
                f"dimensionality {x.ndim} so expected in_dim to satisfy -{x.ndim} <= in_dim < {x.ndim}."
            )
        sizes.append(x.shape[dim])
    if not sizes:
        raise ValueError(
            f"vmap({name}, ...)(<inputs>): at least one of the inputs must have an in_dim that is not None"
        )
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


def _sample(x: Tensor, dim: int, i: int) -> Tensor:
    if x.shape[dim]:
        return x.select(dim, i)
    place = dim % x.ndim  # of an empty batch a sample that shows what the results look like
    return zeros((*x.shape[:place], *x.shape[place + 1 :]), dtype=x.dtype, device=x.device)


def _called(call: Callable[[int], Any], times: int, randomness: str) -> list[Any]:
    """The results; random numbers as they are wanted.

    A graph from outside is freed by the last sample's backward pass: to func's user there is only one.
    """
    before = generator_states() if randomness != "different" else {}
    outside, outer = number_now(), modes.shared
    results = []
    for i in range(times):
        if randomness == "same" and i:
            set_generator_states(before)
        with switched(shared=outside if i < times - 1 else outer):
            results.append(call(i))
        if randomness == "error" and not i and _drew(before):
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode. Please either use the 'same' or "
                "'different' randomness flags on vmap or perform the randomness operation out of vmap"
            )
    return results


def _drew(before: dict[str, Tensor]) -> bool:
    """Whether the default generators are no longer where they were."""
    now = generator_states()
    return any(not equal(now[device], state) for device, state in before.items())


def _stacked(name: str, values: list[Tensor], place: Any, size: int) -> Tensor:
    if place is None:
        if any(x is not values[0] and not equal(x, values[0]) for x in values[1:]):
            raise ValueError(f"vmap({name}, ...): `{name}` returned values that differ from sample to sample where "
                             "out_dims is None; give that result a dimension")  # fmt: skip
        return values[0]
    made = stack(values, place)
    return made if size else made.narrow(place, 0, 0)


__all__ = ["vmap"]
