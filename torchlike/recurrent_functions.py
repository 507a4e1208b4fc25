"""Recurrent layers as functions of their weights: torch.lstm, gru, rnn_tanh, rnn_relu, and their single steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import nn.functional as F
from autograd import Tensor
from autograd.random import fork_rng
from nn.rnn import STEPS, RNNBase
from nn.utils.rnn import PackedSequence


def _layers(
    mode: str, params: Sequence[Tensor], has_biases: bool, num_layers: int, dropout: float, train: bool, both: bool
) -> RNNBase:
    """The layers that these weights are of."""
    hidden, width = params[1].shape[0] // STEPS[mode][1], params[1].shape[1]
    with fork_rng():  # the weights that it draws are replaced
        made = RNNBase(
            mode,
            params[0].shape[1],
            hidden,
            num_layers,
            bias=has_biases,
            dropout=dropout,
            bidirectional=both,
            proj_size=width if width != hidden else 0,
        )
    made._flat_weights = list(params)
    return made.train(train)


def _function(name: str, mode: str) -> Callable[..., tuple[Tensor, ...]]:
    def function(*args: Any) -> tuple[Tensor, ...]:
        if len(args) != 9:
            raise TypeError(f"{name}: expected 9 arguments, got {len(args)}; `help` lists them")
        if isinstance(args[3], bool):
            input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first = args
            layers = _layers(mode, params, has_biases, num_layers, dropout, train, bidirectional)
            layers.batch_first = batch_first
            out, state = layers(input, hx)
        else:
            data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional = args
            layers = _layers(mode, params, has_biases, num_layers, dropout, train, bidirectional)
            packed, state = layers(PackedSequence(data, batch_sizes), hx)
            out = packed.data
        return (out, *state) if mode == "LSTM" else (out, state)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"(output, {'h, c' if mode == 'LSTM' else 'h'}) of nn.{mode.partition('_')[0]} with these weights:\n"
        f"    {name}(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)\n"
        f"or, of a packed sequence,\n"
        f"    {name}(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)\n"
        "`params` has the weights of each layer and direction in the order of the module's `all_weights`."
    )
    return function


def _cell(name: str, mode: str) -> Callable[..., Any]:
    def cell(
        input: Tensor, hx: Any, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
    ) -> Any:
        state = tuple(hx) if mode == "LSTM" else (hx,)
        new = STEPS[mode][0](F.linear(input, w_ih, b_ih), state, w_hh, b_hh, None)
        return new if mode == "LSTM" else new[0]

    cell.__name__ = cell.__qualname__ = name
    cell.__doc__ = f"The state after one step of nn.{mode.partition('_')[0]}Cell with these weights."
    return cell


lstm, gru = _function("lstm", "LSTM"), _function("gru", "GRU")
rnn_tanh, rnn_relu = _function("rnn_tanh", "RNN_TANH"), _function("rnn_relu", "RNN_RELU")
lstm_cell, gru_cell = _cell("lstm_cell", "LSTM"), _cell("gru_cell", "GRU")
rnn_tanh_cell, rnn_relu_cell = _cell("rnn_tanh_cell", "RNN_TANH"), _cell("rnn_relu_cell", "RNN_RELU")

__all__ = ["gru", "gru_cell", "lstm", "lstm_cell", "rnn_relu", "rnn_relu_cell", "rnn_tanh", "rnn_tanh_cell"]
