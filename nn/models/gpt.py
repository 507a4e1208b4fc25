"""A GPT: a transformer that guesses the next token."""

from __future__ import annotations

import math
from typing import Any

import autograd
from autograd import Tensor

from .. import functional as F, init
from ..activation import GELU
from ..container import ModuleDict, ModuleList
from ..dropout import Dropout
from ..embedding import Embedding
from ..linear import Linear
from ..module import Module
from ..normalisation import LayerNorm


class CausalSelfAttention(Module):
    """Attention of every token to those before it and itself, in several heads."""

    def __init__(self, n_embd: int, n_head: int, dropout: float, bias: bool) -> None:
        super().__init__()
        if n_embd % n_head:
            raise ValueError(f"GPT: a width of {n_embd} is not divisible by {n_head} heads")
        self.c_attn = Linear(n_embd, 3 * n_embd, bias=bias)
        self.c_proj = Linear(n_embd, n_embd, bias=bias)
        self.resid_dropout = Dropout(dropout)
        self.n_head, self.dropout = n_head, dropout

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        heads = self.c_attn(x).view(batch, length, 3, self.n_head, width // self.n_head).permute(2, 0, 3, 1, 4)
        q, k, v = heads.unbind(0)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        return self.resid_dropout(self.c_proj(y.transpose(1, 2).reshape(batch, length, width)))


class MLP(Module):
    """Two linear layers with a GELU between them, four times as wide inside."""

    def __init__(self, n_embd: int, dropout: float, bias: bool) -> None:
        super().__init__()
        self.c_fc = Linear(n_embd, 4 * n_embd, bias=bias)
        self.gelu = GELU(approximate="tanh")
        self.c_proj = Linear(4 * n_embd, n_embd, bias=bias)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(self.c_proj(self.gelu(self.c_fc(x))))


class Block(Module):
    """Attention and an MLP, each after a layer norm and added to what goes in."""

    def __init__(self, n_embd: int, n_head: int, dropout: float, bias: bool) -> None:
        super().__init__()
        self.ln_1 = LayerNorm(n_embd, bias=bias)
        self.attn = CausalSelfAttention(n_embd, n_head, dropout, bias)
        self.ln_2 = LayerNorm(n_embd, bias=bias)
        self.mlp = MLP(n_embd, dropout, bias)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(Module):
    """Tokens (N, T), T <= block_size, to logits (N, T, vocab_size); with targets (N, T) to (logits, loss).

    GPT-2's layers and names: with the defaults 124,439,808 parameters, the embedding counted once,
    which is also the output layer. Targets of -1 are left out of the loss.
    A. Radford et al., "Language models are unsupervised multitask learners", 2019.
    """

    def __init__(
        self,
        vocab_size: int = 50257,
        block_size: int = 1024,
        n_layer: int = 12,
        n_head: int = 12,
        n_embd: int = 768,
        dropout: float = 0.1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.block_size = block_size
        self.transformer = ModuleDict(
            {
                "wte": Embedding(vocab_size, n_embd),
                "wpe": Embedding(block_size, n_embd),
                "drop": Dropout(dropout),
                "h": ModuleList(Block(n_embd, n_head, dropout, bias) for _ in range(n_layer)),
                "ln_f": LayerNorm(n_embd, bias=bias),
            }
        )
        self.lm_head = Linear(n_embd, vocab_size, bias=False)
        self.lm_head.weight = self.transformer["wte"].weight
        self.apply(self._init_weights)
        for name, parameter in self.named_parameters():
            if name.endswith("c_proj.weight"):  # the residual sum of 2 n_layer terms starts with variance 1
                init.normal_(parameter, mean=0.0, std=0.02 / math.sqrt(2 * n_layer))

    @staticmethod
    def _init_weights(module: Module) -> None:
        if isinstance(module, Linear | Embedding):
            init.normal_(module.weight, mean=0.0, std=0.02)
        if isinstance(module, Linear) and module.bias is not None:
            init.zeros_(module.bias)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        length = idx.shape[1]
        if length > self.block_size:
            raise ValueError(f"GPT: {length} tokens are more than the block size of {self.block_size}")
        positions = autograd.arange(length, device=idx.device)
        x = self.transformer["drop"](self.transformer["wte"](idx) + self.transformer["wpe"](positions))
        for block in self.transformer["h"]:
            x = block(x)
        logits = self.lm_head(self.transformer["ln_f"](x))
        if targets is None:
            return logits
        loss = F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1), ignore_index=-1)
        return logits, loss

    @autograd.no_grad()
    def generate(self, idx: Tensor, max_new_tokens: int, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
        """The tokens (N, T) and `max_new_tokens` more, drawn one by one, from the `top_k` likeliest if given."""
        was_training = self.training
        self.eval()
        for _ in range(max_new_tokens):
            logits: Any = self(idx[:, max(0, idx.shape[1] - self.block_size) :])
            logits = logits[:, -1] / temperature
            if top_k is not None:
                least = autograd.topk(logits, min(top_k, logits.shape[-1]))[0][:, -1:]
                logits = logits.masked_fill(logits < least, -autograd.inf)
            idx = autograd.cat([idx, autograd.multinomial(F.softmax(logits, -1), 1)], 1)
        self.train(was_training)
        return idx
