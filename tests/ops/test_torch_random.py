"""With `use_torch_random` the CPU draws what torch draws: the same numbers, and the same state after them."""

from __future__ import annotations

import copy
import math
import pickle
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import autograd
import nn
import nn.functional as F
from tests.helpers.oracle import host, torch_or_skip
from tests.helpers.torch_random import needs_torchs_chances, same, same_state

pytestmark = pytest.mark.cpu_only


@pytest.fixture(autouse=True)
def _torch_random() -> Iterator[None]:
    torch_or_skip()
    with autograd.use_torch_random():
        yield


OURS = types.SimpleNamespace(lib=autograd, F=F, nn=nn)


def theirs() -> Any:
    torch = torch_or_skip()
    return types.SimpleNamespace(lib=torch, F=torch.nn.functional, nn=torch.nn)


def compared(draw: Callable[[Any], Any], seed: int = 3, ulps: int = 4) -> None:
    """Draws in both, twice, so that a wrong state shows."""
    results = []
    for side in (OURS, theirs()):
        side.lib.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results.append([draw(side), draw(side)])
    same(*results, ulps)
    same_state()


FLOATING = ("float16", "float32", "float64")
KINDS = (*FLOATING, "int64", "int32", "int16", "int8", "uint8", "bool")
SIZES = ((), (1,), (7,), (15,), (16,), (20,), (3, 8), (40, 5), (2000,), (0,))

Draw = Callable[[Any, str, tuple[int, ...]], Any]  # of a side, a dtype and a size


def _new(s: Any, kind: str, size: tuple[int, ...]) -> Any:
    return s.lib.zeros(size, dtype=getattr(s.lib, kind))


