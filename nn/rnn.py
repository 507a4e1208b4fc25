"""Recurrent layers: plain, long short-term memory, gated; and their single steps.

In the steps, x stands for W_ih x + b_ih, computed for all times at once.
J. Elman, 1990; S. Hochreiter, J. Schmidhuber, 1997 (LSTM); K. Cho et al., 2014 (GRU); H. Sak et al.,
2014 (projections).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.engine.errors import OperationError
from autograd.engine.modes import modes
from autograd.ops.promotion import require_tensors
from autograd.types import DeviceLike, DTypeLike, FactoryKwargs

from . import functional as F, init
from .module import Module
from .parameter import Parameter
from .utils.rnn import PackedSequence, pack_like, pad_packed_sequence

State = tuple[Tensor, ...]  # (h,), or (h, c) of an LSTM


def _plain_step(activation: Callable[[Tensor], Tensor]) -> Callable[..., State]:
    def step(x: Tensor, state: State, w_hh: Tensor, b_hh: Tensor | None, w_hr: Tensor | None) -> State:
        """h = activation(x + W_hh h + b_hh)."""
        return (activation(x + F.linear(state[0], w_hh, b_hh)),)

    return step


def _lstm_step(x: Tensor, state: State, w_hh: Tensor, b_hh: Tensor | None, w_hr: Tensor | None) -> State:
    """c = sigmoid(f) c + sigmoid(i) tanh(g); h = sigmoid(o) tanh(c), projected by w_hr if there is one."""
    i, f, g, o = (x + F.linear(state[0], w_hh, b_hh)).chunk(4, -1)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return (h if w_hr is None else F.linear(h, w_hr)), c


def _gru_step(x: Tensor, state: State, w_hh: Tensor, b_hh: Tensor | None, w_hr: Tensor | None) -> State:
    """n = tanh(x_n + r (W_hn h + b_hn)); h = (1 - z) n + z h, with the gates r and z."""
    h = state[0]
    x_r, x_z, x_n = x.chunk(3, -1)
    h_r, h_z, h_n = F.linear(h, w_hh, b_hh).chunk(3, -1)
    z = (x_z + h_z).sigmoid()
    n = (x_n + (x_r + h_r).sigmoid() * h_n).tanh()
    return (n + z * (h - n),)


STEPS: dict[str, tuple[Callable[..., State], int]] = {  # and how many gates the weights hold
    "RNN_TANH": (_plain_step(lambda x: x.tanh()), 1),
    "RNN_RELU": (_plain_step(lambda x: x.relu()), 1),
    "LSTM": (_lstm_step, 4),
    "GRU": (_gru_step, 3),
}


class RNNBase(Module):
    """What the recurrent layers share: (L, N, input_size) -> (L, N, D hidden_size), and the last state.

    `batch_first` puts N first; without N, too; packed sequences of differing lengths, too. D is 2 if
    `bidirectional`. Parameters: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, those of other
    layers by their number, of the backward direction with `_reverse`.
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        if hidden_size <= 0 or num_layers <= 0:
            raise ValueError(f"hidden_size and num_layers must be positive, got {hidden_size} and {num_layers}")
        if not 0 <= dropout <= 1:
            raise ValueError(f"dropout is a probability, got {dropout}")
        if proj_size and (mode != "LSTM" or not 0 <= proj_size < hidden_size):
            raise ValueError(f"proj_size belongs to an LSTM and is less than hidden_size, got {proj_size}")
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        rows, width = STEPS[mode][1] * hidden_size, proj_size or hidden_size
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else width * self._directions
            for end in self._ends(layer):
                self.register_parameter(f"weight_ih_{end}", Parameter(autograd.empty(rows, inputs, **options)))
                self.register_parameter(f"weight_hh_{end}", Parameter(autograd.empty(rows, width, **options)))
                if bias:
                    self.register_parameter(f"bias_ih_{end}", Parameter(autograd.empty(rows, **options)))
                    self.register_parameter(f"bias_hh_{end}", Parameter(autograd.empty(rows, **options)))
                if proj_size:
                    self.register_parameter(
                        f"weight_hr_{end}", Parameter(autograd.empty(width, hidden_size, **options))
                    )
        self.reset_parameters()

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _ends(self, layer: int) -> list[str]:
        """How the names of a layer's parameters end."""
        return [f"l{layer}", f"l{layer}_reverse"][: self._directions]

    def reset_parameters(self) -> None:
        """Draws new starting values."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def flatten_parameters(self) -> None:
        """Does nothing: there is no other layout to go to."""

    @property
    def _all_weights(self) -> list[list[str]]:
        """The names of the parameters, a list for each layer and direction."""
        kinds = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if self.bias else [])]
        kinds += ["weight_hr"] if self.proj_size else []
        return [[f"{kind}_{end}" for kind in kinds] for layer in range(self.num_layers) for end in self._ends(layer)]

    @property
    def all_weights(self) -> list[list[Tensor]]:
        """The parameters, a list for each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Tensor | None]:
        """The tensors that a forward uses, in one list; one can be assigned, of tensors that are no parameters, too."""
        return [getattr(self, name, None) for name in self._flat_weights_names]

    @_flat_weights.setter
    def _flat_weights(self, weights: Sequence[Tensor]) -> None:
        for name, weight in zip(self._flat_weights_names, weights, strict=True):
            if weight is self._parameters.get(name):
                self.__dict__.pop(name, None)
            else:  # found before the parameter of this name
                self.__dict__[name] = weight

    def _in_half(self, x: Tensor, hx: Any) -> tuple[Tensor, Any]:
        """The arguments in half precision where autocast takes a whole layer for a product, as torch's kernels are.

        On a CPU those are LSTM's without projections, on a GPU all.
        """
        policy = modes.autocast
        if policy is None or not (policy.keeps_wide or (self.mode == "LSTM" and not self.proj_size)):
            return x, hx
        return policy.half(x), tuple(map(policy.half, hx)) if isinstance(hx, tuple | list) else policy.half(hx)

    def _start(self, x: Tensor, hx: Any, batched: bool) -> State:
        """The state before the first step, (layers D, N, width) each."""
        widths = [self.proj_size or self.hidden_size] + ([self.hidden_size] if self.mode == "LSTM" else [])
        shapes = [(self.num_layers * self._directions, x.shape[1], width) for width in widths]
        if hx is None:
            return tuple(autograd.zeros(*shape, dtype=x.dtype, device=x.device) for shape in shapes)
        given = tuple(hx) if self.mode == "LSTM" else (hx,)
        if len(given) != len(shapes) or not all(isinstance(h, Tensor) for h in given):
            expected = "a tuple (h, c) of tensors" if self.mode == "LSTM" else "one tensor"
            got = ", ".join(type(h).__name__ for h in hx) if isinstance(hx, tuple | list) else type(hx).__name__
            got = f"({got})" if isinstance(hx, tuple | list) else got
            raise TypeError(f"{type(self).__name__}: expected as hidden state {expected}, got {got}")
        given = given if batched else tuple(h.unsqueeze(1) for h in given)
        for h, shape in zip(given, shapes, strict=True):
            if tuple(h.shape) != shape:
                raise RuntimeError(
                    f"{type(self).__name__}: expected a hidden state of shape {shape}, got {tuple(h.shape)}"
                )
        return given

    def _direction(self, x: Tensor, state: State, end: str, alive: list[Tensor] | None) -> tuple[Tensor, State]:
        """One layer in one direction. `alive` says at each time which sequences are not over."""
        step = STEPS[self.mode][0]
        bias = getattr(self, f"bias_ih_{end}") if self.bias else None
        b_hh = getattr(self, f"bias_hh_{end}") if self.bias else None
        w_hr = getattr(self, f"weight_hr_{end}") if self.proj_size else None
        inputs = F.linear(x, getattr(self, f"weight_ih_{end}"), bias).unbind(0)
        w_hh = getattr(self, f"weight_hh_{end}")
        times = range(len(inputs))
        if not inputs:
            raise OperationError(f"{type(self).__name__}: expected a sequence of at least one step, got none")
        outputs: list[Any] = [None] * len(inputs)
        for time in reversed(times) if end.endswith("reverse") else times:
            new = step(inputs[time], state, w_hh, b_hh, w_hr)
            if alive is not None:
                here = alive[time]
                new = tuple(autograd.where(here, a, b) for a, b in zip(new, state, strict=True))
            state = new
            outputs[time] = state[0] if alive is None else autograd.where(alive[time], state[0], 0.0)
        return autograd.stack(outputs), state

    def _run(self, x: Tensor, state: State, alive: list[Tensor] | None) -> tuple[Tensor, State]:
        finals: list[State] = []
        for layer in range(self.num_layers):
            if layer and self.dropout:
                x = F.dropout(x, self.dropout, self.training)
            outputs = []
            for number, end in enumerate(self._ends(layer)):
                place = layer * self._directions + number
                out, final = self._direction(x, tuple(h[place] for h in state), end, alive)
                outputs.append(out)
                finals.append(final)
            x = outputs[0] if len(outputs) == 1 else autograd.cat(outputs, -1)
        return x, tuple(autograd.stack(each) for each in zip(*finals, strict=True))

    def forward(self, input: Any, hx: Tensor | Sequence[Tensor] | None = None) -> Any:
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        require_tensors(type(self).__name__, input)
        if input.ndim not in (2, 3) or input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"{type(self).__name__}: expected an input of 2 or 3 dimensions, the last {self.input_size}, "
                f"got shape {tuple(input.shape)}"
            )
        batched = input.ndim == 3
        input, hx = self._in_half(input, hx)
        x = input if batched else input.unsqueeze(1)
        x = x.transpose(0, 1) if batched and self.batch_first else x
        out, state = self._run(x, self._start(x, hx, batched), None)
        out = out.transpose(0, 1) if batched and self.batch_first else out
        if not batched:
            out, state = out.squeeze(1), tuple(h.squeeze(1) for h in state)
        return out, (state if self.mode == "LSTM" else state[0])

    def _packed(self, packed: PackedSequence, hx: Any) -> Any:
        """Padded, run with the padding masked out, and packed again."""
        x, lengths = pad_packed_sequence(PackedSequence(packed.data, packed.batch_sizes))
        times = autograd.arange(x.shape[0], device=x.device).reshape(-1, 1)
        alive = list((times < lengths.to(x.device)).unsqueeze(-1).unbind(0))
        if hx is not None and packed.sorted_indices is not None:
            order = packed.sorted_indices
            hx = tuple(h.index_select(1, order) for h in hx) if self.mode == "LSTM" else hx.index_select(1, order)
        x, hx = self._in_half(x, hx)
        out, state = self._run(x, self._start(x, hx, True), alive)
        if packed.unsorted_indices is not None:
            state = tuple(h.index_select(1, packed.unsorted_indices) for h in state)
        return pack_like(out, packed), (state if self.mode == "LSTM" else state[0])

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        text += f", proj_size={self.proj_size}" if self.proj_size else ""
        text += f", num_layers={self.num_layers}" if self.num_layers != 1 else ""
        text += f", bias={self.bias}" if not self.bias else ""
        text += f", batch_first={self.batch_first}" if self.batch_first else ""
        text += f", dropout={self.dropout}" if self.dropout else ""
        return text + (f", bidirectional={self.bidirectional}" if self.bidirectional else "")


