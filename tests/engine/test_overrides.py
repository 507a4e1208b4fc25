"""`__torch_function__`: subclasses of Tensor, what is no tensor but stands for one, and modes, as on PyTorch."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest

import autograd
from tests.helpers.oracle import torch_or_skip

pytestmark = pytest.mark.cpu_only

LOGGED = """
class Logged(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        print(func.__name__, [kind.__name__ for kind in types])
        return super().__torch_function__(func, types, args, kwargs)

x, y = torch.ones(2, 2).as_subclass(Logged), torch.full((2, 2), 3.0)
"""
CALLS = """
x + y; y + x; 2 * x; 2 - x; y - x; x / 2; x @ y; y @ x; x > y; x ** 2; -x; abs(x); x += y; x -= 1
x.sum(); torch.sum(x, dim=0); x.add_(1); y.add_(x); y.clone().mul_(x)
torch.add(y, y, out=torch.zeros(2, 2).as_subclass(Logged))
x[0]; x.__setitem__(0, 1.0); len(x); float(x.sum()); bool(x.sum() > 0); f"{x}"
x.shape; x.T; x.dtype; x.device; x.grad; x.data; x.requires_grad; x.is_leaf; (x * 2).grad_fn; x.size(); x.dim(); x.numel()
x.detach(); x.requires_grad_(); x.tolist(); x.numpy(); x.to(torch.float64); x.long(); x.cpu(); x.item
torch.stack([y, x]); torch.cat((x, y)); torch.where(x > 0, x, y); torch.max(x, 0); x.split(1); x.unbind()
torch.zeros_like(x); x.new_zeros(2); torch.einsum('ij->i', x); torch.allclose(x, y)
F.relu(x); F.softmax(x, 1); F.linear(y, x); nn.Linear(2, 2)(x); F.cross_entropy(x, torch.tensor([0, 1]))
repr(x); torch.is_tensor(x); hash(x) is None; x.as_subclass(torch.Tensor)
"""


def _on_both(code: str) -> tuple[str, str]:
    """What a program prints on PyTorch and here."""
    torch = torch_or_skip()
    printed = []
    for module in (torch, autograd):
        names: dict[str, Any] = {"torch": module, "nn": module.nn, "F": module.nn.functional}
        with redirect_stdout(io.StringIO()) as text:
            exec(code, names)
        printed.append(text.getvalue())
    return printed[0], printed[1]


@pytest.mark.parametrize("call", [call.strip() for line in CALLS.strip().splitlines() for call in line.split(";")])
def test_a_subclass_is_told_what_torchs_is_told(call: str) -> None:
    """Which functions, with which types; and of which class the result is."""
    if "=" in call.split("(")[0] and "==" not in call:
        shown = f"{call}\nprint(type({call[0]}).__name__)"
    else:
        shown = f"r = {call}\nprint([type(i).__name__ for i in (r if isinstance(r, tuple) else (r,))][:1])"
    theirs, ours = _on_both(LOGGED + shown)
    for name, here in {"__rdiv__": "__rtruediv__", "__invert__": "bitwise_not", "max'": "ValuesAndIndices'"}.items():
        theirs = theirs.replace(name, here)
    assert ours.replace("method'", "builtin_function_or_method'") == theirs.replace(
        "['Logged', 'Tensor']", "['Logged']"
    )


PROGRAMS = {
    "units": """
class Meters(torch.Tensor):
    power = 1
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        result = super().__torch_function__(func, types, args, kwargs)
        if isinstance(result, cls):
            given = [x.power for x in args if isinstance(x, cls)]
            result.power = sum(given) if func.__name__ == 'mul' else max(given)
        return result
w = torch.tensor([1.0, 2.0], requires_grad=True)
x = w.as_subclass(Meters)
area = x * x * x
print(area.power, (area + area).sum().power, area.detach().tolist())
area.sum().backward()
print(w.grad.tolist(), isinstance(w.grad, Meters), x.is_leaf, (area * 2).requires_grad)
(g,) = torch.autograd.grad((x ** 3).sum(), w, create_graph=True)
print(isinstance(g, Meters), torch.autograd.grad(g.sum(), w)[0].tolist())
""",
    "results are of the class, of the more derived one, and of no stranger": """
class Plain(torch.Tensor): pass
class Derived(Plain): pass
class Stranger(torch.Tensor): pass
p, d, s = (torch.ones(2).as_subclass(kind) for kind in (Plain, Derived, Stranger))
for made in (p + 1, p + d, d + p, torch.cat([p, d]), *p.max(0), p.data, p.view(2, 1), p[:1], nn.Linear(2, 2)(p),
             torch.zeros_like(p), p.clone(), Derived([1.0, 2.0]), p.numpy(), p.sum().item(), nn.Parameter(torch.ones(1)) * 1):
    print(type(made).__name__)
print(d)
try:
    p + s
except TypeError:
    print('TypeError')
""",
    "a view of a subclass stays a view": """
class Plain(torch.Tensor): pass
x, w = torch.ones(3).as_subclass(Plain), torch.full((2,), 2.0, requires_grad=True)
v = x[:2]
v.mul_(w)
print(type(v).__name__, x.requires_grad, x.tolist())
x.sum().backward()
print(w.grad.tolist())
""",
    "a linear layer whose weight is of another class": """
class Halved(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func is F.linear:
            x, weight, *bias = args
            return F.linear(x, weight.as_subclass(torch.Tensor) / 2, *bias)
        return super().__torch_function__(func, types, args, kwargs)
layer = nn.Linear(2, 2, bias=False)
layer.weight = nn.Parameter(torch.ones(2, 2).as_subclass(Halved))
out = layer(torch.ones(1, 2))
out.sum().backward()
print(type(layer.weight).__name__, isinstance(layer.weight, nn.Parameter), type(out).__name__, out.tolist())
print(layer.weight.grad.tolist(), [n for n, _ in layer.named_parameters()], list(layer.state_dict()))
""",
    "what is no tensor": """
import functools
HANDLED = {}
def implements(function):
    def decorate(handler):
        HANDLED[function] = handler
        return handler
    return decorate
class Scaled:
    def __init__(self, n, value): self.n, self.value = n, value
    def tensor(self): return self.value * torch.eye(self.n)
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func not in HANDLED or not all(issubclass(t, (torch.Tensor, Scaled)) for t in types):
            return NotImplemented
        return HANDLED[func](*args, **(kwargs or {}))
dense = lambda x: x.tensor() if isinstance(x, Scaled) else x
@implements(torch.mean)
def mean(x): return x.value / x.n
@implements(torch.Tensor.mul)
@implements(torch.mul)
def mul(x, y): return torch.mul(dense(x), dense(y))
@implements(torch.Tensor.sub)
@implements(torch.sub)
def sub(x, y, alpha=1): return torch.sub(dense(x), dense(y), alpha=alpha)
@implements(torch.stack)
def stack(xs, dim=0): return torch.stack([dense(x) for x in xs], dim)
@implements(torch.sin)
def sin(x, out=None): return ('sin', x.value, out is None)
@implements(F.relu)
def relu(x, inplace=False): return ('relu', inplace)
@implements(torch.Tensor.matmul)
@implements(torch.matmul)
def matmul(x, y): return dense(x) @ dense(y)
d, one = Scaled(2, 3), torch.ones(2, 2)
for call in '''torch.mean(d); torch.mul(d, one); torch.mul(one, d); one * d; torch.sub(one, d, alpha=2); one - d
    torch.stack([one, d], dim=1); torch.sin(d); F.relu(d, inplace=True); one @ d; torch.matmul(one, d); torch.is_tensor(d)
    torch.cos(d); torch.cat([d, d]); one + d; one.add_(d); one.copy_(d); torch.where(one > 0, d, one)'''.split(';'):
    for each in call.strip().splitlines():
        try:
            made = eval(each)
            print(each.strip(), made.tolist() if isinstance(made, torch.Tensor) else made)
        except TypeError:
            print(each.strip(), 'TypeError')
print(one.tolist())
""",
    "modes": """
class Named(torch.overrides.TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.names = []
    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(func.__name__)
        return func(*args, **(kwargs or {}))
class Product(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return (torch.mul if func.__name__ == 'add' else func)(*args, **(kwargs or {}))
with Named() as outer, Product(), Named() as inner:
    x = torch.zeros(2, requires_grad=True)
    y = torch.add(torch.ones(2) * 2, 3.0)
    F.gelu(x + y).sum().backward()
print(y.tolist(), [name for name in outer.names if name != 'backward'], inner.names, x.grad is not None)
torch.add(x, 1)
print(len(inner.names))
try:
    with Named() as broken:
        raise ValueError
except ValueError:
    torch.add(x, 1)
print(broken.names)
""",
    "past one level": """
class Logged(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        print(func.__name__)
        return torch.overrides.redispatch_function(func, types, args, kwargs)
def scaled(a, b):
    if torch.overrides.has_torch_function((a, b)):
        return torch.overrides.handle_torch_function(scaled, (a, b), a, b)
    return a * b + 1
print(type(scaled(torch.ones(1).as_subclass(Logged), torch.ones(1))).__name__)
""",
    "disabled": """
class Plain(torch.Tensor): pass
class Off(torch.Tensor):
    __torch_function__ = torch._C._disabled_torch_function_impl
x = torch.ones(2).as_subclass(Plain)
print(type(torch.ones(2).as_subclass(Off) + 1).__name__)
with torch._C.DisableTorchFunctionSubclass():
    print(type(x + 1).__name__)
print(type(x + 1).__name__)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_what_it_prints_on_torch(name: str) -> None:
    theirs, ours = _on_both(PROGRAMS[name])
    assert ours == theirs


def test_names_of_what_can_be_overridden() -> None:
    overrides = autograd.overrides
    found = overrides.get_overridable_functions()
    assert autograd.add in found[autograd]
    assert autograd.nn.functional.relu in found[autograd.nn.functional]
    assert autograd.linalg.det in found[autograd.linalg]
    assert autograd.Tensor.detach in found[autograd.Tensor]
    assert overrides.resolve_name(autograd.add) == "torch.add"
    assert overrides.resolve_name(autograd.Tensor.shape.__get__) == "torch.Tensor.shape.__get__"  # type: ignore[attr-defined]
    assert overrides.resolve_name(print) is None
    assert overrides.is_tensor_method_or_property(autograd.Tensor.detach)
    assert not overrides.is_tensor_method_or_property(autograd.stack)
    ignored = overrides.get_ignored_functions()
    assert autograd.is_tensor in ignored
    assert not any(function in ignored for function in found[autograd])
    assert overrides.get_testing_overrides()[autograd.add](1, 2) == -1


def _functions() -> dict[str, Callable[..., Any]]:
    found = autograd.overrides.get_overridable_functions()
    functions = [each for home, several in found.items() if home is not autograd.Tensor for each in several]
    return {str(autograd.overrides.resolve_name(function)): function for function in functions}


def test_every_function_asks_whoever_stands_for_a_tensor() -> None:
    """All that can be overridden, called with what is no tensor: before and after anything else was asked."""

    class Anything:
        @classmethod
        def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return "answered", func

    silent = []
    for name, function in _functions().items():
        for given in (Anything(), [Anything()]):
            if function(given) != ("answered", function):
                silent.append((name, type(given).__name__))
    assert silent == []


def test_tensors_of_pytorch_answer_for_nobody() -> None:
    foreign = torch_or_skip().ones(2)
    with pytest.raises(TypeError, match="of PyTorch"):
        autograd.ones(2) + foreign


def test_nothing_is_armed_by_the_engine_itself() -> None:
    """A process that uses no `__torch_function__` pays for one look at a flag."""
    code = """
import autograd, nn, optim, torchlike
from autograd.engine import overrides
layer = nn.Sequential(nn.LazyLinear(3), nn.BatchNorm1d(3))
layer(autograd.ones(2, 2)).sum().backward()
optim.Adam(layer.parameters()).step()
assert not overrides.armed
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_threads_have_modes_of_their_own() -> None:
    class Refusing(autograd.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            raise AssertionError

    made: list[Any] = []
    with Refusing():
        thread = threading.Thread(target=lambda: made.append(autograd.add(1.0 + autograd.ones(1), 1).tolist()))
        thread.start()
        thread.join()
    assert made == [[3.0]]
