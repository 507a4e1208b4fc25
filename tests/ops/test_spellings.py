"""Every way in which torch lets an operation be called: its overloads' names, their order and their defaults."""

from __future__ import annotations

import ast
import functools
import inspect
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
from autograd import Tensor
from autograd.ops.operation import OPERATIONS, OTHER_NAMES
from tests.helpers.oracle import as_list, assert_same, torch_or_skip

pytestmark = [pytest.mark.numbers, pytest.mark.cpu_only]
torch = torch_or_skip()


# What torch says


@dataclass(frozen=True)
class Overload:
    """One signature of torch's."""

    positional: tuple[str, ...]
    variadic: str | None
    keywords: tuple[str, ...]
    defaults: tuple[tuple[str, Any], ...]

    @property
    def names(self) -> list[str]:
        return [*self.positional, *self.keywords, *([self.variadic] if self.variadic else [])]


def of_stub(definition: ast.FunctionDef, method: bool) -> Overload:
    arguments = definition.args
    positional = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults = dict(zip(positional[::-1], arguments.defaults[::-1], strict=False))
    defaults.update(
        (each.arg, value) for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
    )
    literals = []
    for name, value in defaults.items():
        try:
            literals.append((name, ast.literal_eval(value)))
        except ValueError:  # a name: torch.strided, say
            continue
    if method:
        positional = positional[1:]
    return Overload(
        tuple("input" if name == "self" else name for name in positional),
        arguments.vararg.arg if arguments.vararg else None,
        tuple(each.arg for each in arguments.kwonlyargs),
        tuple(literals),
    )


def of_schema(schema: Any) -> Overload:
    arguments = [each for each in schema.arguments if not each.is_out]
    given = [("input" if each.name == "self" else each.name, each) for each in arguments]
    return Overload(
        tuple(name for name, each in given if not each.kwarg_only),
        None,
        tuple(name for name, each in given if each.kwarg_only),
        tuple((name, each.default_value) for name, each in given if each.has_default_value()),
    )


def of_signature(function: Any) -> Overload:
    parameters = inspect.signature(function).parameters.values()
    return Overload(
        tuple(p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)),
        next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None),
        tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY),
        tuple((p.name, p.default) for p in parameters if p.default is not p.empty),
    )


@functools.cache
def stub(name: str, inside: str = "") -> dict[str, list[ast.FunctionDef]]:
    body: list[Any] = ast.parse((Path(torch.__file__).parent / "_C" / name).read_text()).body
    if inside:
        body = next(each.body for each in body if isinstance(each, ast.ClassDef) and each.name == inside)
    found: dict[str, list[ast.FunctionDef]] = {}
    for each in body:
        if isinstance(each, ast.FunctionDef):
            found.setdefault(each.name, []).append(each)
    return found


def overloads(face: str, name: str) -> list[Overload]:
    """All of torch's signatures of one name; none if it has no such function, or one that is written in Python."""
    if face == "Tensor":
        return [of_stub(each, True) for each in stub("__init__.pyi", "TensorBase").get(name, [])]
    if face in ("linalg", "special", "fft"):
        prefix = "linalg" if face == "linalg" else face
        found = torch._C._jit_get_schemas_for_operator(f"aten::{prefix}_{name}")
        return [of_schema(each) for each in found if not any(argument.is_out for argument in each.arguments)]
    theirs: Any = functools.reduce(getattr, face.split(".")[face == "autograd" :], torch)
    stubbed = "_nn.pyi" if face == "nn.functional" else "_VariableFunctions.pyi"
    made = [of_stub(each, False) for each in stub(stubbed).get(name, [])]
    if made and face == "autograd":
        return made
    try:
        return [of_signature(getattr(theirs, f"{name}_with_indices", getattr(theirs, name)))]  # of `max_pool1d(*args)`
    except AttributeError:
        return []
    except ValueError:  # a compiled function says nothing
        return made