class RNN(RNNBase):
    """h = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu (J. Elman, 1990); shapes in RNNBase."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNN: nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(
            mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory (S. Hochreiter, J. Schmidhuber, 1997); its state is (h, c); shapes in RNNBase.

    >>> import autograd, nn
    >>> out, (h, c) = nn.LSTM(3, 4, batch_first=True)(autograd.randn(2, 5, 3))
    >>> out.shape, h.shape
    (autograd.Size([2, 5, 4]), autograd.Size([1, 2, 4]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """Gated recurrent unit (K. Cho et al., 2014); shapes in RNNBase."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("GRU", *args, **kwargs)


class RNNCellBase(Module):
    """One step of a recurrent layer: (N, input_size), state (N, hidden_size) -> the next state; without N, too."""

    mode: str

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: DeviceLike = None, dtype: DTypeLike = None
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        rows = STEPS[self.mode][1] * hidden_size
        self.weight_ih = Parameter(autograd.empty(rows, input_size, **options))
        self.weight_hh = Parameter(autograd.empty(rows, hidden_size, **options))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(autograd.empty(rows, **options)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new starting values."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def forward(self, input: Tensor, hx: Tensor | Sequence[Tensor] | None = None) -> Any:
        if input.ndim not in (1, 2) or input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"{type(self).__name__}: expected (N, {self.input_size}) or ({self.input_size},), "
                f"got shape {tuple(input.shape)}"
            )
        lstm = self.mode == "LSTM"
        if hx is None:
            blank = autograd.zeros(*input.shape[:-1], self.hidden_size, dtype=input.dtype, device=input.device)
            hx = (blank, blank) if lstm else blank
        state = tuple(hx) if lstm else (hx,)
        x = F.linear(input, self.weight_ih, self.bias_ih)
        new = STEPS[self.mode][0](x, state, self.weight_hh, self.bias_hh, None)
        return new if lstm else new[0]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(RNNCellBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu."""

    mode = "RNN_TANH"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"RNNCell: nonlinearity is 'tanh' or 'relu', got {nonlinearity!r}")
        self.nonlinearity, self.mode = nonlinearity, f"RNN_{nonlinearity.upper()}"

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(RNNCellBase):
    """One step of an LSTM: its state is (h, c)."""

    mode = "LSTM"


class GRUCell(RNNCellBase):
    """One step of a GRU."""

    mode = "GRU"
