"""Variational autoencoders on 64 x 64 images: outputs and their own losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.published.program import Program, Repository
from tests.published.record import Record
from tests.published.train import train

MODELS = {
    "vanilla_vae.VanillaVAE": "latent_dim=8",
    "beta_vae.BetaVAE": "latent_dim=8, loss_type='B', gamma=10.0",
    "beta_vae.BetaVAE H": "latent_dim=8, loss_type='H', beta=10.0",
    "betatc_vae.BetaTCVAE": "latent_dim=8, anneal_steps=100",
    "cat_vae.CategoricalVAE": "latent_dim=8, categorical_dim=4",
    "cvae.ConditionalVAE": "num_classes=5, latent_dim=8",
    "dfcvae.DFCVAE": "latent_dim=8",
    "dip_vae.DIPVAE": "latent_dim=8",
    "fvae.FactorVAE": "latent_dim=8",
    "gamma_vae.GammaVAE": "latent_dim=8",
    "hvae.HVAE": "latent1_dim=8, latent2_dim=8, pseudo_input_size=4",
    "info_vae.InfoVAE": "latent_dim=8, alpha=-9.0, beta=10.5, reg_weight=110",
    "info_vae.InfoVAE rbf": "latent_dim=8, alpha=-9.0, beta=10.5, kernel_type='rbf'",
    "iwae.IWAE": "latent_dim=8, num_samples=3",
    "joint_vae.JointVAE": "latent_dim=8, categorical_dim=4",
    "logcosh_vae.LogCoshVAE": "latent_dim=8",
    "lvae.LVAE": "latent_dims=[4, 4, 4, 4, 8], hidden_dims=[8, 16, 16, 16, 16]",
    "miwae.MIWAE": "latent_dim=8, num_samples=2, num_estimates=2",
    "mssim_vae.MSSIMVAE": "latent_dim=8",
    "swae.SWAE": "latent_dim=8, num_projections=20",
    "swae.SWAE cauchy": "latent_dim=8, num_projections=20, projection_dist='cauchy'",
    "vampvae.VampVAE": "latent_dim=8, num_components=4",
    "vq_vae.VQVAE": "embedding_dim=8, num_embeddings=16, hidden_dims=[8, 16]",
    "wae_mmd.WAE_MMD": "latent_dim=8",
    "wae_mmd.WAE_MMD rbf": "latent_dim=8, kernel_type='rbf'",
}


def model(name: str, given: str) -> Program:
    """Two steps of training, then samples."""

    def run(root: Path, record: Record) -> None:
        import torch

        file, cls = name.split()[0].split(".")
        module = __import__(f"models.{file}", fromlist=[cls])
        if file == "dfcvae":  # the features that it compares are of a network without its trained weights
            whole = module.vgg19_bn
            module.vgg19_bn = lambda pretrained: whole()
        net = getattr(module, cls)(**eval(f"dict(in_channels=3, {given})"))
        images, labels = torch.rand(8, 3, 64, 64) * 2 - 1, torch.eye(5)[torch.arange(8) % 5]

        def loss(output: Any) -> Any:
            parts = net.loss_function(*output, M_N=0.1, optimizer_idx=0, batch_idx=0)
            record.note("parts", dict(parts.items()))
            return parts["loss"]

        train(record, net, lambda: net(images, labels=labels), loss, lr=1e-5)  # the sums over latents are steep
        if cls not in ("HVAE", "MSSIMVAE", "VQVAE"):  # the first two sample on CUDA alone, the third not at all
            with torch.no_grad():
                record.note("sampled", net.sample(2, "cpu", labels=labels[:2]))

    return Program(name, run)


REPOSITORY = Repository(
    "PyTorch-VAE",
    "a6896b944c918dd7030e7d795a8c13e5c6345ec7",
    [
        *(model(*row) for row in MODELS.items()),
        Program("models/twostage_vae", left_out="the package leaves it out: its class has no loss of the second stage"),
        Program("run", left_out="needs a version of pytorch_lightning from before Python 3.10, and downloads CelebA"),
    ],
    imports=("models",),
)
