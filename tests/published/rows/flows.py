"""Transforms there and back with their Jacobians, flows and distributions with densities and samples."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from tests.published.program import Program, Repository
from tests.published.record import Record
from tests.published.train import train

VECTOR, IMAGE = (6, 4), (2, 4, 4, 4)
NET = "lambda i, o: nets.ResidualNet(i, o, hidden_features=8, num_blocks=1)"
IMAGE_NET = "lambda i, o: nets.ConvResidualNet(i, o, hidden_channels=8, num_blocks=1)"
COUPLING = f"torchutils.create_mid_split_binary_mask(4), {NET}"
IMAGE_COUPLING = f"torchutils.create_mid_split_binary_mask(4), {IMAGE_NET}"
TRANSFORMS: dict[str, tuple[int, ...]] = {
    "standard.IdentityTransform()": VECTOR,
    "standard.PointwiseAffineTransform(shift=0.3, scale=2.0)": VECTOR,
    "permutations.RandomPermutation(4)": VECTOR,
    "permutations.ReversePermutation(4)": VECTOR,
    "reshape.SqueezeTransform()": IMAGE,
    "linear.NaiveLinear(4)": VECTOR,
    "lu.LULinear(4, identity_init=False)": VECTOR,
    "qr.QRLinear(4, num_householder=3)": VECTOR,
    "svd.SVDLinear(4, num_householder=4)": VECTOR,
    "orthogonal.HouseholderSequence(4, num_transforms=3)": VECTOR,
    "conv.OneByOneConvolution(4)": IMAGE,
    "normalization.BatchNorm(4)": VECTOR,
    "normalization.ActNorm(4)": VECTOR,
    "normalization.ActNorm(4) ": IMAGE,
    "nonlinearities.Exp()": VECTOR,
    "nonlinearities.Tanh()": VECTOR,
    "nonlinearities.LogTanh(cut_point=0.7)": VECTOR,
    "nonlinearities.LeakyReLU()": VECTOR,
    "nonlinearities.Sigmoid(learn_temperature=True)": VECTOR,
    "nonlinearities.CauchyCDF()": VECTOR,
    "nonlinearities.PiecewiseLinearCDF([4], tails='linear', tail_bound=3.0)": VECTOR,
    "nonlinearities.PiecewiseQuadraticCDF([4], tails='linear', tail_bound=3.0)": VECTOR,
    "nonlinearities.PiecewiseCubicCDF([4], tails='linear', tail_bound=3.0)": VECTOR,
    "nonlinearities.PiecewiseRationalQuadraticCDF([4], tails='linear', tail_bound=3.0)": VECTOR,
    f"coupling.AffineCouplingTransform({COUPLING})": VECTOR,
    f"coupling.AffineCouplingTransform({IMAGE_COUPLING})": IMAGE,
    f"coupling.AdditiveCouplingTransform({COUPLING})": VECTOR,
    f"coupling.PiecewiseLinearCouplingTransform({COUPLING}, tails='linear', tail_bound=3.0)": VECTOR,
    f"coupling.PiecewiseQuadraticCouplingTransform({COUPLING}, tails='linear', tail_bound=3.0)": VECTOR,
    f"coupling.PiecewiseCubicCouplingTransform({COUPLING}, tails='linear', tail_bound=3.0)": VECTOR,
    f"coupling.PiecewiseRationalQuadraticCouplingTransform({COUPLING}, tails='linear', tail_bound=3.0, "
    "apply_unconditional_transform=True)": VECTOR,
    f"coupling.PiecewiseRationalQuadraticCouplingTransform({IMAGE_COUPLING}, tails='linear', tail_bound=3.0)": IMAGE,
    f"coupling.UMNNCouplingTransform({COUPLING}, integrand_net_layers=[8, 8], cond_size=4, nb_steps=5)": VECTOR,
    "autoregressive.MaskedAffineAutoregressiveTransform(4, 8)": VECTOR,
    "autoregressive.MaskedAffineAutoregressiveTransform(4, 8, random_mask=True, use_residual_blocks=False, "
    "use_batch_norm=True)": VECTOR,
    "autoregressive.MaskedPiecewiseLinearAutoregressiveTransform(5, 4, 8)": VECTOR,
    "autoregressive.MaskedPiecewiseQuadraticAutoregressiveTransform(4, 8, tails='linear', tail_bound=3.0)": VECTOR,
    "autoregressive.MaskedPiecewiseCubicAutoregressiveTransform(5, 4, 8)": VECTOR,
    "autoregressive.MaskedPiecewiseRationalQuadraticAutoregressiveTransform(4, 8, tails='linear', tail_bound=3.0)": (
        VECTOR
    ),
    "autoregressive.MaskedUMNNAutoregressiveTransform(4, 8, integrand_net_layers=[8, 8], cond_size=4, nb_steps=5)": (
        VECTOR
    ),
}
UNIT = ("MaskedPiecewiseLinear", "MaskedPiecewiseCubic")  # these map the unit interval to itself
FLOWS = {
    "SimpleRealNVP": "realnvp.SimpleRealNVP(4, 8, num_layers=2, num_blocks_per_layer=1, batch_norm_between_layers=True)",
    "SimpleRealNVP volume preserving": "realnvp.SimpleRealNVP(4, 8, 2, 1, use_volume_preserving=True)",
    "MaskedAutoregressiveFlow": "autoregressive.MaskedAutoregressiveFlow(4, 8, num_layers=2, num_blocks_per_layer=1, "
    "batch_norm_between_layers=True)",
    "MaskedAutoregressiveFlow random": "autoregressive.MaskedAutoregressiveFlow(4, 8, 2, 1, use_random_masks=True, "
    "use_residual_blocks=False, use_random_permutations=True)",
}
DISTRIBUTIONS = {
    "StandardNormal": ("normal.StandardNormal([4])", 0),
    "DiagonalNormal": ("normal.DiagonalNormal([4])", 0),
    "ConditionalDiagonalNormal": ("normal.ConditionalDiagonalNormal([4])", 8),
    "ConditionalIndependentBernoulli": ("discrete.ConditionalIndependentBernoulli([4])", 4),
    "MADEMoG": ("mixture.MADEMoG(4, 8, context_features=3, num_mixture_components=2)", 3),
    "BoxUniform": ("uniform.BoxUniform(torch.zeros(4), torch.ones(4) * 2)", -1),
    "MG1Uniform": ("uniform.MG1Uniform(torch.zeros(3), torch.tensor([10.0, 10.0, 1 / 3]))", -1),
    "LotkaVolterraOscillating": ("uniform.LotkaVolterraOscillating()", -1),
}


def names() -> dict[str, Any]:
    """What the calls above name."""
    import torch
    from nflows import transforms
    from nflows.nn import nets
    from nflows.utils import torchutils

    import_all = {}
    for file in [
        "standard",
        "permutations",
        "reshape",
        "linear",
        "lu",
        "qr",
        "svd",
        "orthogonal",
        "conv",
        "normalization",
        "nonlinearities",
        "coupling",
        "autoregressive",
    ]:
        import_all[file] = __import__(f"nflows.transforms.{file}", fromlist=[file])
    return {"torch": torch, "nets": nets, "torchutils": torchutils, "transforms": transforms, **import_all}


def transform(make: str, shape: tuple[int, ...]) -> Program:
    """Forward with its gradient, and the way back."""

    def run(root: Path, record: Record) -> None:
        import torch
        from torch import nn

        made = eval(make, names())
        inputs = torch.rand(*shape) if any(name in make for name in UNIT) else torch.randn(*shape)
        before = nn.Parameter(torch.ones(shape[1:]))

        def loss(output: Any) -> Any:
            return (output[0] ** 2).mean() - output[1].mean()

        net = nn.Module()
        net.made, net.before = made, before
        train(record, net, lambda: made(inputs * before), loss)
        with torch.no_grad():
            forth = made(inputs)[0]
            with contextlib.suppress(NotImplementedError):
                record.note("inverse", made.inverse(forth))

    return Program(make.replace(NET, "net").replace(IMAGE_NET, "net of images"), run)


def flow(name: str, make: str) -> Program:
    """Likelihoods over three steps, then samples."""

    def run(root: Path, record: Record) -> None:
        import torch

        module = __import__(f"nflows.flows.{make.split('.')[0]}", fromlist=["flows"])
        made = getattr(module, make.split(".")[1].split("(")[0])
        net = eval(make.split(".", 1)[1], {made.__name__: made})
        inputs = torch.randn(16, 4)
        train(record, net, lambda: net.log_prob(inputs), lambda output: -output.mean(), steps=3)
        with torch.no_grad():
            record.note("sampled", net.sample_and_log_prob(5))
            record.note("noise", net.transform_to_noise(inputs))

    return Program(f"flows.{name}", run)


def distribution(name: str, make: str, context: int) -> Program:
    """Densities and samples."""

    def run(root: Path, record: Record) -> None:
        import torch

        file = make.split(".")[0]
        module = __import__(f"nflows.distributions.{file}", fromlist=[file])
        made = eval(make, {"torch": torch, file: module})
        given = torch.randn(5, context, requires_grad=True) if context > 0 else None
        if context < 0:
            sampled = made.sample((5,))
            record.note("sampled", sampled)
            record.note("density", made.log_prob(sampled))
            return
        inputs = (torch.rand(5, 4) > 0.5).float() if file == "discrete" else torch.randn(5, 4)
        density = made.log_prob(inputs, given)
        record.note("density", density)
        if density.requires_grad:
            density.sum().backward()
            record.module("made", made)
        if given is not None and given.grad is not None:
            record.note("grad context", given.grad)
        with torch.no_grad():
            record.note("sampled", made.sample(3, given))
            if file in ("normal", "discrete"):
                record.note("mean", made.mean(given))

    return Program(f"distributions.{name}", run)


REPOSITORY = Repository(
    "nflows",
    "5d22344436a4a5f4c3b93a3b99322a6bfe374c08",
    [
        *(transform(*row) for row in TRANSFORMS.items()),
        *(flow(*row) for row in FLOWS.items()),
        *(distribution(name, *row) for name, row in DISTRIBUTIONS.items()),
        Program("examples", left_out="notebooks, whose flows are rows of their own"),
    ],
    imports=("nflows.transforms", "nflows.flows", "nflows.distributions"),
)
