"""Vision transformers."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import autograd
from autograd import Tensor

from .. import init
from ..activation import GELU, Tanh
from ..attention import MultiheadAttention
from ..container import Sequential
from ..conv import Conv2d
from ..dropout import Dropout
from ..linear import Linear
from ..module import Module
from ..normalisation import LayerNorm
from ..parameter import Parameter
from .published import transformer
from .weights import GivenWeights, builder, with_weights


class MLPBlock(Sequential):
    """Two linear layers with a GELU between them."""

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float) -> None:
        super().__init__(Linear(in_dim, mlp_dim), GELU(), Dropout(dropout), Linear(mlp_dim, in_dim), Dropout(dropout))
        for module in self:
            if isinstance(module, Linear):
                init.xavier_uniform_(module.weight)
                init.normal_(module.bias, std=1e-6)


class EncoderBlock(Module):
    """Attention between the patches, then an MLP on each; both are added to what goes in."""

    def __init__(self, num_heads: int, hidden_dim: int, mlp_dim: int, dropout: float, attention_dropout: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = LayerNorm(hidden_dim, eps=1e-6)
        self.self_attention = MultiheadAttention(hidden_dim, num_heads, dropout=attention_dropout, batch_first=True)
        self.dropout = Dropout(dropout)
        self.ln_2 = LayerNorm(hidden_dim, eps=1e-6)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Tensor) -> Tensor:
        x = self.ln_1(input)
        attended, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(attended) + input
        return x + self.mlp(self.ln_2(x))


class Encoder(Module):
    """The blocks, after a learned position was added to each patch."""

    def __init__(
        self,
        seq_length: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
    ) -> None:
        super().__init__()
        self.pos_embedding = Parameter(autograd.empty(1, seq_length, hidden_dim))
        init.normal_(self.pos_embedding, std=0.02)
        self.dropout = Dropout(dropout)
        blocks = (EncoderBlock(num_heads, hidden_dim, mlp_dim, dropout, attention_dropout) for _ in range(num_layers))
        self.layers = Sequential(OrderedDict((f"encoder_layer_{i}", block) for i, block in enumerate(blocks)))
        self.ln = LayerNorm(hidden_dim, eps=1e-6)

    def forward(self, input: Tensor) -> Tensor:
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(Module):
    """A transformer on an image's patches and a class token.

    A. Dosovitskiy et al., "An image is worth 16x16 words", 2020.
    """

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        num_classes: int = 1000,
        representation_size: int | None = None,
    ) -> None:
        super().__init__()
        if image_size % patch_size:
            raise ValueError(f"VisionTransformer: patches of {patch_size} do not tile an image of {image_size}")
        self.image_size, self.patch_size, self.hidden_dim = image_size, patch_size, hidden_dim
        self.conv_proj = Conv2d(3, hidden_dim, kernel_size=patch_size, stride=patch_size)
        self.class_token = Parameter(autograd.zeros(1, 1, hidden_dim))
        self.seq_length = (image_size // patch_size) ** 2 + 1
        self.encoder = Encoder(self.seq_length, num_layers, num_heads, hidden_dim, mlp_dim, dropout, attention_dropout)
        heads: OrderedDict[str, Module] = OrderedDict()
        if representation_size is None:
            heads["head"] = Linear(hidden_dim, num_classes)
        else:
            heads["pre_logits"] = Linear(hidden_dim, representation_size)
            heads["act"] = Tanh()
            heads["head"] = Linear(representation_size, num_classes)
        self.heads = Sequential(heads)
        init.trunc_normal_(self.conv_proj.weight, std=math.sqrt(1 / (3 * patch_size**2)))
        init.zeros_(self.conv_proj.bias)
        if representation_size is not None:
            init.trunc_normal_(heads["pre_logits"].weight, std=math.sqrt(1 / hidden_dim))
            init.zeros_(heads["pre_logits"].bias)
        init.zeros_(heads["head"].weight)
        init.zeros_(heads["head"].bias)
        self.register_load_state_dict_pre_hook(_rename)

    def forward(self, x: Tensor) -> Tensor:
        n, _, height, width = x.shape
        if (height, width) != (self.image_size, self.image_size):
            raise ValueError(f"Wrong image size! Expected {self.image_size}, got {height} x {width}")
        patches = self.conv_proj(x).reshape(n, self.hidden_dim, -1).permute(0, 2, 1)
        tokens = autograd.cat([self.class_token.expand(n, -1, -1), patches], 1)
        return self.heads(self.encoder(tokens)[:, 0])


def _rename(module: Module, state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
    """The published weights call the MLPs' layers linear_1 and linear_2."""
    for key in list(state_dict):
        renamed = key.replace(".mlp.linear_1.", ".mlp.0.").replace(".mlp.linear_2.", ".mlp.3.")
        state_dict[renamed] = state_dict.pop(key)


def _vit(
    patch: int, layers: int, heads: int, hidden: int, mlp: int, weights: GivenWeights, **kwargs: Any
) -> VisionTransformer:
    image = kwargs.pop("image_size", 224)
    return with_weights(VisionTransformer(image, patch, layers, heads, hidden, mlp, **kwargs), weights)


ViT_B_16_Weights = transformer(
    "ViT_B_16_Weights",
    86_567_656,
    "vit_b_16-c867db91",
    swag=("vit_b_16_swag-9ac1b537", 86_859_496, 384),
    linear="vit_b_16_lc_swag-4e70ced5",
)
ViT_B_32_Weights = transformer("ViT_B_32_Weights", 88_224_232, "vit_b_32-d86f8d99")
ViT_L_16_Weights = transformer(
    "ViT_L_16_Weights",
    304_326_632,
    "vit_l_16-852ce7e3",
    resize=242,
    swag=("vit_l_16_swag-4f3808c9", 305_174_504, 512),
    linear="vit_l_16_lc_swag-4d563306",
)
ViT_L_32_Weights = transformer("ViT_L_32_Weights", 306_535_400, "vit_l_32-c7638314")


@builder
def vit_b_16(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """12 layers of width 768 on patches of 16: 86,567,656 parameters."""
    return _vit(16, 12, 12, 768, 3072, weights, **kwargs)


@builder
def vit_b_32(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """12 layers of width 768 on patches of 32: 88,224,232 parameters."""
    return _vit(32, 12, 12, 768, 3072, weights, **kwargs)


@builder
def vit_l_16(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """24 layers of width 1024 on patches of 16: 304,326,632 parameters."""
    return _vit(16, 24, 16, 1024, 4096, weights, **kwargs)


@builder
def vit_l_32(*, weights: GivenWeights = None, progress: bool = True, **kwargs: Any) -> VisionTransformer:
    """24 layers of width 1024 on patches of 32: 306,535,400 parameters."""
    return _vit(32, 24, 16, 1024, 4096, weights, **kwargs)