def ours(face: str, name: str) -> Any:
    start = {"Tensor": Tensor, "nn.functional": nn.functional, "autograd": autograd}
    return getattr(start[face] if face in start else functools.reduce(getattr, face.split("."), autograd), name)


FACES = ("autograd", "Tensor", "nn.functional", "linalg", "special", "fft", "signal.windows")


@functools.cache
def shared(face: str) -> dict[str, list[Overload]]:
    """The public functions or methods that torch has, too, with its signatures."""
    public = {found for operation in OPERATIONS for found in operation.public_names()}
    names = {name: overloads(face, name) for where, name in sorted(public) if where == face}
    if face == "nn.functional":
        functions = [name for name, value in vars(nn.functional).items() if inspect.isfunction(value)]
        names.update((name, overloads(face, name)) for name in functions)
    return {name: found for name, found in names.items() if found}


# What need not be taken


NEVER = {
    "self": "the first argument of a method",
    "layout": "all tensors are strided",
    "pin_memory": "there is no pinned memory",
    "memory_format": "there is one order in memory",
    "names": "dimensions have no names",
    "names2": "dimensions have no names",
    "out_dtype": "of GPUs alone",
}
NAMES = {
    "autograd.result_type": "takes any number of operands here, and so by place alone",
    "Tensor.to": "takes another tensor by place alone, as torch's does",
    "autograd.einsum": "Python's own: *args, without names",
    **{
        f"{face}.{name}": "the stub alone has input2 and input3"
        for face in ("autograd", "Tensor")
        for name in ("orgqr", "ormqr")
    },
    "autograd.unique": "Python's own: *args, without names",
    "autograd.unique_consecutive": "Python's own: *args, without names",
}
DEFAULTS = {
    "unbiased": "True in an overload of its own; None here, where `correction` says it",
    "correction": "None stands for 1",
    "autograd.asarray.requires_grad": "None stands for False",
    "autograd.cdist.compute_mode": "how torch multiplies; there is one way here",
    "autograd.gradient.spacing": "None stands for 1",
    "Tensor.roll.dims": "() stands for None",
    "autograd.roll.dims": "() stands for None",
}


BY_KEYWORD = {
    "autograd.tensor": "the stub alone has more than the data by place",
    "Tensor.new_tensor": "the stub alone has more than the data by place",
    "Tensor.subtract": "the stub alone has alpha by place",
    "Tensor.subtract_": "the stub alone has alpha by place",
    "autograd.subtract": "the stub alone has alpha by place",
    "autograd.rsub": "the stub alone has alpha by place",
}


class Nothing:
    """An argument that no function can do anything with."""


def refusal(face: str, name: str, keyword: str) -> str:
    """What a function says to a keyword."""
    try:
        ours(face, name)(*[autograd.ones(2, 2)] * (face == "Tensor"), **{keyword: Nothing()})
    except Exception as error:
        return str(error)
    return ""


def parameters(face: str, name: str) -> list[inspect.Parameter]:
    found = list(inspect.signature(ours(face, name)).parameters.values())
    return found[1:] if face == "Tensor" else found


@pytest.mark.parametrize("face", FACES)
def test_every_name_of_torch_is_taken(face: str) -> None:
    assert shared(face)
    refused = [
        f"{face}.{name}({each}=)"
        for name, found in shared(face).items()
        for each in sorted({each for overload in found for each in overload.names} - NEVER.keys() - {"out"})
        if f"{face}.{name}" not in NAMES and "unexpected keyword" in refusal(face, name, each)
    ]
    assert not refused


def in_order(face: str, name: str, wanted: list[str]) -> bool:
    known = parameters(face, name)
    if any(each.kind is each.VAR_POSITIONAL for each in known):
        return True
    mine = [{each.name, *OTHER_NAMES.get(each.name, ())} for each in known if each.kind is each.POSITIONAL_OR_KEYWORD]
    if mine and face != "Tensor":
        mine[0].add("input")
    return len(wanted) <= len(mine) and all(each in taken for each, taken in zip(wanted, mine, strict=False))


