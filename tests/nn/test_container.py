"""Containers of modules and of parameters: what can be done with torch's, and what it gives."""

from __future__ import annotations

import pytest

import nn
from tests.helpers.snippets import assert_as_in_torch, pieces

pytestmark = pytest.mark.cpu_only

CODE = r"""
s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.GELU())
del s[0:2]
str(s), list(s._modules)

s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.GELU())
del s[1]
str(s), list(s._modules)

from collections import OrderedDict
s = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh()))
del s[0]
list(s._modules)

from collections import OrderedDict
s = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh()))
s[-1] = nn.GELU()
str(s)

nn.Sequential(nn.ReLU())[2]

nn.Sequential(nn.ReLU())[-2]

nn.Sequential(nn.ReLU()) + [nn.ReLU()]

s = nn.Sequential(nn.ReLU())
s += [nn.ReLU()]

nn.Sequential(nn.ReLU()) * 0

nn.Sequential(nn.ReLU()) * 1.5

str(nn.Sequential(nn.ReLU(), nn.Tanh()) * 2)

str(2 * nn.Sequential(nn.ReLU(), nn.Tanh()))

s = nn.Sequential(nn.ReLU(), nn.Tanh())
s *= 3
len(s), s[0] is s[2]

s = nn.Sequential(nn.ReLU(), nn.Tanh())
p = s.pop(0)
str(p), str(s)

s = nn.Sequential(nn.ReLU(), nn.Tanh())
p = s.pop(-1)
str(p), str(s)

s = nn.Sequential(nn.ReLU(), nn.Tanh())
p = s.pop(slice(0,1))
str(p), str(s)

s = nn.Sequential(nn.ReLU(), nn.Tanh())
s.insert(1, nn.GELU())
str(s)

s = nn.Sequential(nn.ReLU(), nn.Tanh())
str(s.insert(-1, nn.GELU()))

s = nn.Sequential(nn.ReLU(), nn.Tanh())
s.insert(3, nn.GELU())

s = nn.Sequential(nn.ReLU(), nn.Tanh())
s.insert(0, 3)

str(nn.Sequential(nn.ReLU()).extend(nn.Sequential(nn.Tanh())))

str(nn.Sequential(nn.ReLU()).extend([nn.Tanh()]))

str(nn.Sequential(nn.ReLU()).append(nn.Tanh()))

m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.GELU()])
p = m.pop(0)
str(p), str(m), list(m._modules)

m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.GELU()])
p = m.pop(-1)
str(p), str(m), list(m._modules)

m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.GELU()])
p = m.pop(slice(0,2))
str(p), str(m)

m = nn.ModuleList([nn.ReLU(), nn.Tanh(), nn.GELU()])
m[1] = nn.ELU()
m[-1] = nn.SELU()
str(m), str(m[:2]), str(m[::2]), str(m[-1])

m = nn.ModuleList([nn.ReLU()])
m.extend(3)

m = nn.ModuleList([nn.ReLU()])
m.append(3)

m = nn.ModuleList([nn.ReLU()])
m[3]

nn.ModuleList([nn.ReLU()])(x)

nn.ModuleDict({"a": nn.ReLU()})(x)

type(nn.ModuleList([nn.ReLU()]) + [nn.Tanh()]).__name__

[nn.Tanh()] + nn.ModuleList([nn.ReLU()])

nn.ModuleList(nn.ModuleDict({"a": nn.ReLU()}))

d = nn.ModuleDict({"a": nn.ReLU(), "b": nn.Tanh()})
p = d.pop("a")
str(p), str(d)

d = nn.ModuleDict([["a", nn.ReLU()], ["b", nn.Tanh()]])
d.update([("c", nn.GELU())])
str(d), list(d), list(d.keys()), len(d.items()), len(list(d.values())), "c" in d

d = nn.ModuleDict({"a": nn.ReLU()})
d.clear()
len(d)

nn.ModuleDict({"a": nn.ReLU()}).update(3)

nn.ModuleDict({"a": nn.ReLU()}).update([("a",)])

nn.ModuleDict({"a": nn.ReLU()})["b"]

d = nn.ModuleDict({"a": nn.ReLU()})
d.update({"b": nn.Tanh()})
d.update(nn.ModuleDict({"c": nn.Tanh()}))
str(d)

d = nn.ModuleDict({"keys1": nn.ReLU()})
d["x"] = 3

p = nn.ParameterList([x, y])
p += [v]
p[0] = v
len(p), p[0].shape, type(p[0]).__name__, [k for k,_ in p.named_parameters()], str(p)

p = nn.ParameterList([x, y])
str(p[:1]), type(p[:1]).__name__, str(p[-1].shape)

p = nn.ParameterList([x, "hello", 3])
str(p)

nn.ParameterList([x])(x)

p = nn.ParameterList([x])
p.extend(3)

p = nn.ParameterList([x])
p.pop()

p = nn.ParameterList([x, y])
list(p.state_dict())

p = nn.ParameterList([x])
p[4]

p = nn.ParameterList(x)
len(p)

p = nn.ParameterList([x])
p.extend(p)
len(p)

d = nn.ParameterDict({"a": x, "b": y, "n": 3})
str(d), list(d), d["n"], "a" in d, len(d), [k for k in d.state_dict()]

d = nn.ParameterDict({"a": x, "b": y})
q = d.pop("a")
q.shape, list(d), len(list(d.parameters()))

d = nn.ParameterDict({"a": x, "b": y})
q = d.popitem()
q[0], list(d)

d = nn.ParameterDict({"a": x})
d.setdefault("b", y).shape, d.setdefault("a", y).shape, d.setdefault("z"), list(d)

d = nn.ParameterDict({"a": x})
d.get("a").shape, d.get("b"), d.get("b", 3)

d = nn.ParameterDict({"a": x})
e = d.copy()
type(e).__name__, e["a"] is d["a"], list(e)

d = nn.ParameterDict().fromkeys(["a", "b"], 3)
d["a"], list(d)

d = nn.ParameterDict({"a": x}) | nn.ParameterDict({"b": y})
list(d)

d = nn.ParameterDict({"a": x})
d |= nn.ParameterDict({"b": y})
list(d)

d = nn.ParameterDict({"a": x})
d = {"b": y} | d

d = nn.ParameterDict({"a": x, "b": y})
list(reversed(d)), [k for k,_ in reversed(list(d.items()))]

d = nn.ParameterDict({"a": x})
d.clear()
len(d), list(d.parameters())

d = nn.ParameterDict({"a": x})
d["a"] = y
d["a"].tolist() == y.tolist(), type(d["a"]).__name__

d = nn.ParameterDict({1: x})
list(d), list(d.state_dict())

d = nn.ParameterDict({"a": x})
del d["a"]
list(d), list(d.state_dict())

nn.ParameterDict({"a": x})["q"]

nn.ParameterDict({"a": x})(x)

d = nn.ParameterDict({"b": x, "a": y})
list(d), list(nn.ParameterDict(d)), list(nn.ModuleDict({"b": nn.ReLU(), "a": nn.ReLU()}))

m = nn.ModuleList([nn.Linear(1,1)])
[k for k in dir(m) if k.isdigit()], [k for k in dir(nn.Sequential(nn.ReLU())) if k.isdigit()], [k for k in dir(nn.ParameterList([x])) if k.isdigit()]

x in nn.ParameterList([x])

class A(nn.Module):
    def extra_repr(self): return "a=1\nb=2"
a, b = A(), A()
b.l = nn.ReLU()
str(a), str(b)
"""


@pytest.mark.parametrize("code", pieces(CODE))
def test_containers_are_as_in_torch(code: str) -> None:
    assert_as_in_torch(code)


def test_a_list_takes_itself_and_inserts_before_the_last() -> None:
    """torch fails at both."""
    modules = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    modules += modules
    assert [type(each) for each in modules] == [nn.ReLU, nn.Tanh] * 2
    modules.insert(-1, nn.GELU())
    assert [type(each) for each in modules] == [nn.ReLU, nn.Tanh, nn.ReLU, nn.GELU, nn.Tanh]
