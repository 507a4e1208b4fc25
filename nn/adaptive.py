"""A softmax over very many classes, most of them rare."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import autograd
from autograd import Tensor
from autograd.types import DeviceLike, DTypeLike, FactoryKwargs

from . import functional as F
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module


class AdaptiveLogSoftmaxOutput(NamedTuple):
    """The log probabilities of the targets (N,), and minus their mean."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log probabilities of classes that are sorted from frequent to rare: (N, in_features), (N,) -> output, loss.

    The first cutoffs[0] classes are in the head, the others in clusters between the cutoffs, of which
    the head knows only the whole; cluster i works on in_features / div_value^(i + 1) features.
    E. Grave et al., "Efficient softmax approximation for GPUs", 2016.
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: DeviceLike = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if cutoffs != sorted(set(cutoffs)) or cutoffs[0] < 1 or cutoffs[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                "where each value is between 1 and n_classes-1"
            )
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs = [*cutoffs, n_classes]
        self.shortlist_size, self.n_clusters = cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        options: FactoryKwargs = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(itertools.pairwise(self.cutoffs)):
            width = int(in_features // div_value ** (i + 1))
            first, second = Linear(in_features, width, False, **options), Linear(width, high - low, False, **options)
            self.tail.append(Sequential(first, second))

    def reset_parameters(self) -> None:
        """Draws new starting values."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input: Tensor, target: Tensor) -> AdaptiveLogSoftmaxOutput:
        single = target.dim() == 0
        if input.dim() != target.dim() + 1 or target.dim() > 1 or (not single and len(input) != len(target)):
            raise RuntimeError(
                f"AdaptiveLogSoftmaxWithLoss: expected input (N, {self.in_features}) and target (N,), or without N, "
                f"got {tuple(input.shape)} and {tuple(target.shape)}"
            )
        if target.numel() and not (int(target.min()) >= 0 and int(target.max()) < self.n_classes):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{int(target.min())}, {int(target.max())}] were found."
            )
        x, wanted = (input.unsqueeze(0), target.unsqueeze(0)) if single else (input, target)
        head = F.log_softmax(self.head(x), 1)
        # A row of the head for each target: its class, or the cluster that its class is in.
        place, within = wanted.clone(), autograd.zeros(len(x), dtype=x.dtype, device=x.device)
        for i, (low, high) in enumerate(itertools.pairwise(self.cutoffs)):
            rows = ((wanted >= low) & (wanted < high)).nonzero().flatten()
            if rows.numel():
                local = F.log_softmax(self.tail[i](x[rows]), 1)
                chosen = local.gather(1, (wanted[rows] - low).unsqueeze(1)).squeeze(1)
                within = within.index_copy(0, rows, chosen)
                place[rows] = self.shortlist_size + i
        output = within + head.gather(1, place.unsqueeze(1)).squeeze(1)
        return AdaptiveLogSoftmaxOutput(output.squeeze(0) if single else output, -output.mean())

    def log_prob(self, input: Tensor) -> Tensor:
        """The log probabilities of all classes: (N, in_features) -> (N, n_classes)."""
        head = F.log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for i, tail in enumerate(self.tail):
            parts.append(F.log_softmax(tail(input), 1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return autograd.cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The likeliest class: (N, in_features) -> (N,)."""
        return self.log_prob(input).argmax(1)
