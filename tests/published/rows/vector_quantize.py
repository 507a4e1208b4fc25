"""Quantizers, and the autoencoders of the examples on generated images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.published.data import home, mnist
from tests.published.program import Program, Repository, script
from tests.published.record import Record
from tests.published.train import tensors, train

SEQUENCE, IMAGE = (2, 24, 16), (2, 16, 8, 8)
QUANTIZERS: dict[str, tuple[str, tuple[int, ...]]] = {
    "VectorQuantize": ("VectorQuantize(dim=16, codebook_size=12)", SEQUENCE),
    "VectorQuantize kmeans": ("VectorQuantize(dim=16, codebook_size=12, kmeans_init=True, kmeans_iters=3)", SEQUENCE),
    "VectorQuantize cosine": ("VectorQuantize(dim=16, codebook_size=12, use_cosine_sim=True)", SEQUENCE),
    "VectorQuantize codebook_dim": ("VectorQuantize(dim=16, codebook_size=12, codebook_dim=6)", SEQUENCE),
    "VectorQuantize expire": ("VectorQuantize(dim=16, codebook_size=40, threshold_ema_dead_code=2)", SEQUENCE),
    "VectorQuantize heads": (
        "VectorQuantize(dim=16, codebook_size=12, codebook_dim=8, heads=4, separate_codebook_per_head=True)",
        SEQUENCE,
    ),
    "VectorQuantize orthogonal": (
        "VectorQuantize(dim=16, codebook_size=12, accept_image_fmap=True, orthogonal_reg_weight=10, "
        "orthogonal_reg_max_codes=8)",
        IMAGE,
    ),
    "VectorQuantize learnable": (
        "VectorQuantize(dim=16, codebook_size=12, learnable_codebook=True, ema_update=False)",
        SEQUENCE,
    ),
    "VectorQuantize straight through": (
        "VectorQuantize(dim=16, codebook_size=12, rotation_trick=False, straight_through=True)",
        SEQUENCE,
    ),
    "VectorQuantize stochastic": (
        "VectorQuantize(dim=16, codebook_size=12, stochastic_sample_codes=True, sample_codebook_temp=0.5)",
        SEQUENCE,
    ),
    "VectorQuantize affine": ("VectorQuantize(dim=16, codebook_size=12, affine_param=True)", SEQUENCE),
    "VectorQuantize directional": (
        "VectorQuantize(dim=16, codebook_size=12, directional_reparam=True, threshold_ema_dead_code=2)",
        SEQUENCE,
    ),
    "ResidualVQ diveq": (
        "ResidualVQ(dim=16, num_quantizers=2, codebook_size=12, diveq=True, threshold_ema_dead_code=2)",
        SEQUENCE,
    ),
    "ResidualVQ": ("ResidualVQ(dim=16, num_quantizers=3, codebook_size=12)", SEQUENCE),
    "ResidualVQ stochastic": (
        "ResidualVQ(dim=16, num_quantizers=3, codebook_size=12, stochastic_sample_codes=True, "
        "sample_codebook_temp=0.1, shared_codebook=True)",
        SEQUENCE,
    ),
    "ResidualVQ dropout": (
        "ResidualVQ(dim=16, num_quantizers=4, codebook_size=12, quantize_dropout=True)",
        SEQUENCE,
    ),
    "ResidualVQ neural": (
        "ResidualVQ(dim=16, num_quantizers=3, codebook_size=12, implicit_neural_codebook=True)",
        SEQUENCE,
    ),
    "ResidualVQ beam": ("ResidualVQ(dim=16, num_quantizers=3, codebook_size=12, beam_size=2)", SEQUENCE),
    "GroupedResidualVQ": ("GroupedResidualVQ(dim=16, num_quantizers=2, groups=2, codebook_size=12)", SEQUENCE),
    "RandomProjectionQuantizer": (
        "RandomProjectionQuantizer(dim=16, num_codebooks=3, codebook_dim=6, codebook_size=12)",
        SEQUENCE,
    ),
    "SimVQ": ("SimVQ(dim=16, codebook_size=12)", SEQUENCE),
    "SimVQ without rotation": ("SimVQ(dim=16, codebook_size=12, rotation_trick=False)", SEQUENCE),
    "ResidualSimVQ": ("ResidualSimVQ(dim=16, num_quantizers=3, codebook_size=12, channel_first=True)", IMAGE),
    "FSQ": ("FSQ([8, 5, 5, 5])", (2, 24, 4)),
    "FSQ projected": ("FSQ([8, 5, 5, 5], dim=16, preserve_symmetry=True, noise_dropout=0.5)", SEQUENCE),
    "FSQ clamped": ("FSQ([8, 5, 5, 5], bound_hard_clamp=True)", (2, 24, 4)),
    "ResidualFSQ": ("ResidualFSQ(dim=16, levels=[8, 5, 5, 3], num_quantizers=3)", SEQUENCE),
    "GroupedResidualFSQ": ("GroupedResidualFSQ(dim=16, levels=[8, 5, 5, 3], num_quantizers=2, groups=2)", SEQUENCE),
    "LFQ": ("LFQ(codebook_size=64, dim=16, entropy_loss_weight=0.1, diversity_gamma=1.0)", IMAGE),
    "LFQ spherical": ("LFQ(codebook_size=64, dim=16, spherical=True, num_codebooks=2)", SEQUENCE),
    "LFQ part of the entropy": ("LFQ(codebook_size=64, dim=16, frac_per_sample_entropy=0.5)", SEQUENCE),
    "ResidualLFQ": ("ResidualLFQ(dim=16, codebook_size=64, num_quantizers=3)", SEQUENCE),
    "GroupedResidualLFQ": ("GroupedResidualLFQ(dim=16, codebook_size=64, num_quantizers=2, groups=2)", SEQUENCE),
    "LatentQuantize": (
        "LatentQuantize(levels=[5, 5, 8], dim=16, commitment_loss_weight=0.1, quantization_loss_weight=0.1)",
        IMAGE,
    ),
    "BinaryMapper": ("BinaryMapper(bits=6)", (2, 24, 6)),
    "FSP": ("FSP([8, 5, 5, 5], dim=16)", SEQUENCE),
    "FSP normal": ("FSP([8, 5, 5, 5], dim=16, act_name='normal', quantize_rate=0.5)", SEQUENCE),
    "HierarchicalVQ": (
        "HierarchicalVQ(dim=16, codebook_size=12, scales=(1, 2, 4, 8), accept_image_fmap=True)",
        IMAGE,
    ),
}
EXAMPLES = ["", "_fsp", "_fsq", "_fvq", "_hq", "_lfq", "_sim_vq"]


def quantizer(name: str, make: str, shape: tuple[int, ...]) -> Program:
    """Two steps between layers that the gradient reaches through the quantizer."""

    def run(root: Path, record: Record) -> None:
        import torch
        import vector_quantize_pytorch
        from torch import nn

        channels = shape[1] if len(shape) == 4 else shape[-1]
        layer: Any = nn.Conv2d(channels, channels, 1) if len(shape) == 4 else nn.Linear(channels, channels)
        net = nn.ModuleList([layer, eval(make, vars(vector_quantize_pytorch))])
        inputs = torch.randn(*shape)

        def loss(output: Any) -> Any:
            found = [each for each in tensors(output) if each.requires_grad]
            return sum(((each - 0.3) ** 2).mean() for each in found)

        train(record, net, lambda: net[1](net[0](inputs)), loss)

    return Program(name, run)


def write_images(work: Path) -> None:
    """FashionMNIST where the examples look for it."""
    home(work)
    for folder in (work / "data" / "fashion_mnist", work / "~" / "data" / "fashion_mnist"):
        mnist(folder, 512, 64, "FashionMNIST")


REPOSITORY = Repository(
    "vector-quantize-pytorch",
    "0d7d1aa83334b6f2f8a40306bece75cdaa13d065",
    [
        *(quantizer(name, *row) for name, row in QUANTIZERS.items()),
        *(script(f"examples/autoencoder{kind}.py", before=write_images, backwards=4) for kind in EXAMPLES),
    ],
    folders=(".", "../x-transformers"),
    imports=("vector_quantize_pytorch", "torchvision"),
)
