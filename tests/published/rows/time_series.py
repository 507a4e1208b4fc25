"""Forecasters by the repository's `run.py`, small, on a table of waves; each other task with one model."""

from __future__ import annotations

import os
from pathlib import Path

from tests.published.data import electricity
from tests.published.program import Program, Repository, script

MODELS = dict.fromkeys(
    [
        "Autoformer",
        "Crossformer",
        "DLinear",
        "ETSformer",
        "FEDformer",
        "FiLM",
        "FreTS",
        "Informer",
        "Koopa",
        "LightTS",
        "MICN",
        "MSGNet",
        "MambaSimple",
        "MultiPatchFormer",
        "Nonstationary_Transformer",
        "PAttn",
        "PatchTST",
        "Pyraformer",
        "Reformer",
        "SCINet",
        "SegRNN",
        "TSMixer",
        "TemporalFusionTransformer",
        "TiDE",
        "TimeFilter",
        "TimeMixer",
        "TimeXer",
        "TimesNet",
        "Transformer",
        "WPMixer",
        "iTransformer",
    ],
    "",
)
LEFT_OUT = {
    "Mamba": "needs mamba_ssm, whose kernels are CUDA's",
    "MambaSingleLayer": "needs mamba_ssm, whose kernels are CUDA's",
    "KANAD": "has no forecast: the model says so",
    **dict.fromkeys(
        ("Chronos", "Chronos2", "Moirai", "Sundial", "TiRex", "TimeMoE", "TimesFM"), "downloads a trained model"
    ),
}
SMALL = [
    "--is_training",
    "1",
    "--model_id",
    "small",
    "--d_model",
    "16",
    "--d_ff",
    "16",
    "--n_heads",
    "2",
    "--e_layers",
    "1",
    "--d_layers",
    "1",
    "--batch_size",
    "4",
    "--num_workers",
    "0",
    "--train_epochs",
    "1",
    "--no_use_gpu",
    "--top_k",
    "2",
    "--num_kernels",
    "2",
    "--seq_len",
    "96",
    "--label_len",
    "48",
    "--pred_len",
    "48",
    "--enc_in",
    "7",
    "--dec_in",
    "7",
    "--c_out",
    "7",
    "--root_path",
    "data",
    "--data_path",
    "table.csv",
    "--seg_len",
    "12",
    "--patch_len",
    "8",
    "--conv_channel",
    "8",
    "--skip_channel",
    "8",
    "--down_sampling_layers",
    "1",
    "--down_sampling_window",
    "2",
    "--down_sampling_method",
    "avg",
    "--p_hidden_dims",
    "8",
    "8",
    "--data",
    "custom",
]


def prepare(root: Path, work: Path) -> None:
    """The table, and the folder of models where the script looks for it."""
    electricity(work / "data" / "table.csv")
    os.symlink(root / "models", work / "models")


def forecast(name: str, task: str = "long_term_forecast", *given: str) -> Program:
    """A few steps of training by `run.py`."""

    def run(root: Path, record: object) -> None:
        row = script(
            "run.py",
            "--task_name",
            task,
            "--model",
            name,
            *SMALL,
            *given,
            before=lambda work: prepare(root, work),
            backwards=4,
        )
        assert row.run is not None
        row.run(root, record)  # type: ignore[arg-type]

    return Program(name if task == "long_term_forecast" else f"{task} {name}", run, limit=120)


REPOSITORY = Repository(
    "Time-Series-Library",
    "4e938a1767106324dd753b2a44832bf870a0252e",
    [
        *map(forecast, MODELS),
        forecast("TimesNet", "imputation", "--label_len", "0", "--pred_len", "0"),
        forecast("Transformer", "imputation"),
        *(Program(name, left_out=reason) for name, reason in LEFT_OUT.items()),
        *(
            Program(task, left_out="its data sets have formats of their own and are downloaded")
            for task in ("short_term_forecast", "classification", "anomaly_detection")
        ),
    ],
    imports=("pandas", "sklearn.preprocessing", "scipy.signal", "matplotlib.pyplot"),
    stand_ins=("sktime", "sktime.datasets", "datasets", "patoolib"),
)
