"""The repositories, a file each."""

from tests.published.rows import (
    attacks,
    flows,
    muon,
    optimizers,
    reinforcement,
    spinning_up,
    time_series,
    timm,
    transformers,
    tutorials,
    vae,
    vector_quantize,
)

FILES = (
    attacks,
    flows,
    muon,
    optimizers,
    reinforcement,
    spinning_up,
    time_series,
    timm,
    transformers,
    tutorials,
    vae,
    vector_quantize,
)
REPOSITORIES = [file.REPOSITORY for file in FILES]