@pytest.mark.parametrize("face", FACES)
def test_the_order_is_that_of_torch(face: str) -> None:
    """Of one overload at least; how the others are called, the calls below say."""
    differ = [
        f"{face}.{name}"
        for name, found in shared(face).items()
        if f"{face}.{name}" not in NAMES | BY_KEYWORD
        and not any(
            in_order(face, name, [each for each in overload.positional if each not in NEVER and each != "out"])
            for overload in found
        )
    ]
    assert not differ


@pytest.mark.parametrize("face", FACES)
def test_the_defaults_are_those_of_torch(face: str) -> None:
    differ = []
    for name, found in shared(face).items():
        mine = {each.name: each.default for each in parameters(face, name)}
        for each, value in [pair for overload in found for pair in overload.defaults]:
            if each not in mine or each in DEFAULTS or f"{face}.{name}.{each}" in DEFAULTS or value in (None, ...):
                continue
            if mine[each] != (tuple(value) if isinstance(value, list) else value):
                differ.append(f"{face}.{name}({each}={mine[each]}), torch has {value}")
    assert not differ


def test_no_exception_is_stale() -> None:
    known = {f"{face}.{name}" for face in FACES for name in shared(face)}
    for exceptions in (NAMES, BY_KEYWORD, [each.rpartition(".")[0] for each in DEFAULTS if "." in each]):
        assert set(exceptions) <= known


@pytest.mark.parametrize("face", FACES)
def test_an_unknown_keyword_is_named(face: str) -> None:
    for name in shared(face):
        with pytest.raises(TypeError, match=r"\w+\(\) got an unexpected keyword argument 'nonsense'") as refused:
            ours(face, name)(*[autograd.ones(2, 2)] * (face == "Tensor"), nonsense=1)
        said = str(refused.value).partition("()")[0].rpartition(".")[2]
        called = getattr(ours(face, name), "__name__", name).removesuffix("_with_indices")
        assert called.rstrip("_") == said.rstrip("_"), name


# Calls: each is made in torch and here, and gives the same.