def _ramp(s: Any, kind: str, size: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Any:
    count = int(np.prod(size))
    return s.lib.tensor(np.linspace(low, high, count).reshape(size)).to(getattr(s.lib, kind))


OF_FLOATS: dict[str, Draw] = {
    "rand": lambda s, k, n: s.lib.rand(n, dtype=getattr(s.lib, k)),
    "randn": lambda s, k, n: s.lib.randn(n, dtype=getattr(s.lib, k)),
    "rand_like": lambda s, k, n: s.lib.rand_like(_new(s, k, n)),
    "randn_like": lambda s, k, n: s.lib.randn_like(_new(s, k, n)),
    "uniform_": lambda s, k, n: _new(s, k, n).uniform_(-0.3, 0.7),
    "uniform_ from 0": lambda s, k, n: _new(s, k, n).uniform_(0, 3),
    "normal_": lambda s, k, n: _new(s, k, n).normal_(0.3, 1.7),
    "normal": lambda s, k, n: s.lib.normal(0.3, 1.7, n, dtype=getattr(s.lib, k)),
    "normal of means": lambda s, k, n: s.lib.normal(_ramp(s, k, n), 1.7),
    "normal of deviations": lambda s, k, n: s.lib.normal(0.3, _ramp(s, k, n)),
    "normal of both": lambda s, k, n: s.lib.normal(_ramp(s, k, n), _ramp(s, k, n)),
    "exponential_": lambda s, k, n: _new(s, k, n).exponential_(1.7),
    "cauchy_": lambda s, k, n: _new(s, k, n).cauchy_(0.3, 1.7),
    "log_normal_": lambda s, k, n: _new(s, k, n).log_normal_(0.3, 0.7),
    "geometric_": lambda s, k, n: _new(s, k, n).geometric_(0.3),
    "bernoulli": lambda s, k, n: s.lib.bernoulli(_ramp(s, k, n)),
    "bernoulli_ of a tensor": lambda s, k, n: _new(s, k, n).bernoulli_(_ramp(s, k, n)),
    "poisson": lambda s, k, n: s.lib.poisson(_ramp(s, k, n, 0.0, 30.0)),
    "rrelu": lambda s, k, n: s.F.rrelu(_ramp(s, k, n, -1.0, 1.0), 0.1, 0.3, True),
    "gumbel_softmax": lambda s, k, n: s.F.gumbel_softmax(_ramp(s, k, (*n, 3)).float(), 0.5),
    "dropout of all": lambda s, k, n: s.F.dropout(_ramp(s, k, n), 1.0),
}
OF_CHANCES: dict[str, Draw] = {
    "bernoulli with p": lambda s, k, n: s.lib.bernoulli(_ramp(s, k, n), 0.3),
    "bernoulli_": lambda s, k, n: _new(s, k, n).bernoulli_(0.3),
    "dropout": lambda s, k, n: s.F.dropout(_ramp(s, k, n), 0.3),
    "alpha_dropout": lambda s, k, n: s.F.alpha_dropout(_ramp(s, k, n), 0.3, True),
    "feature_alpha_dropout": lambda s, k, n: s.F.feature_alpha_dropout(_ramp(s, k, (2, 3, *n)), 0.3, True),
    "dropout1d": lambda s, k, n: s.F.dropout1d(_ramp(s, k, (3, 5)), 0.3),
    "dropout2d": lambda s, k, n: s.F.dropout2d(_ramp(s, k, (2, 3, 4, 5)), 0.3),
    "dropout3d": lambda s, k, n: s.F.dropout3d(_ramp(s, k, (2, 3, 2, 2, 2)), 0.3),
}
OF_ALL: dict[str, Draw] = {
    "random_": lambda s, k, n: _new(s, k, n).random_(),
    "random_ below 2": lambda s, k, n: _new(s, k, n).random_(2),
    "random_ between": lambda s, k, n: _new(s, k, n).random_(0, 2),
    "randint": lambda s, k, n: s.lib.randint(0, 2, n, dtype=getattr(s.lib, k)),
    "randint_like": lambda s, k, n: s.lib.randint_like(_new(s, k, n), 2),
    "randperm": lambda s, k, n: s.lib.randperm(len(n), dtype=s.lib.int64),
}


@pytest.mark.parametrize("kind", FLOATING)
@pytest.mark.parametrize("name", OF_FLOATS)
def test_floating_draws(name: str, kind: str) -> None:
    if (name, kind) == ("rrelu", "float16"):
        pytest.skip("torch's rrelu takes no half precision on the CPU")
    for size in SIZES:
        compared(lambda s, size=size: OF_FLOATS[name](s, kind, size))


@pytest.mark.parametrize("kind", FLOATING)
@pytest.mark.parametrize("name", OF_CHANCES)
def test_chances(name: str, kind: str) -> None:
    needs_torchs_chances()
    for size in SIZES:
        compared(lambda s, size=size: OF_CHANCES[name](s, kind, size))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", OF_ALL)
def test_draws_of_every_dtype(name: str, kind: str) -> None:
    for size in SIZES:
        compared(lambda s, size=size: OF_ALL[name](s, kind, size))


TRANSPOSED: dict[str, Callable[[Any, Any], Any]] = {
    "uniform_": lambda s, x: x.uniform_(),
    "normal_": lambda s, x: x.normal_(),
    "random_": lambda s, x: x.random_(9),
    "exponential_": lambda s, x: x.exponential_(),
    "bernoulli_ of a tensor": lambda s, x: x.bernoulli_(s.lib.full(x.shape, 0.4)),
    "rand_like": lambda s, x: s.lib.rand_like(x),
    "randn_like": lambda s, x: s.lib.randn_like(x),
    "randint_like": lambda s, x: s.lib.randint_like(x, 9),
    "poisson": lambda s, x: s.lib.poisson(x),
    "gumbel_softmax": lambda s, x: s.F.gumbel_softmax(x),
    "rrelu": lambda s, x: s.F.rrelu(x - 2, training=True),
    "bernoulli": lambda s, x: s.lib.bernoulli(x / 9),
    "normal of means": lambda s, x: s.lib.normal(x, 0.5),
    "dropout": lambda s, x: s.F.dropout(x, 0.4),
    "alpha_dropout": lambda s, x: s.F.alpha_dropout(x, 0.4, True),
}
LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "transposed": lambda x: x.transpose(0, 2),
    "permuted": lambda x: x.permute(1, 2, 0),
    "of one row": lambda x: x[:, :1].transpose(0, 1),
    "with gaps": lambda x: x[:, :, ::2],
    "transposed, with gaps": lambda x: x[:, :, ::2].transpose(0, 1),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TRANSPOSED)
