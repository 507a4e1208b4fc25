"""Writes the files of this folder, with the version of this project that is imported, and describes what they hold.

    cd CHECKOUT; python PATH/write.py FOLDER

`contents.json` beside them says what each file holds, as that version saw it, and `names.json` what public class or
function a pickle of that version may name.
"""

from __future__ import annotations

import enum
import importlib
import json
import pickle
import sys
from pathlib import Path
from typing import Any

Description = Any


def describe(value: Any) -> Description:
    """What there is to see of an object, as JSON; modules and transforms also show what they compute."""
    kind = type(value).__name__
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "requires_grad") and hasattr(value, "tolist"):
        values = repr(value.tolist()) if value.is_complex() else value.tolist()
        return [kind, str(value.dtype), str(value.device), value.requires_grad, values]
    if kind in ("dtype", "device", "memory_format", "Size") or isinstance(value, enum.Enum | BaseException | type):
        return [kind, repr(value)]
    if hasattr(value, "dtype") and hasattr(value, "tolist"):  # NumPy's
        return [kind, str(value.dtype), value.tolist()]
    if isinstance(value, dict):
        return [kind, [[describe(key), describe(content)] for key, content in value.items()]]
    if isinstance(value, tuple | list | set):
        return [kind, [describe(content) for content in value]]
    if hasattr(value, "named_parameters"):
        inputs = importlib.import_module("autograd").arange(6.0).reshape(2, 3) / 6
        return [kind, repr(value), describe(value.state_dict()), describe(value(inputs))]
    if hasattr(value, "log_prob"):
        return [kind, describe(value.log_prob(importlib.import_module("autograd").ones(1)))]
    if hasattr(value, "manual_seed") and hasattr(value, "get_state"):
        return [kind, describe(value.get_state())]
    if hasattr(value, "state_dict"):
        return [kind, describe(value.state_dict())]
    if hasattr(value, "__getitem__") and hasattr(value, "__len__"):
        return [kind, [describe(value[index]) for index in range(len(value))]]
    if hasattr(value, "__iter__"):
        return [kind, [describe(content) for content in value]]
    if callable(value) and "transforms" in type(value).__module__:
        image = importlib.import_module("autograd").arange(48.0).reshape(3, 4, 4) / 48
        return [kind, repr(value), describe(value(image))]
    if callable(value):
        return ["function", value.__name__]
    raise TypeError(f"no description of a {kind}")


def pickles() -> dict[str, Any]:
    """What is pickled, a file each."""
    from autograd.vision import datasets, transforms

    import autograd
    import nn
    import optim
    from autograd import data

    leaf = autograd.arange(3.0).requires_grad_()
    model = network()
    optimizer = trained(model)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 2)
    scheduler.step()
    parts = data.TensorDataset(autograd.arange(6.0).reshape(3, 2), autograd.arange(3))
    return {
        "tensor": autograd.arange(6.0).reshape(2, 3),
        "tensors": {
            "leaf": leaf,
            "transposed": autograd.arange(6.0).reshape(2, 3).T,
            "scalar": autograd.tensor(2.5),
            "empty": autograd.zeros(0, 3),
            "complex": autograd.ones(2, dtype=autograd.complex64),
            **{str(kind): autograd.ones(2, dtype=kind) for kind in (autograd.bool, autograd.float16, autograd.uint8)},
        },
        "parameter": nn.Parameter(autograd.arange(3.0)),
        "buffer": nn.Buffer(autograd.arange(3.0)),
        "module": model,
        "state_dict": model.state_dict(),
        "optimizer": optimizer,
        "optimizer_state_dict": optimizer.state_dict(),
        "scheduler_state_dict": scheduler.state_dict(),
        "generator": autograd.Generator().manual_seed(3),
        "generator_state": autograd.Generator().manual_seed(3).get_state(),
        "size": autograd.zeros(2, 3).shape,
        "dtype": autograd.float64,
        "device": autograd.device("cuda", 1),
        "memory_format": autograd.channels_last,
        "error": autograd.BackwardError("no graph"),
        "results": [
            autograd.max(autograd.eye(2), 1),
            autograd.svd(autograd.eye(2)),
            autograd.qr(autograd.eye(2)),
            autograd.triangular_solve(autograd.ones(2, 1), autograd.eye(2)),
            nn.utils.rnn.pack_sequence([leaf.detach()]),
        ],
        "functions": [
            autograd.relu,
            autograd.tensor,
            nn.functional.relu,
            autograd.typename,
            autograd.compile,
            autograd.broadcast_shapes,
            autograd.jit.script,
            autograd.sparse_coo_tensor,
            data.default_collate,
        ],
        "distribution": autograd.distributions.Normal(autograd.zeros(1), autograd.ones(1)),
        "dataset": parts,
        "subset": data.Subset(parts, [2, 0]),
        "images": datasets.FakeData(size=2, image_size=(1, 2, 2), transform=transforms.ToTensor()),
        "sampler": data.BatchSampler(data.SequentialSampler(parts), 2, drop_last=False),
        "transform": transforms.Compose([transforms.Resize(2), transforms.Normalize((0.5,) * 3, (0.2,) * 3)]),
    }