CALLS = """
arange(end=3)
randint(high=1, size=(2,))
randint(1, (2,))
randint_like(x, high=1)
repeat_interleave(repeats=places)
repeat_interleave(places)
linspace(start=0, end=1, steps=3)
histogram(x).hist
histogramdd(m, [2, 2], [0.0, 4.0, 0.0, 4.0])[0]
cholesky(m, True)
pinverse(m)
roll(x, 1, ())
meshgrid(x, y, indexing=None)
max(x, other=y)
max(x, y)
x.min(other=y)
x.min(y)
var(x, False)
x.std(False)
std_mean(x, False)
var(x, unbiased=False)
var(x, correction=None)
where(x > 0, x, other=y)
where(condition=x > 0, input=x, other=y)
where(x > 0, 1.0, y)
where(x > 0, 1, 2.0)
where(x > 0, 1, 2)
where(x > 0, 1.0, y.double())
where(x > 0, tensor(1.0), y.double())
m.scatter(0, tensor([[0, 1]]), 5.0)
scatter(m, 0, tensor([[0, 1]]), value=5.0)
m.clone().scatter_(0, tensor([[0, 1]]), 5.0, reduce="add")
m.clone().scatter_(0, tensor([[0, 1]]), m, reduce="multiply")
m.clone().scatter_(0, tensor([[0, 1]]), value=5.0)
add(input=2, other=x)
mul(x=x, x2=2)
exp(x=x)
exp(a=x)
exp(x1=x)
add(x, 2, y)
x.clone().add_(2, y)
sub(x, 2, y)
add(x, 2, 3)
addcmul(x, 2, x, y)
addcdiv(x, 2, x, y)
addmm(2, m, 3, m, m)
addmm(2, m, m, m)
m.addmm(2, 3, m, m)
m.clone().addmm_(2, 3, n, n)
baddbmm(2, m[None], 3, m[None], m[None])
addbmm(2, m, 3, m[None], m[None])
addmv(2, x, 3, m, y)
addr(2, m, 3, x, y)
addr(2, m, x, y)
pow(2, x)
xlogy(2, x)
remainder(2, x)
div(2, x)
div(2, x, rounding_mode="floor")
floor_divide(2, x)
true_divide(2, x)
float_power(2, x)
bitwise_and(1, places)
bitwise_or(places, tensor(4))
bitwise_left_shift(1, places)
special.zeta(2, x + 1)
special.xlog1py(2, x)
special.chebyshev_polynomial_t(0.5, places)
special.chebyshev_polynomial_t(x, 2)
special.hermite_polynomial_h(x=x, n=2)
isin(1, places)
isin(element=1, test_elements=places)
isin(places, test_element=1)
bucketize(1.0, x)
searchsorted(x, 1.0)
searchsorted(x, input=y)
eq(x, tensor(1))
eq(x, True)
lt(x, tensor(1.5))
logical_and(x, tensor(0))
maximum(x, tensor(1.5))
fmax(x, tensor(1.5))
clamp(x, min=tensor(1.5), max=tensor(3.0))
clamp(x, tensor(1.5), y)
clamp(x, max=y)
copysign(x, -1)
heaviside(x, tensor(2.0))
atan2(x, tensor(1.0))
pow(tensor(2), x)
lerp(x, y, tensor(0.5))
add(x, y, alpha=tensor(2))
masked_fill(x, x > 1, tensor(2))
full((2,), tensor(2.0))
x.clone().fill_(tensor(7))
linalg.norm(m, ord=2)
linalg.inv(A=m)
linalg.cholesky(input=m)
linalg.vector_norm(x=m)
linalg.tensorsolve(eye(4).reshape(2, 2, 2, 2), other=m)
linalg.lstsq(m, b=m).solution
inverse(input=m)
logdet(input=m)
cholesky_solve(m, input2=eye(2))
x.expand(size=(2, 2))
x.view(size=(2, 1))
x.repeat(repeats=(2, 2))
x.tile(dims=(2, 2))
m.permute(dims=(1, 0))
permute(m, dims=(1, 0))
flip(m, dims=(1,))
m.flip(0, 1)
m.reshape(shape=(4,))
broadcast_to(x, size=(2, 2))
x.broadcast_to(2, 2)
m.split(split_size=1)
split(m, split_size_or_sections=1)
hsplit(m, 2)
m.hsplit(1, 1)
vsplit(m, indices=(1,))
tensor_split(m, sections=2)
swapdims(m, dim0=0, dim1=1)
swapaxes(m, axis0=0, axis1=1)
zeros(size=(2, 3))
m.new_zeros(size=(2,))
m.sum(axis=0, keepdims=True)
m.mean(axis=(0, 1))
cat(tensors=[x, y], axis=0)
stack([x, y], axis=1)
softmax(m, axis=0)
logsumexp(m, axis=0)
kaiser_window(4, False, 2.0)
hamming_window(4, True, 0.5, 0.4)
hamming_window(4, dtype=float64)
ones(5, 2).fill_diagonal_(7, wrap=True)
ones(3, 3).fill_diagonal_(7)
asarray(obj=[1, 2])
asarray([1, 2], dtype=float32, requires_grad=True)
asarray(x, copy=True)
tril_indices(2, 2, requires_grad=False)
"""


@pytest.mark.parametrize("text", CALLS.split("\n")[1:-1])
def test_called_as_in_torch(text: str) -> None:
    results = []
    for engine in (torch, autograd):
        given = {
            "x": engine.tensor([1.0, 2.0]),
            "y": engine.tensor([3.0, 0.5]),
            "m": engine.tensor([[2.0, 1.0], [1.0, 3.0]]),
            "n": engine.tensor([[0.5, 1.0], [2.0, 3.0]]),
            "places": engine.tensor([1, 2]),
        }
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        given.update((each, getattr(engine, each)) for each in names if each not in given)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a way is torch's old one
            results.append(as_list(eval(text, given)))
    for theirs, mine in zip(*results, strict=True):
        assert_same(mine, theirs, rtol=2e-6, atol=1e-6)