def test_tensors_are_filled_as_they_lie_in_memory(name: str, layout: str) -> None:
    if "dropout" in name:
        needs_torchs_chances()
    compared(lambda s: TRANSPOSED[name](s, LAYOUTS[layout](s.lib.arange(9.0).repeat(12).reshape(3, 4, 9))))


RANGES = (
    ("int64", -5, 9),
    ("int64", 0, 2**28 - 1),
    ("int64", 0, 2**28),
    ("int64", -(2**40), 2**40),
    ("int64", -(2**63), 2**63 - 1),
    ("int32", -(2**31), 2**31 - 1),
    ("int16", -(2**15), 2**15),
    ("int8", -128, 128),
    ("uint8", 0, 256),
    ("float16", -5, 9),
    ("float16", -2048, 2049),
    ("float32", -(2**24), 2**24),
    ("float32", 0, 2**28),
    ("float32", 2**24 + 1, 2**26),
    ("float64", 0, 2**40),
    ("float64", 2**53 - 5, 2**54),
)


@pytest.mark.parametrize(("kind", "low", "high"), RANGES)
def test_ranges_of_integers(kind: str, low: int, high: int) -> None:
    compared(lambda s: s.lib.randint(low, high, (50,), dtype=getattr(s.lib, kind)))
    compared(lambda s: _new(s, kind, (50,)).random_(low, high))


@pytest.mark.parametrize(("kind", "low", "high"), [("int8", 0, 129), ("uint8", -1, 5), ("bool", 0, 3), ("int64", 4, 4)])
def test_integers_outside_of_a_dtype_are_refused(kind: str, low: int, high: int) -> None:
    for side in (OURS, theirs()):
        with pytest.raises(RuntimeError):
            _new(side, kind, (5,)).random_(low, high)


@pytest.mark.parametrize("kind", FLOATING)
@pytest.mark.parametrize("size", [(5,), (1000,), (3, 6)])
def test_multinomial(size: tuple[int, ...], kind: str) -> None:
    for count, replacement in ((1, False), (1, True), (4, False), (7, True)):
        compared(lambda s, n=count, r=replacement: s.lib.multinomial(_ramp(s, kind, size), n, r))


def test_permutations() -> None:
    for n in (0, 1, 2, 3, 50, 5000):
        compared(lambda s, n=n: s.lib.randperm(n))
    compared(lambda s: s.lib.randperm(100, dtype=s.lib.int32))


def test_poisson_of_high_rates_in_a_row() -> None:
    compared(lambda s: s.lib.poisson(s.lib.tensor([0.0, 9.99, 10.0, 1e3, 1e6, 3.0] * 300)))


def test_complex_numbers() -> None:
    for size in ((3,), (7,), (8,), (50,)):
        compared(lambda s, n=size: s.lib.randn(n, dtype=s.lib.complex64))
        compared(lambda s, n=size: s.lib.randn(n, dtype=s.lib.complex128))
        compared(lambda s, n=size: s.lib.rand(n, dtype=s.lib.complex64))


@pytest.mark.parametrize("seed", [0, 1, -1, -5, 2**32, 2**32 + 7, 2**63, 2**64 - 1, -(2**63)])
def test_seeds(seed: int) -> None:
    compared(lambda s: s.lib.rand(3), seed)
    assert autograd.initial_seed() == torch_or_skip().initial_seed()


def test_seeds_of_more_than_64_bits_are_refused() -> None:
    for side in (OURS, theirs()):
        for seed in (2**64, -(2**63) - 1):
            with pytest.raises(ValueError, match="Overflow|64 bits"):
                side.lib.Generator().manual_seed(seed)


INITIALISERS: dict[str, Callable[[Any, Any], Any]] = {
    "uniform_": lambda init, x: init.uniform_(x, -1, 2),
    "normal_": lambda init, x: init.normal_(x, 1, 2),
    "trunc_normal_": lambda init, x: init.trunc_normal_(x, std=0.7),
    "trunc_normal_ shifted": lambda init, x: init.trunc_normal_(x, 0.3, 2.0, -0.5, 3.0),
    "trunc_normal_ of a tail": lambda init, x: init.trunc_normal_(x, 0.3, 0.5, 1.0, 3.0),
    "xavier_uniform_": lambda init, x: init.xavier_uniform_(x, 1.3),
    "xavier_normal_": lambda init, x: init.xavier_normal_(x, 1.3),
    "kaiming_uniform_": lambda init, x: init.kaiming_uniform_(x, nonlinearity="relu"),
    "kaiming_normal_": lambda init, x: init.kaiming_normal_(x, mode="fan_out"),
    "orthogonal_": lambda init, x: init.orthogonal_(x, 1.3),
    "sparse_": lambda init, x: init.sparse_(x, 0.4),
}


