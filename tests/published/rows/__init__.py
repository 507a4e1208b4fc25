"""The repositories, a file each."""

from tests.published.rows import (
    attacks,
    muon,
    optimizers,
    vae,
    vector_quantize,
)

REPOSITORIES = [
    attacks.REPOSITORY,
    muon.REPOSITORY,
    optimizers.REPOSITORY,
    vae.REPOSITORY,
    vector_quantize.REPOSITORY,
]
