"""Recurrent layers against torch's: outputs, states and gradients; packed sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from tests.helpers.oracle import assert_same, host, torch_or_skip

LAYERS = [
    *(f"{name}(3, 4)" for name in ("RNN", "LSTM", "GRU")),
    *(f"{name}(3, 4, num_layers=2, bidirectional=True)" for name in ("RNN", "LSTM", "GRU")),
    *(f"{name}(3, 4, 2, bias=False, batch_first=True)" for name in ("LSTM", "GRU")),
    "RNN(3, 4, nonlinearity='relu', batch_first=True)",
    "LSTM(3, 5, proj_size=2, num_layers=2)",
    "LSTM(3, 5, proj_size=2, bidirectional=True)",
]


def both(layer: str) -> tuple[Any, Any]:
    torch = torch_or_skip()
    here, there = (eval(f"nn.{layer}", {"nn": layers}).double() for layers in (nn, torch.nn))
    assert list(here.state_dict()) == list(there.state_dict())
    here.load_state_dict({key: value.numpy() for key, value in there.state_dict().items()})
    assert repr(here) == repr(there)
    return here, there


def flat(value: Any) -> list[Any]:
    if isinstance(value, tuple | list) and not hasattr(value, "batch_sizes"):
        return [each for part in value for each in flat(part)]
    return [value.data if hasattr(value, "batch_sizes") else value]


def compare(here: Any, there: Any, call: Any) -> None:
    """The same call on both sides: all results, and the gradients by the inputs and parameters."""
    found = []
    for engine, layers, module in ((autograd, nn, here), (torch_or_skip(), torch_or_skip().nn, there)):
        rng = np.random.default_rng(0)
        leaves: list[Any] = []

        def t(*shape: int, engine: Any = engine, rng: Any = rng, leaves: Any = leaves) -> Any:
            leaves.append(engine.tensor(rng.normal(size=shape), requires_grad=True))
            return leaves[-1]

        module.zero_grad()
        outputs = flat(call(engine, layers, module, t))
        loss = sum((x * engine.tensor(rng.normal(size=tuple(x.shape)))).sum() for x in outputs)
        loss.backward()
        found.append((outputs, [x.grad for x in leaves], [p.grad for p in module.parameters()]))
    for mine, theirs in zip(*found, strict=True):
        for ours, other in zip(mine, theirs, strict=True):
            assert_same(ours, other, rtol=1e-8, atol=1e-10)


def state_shapes(layer: Any, count: int | None) -> list[tuple[int, ...]]:
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    widths = [layer.proj_size or layer.hidden_size, *([layer.hidden_size] if layer.mode == "LSTM" else [])]
    return [(rows, width) if count is None else (rows, count, width) for width in widths]


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_is_torchs(layer: str) -> None:
    here, there = both(layer)
    compare(here, there, lambda engine, layers, module, t: module(t(5, 2, 3)))

    def with_state(engine: Any, layers: Any, module: Any, t: Any) -> Any:
        x = t(2, 5, 3) if module.batch_first else t(5, 2, 3)
        state = tuple(t(*shape) for shape in state_shapes(here, 2))
        return module(x, state if module.mode == "LSTM" else state[0])

    compare(here, there, with_state)

    def unbatched(engine: Any, layers: Any, module: Any, t: Any) -> Any:
        state = tuple(t(*shape) for shape in state_shapes(here, None))
        return module(t(4, 3), state if module.mode == "LSTM" else state[0])

    compare(here, there, unbatched)


@pytest.mark.parametrize("layer", LAYERS)
def test_packed_sequences_are_torchs(layer: str) -> None:
    here, there = both(layer)

    def packed(engine: Any, layers: Any, module: Any, t: Any) -> Any:
        rnn = layers.utils.rnn
        x = rnn.pack_padded_sequence(t(5, 3, 3), engine.tensor([3, 5, 1]), enforce_sorted=False)
        out, state = module(x)
        padded, lengths = rnn.pad_packed_sequence(out, batch_first=True)
        assert lengths.tolist() == [3, 5, 1]
        return padded, state

    compare(here, there, packed)

    def ordered_with_state(engine: Any, layers: Any, module: Any, t: Any) -> Any:
        x = layers.utils.rnn.pack_sequence([t(4, 3), t(4, 3), t(2, 3)])
        state = tuple(t(*shape) for shape in state_shapes(here, 3))
        return module(x, state if module.mode == "LSTM" else state[0])

    compare(here, there, ordered_with_state)


@pytest.mark.parametrize(
    "cell", ["RNNCell(3, 4)", "RNNCell(3, 4, nonlinearity='relu', bias=False)", "LSTMCell(3, 4)", "GRUCell(3, 4)"]
)
def test_cell_is_torchs(cell: str) -> None:
    here, there = both(cell)
    compare(here, there, lambda engine, layers, module, t: module(t(2, 3)))
    lstm = cell.startswith("LSTM")
    compare(here, there, lambda e, n, module, t: module(t(2, 3), (t(2, 4), t(2, 4)) if lstm else t(2, 4)))
    compare(here, there, lambda e, n, module, t: module(t(3), (t(4), t(4)) if lstm else t(4)))


def test_padding_is_torchs() -> None:
    torch = torch_or_skip()
    rows = [np.arange(4.0), np.arange(2.0), np.arange(3.0)]
    for options in ({}, {"batch_first": True, "padding_value": -1.0}, {"padding_side": "left"}):
        ours = nn.utils.rnn.pad_sequence([autograd.tensor(x) for x in rows], **options)
        theirs = torch.nn.utils.rnn.pad_sequence([torch.tensor(x) for x in rows], **options)
        assert_same(ours, theirs)
    packed = nn.utils.rnn.pack_sequence([autograd.tensor(x) for x in rows], enforce_sorted=False)
    back = nn.utils.rnn.unpack_sequence(packed)
    for x, y in zip(back, rows, strict=True):
        np.testing.assert_array_equal(host(x), y)
    with pytest.raises(RuntimeError, match="enforce_sorted"):
        nn.utils.rnn.pack_sequence([autograd.ones(1), autograd.ones(2)])


def test_dropout_is_between_layers_in_training() -> None:
    autograd.manual_seed(0)
    layer = nn.LSTM(2, 3, num_layers=2, dropout=1.0)
    x = autograd.randn(4, 1, 2)
    a, _ = layer(x)
    b, _ = layer(x * 2)
    np.testing.assert_array_equal(host(a), host(b))  # nothing passes from the first layer to the second
    layer.eval()
    assert not np.array_equal(host(layer(x)[0]), host(layer(x * 2)[0]))


def test_errors() -> None:
    with pytest.raises(RuntimeError, match="the last 3"):
        nn.GRU(3, 4)(autograd.ones(5, 2, 2))
    with pytest.raises(RuntimeError, match=r"hidden state of shape \(1, 2, 4\)"):
        nn.GRU(3, 4)(autograd.ones(5, 2, 3), autograd.ones(1, 1, 4))
    with pytest.raises(ValueError, match="proj_size"):
        nn.GRU(3, 4, proj_size=2)
    with pytest.raises(ValueError, match="nonlinearity"):
        nn.RNN(3, 4, nonlinearity="sin")