@pytest.mark.parametrize("name", INITIALISERS)
def test_initialisers(name: str) -> None:
    for size in ((3, 4), (4, 3), (5, 5), (20, 30)):
        for kind in ("float32", "float64"):
            compared(lambda s, n=size, k=kind: INITIALISERS[name](s.nn.init, _new(s, k, n)), ulps=100)


LAYERS: dict[str, Callable[[Any], Any]] = {
    "Linear": lambda nn: nn.Linear(5, 7),
    "Linear without bias": lambda nn: nn.Linear(5, 7, bias=False),
    "Bilinear": lambda nn: nn.Bilinear(3, 4, 5),
    "Conv1d": lambda nn: nn.Conv1d(4, 6, 3, groups=2),
    "Conv2d": lambda nn: nn.Conv2d(3, 8, 3),
    "Conv3d": lambda nn: nn.Conv3d(2, 3, 2),
    "ConvTranspose1d": lambda nn: nn.ConvTranspose1d(4, 6, 3, groups=2),
    "ConvTranspose2d": lambda nn: nn.ConvTranspose2d(3, 8, 3),
    "ConvTranspose3d": lambda nn: nn.ConvTranspose3d(3, 2, 2),
    "Embedding": lambda nn: nn.Embedding(10, 3, padding_idx=2),
    "EmbeddingBag": lambda nn: nn.EmbeddingBag(10, 3),
    "RNN": lambda nn: nn.RNN(3, 5, 2, bidirectional=True),
    "LSTM": lambda nn: nn.LSTM(3, 5, 2, proj_size=4),
    "GRU": lambda nn: nn.GRU(3, 5),
    "RNNCell": lambda nn: nn.RNNCell(3, 5),
    "LSTMCell": lambda nn: nn.LSTMCell(3, 5),
    "GRUCell": lambda nn: nn.GRUCell(3, 5),
    "MultiheadAttention": lambda nn: nn.MultiheadAttention(8, 2, add_bias_kv=True),
    "MultiheadAttention of other sizes": lambda nn: nn.MultiheadAttention(8, 2, kdim=5, vdim=3),
    "TransformerEncoder": lambda nn: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2),
    "Transformer": lambda nn: nn.Transformer(8, 2, 1, 2, 16, batch_first=True),
    "norms": lambda nn: nn.Sequential(
        nn.BatchNorm2d(3), nn.LayerNorm(4), nn.GroupNorm(2, 4), nn.PReLU(), nn.Linear(2, 2)
    ),
    "weight_norm": lambda nn: nn.utils.parametrizations.weight_norm(nn.Linear(4, 3)),
    "spectral_norm": lambda nn: nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3)),
    "old spectral_norm": lambda nn: nn.utils.spectral_norm(nn.Linear(4, 3)),
    "old weight_norm": lambda nn: nn.utils.weight_norm(nn.Conv1d(4, 3, 2)),
    "LazyLinear": lambda nn: nn.Sequential(nn.LazyLinear(3), nn.Linear(3, 2)),
    "LazyConv2d": lambda nn: nn.Sequential(nn.LazyConv2d(3, 2), nn.Linear(3, 2)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_begin_with_torchs_weights(name: str) -> None:
    states = []
    for side in (OURS, theirs()):
        side.lib.manual_seed(3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", FutureWarning)
            layer = LAYERS[name](side.nn)
        if name.startswith("Lazy"):
            layer(side.lib.ones((2, 4) if name == "LazyLinear" else (2, 3, 4, 4)))
        states.append(layer.state_dict())
    ours, theirs_ = states
    assert list(ours) == list(theirs_)
    for key in ours:
        np.testing.assert_allclose(host(ours[key]), host(theirs_[key]), rtol=2e-5, atol=2e-6, err_msg=key)
    same_state()


# Generators and their states


def test_a_state_of_torch_goes_on_here_and_the_other_way_round() -> None:
    torch = torch_or_skip()
    torch.manual_seed(4)
    torch.rand(700), torch.randn(3)  # a pair's second number is kept
    autograd.set_rng_state(autograd.tensor(torch.get_rng_state().numpy()))
    same([autograd.randn(5), autograd.rand(9)], [torch.randn(5), torch.rand(9)])
    autograd.randn(1), autograd.rand(1000)
    torch.set_rng_state(torch.tensor(host(autograd.get_rng_state())))
    same([autograd.randn(5), autograd.rand(9)], [torch.randn(5), torch.rand(9)])
    same_state()


def test_generators_of_ones_own() -> None:
    def draw(s: Any) -> Any:
        new, seeded = s.lib.Generator(), s.lib.Generator().manual_seed(8)
        drawn = [s.lib.rand(3, generator=new), s.lib.randn(3, generator=seeded), s.lib.randperm(9, generator=new)]
        state = seeded.get_state()
        drawn += [
            s.lib.zeros(20).normal_(generator=seeded),
            s.lib.zeros(5).bernoulli_(s.lib.full((5,), 0.5), generator=new),
        ]
        seeded.set_state(state)
        drawn += [s.lib.multinomial(s.lib.ones(9), 4, generator=seeded), s.lib.poisson(s.lib.ones(9), generator=new)]
        return [*drawn, s.lib.tensor([new.initial_seed(), seeded.initial_seed()]), state, new.get_state()]

    compared(draw)


def test_the_seed_of_chance_is_known() -> None:
    generator = autograd.Generator()
    seed = generator.seed()
    drawn = autograd.rand(3, generator=generator).tolist()
    assert generator.initial_seed() == seed
    assert autograd.rand(3, generator=generator.manual_seed(seed)).tolist() == drawn


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))])
@pytest.mark.parametrize("on", [True, False])
def test_a_copied_generator_goes_on_whatever_is_switched_on(copied: Callable[[Any], Any], on: bool) -> None:
    generator = autograd.Generator().manual_seed(3)
    autograd.randn(3, generator=generator)
    with autograd.use_torch_random(on):
        other = copied(generator)
        assert autograd.randn(4, generator=other).tolist() == autograd.randn(4, generator=generator).tolist()


