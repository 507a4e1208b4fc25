"""What a type checker says of a user's script: nothing of a sound one, the line of a mistake, and what things are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.cpu_only

ROOT = Path(__file__).parents[2]
PACKAGES = ("autograd", "nn", "optim", "torchlike")

TRAINING = """
from pathlib import Path

import autograd as torch
import nn
import nn.functional as F
import optim
from autograd import Tensor
from autograd.data import DataLoader, TensorDataset, random_split
from nn.utils import clip_grad_norm_
from optim.lr_scheduler import CosineAnnealingLR


class CNN(nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(8 * 4 * 4, classes)
        self.scale = nn.Parameter(torch.ones(classes))
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        self.count += 1
        x = self.pool(F.relu(self.norm(self.conv(x))))
        return self.fc(x.flatten(1)) * self.scale


def main() -> None:
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    x = torch.randn(64, 1, 8, 8)
    y = torch.randint(0, 10, (64,))
    dataset = TensorDataset(x, y)
    train, test = random_split(dataset, [48, 16])
    loader = DataLoader(train, batch_size=16, shuffle=True)
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 10))
    for model in (CNN(10), mlp):
        model = model.to(device)
        criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
        optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
        scheduler = CosineAnnealingLR(optimizer, T_max=10)
        for epoch in range(2):
            model.train()
            total = 0.0
            for inputs, targets in loader:
                inputs, targets = inputs.to(device), targets.to(device)
                optimizer.zero_grad()
                loss = criterion(model(inputs), targets)
                loss.backward()
                clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                total += loss.item() * len(inputs)
            scheduler.step()
            print(f"{epoch}: {total / len(dataset):.4f} {scheduler.get_last_lr()[0]}")
        model.eval()
        with torch.no_grad():
            logits = model(x.to(device))
        accuracy = (logits.argmax(dim=1) == y.to(device)).float().mean().item()
        values, indices = logits.max(dim=1)
        print(f"{accuracy:.2%}", values.shape[0], indices.tolist(), len(test))
        torch.save(model.state_dict(), Path("model.pt"))
        model.load_state_dict(torch.load("model.pt"))
        for name, parameter in model.named_parameters():
            print(name, tuple(parameter.shape), parameter.numel())
            if parameter.grad is not None:
                parameter.data -= 0.1 * parameter.grad


@torch.no_grad()
def tensors(w: Tensor) -> Tensor:
    w[0] = 1.0
    w[1:, None] *= 2
    (gradient,) = torch.autograd.grad(w.sum(), [w])
    u, s, v = torch.linalg.svd(2 * w**2 - 1 / w + gradient)
    print(torch.cat((u, v), dim=0).dtype == torch.float32, torch.stack([s, s]).size(0), w.sum(dim=[0, 1]))
    print(torch.where(w > 0, w, 0.0), w[w > 0], w[torch.arange(3)], w[..., None, ::2], torch.maximum(w, w))
    print(torch.zeros(*w.shape), torch.zeros(w.shape), torch.zeros(2, w.size(0), dtype=torch.int64, device=w.device))
    rows, columns = w.shape
    if (w > 0).any() and not torch.isnan(w).all():
        return w.view(-1).reshape(rows, columns).permute(1, 0).unsqueeze(0).expand(4, -1, -1).repeat(1, 2, 1)
    return w.to("cuda", non_blocking=True).to(torch.float64).to(w).type_as(w)


main()
"""

OWN_NAMES = """
import autograd
import autograd.capture
import autograd.testing
from autograd import amp, linalg, nn, optim, special
from autograd.data import datasets, transforms
from nn import functional as F, init
from optim import lr_scheduler

net = nn.Linear(2, 2)
init.zeros_(net.weight)
scheduler = lr_scheduler.StepLR(optim.SGD(net.parameters(), lr=0.1), step_size=2)
scaler = amp.GradScaler()
with amp.autocast("cpu"):
    print(F.softmax(net(autograd.ones(2)), -1), linalg.norm(net.weight), special.expit(net.weight))
print(autograd.FloatTensor([1.0]), autograd.channels_last, autograd.utils.data.DataLoader, autograd.cuda.FloatTensor)
print(datasets.MNIST, transforms.Compose([transforms.ToTensor()]), autograd.testing.gradcheck, autograd.capture)
"""

# Each line that says so is a mistake; no other is.
MISTAKES = """
import autograd
import nn

