"""The repositories, a file each."""

from tests.published.rows import (
    attacks,
    flows,
    muon,
    optimizers,
    timm,
    transformers,
    vae,
    vector_quantize,
)

REPOSITORIES = [
    attacks.REPOSITORY,
    flows.REPOSITORY,
    muon.REPOSITORY,
    optimizers.REPOSITORY,
    timm.REPOSITORY,
    transformers.REPOSITORY,
    vae.REPOSITORY,
    vector_quantize.REPOSITORY,
]