def saved() -> dict[str, Any]:
    """What `autograd.save` writes, a file each."""
    import autograd

    model = network()
    optimizer = trained(model)
    return {
        "saved_tensor": autograd.arange(3.0),
        "saved_state_dict": model.state_dict(),
        "saved_optimizer_state_dict": optimizer.state_dict(),
        "saved_plain_data": {
            "size": autograd.zeros(2).shape,
            "dtype": autograd.float64,
            "device": autograd.device("cpu"),
            "epoch": 3,
            "pair": (1, "a"),
            "parameter": next(iter(model.parameters())),
        },
        "saved_module": model,
    }


def network() -> Any:
    """A small network whose parameters are not random."""
    import autograd
    import nn

    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.ReLU(), nn.TransformerEncoderLayer(2, 1, 3)).eval()
    with autograd.no_grad():
        for parameter in model.parameters():
            parameter.copy_((autograd.arange(parameter.numel()) % 5 / 4).reshape(parameter.shape))
    return model


def trained(model: Any) -> Any:
    """An optimizer after one step."""
    import autograd
    import optim

    optimizer = optim.Adam(model.parameters(), lr=0.01)
    model(autograd.eye(3)).square().sum().backward()
    optimizer.step()
    optimizer.zero_grad()
    return optimizer


def checkpoint(path: Path) -> Description:
    """Writes a checkpoint of a training run; its description."""
    import autograd
    import optim

    model = network()
    optimizer = trained(model)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 5)
    autograd.manual_seed(5)
    autograd.save_checkpoint(path, model=model, optimizer=optimizer, scheduler=scheduler, epoch=3)
    return [describe(model), describe(optimizer), describe(scheduler), {"epoch": 3}, describe(autograd.rand(2))]


NAMESPACES = [
    "autograd",
    "autograd.amp",
    "autograd.capture",
    "autograd.cuda",
    "autograd.cuda.amp",
    "autograd.data",
    "autograd.data.datasets",
    "autograd.data.images",
    "autograd.data.transforms",
    "autograd.data.transforms.functional",
    "autograd.distributions",
    "autograd.fft",
    "autograd.func",
    "autograd.functional",
    "autograd.jit",
    "autograd.linalg",
    "autograd.onnx",
    "autograd.serialization",
    "autograd.signal.windows",
    "autograd.sparse",
    "autograd.special",
    "autograd.testing",
    "nn",
    "nn.functional",
    "nn.init",
    "nn.models",
    "nn.utils",
    "nn.utils.rnn",
    "nn.utils.parametrizations",
    "nn.utils.parametrize",
    "optim",
    "optim.lr_scheduler",
    "optim.swa_utils",
]


def names() -> dict[str, list[str]]:
    """The classes and functions that the public namespaces offer, as a pickle names them: by module."""
    found: dict[str, set[str]] = {}
    for namespace in NAMESPACES:
        for public, value in vars(importlib.import_module(namespace)).items():
            home = getattr(value, "__module__", None) or ""
            if public.startswith("_") or home.partition(".")[0] not in ("autograd", "nn", "optim"):
                continue
            if isinstance(value, type) or hasattr(value, "__qualname__"):
                try:
                    pickle.dumps(value)
                except (pickle.PicklingError, AttributeError, TypeError):
                    continue  # a function made by another has no name of its own
                found.setdefault(home, set()).add(value.__qualname__)
    return {home: sorted(found[home]) for home in sorted(found)}


def main(folder: Path) -> None:
    sys.path.insert(0, "")
    import autograd

    contents = {}
    for name, value in pickles().items():
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(value))
        contents[f"{name}.pickle"] = describe(value)
    for name, value in saved().items():
        autograd.save(value, folder / name)
        contents[name] = describe(value)
    contents["checkpoint"] = checkpoint(folder / "checkpoint")
    (folder / "contents.json").write_text(json.dumps(contents, separators=(",", ":")) + "\n")
    (folder / "names.json").write_text(json.dumps(names()) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