x = autograd.ones(2, 3)
x.sofmax()  # mistake
autograd.sofmax(x)  # mistake
autograd.cuda.is_availble()  # mistake
x.sum(dm=0)  # mistake
x.sum(0)
autograd.sin("3")  # mistake
autograd.zeros(2, dtype="float")  # mistake
autograd.ones(2, device=0.5)  # mistake
x + "3"  # mistake
nn.Linear("3")  # mistake
layer = nn.Linear(3, 4)
layer(x)
layer()  # mistake
layer("3")  # mistake
layer(x).sofmax()  # mistake
nn.functional.relu(x, inplce=True)  # mistake
"""

TYPES = {
    "x": "Tensor",
    "autograd.sin(x)": "Tensor",
    "autograd.mul(x, 2)": "Tensor",
    "autograd.special.expit(x)": "Tensor",
    "x.softmax(-1)": "Tensor",
    "x.sin_()": "Tensor",
    "x.max()": "Tensor",
    "x.max(0).values": "Tensor",
    "autograd.max(x, 0).indices": "Tensor",
    "x.unique()": "Tensor",
    "autograd.where(x > 0, x, 0.0)": "Tensor",
    "x.nonzero(as_tuple=True)": "tuple[Tensor, ...]",
    "autograd.linalg.svd(x).S": "Tensor",
    "x + 1": "Tensor",
    "1 - x": "Tensor",
    "-x": "Tensor",
    "x @ x": "Tensor",
    "x == x": "Tensor",
    "x[0]": "Tensor",
    "x.T": "Tensor",
    "x.grad": "Tensor | None",
    "x.shape": "Size",
    "x.shape[0]": "int",
    "x.shape[1:]": "Size",
    "x.size()": "Size",
    "x.size(0)": "int",
    "x.dtype": "dtype",
    "x.device": "device",
    "x.is_sparse": "bool",
    "autograd.grad(x.sum(), [x])": "tuple[Tensor, ...]",
    "autograd.grad(x.sum(), [x], allow_unused=True)": "tuple[Tensor | None, ...]",
    "autograd.no_grad()": "no_grad",
    "nn.functional.cross_entropy(x, x)": "Tensor",
    "model(x)": "Tensor",
    "model.weight": "Parameter",
    "model.state_dict()": "dict[str, Any]",
    "nn.CrossEntropyLoss()(x, x)": "Tensor",
    "nn.Sequential(model, model)[1:]": "Sequential",
    "nn.Sequential(model).to('cpu').train()": "Sequential",
}
BEGIN = "import autograd\nimport nn\n\nx = autograd.ones(2, 2)\nmodel = nn.Linear(2, 3)\n"
SCRIPTS = {
    "training": TRAINING,
    "own_names": OWN_NAMES,
    "mistakes": MISTAKES,
    "revealed": BEGIN + "".join(f"reveal_type({expression})\n" for expression in TYPES),
}

Found = dict[tuple[str, int], tuple[str, str]]  # by script and line: "error" or another kind, and the message


def mypy(scripts: Path) -> Found:
    command = [sys.executable, "-m", "mypy", "--config-file=", "--follow-imports=silent", "--cache-dir=.cache", "."]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=scripts, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: Found = {}
    for name, line, kind, message in re.findall(r"^(\w+)\.py:(\d+): (\w+): (.*)$", done.stdout, re.MULTILINE):
        found.setdefault((name, int(line)), (kind, re.sub(r"(?:\w+\.)+(\w+)", r"\1", message)))
    return found


def basedpyright(scripts: Path) -> Found:
    """Under pyright's own defaults, which the word for is "standard", with the packages installed."""
    pytest.importorskip("basedpyright")
    installed = scripts.parent / "environment" / "lib" / "python3.11" / "site-packages"
    installed.mkdir(parents=True)
    for source in (*(ROOT / name for name in PACKAGES), Path(np.__file__).parent):
        (installed / source.name).symlink_to(source)
    settings = {"typeCheckingMode": "standard", "venvPath": str(scripts.parent), "venv": "environment"}
    (scripts / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--outputjson"]
    done = subprocess.run(command, cwd=scripts, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {
        (Path(each["file"]).stem, each["range"]["start"]["line"] + 1): (each["severity"], each["message"])
        for each in reversed(json.loads(done.stdout)["generalDiagnostics"])
    }


@pytest.fixture(scope="module", params=[mypy, basedpyright])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Found:
    scripts = tmp_path_factory.mktemp("checked") / "scripts"
    scripts.mkdir()
    for name, text in SCRIPTS.items():
        (scripts / f"{name}.py").write_text(text)
    return request.param(scripts)


def errors(found: Found, script: str) -> dict[int, str]:
    return {line: message for (name, line), (kind, message) in found.items() if name == script and kind == "error"}


@pytest.mark.parametrize("script", ["training", "own_names"])
def test_a_sound_script_is_clean(found: Found, script: str) -> None:
    assert errors(found, script) == {}


def test_a_mistake_is_found_in_its_line(found: Found) -> None:
    wrong = {number for number, line in enumerate(MISTAKES.splitlines(), 1) if "# mistake" in line}
    assert errors(found, "mistakes").keys() == wrong


def test_what_things_are(found: Found) -> None:
    first = BEGIN.count("\n") + 1
    shown = {
        expression: found["revealed", first + number][1].split('is "')[1].rstrip('"')
        for number, expression in enumerate(TYPES)
    }
    assert shown == TYPES