def test_forked_random_numbers() -> None:
    def draw(s: Any) -> Any:
        with s.lib.random.fork_rng():
            inside = s.lib.randn(3)
        with s.lib.random.fork_rng(enabled=False):
            moved = s.lib.randn(3)
        return [inside, moved, s.lib.randn(3)]

    compared(draw)


def test_outside_of_the_switch_are_this_engines_numbers() -> None:
    autograd.manual_seed(3)
    torchs = autograd.rand(4).tolist()
    with autograd.use_torch_random(False):
        assert not autograd.is_torch_random()
        own = autograd.rand(4).tolist()
        assert autograd.get_rng_state().dtype is autograd.uint64
    assert autograd.is_torch_random()
    assert own != torchs
    assert autograd.rand(4).tolist() not in (own, torchs)


def test_other_devices_draw_this_engines_numbers() -> None:
    torchs = autograd.get_rng_state()
    generator = autograd.Generator("strict").manual_seed(3)
    drawn = autograd.rand(4, generator=generator, device="strict").tolist()
    with autograd.use_torch_random(False):
        own = autograd.Generator().manual_seed(3)
        assert autograd.rand(4, generator=own).tolist() == drawn
    with pytest.raises(ValueError, match="on the CPU"):
        generator.set_state(torchs)
    assert autograd.get_rng_state().tolist() == torchs.tolist()


def test_states_of_the_other_kind_are_refused() -> None:
    torchs, state = autograd.Generator(), autograd.get_rng_state()
    with autograd.use_torch_random(False):
        own, own_state = autograd.Generator(), autograd.get_rng_state()
        with pytest.raises(ValueError, match="use_torch_random"):
            autograd.set_rng_state(state)
    with pytest.raises(ValueError, match="use_torch_random"):
        own.set_state(state)
    with pytest.raises(ValueError, match="this engine's own"):
        torchs.set_state(own_state)


