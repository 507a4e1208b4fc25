"""Variational autoencoders on 64 x 64 images: outputs and their own losses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.published.program import Program, Repository
from tests.published.record import Record
from tests.published.train import train

SMALL = "hidden_dims=[8, 16, 16, 16, 16]"
MODELS = {
    "vanilla_vae.VanillaVAE": f"latent_dim=8, {SMALL}",
    "beta_vae.BetaVAE": f"latent_dim=8, loss_type='B', gamma=10.0, {SMALL}",
    "beta_vae.BetaVAE H": f"latent_dim=8, loss_type='H', beta=10.0, {SMALL}",
    "betatc_vae.BetaTCVAE": "latent_dim=8, anneal_steps=100",
    "cat_vae.CategoricalVAE": f"latent_dim=8, categorical_dim=4, {SMALL}",
    "cvae.ConditionalVAE": f"num_classes=5, latent_dim=8, {SMALL}",
    "dfcvae.DFCVAE": f"latent_dim=8, {SMALL}",
    "dip_vae.DIPVAE": f"latent_dim=8, {SMALL}",
    "fvae.FactorVAE": f"latent_dim=8, {SMALL}",
    "gamma_vae.GammaVAE": f"latent_dim=8, {SMALL}",
    "hvae.HVAE": f"latent1_dim=8, latent2_dim=8, pseudo_input_size=4, {SMALL}",
    "info_vae.InfoVAE": f"latent_dim=8, alpha=-9.0, beta=10.5, reg_weight=110, {SMALL}",
    "info_vae.InfoVAE rbf": f"latent_dim=8, alpha=-9.0, beta=10.5, kernel_type='rbf', {SMALL}",
    "iwae.IWAE": f"latent_dim=8, num_samples=3, {SMALL}",
    "joint_vae.JointVAE": f"latent_dim=8, categorical_dim=4, {SMALL}",
    "logcosh_vae.LogCoshVAE": f"latent_dim=8, {SMALL}",
    "lvae.LVAE": "latent_dims=[4, 4, 4, 4, 8], hidden_dims=[8, 16, 16, 16, 16]",
    "miwae.MIWAE": f"latent_dim=8, num_samples=2, num_estimates=2, {SMALL}",
    "mssim_vae.MSSIMVAE": f"latent_dim=8, {SMALL}",
    "swae.SWAE": f"latent_dim=8, num_projections=20, {SMALL}",
    "swae.SWAE cauchy": f"latent_dim=8, num_projections=20, projection_dist='cauchy', {SMALL}",
    "vampvae.VampVAE": f"latent_dim=8, num_components=4, {SMALL}",
    "vq_vae.VQVAE": "embedding_dim=8, num_embeddings=16, hidden_dims=[8, 16]",
    "wae_mmd.WAE_MMD": f"latent_dim=8, {SMALL}",
    "wae_mmd.WAE_MMD rbf": f"latent_dim=8, kernel_type='rbf', {SMALL}",
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
        images, labels = torch.rand(4, 3, 64, 64) * 2 - 1, torch.eye(5)[:4]

        def loss(output: Any) -> Any:
            parts = net.loss_function(*output, M_N=0.1, optimizer_idx=0, batch_idx=0)
            record.note("parts", {key: value for key, value in parts.items()})
            return parts["loss"]

        train(record, net, lambda: net(images, labels=labels), loss)
        if hasattr(net, "sample"):
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