@pytest.mark.parametrize(("at", "value"), [(8, 0), (8, 200), (9, 200), (12, 0), (16, 200), (17, 3), (23, 1), (11, 128)])
def test_bytes_that_are_no_state_are_refused(at: int, value: int) -> None:
    """One that stood behind the last word would let NumPy read outside of its memory."""
    autograd.rand(40)
    before = autograd.get_rng_state()
    broken = before.clone()
    broken[at] = value
    for state in (broken, before[:-1], before.to(autograd.int32)):
        with pytest.raises(ValueError, match="state"):
            autograd.set_rng_state(state)
    assert autograd.get_rng_state().tolist() == before.tolist()


# Many in a row

KIND = st.sampled_from(FLOATING)
SIZE = st.lists(st.integers(0, 9), max_size=3).map(tuple)
STEP = st.one_of(
    st.tuples(st.sampled_from(sorted(OF_FLOATS)), KIND, SIZE),
    st.tuples(st.sampled_from(sorted(OF_CHANCES)), KIND, SIZE),
    st.tuples(st.sampled_from(sorted(OF_ALL)), st.sampled_from(KINDS), SIZE),
)


@hypothesis.settings(max_examples=60, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(st.lists(STEP, min_size=1, max_size=10), st.integers(-(2**63), 2**64 - 1))
def test_any_draws_in_a_row(steps: list[tuple[str, str, tuple[int, ...]]], seed: int) -> None:
    needs_torchs_chances()
    for side in (OURS, theirs()):
        side.lib.manual_seed(seed)
    for name, kind, size in steps:
        if (name, kind) == ("rrelu", "float16"):
            continue
        draw = {**OF_FLOATS, **OF_CHANCES, **OF_ALL}[name]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            same(draw(OURS, kind, size), draw(theirs(), kind, size))
        same_state()


# Distributions

DISTRIBUTIONS: dict[str, Callable[[Any], Any]] = {
    "Normal": lambda s: s.lib.distributions.Normal(_ramp(s, "float32", (6,)), _ramp(s, "float32", (6,), 1, 2)),
    "Normal of float64": lambda s: s.lib.distributions.Normal(_ramp(s, "float64", (2, 9)), 1.5),
    "Uniform": lambda s: s.lib.distributions.Uniform(-1.0, _ramp(s, "float32", (6,), 1, 2)),
    "Bernoulli": lambda s: s.lib.distributions.Bernoulli(_ramp(s, "float32", (6,))),
    "Bernoulli of logits": lambda s: s.lib.distributions.Bernoulli(logits=_ramp(s, "float64", (6,), -2, 2)),
    "Categorical": lambda s: s.lib.distributions.Categorical(_ramp(s, "float32", (3, 6))),
    "Categorical of logits": lambda s: s.lib.distributions.Categorical(logits=_ramp(s, "float32", (6,), -2, 2)),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("size", [(), (5,), (2, 3)])
def test_distributions(name: str, size: tuple[int, ...]) -> None:
    compared(lambda s: DISTRIBUTIONS[name](s).sample(size))


# Layers that draw

DRAWING: dict[str, tuple[Callable[[Any], Any], tuple[int, ...]]] = {
    "dropout": (lambda nn: nn.Dropout(0.3), (5, 6)),
    "dropout2d": (lambda nn: nn.Dropout2d(0.3), (5, 6, 2, 2)),
    "alpha dropout": (lambda nn: nn.AlphaDropout(0.3), (5, 6)),
    "feature alpha dropout": (lambda nn: nn.FeatureAlphaDropout(0.3), (5, 6, 3)),
    "rrelu": (lambda nn: nn.RReLU(), (5, 6)),
    "fractional pooling": (lambda nn: nn.FractionalMaxPool2d(2, output_ratio=0.6), (2, 3, 9, 9)),
    "fractional pooling of volumes": (lambda nn: nn.FractionalMaxPool3d(2, output_ratio=0.6), (2, 3, 7, 7, 7)),
    "recurrent layers": (lambda nn: nn.GRU(6, 4, 3, dropout=0.4, batch_first=True), (3, 5, 6)),
    "recurrent layers, time first": (lambda nn: nn.LSTM(6, 4, 3, dropout=0.4, bidirectional=True), (3, 5, 6)),
    "encoder": (lambda nn: nn.TransformerEncoderLayer(8, 2, 16, 0.3, batch_first=True), (3, 5, 8)),
    "encoder, time first": (lambda nn: nn.TransformerEncoderLayer(8, 2, 16, 0.3), (3, 5, 8)),
}


@pytest.mark.parametrize("name", DRAWING)
def test_layers_draw_what_torchs_draw(name: str) -> None:
    needs_torchs_chances()
    make, size = DRAWING[name]

    def run(s: Any) -> Any:
        layer = make(s.nn).double()
        out = layer(_ramp(s, "float64", size, -1, 1))
        return out[0] if isinstance(out, tuple) else out

    compared(run, ulps=10**9)  # beside single-precision weights


def test_attention_draws_what_torchs_draws() -> None:
    needs_torchs_chances()

    def run(s: Any, first: bool) -> Any:
        layer = s.nn.MultiheadAttention(8, 2, dropout=0.4, batch_first=first).double()
        x = _ramp(s, "float64", (3, 5, 8), -1, 1)
        return layer(x, x, x)[0], layer(x, x, x, need_weights=False)[0]

    for first in (True, False):
        compared(lambda s, first=first: run(s, first), ulps=10**9)


def test_a_whole_transformer() -> None:
    needs_torchs_chances()

    def run(s: Any) -> Any:
        net = s.nn.Transformer(8, 2, 2, 2, 16, 0.3, batch_first=True).double()
        return net(_ramp(s, "float64", (3, 5, 8), -1, 1), _ramp(s, "float64", (3, 4, 8), -1, 1))

    compared(run, ulps=10**9)


OPERANDS: dict[str, Callable[[Any], Any]] = {
    "C": lambda x: x,
    "transposed": lambda x: x.transpose(1, 2).contiguous().transpose(1, 2),
    "reversed": lambda x: x.permute(2, 1, 0).contiguous().permute(2, 1, 0),
    "turned": lambda x: x.permute(1, 2, 0).contiguous().permute(2, 0, 1),
    "stretched": lambda x: x[:1].expand(x.shape[0], -1, -1),
    "a row": lambda x: x[0, 0],
    "a column": lambda x: x[:, :, :1],
    "a number": lambda x: 2.0,
    "every other": lambda x: x.repeat(1, 1, 2)[:, :, ::2],
}


@pytest.mark.parametrize("shape", [(2, 3, 4), (4, 1, 3), (3, 3, 3), (1, 5, 2)], ids=str)
@pytest.mark.parametrize("second", OPERANDS)
@pytest.mark.parametrize("first", OPERANDS)
def test_results_of_two_operands_lie_as_torchs_do(first: str, second: str, shape: tuple[int, ...]) -> None:
    """Dropout after a sum draws in the order in which the sum lies."""
    torch = torch_or_skip()
    needs_torchs_chances()

    def result(engine: Any) -> Any:
        x = engine.arange(math.prod(shape), dtype=engine.float32).reshape(shape)
        total = OPERANDS[first](x) + OPERANDS[second](x)
        if not hasattr(total, "stride"):
            return None
        engine.manual_seed(0)
        steps = [step for step, size in zip(total.stride(), total.shape, strict=True) if size > 1]
        return steps, engine.nn.functional.dropout(total, 0.5).tolist()

    autograd.manual_seed(0)
    with autograd.use_torch_random():
        mine = result(autograd)
    assert mine == result(torch)


def test_a_convolution_lies_as_torchs_when_something_is_added() -> None:
    """The value and place embeddings of a time series: a transposed convolution, and a table."""
    torch = torch_or_skip()
    needs_torchs_chances()

    def drawn(engine: Any) -> Any:
        x = engine.arange(24, dtype=engine.float32).reshape(2, 3, 4)
        weight = engine.ones(5, 3, 3)
        value = engine.nn.functional.conv1d(x, weight, padding=1).transpose(1, 2)
        total = value + engine.ones(1, 4, 5)
        engine.manual_seed(0)
        return total.stride(), engine.nn.functional.dropout(total, 0.5).tolist()

    with autograd.use_torch_random():
        mine = drawn(autograd)
    assert mine == drawn(torch)
