"""Published scripts, as they stand, with torch's module names meaning this engine.

    mkdir DIR; cd DIR; git clone ...       # the repositories of REPOSITORIES, as many as you like
    python -m pytest tests/published/test_scripts.py --published DIR        # some want einops, gymnasium, requests, six

Model files are imported twice, once on PyTorch: from one state dict, outputs, gradients and a few
steps have to agree. Whole scripts are run by `python -m autograd`, on small generated files.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import types
import unittest.mock
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from tests.helpers import published_data as data
from tests.helpers.oracle import assert_same, torch_or_skip
from torchlike.aliases import torch_names

ROOT = Path(__file__).parents[2]
REPOSITORIES = [
    "kuangliu/pytorch-cifar",
    "karpathy/minGPT",
    "pytorch/examples",
    "weiaicunzai/pytorch-cifar100",
    "lucidrains/vit-pytorch",
    "karpathy/nanoGPT",
    "karpathy/makemore",
    "milesial/Pytorch-UNet",
    "jcjohnson/pytorch-examples",
]
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning", "ignore::FutureWarning")


if data.FOLDER is None:
    pytest.skip("published scripts are not part of this repository: --published DIR", allow_module_level=True)


@pytest.fixture
def published() -> Path:
    assert data.FOLDER is not None
    return Path(data.FOLDER)


@pytest.fixture(autouse=True)
def default_dtypes() -> Iterator[None]:
    """`train_alike` sets double precision; afterwards it is single again."""
    yield
    for engine in (autograd, torch_or_skip()):
        engine.set_default_dtype(engine.float32)


def find(published: Path, repository: str) -> Path:
    """The clone of a repository: a folder of its name, or of its owner's and its."""
    found = [path for path in sorted(published.iterdir()) if re.split(r"[+_]", path.name)[-1] == repository]
    if not found:
        pytest.skip(f"no clone of {repository} in {published}")
    return found[0]


@contextlib.contextmanager
def importing(folder: Path) -> Iterator[None]:
    """Inside, a script's own modules are found; afterwards they are forgotten."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if origin.startswith(str(folder)):
                del sys.modules[name]


def module_of(path: Path, root: Path | None = None) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with importing(root or path.parent):
        spec.loader.exec_module(module)
    return module


def both(path: Path, root: Path | None = None) -> tuple[Any, Any]:
    """The module of a file on this engine, and on PyTorch."""
    torch_or_skip()
    try:
        import torchvision  # noqa: F401
    except Exception:  # not installed, or not built for this PyTorch: the models that are compared do not need it
        for name in ("", ".datasets", ".transforms", ".models", ".utils"):
            sys.modules[f"torchvision{name}"] = unittest.mock.MagicMock()
    theirs = module_of(path, root)
    with torch_names():
        ours = module_of(path, root)
    return ours, theirs


def start_alike(ours: Any, theirs: Any, seed: int = 0) -> None:
    """One state dict for both, in double precision; the keys have to be the same in the same order."""
    torch = torch_or_skip()
    torch.manual_seed(seed)
    for net in (ours, theirs):
        net.double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict({key: autograd.tensor(value.numpy().copy()) for key, value in theirs.state_dict().items()})


def train_alike(
    ours: Any, theirs: Any, inputs: list[np.ndarray], loss: Any, steps: int = 2, rtol: float = 1e-6
) -> None:
    """Outputs, gradients and parameters agree over a few steps of SGD with momentum; then in evaluation."""
    torch = torch_or_skip()
    nets = [(ours, autograd), (theirs, torch)]
    for engine in (autograd, torch):
        engine.set_default_dtype(engine.float64)
    for net, _ in nets:
        net.train()
        for module in net.modules():
            if type(module).__name__.startswith("Dropout"):
                module.p = 0.0  # the two draw different numbers
            if isinstance(getattr(module, "dropout", None), float):
                module.dropout = 0.0
    import optim

    optimizers = [
        optim.SGD(ours.parameters(), lr=1e-3, momentum=0.9),
        torch.optim.SGD(theirs.parameters(), lr=1e-3, momentum=0.9),
    ]
    for _ in range(steps):
        losses = []
        for (net, engine), optimizer in zip(nets, optimizers, strict=True):
            optimizer.zero_grad()
            value = loss(engine, net, *[engine.tensor(x) for x in inputs])
            value.backward()
            losses.append(value)
        assert_same(*losses, rtol=rtol)
        scale = max(float(q.grad.abs().max()) for q in theirs.parameters() if q.grad is not None)
        for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            assert (p.grad is None) == (q.grad is None), name
            if q.grad is not None:
                assert_same(p.grad, q.grad, rtol=1e-4, atol=rtol * scale, what=name)
        for optimizer in optimizers:
            optimizer.step()
    for net, _ in nets:
        net.eval()
    results = [loss(engine, net, *[engine.tensor(x) for x in inputs]) for net, engine in nets]
    assert_same(*results, rtol=rtol)


def cross_entropy(engine: Any, net: Any, x: Any, y: Any) -> Any:
    import nn.functional as ours

    functional = ours if engine is autograd else engine.nn.functional
    return functional.cross_entropy(net(x), y)


CIFAR = {
    "densenet": "densenet_cifar()",
    "dla": "DLA()",
    "dla_simple": "SimpleDLA()",
    "dpn": "DPN26()",
    "efficientnet": "EfficientNetB0()",
    "googlenet": "GoogLeNet()",
    "lenet": "LeNet()",
    "mobilenet": "MobileNet()",
    "mobilenetv2": "MobileNetV2()",
    "pnasnet": "PNASNetA()",
    "preact_resnet": "PreActResNet18()",
    "regnet": "RegNetX_200MF()",
    "resnet": "ResNet18()",
    "resnext": "ResNeXt29_2x64d()",
    "senet": "SENet18()",
    "shufflenet": "ShuffleNetG2()",
    "shufflenetv2": "ShuffleNetV2(0.5)",
    "vgg": "VGG('VGG11')",
}
BROKEN = {"shufflenet": "divides channels with /, which gives floats since Python 3: it fails on torch, too"}


@pytest.mark.parametrize("name", CIFAR)
def test_pytorch_cifar(name: str, published: Path) -> None:
    path = find(published, "pytorch-cifar") / "models" / f"{name}.py"
    ours, theirs = both(path)
    if name in BROKEN:
        for module in (ours, theirs):
            with pytest.raises(TypeError):
                eval(CIFAR[name], vars(module))
        pytest.skip(BROKEN[name])
    nets = [eval(CIFAR[name], vars(module)) for module in (ours, theirs)]
    assert repr(nets[0]) == repr(nets[1])
    start_alike(*nets)
    rng = np.random.default_rng(0)
    for net in nets:
        if name == "efficientnet":  # it draws which blocks to leave out
            net.cfg["drop_connect_rate"] = 0.0
            net.cfg["dropout_rate"] = 0.0
            for module in net.modules():
                if hasattr(module, "drop_rate"):
                    module.drop_rate = 0.0
    train_alike(*nets, [rng.normal(size=(2, 3, 32, 32)), np.array([1, 7])], cross_entropy)


def test_mingpt_model(published: Path) -> None:
    root = find(published, "minGPT")
    ours, theirs = both(root / "mingpt" / "model.py", root)
    nets = []
    for module in (ours, theirs):
        config = module.GPT.get_default_config()
        config.model_type, config.vocab_size, config.block_size = "gpt-nano", 11, 8
        nets.append(module.GPT(config))
    start_alike(*nets)
    tokens = np.random.default_rng(0).integers(0, 11, (3, 8))

    def loss(engine: Any, net: Any, x: Any, y: Any) -> Any:
        return net(x, y)[1]

    train_alike(*nets, [tokens, np.roll(tokens, -1, 1)], loss)
    torch = torch_or_skip()
    starts = autograd.tensor(tokens[:, :3]), torch.tensor(tokens[:, :3])
    assert_same(*(net.generate(start, 6, do_sample=False, top_k=3) for net, start in zip(nets, starts, strict=True)))
    assert tuple(nets[0].generate(starts[0], 4, do_sample=True).shape) == (3, 7)


def test_mingpt_optimizer_groups(published: Path) -> None:
    root = find(published, "minGPT")
    groups = []
    for module in both(root / "mingpt" / "model.py", root):
        config = module.GPT.get_default_config()
        config.model_type, config.vocab_size, config.block_size = "gpt-micro", 7, 4
        train = type("C", (), {"weight_decay": 0.1, "learning_rate": 1e-3, "betas": (0.9, 0.95)})
        optimizer = module.GPT(config).configure_optimizers(train)
        groups.append([(len(g["params"]), g["weight_decay"], g["lr"], g["betas"]) for g in optimizer.param_groups])
    assert groups[0] == groups[1]


MODELS: list[tuple[str, str, str, list[Any], Any]] = [
    ("mnist/main.py", "Net()", "nll", [(2, 1, 28, 28), np.array([1, 2])], None),
    ("mnist_rnn/main.py", "Net()", "nll", [(2, 1, 28, 28), np.array([1, 2])], None),
    ("super_resolution/model.py", "Net(upscale_factor=2)", "square", [(2, 1, 8, 8)], None),
    ("time_sequence_prediction/train.py", "Sequence()", "square", [(3, 6)], None),
    (
        "word_language_model/model.py",
        "TransformerModel(12, 8, 2, 16, 2, 0.0)",
        "tokens",
        [np.arange(10).reshape(5, 2)],
        None,
    ),
    ("gat/main.py", "GAT(6, 4, 2, 3, dropout=0.0)", "graph", [(5, 6), (np.eye(5) + np.eye(5, k=1))], None),
    ("gcn/main.py", "GCN(6, 4, 3, dropout_p=0.0)", "graph", [(5, 6), (np.eye(5) + np.eye(5, k=1)) / 2], None),
]


def objective(kind: str) -> Any:
    def loss(engine: Any, net: Any, *inputs: Any) -> Any:
        if kind == "nll":
            import nn.functional as ours

            functional = ours if engine is autograd else engine.nn.functional
            return functional.nll_loss(net(inputs[0]), inputs[1])
        if kind == "graph":
            return (net(*inputs) ** 2).sum()
        return (net(inputs[0]) ** 2).mean()

    return loss


@pytest.mark.parametrize(("file", "make", "kind", "inputs", "_"), MODELS, ids=[row[0] for row in MODELS])
def test_pytorch_examples(file: str, make: str, kind: str, inputs: list[Any], _: Any, published: Path) -> None:
    path = find(published, "examples") / file
    nets = [eval(make, vars(module)) for module in both(path)]
    start_alike(*nets)
    rng = np.random.default_rng(0)
    train_alike(*nets, [rng.normal(size=x) if isinstance(x, tuple) else x for x in inputs], objective(kind))


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "RNN_TANH", "RNN_RELU"])
@pytest.mark.parametrize("tied", [False, True])
def test_word_language_model(cell: str, tied: bool, published: Path) -> None:
    path = find(published, "examples") / "word_language_model/model.py"
    nets = [module.RNNModel(cell, 12, 8, 8, 2, 0.0, tied) for module in both(path)]
    start_alike(*nets)

    def loss(engine: Any, net: Any, tokens: Any) -> Any:
        output, _ = net(tokens, net.init_hidden(2))
        return (output**2).mean()

    train_alike(*nets, [np.arange(10).reshape(5, 2)], loss)


def run_file(path: Path, work: Path, *arguments: str, root: Path | None = None) -> str:
    """The output of a script that ran to its end on this engine in a folder of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *([] if root is None else [str(root)])])}
    environment.update(MPLBACKEND="Agg", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    done = subprocess.run(
        [sys.executable, "-m", "autograd", str(path), *arguments],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def run(published: Path, script: str, work: Path, *arguments: str, repository: str = "examples") -> str:
    """The output of a repository's script."""
    root = find(published, repository)
    return run_file(root / script, work, *arguments, root=root)


def test_script_mnist(published: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    data.write_mnist(tmp_path / "data", 1024, 256)
    text = run(published, "mnist/main.py", work, "--epochs", "2", "--no-accel", "--save-model")
    assert "Accuracy: 256/256" in text
    assert (work / "mnist_cnn.pt").exists()


def test_script_mnist_rnn(published: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    data.write_mnist(tmp_path / "data", 640, 100)
    assert "Accuracy" in run(published, "mnist_rnn/main.py", work, "--epochs", "1", "--dry-run")


def test_script_mnist_forward_forward(published: Path, tmp_path: Path) -> None:
    data.write_mnist(tmp_path / "data", 128, 64)
    arguments = ["--epochs", "2", "--train_size", "128", "--test_size", "64", "--no_accel"]
    assert "rror" in run(published, "mnist_forward_forward/main.py", tmp_path, *arguments)


def test_script_vae(published: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "results").mkdir()
    data.write_mnist(tmp_path / "data", 256, 128)
    assert "Test set loss" in run(published, "vae/main.py", work, "--epochs", "1", "--no-accel")
    assert (work / "results" / "sample_1.png").exists()


def test_script_dcgan(published: Path, tmp_path: Path) -> None:
    arguments = ["--dataset", "fake", "--dry-run", "--niter", "1", "--batchSize", "8", "--ngf", "16", "--ndf", "16"]
    assert "Loss_D" in run(published, "dcgan/main.py", tmp_path, *arguments)


@pytest.mark.parametrize("model", ["LSTM", "GRU", "RNN_TANH", "Transformer"])
def test_script_word_language_model(model: str, published: Path, tmp_path: Path) -> None:
    data.write_words(tmp_path / "data" / "wikitext-2")
    arguments = ["--model", model, "--epochs", "1", "--emsize", "16", "--nhid", "16", "--nhead", "2", "--dry-run"]
    assert "test ppl" in run(published, "word_language_model/main.py", tmp_path, *arguments)
    text = run(published, "word_language_model/generate.py", tmp_path, "--words", "20", "--checkpoint", "model.pt")
    assert "Generated" in text or (tmp_path / "generated.txt").exists()


def test_script_reinforcement_learning(published: Path, tmp_path: Path) -> None:
    pytest.importorskip("gymnasium")
    for script in ("reinforce", "actor_critic"):
        short = tmp_path / f"{script}_short.py"
        short.write_text(
            "import itertools, runpy, sys\n"
            "limit = itertools.count\n"
            f"itertools.count = lambda start=0: range(start, 12)\n"
            f"runpy.run_path({str(find(published, 'examples') / 'reinforcement_learning' / (script + '.py'))!r}, run_name='__main__')\n"
        )
        text = run_file(short, tmp_path)
        assert "Episode 10" in text


def test_script_siamese_network(published: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    data.write_mnist(tmp_path / "data", 64, 40)
    arguments = ["--epochs", "1", "--dry-run", "--no-accel", "--batch-size", "8", "--test-batch-size", "20"]
    assert "Accuracy" in run(published, "siamese_network/main.py", work, *arguments)


def test_script_super_resolution(published: Path, tmp_path: Path) -> None:
    pytest.importorskip("six")
    for part in ("train", "test"):
        data.write_images(tmp_path / "dataset" / "BSDS300" / "images" / part, 4)
    arguments = ["--upscale_factor", "3", "--batchSize", "2", "--nEpochs", "1", "--threads", "1"]
    assert "Avg. PSNR" in run(published, "super_resolution/main.py", tmp_path, *arguments)
    picture = str(tmp_path / "dataset" / "BSDS300" / "images" / "test" / "0.png")
    arguments = ["--input_image", picture, "--model", "model_epoch_1.pth", "--output_filename", "out.png"]
    run(published, "super_resolution/super_resolve.py", tmp_path, *arguments)
    assert (tmp_path / "out.png").exists()


def test_script_time_sequence_prediction(published: Path, tmp_path: Path) -> None:
    run(published, "time_sequence_prediction/generate_sine_wave.py", tmp_path)
    loaded = np.asarray(autograd.load(tmp_path / "traindata.pt"))[:8, :80]
    autograd.save(loaded, tmp_path / "traindata.pt")  # its own size takes minutes a step
    text = run(published, "time_sequence_prediction/train.py", tmp_path, "--steps", "2")
    losses = [float(line.split()[-1]) for line in text.splitlines() if line.startswith("loss")]
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize("script", ["gcn", "gat"])
def test_script_graphs(script: str, published: Path, tmp_path: Path) -> None:
    pytest.importorskip("requests")
    if script == "gcn":
        pytest.skip("downloads its data whether or not it is there")
    data.write_cora(tmp_path / "cora", nodes=1700)
    epochs = "30" if script == "gcn" else "3"
    options = [] if script == "gcn" else ["--hidden-dim", "8", "--num-heads", "2"]
    text = run(published, f"{script}/main.py", tmp_path, "--epochs", epochs, "--no-accel", *options)
    assert "Test" in text or "test" in text


def test_script_regression(published: Path, tmp_path: Path) -> None:
    assert "Learned function" in run(published, "regression/main.py", tmp_path)


def test_script_pytorch_cifar(published: Path, tmp_path: Path) -> None:
    """Two epochs of the training script itself: it asks for 200 and for a terminal."""
    root = find(published, "pytorch-cifar")
    data.write_cifar10(tmp_path / "data", per_file=8)
    short = tmp_path / "short.py"
    short.write_text(
        "import builtins, io, os, runpy, sys\n"
        f"sys.path.insert(0, {str(root)!r})\n"
        "os.popen = lambda *a: io.StringIO('24 80')\n"
        "import models\n"
        "models.SimpleDLA = models.LeNet\n"
        "span = builtins.range\n"
        "builtins.range = lambda *a: span(2) if a == (0, 200) else span(*a)\n"
        f"runpy.run_path({str(root / 'main.py')!r}, run_name='__main__')\n"
    )
    text = run_file(short, tmp_path)
    assert "Saving.." in text
    assert set(autograd.load(tmp_path / "checkpoint" / "ckpt.pth")) == {"net", "acc", "epoch"}


def test_mingpt_trainer(published: Path, tmp_path: Path) -> None:
    """Its trainer, dataset and worker processes: learning to sort, as its demo does."""
    script = tmp_path / "sort.py"
    script.write_text(
        "import torch\n"
        "from torch.utils.data import Dataset\n"
        "from mingpt.model import GPT\n"
        "from mingpt.trainer import Trainer\n"
        "from mingpt.utils import set_seed\n"
        "set_seed(3407)\n"
        "class Sort(Dataset):\n"
        "    def __len__(self): return 10000\n"
        "    def __getitem__(self, i):\n"
        "        x = torch.randint(3, size=(6,), dtype=torch.long)\n"
        "        cat = torch.cat((x, torch.sort(x)[0]))\n"
        "        a, b = cat[:-1].clone(), cat[1:].clone()\n"
        "        b[:5] = -1\n"
        "        return a, b\n"
        "config = GPT.get_default_config()\n"
        "config.model_type, config.vocab_size, config.block_size = 'gpt-nano', 3, 11\n"
        "model = GPT(config)\n"
        "train = Trainer.get_default_config()\n"
        "train.learning_rate, train.max_iters, train.num_workers = 5e-4, 300, 2\n"
        "trainer = Trainer(train, model, Sort())\n"
        "losses = []\n"
        "trainer.set_callback('on_batch_end', lambda t: losses.append(t.loss.item()))\n"
        "trainer.run()\n"
        "print('losses', losses[0], sum(losses[-10:]) / 10)\n"
    )
    text = run_file(script, tmp_path, root=find(published, "minGPT"))
    first, last = map(float, text.splitlines()[-1].split()[1:])
    assert first > 0.9
    assert last < 0.5


CIFAR100 = {
    "attention": "attention56()",
    "densenet": "DenseNet(Bottleneck, [2, 2, 2, 2], growth_rate=8)",
    "googlenet": "googlenet()",
    "inceptionv3": "inceptionv3()",
    "inceptionv4": "inceptionv4()",
    "mobilenet": "mobilenet()",
    "mobilenetv2": "mobilenetv2()",
    "nasnet": "NasNetA(2, 4, 44, 44)",
    "preactresnet": "preactresnet18()",
    "resnet": "resnet18()",
    "resnext": "resnext50()",
    "rir": "resnet_in_resnet()",
    "senet": "seresnet18()",
    "shufflenet": "shufflenet()",
    "shufflenetv2": "shufflenetv2()",
    "squeezenet": "squeezenet()",
    "vgg": "vgg11_bn()",
    "wideresidual": "wideresnet(10, 2)",
    "xception": "xception()",
}


@pytest.mark.parametrize("name", CIFAR100)
def test_pytorch_cifar100(name: str, published: Path) -> None:
    modules = both(find(published, "pytorch-cifar100") / "models" / f"{name}.py")
    nets = [eval(CIFAR100[name], vars(module)) for module in modules]
    start_alike(*nets)
    images = np.random.default_rng(0).normal(size=(2, 3, 32, 32))
    train_alike(*nets, [images, np.array([1, 77])], cross_entropy, steps=1, rtol=1e-5)


def test_nanogpt(published: Path) -> None:
    ours, theirs = both(find(published, "nanoGPT") / "model.py")
    config = {"block_size": 8, "vocab_size": 11, "n_layer": 2, "n_head": 2, "n_embd": 16, "dropout": 0.0}
    nets = [module.GPT(module.GPTConfig(**config)) for module in (ours, theirs)]
    start_alike(*nets)
    tokens = np.random.default_rng(0).integers(0, 11, (3, 8))
    train_alike(*nets, [tokens, np.roll(tokens, -1, 1)], lambda engine, net, x, y: net(x, y)[1])
    for net in nets:
        net.crop_block_size(6)
        groups = net.configure_optimizers(0.1, 1e-3, (0.9, 0.95), "cpu").param_groups
        assert [group["weight_decay"] for group in groups] == [0.1, 0.0]
    assert tuple(nets[0].generate(autograd.tensor(tokens[:, :2]), 5, top_k=4).shape) == (3, 7)


@pytest.mark.parametrize("kind", ["Transformer", "BoW", "MLP", "RNN", "GRU", "Bigram"])
def test_makemore(kind: str, published: Path) -> None:
    torch_or_skip()
    for name in ("torch.utils.tensorboard", "torchlike.utils.tensorboard"):
        if name not in sys.modules:
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].SummaryWriter = None  # type: ignore[attr-defined]
    try:
        modules = both(find(published, "makemore") / "makemore.py")
    finally:
        del sys.modules["torchlike.utils.tensorboard"]
    nets = []
    for module in modules:
        config = module.ModelConfig(block_size=6, vocab_size=9, n_layer=2, n_head=2, n_embd=8, n_embd2=8)
        if kind in ("RNN", "GRU"):
            nets.append(module.RNN(config, cell_type=kind.lower()))
        else:
            nets.append(getattr(module, kind)(config))
    start_alike(*nets)
    tokens = np.random.default_rng(0).integers(0, 9, (4, 6))
    train_alike(*nets, [tokens, np.roll(tokens, -1, 1)], lambda engine, net, x, y: net(x, y)[1])


@pytest.mark.parametrize("bilinear", [False, True])
def test_milesial_unet(bilinear: bool, published: Path) -> None:
    root = find(published, "Pytorch-UNet")
    torch_or_skip()
    nets = []
    for context in (torch_names, contextlib.nullcontext):
        with context(), importing(root):
            import unet

            nets.append(unet.UNet(3, 2, bilinear=bilinear))
    ours, theirs = nets
    start_alike(ours, theirs)
    image = np.random.default_rng(0).normal(size=(1, 3, 36, 48))
    train_alike(ours, theirs, [image], lambda engine, net, x: (net(x) ** 2).mean(), steps=1)


VITS = {
    "vit.ViT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, heads=2, mlp_dim=32",
    "simple_vit.SimpleViT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, heads=2, mlp_dim=32",
    "deepvit.DeepViT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, heads=2, mlp_dim=32",
    "cait.CaiT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, cls_depth=1, heads=2, mlp_dim=32",
    "vit_for_small_dataset.ViT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, heads=2, mlp_dim=32",
    "parallel_vit.ViT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, heads=2, mlp_dim=32",
    "pit.PiT": "image_size=32, patch_size=4, dim=16, num_classes=5, depth=(1, 1), heads=2, mlp_dim=32",
    "cvt.CvT": "num_classes=5, s1_emb_dim=8, s1_depth=1, s2_emb_dim=8, s2_depth=1, s3_emb_dim=8, s3_depth=1",
    "levit.LeViT": "image_size=64, num_classes=5, stages=2, dim=(16, 32), depth=1, heads=(2, 2), mlp_mult=2",
    "t2t.T2TViT": "dim=16, image_size=32, depth=1, heads=2, mlp_dim=32, num_classes=5, t2t_layers=((7, 4), (3, 2))",
    "nest.NesT": "image_size=32, patch_size=4, dim=8, heads=2, num_hierarchies=2, block_repeats=(1, 1), num_classes=5",
    "max_vit.MaxViT": "num_classes=5, dim=8, depth=(1, 1), dim_head=4, window_size=4, dim_conv_stem=8",
    "xcit.XCiT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=1, cls_depth=1, heads=2, mlp_dim=32",
    "twins_svt.TwinsSVT": "num_classes=5, s1_emb_dim=8, s1_patch_size=2, s1_local_patch_size=4, s1_depth=1, "
    "s2_emb_dim=8, s2_local_patch_size=4, s2_depth=1, s3_emb_dim=8, s3_local_patch_size=2, s3_depth=1, s4_emb_dim=8, "
    "s4_depth=1, peg_kernel_size=3, s1_global_k=2, s2_global_k=2, s3_global_k=2, s4_global_k=1",
    "simple_vit_with_register_tokens.SimpleViT": "image_size=32, patch_size=8, num_classes=5, dim=16, depth=2, heads=2, "
    "mlp_dim=32",
    "simple_vit_with_fft.SimpleViT": "image_size=32, patch_size=8, freq_patch_size=8, num_classes=5, dim=16, depth=1, "
    "heads=2, mlp_dim=32",
}
VIT_SCRIPT = """
import importlib, json, sys
import numpy as np
import torch
if torch.__name__ == "torch":  # torchvision itself is not needed
    import types, unittest.mock
    sys.modules["torchvision"] = vision = types.ModuleType("torchvision")
    for part in ("transforms", "models", "ops", "datasets"):
        sys.modules[f"torchvision.{part}"] = unittest.mock.MagicMock()
        setattr(vision, part, unittest.mock.MagicMock())
name, arguments = sys.argv[1:]
module, cls = name.split(".")
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
model = getattr(importlib.import_module(f"vit_pytorch.{module}"), cls)(**eval(f"dict({arguments})"))
rng = np.random.default_rng(0)
with torch.no_grad():
    for p in model.parameters():
        p.copy_(torch.tensor(rng.normal(size=tuple(p.shape)) * 0.2))
for m in model.modules():
    if type(m).__name__.startswith("Dropout"):
        m.p = 0.0
size = 64 if module == "levit" else 32
out = model(torch.tensor(rng.normal(size=(2, 3, size, size))))
out = out if isinstance(out, torch.Tensor) else out[0]
(out ** 2).sum().backward()
slopes = [float(p.grad.abs().sum()) if p.grad is not None else None for p in model.parameters()]
print(json.dumps([out.detach().flatten().tolist(), slopes, list(model.state_dict())]))
"""


@pytest.mark.parametrize("name", VITS)
def test_vit_pytorch(name: str, published: Path, tmp_path: Path) -> None:
    pytest.importorskip("einops")
    torch_or_skip()
    root = find(published, "vit-pytorch")
    (tmp_path / "script.py").write_text(VIT_SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(root)]), "OMP_NUM_THREADS": "1"}
    results = []
    for engine in (["-m", "autograd"], []):
        command = [sys.executable, *engine, str(tmp_path / "script.py"), name, VITS[name]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        results.append(json.loads(done.stdout.splitlines()[-1]))
    (out, slopes, keys), (their_out, their_slopes, their_keys) = results
    assert keys == their_keys
    np.testing.assert_allclose(out, their_out, rtol=1e-6, atol=1e-9)
    assert [slope is None for slope in slopes] == [slope is None for slope in their_slopes]
    numbers = [(a, b) for a, b in zip(slopes, their_slopes, strict=True) if a is not None]
    np.testing.assert_allclose(*zip(*numbers, strict=True), rtol=1e-5, atol=1e-8 * max(b for _, b in numbers))


@pytest.mark.parametrize(
    "script",
    [
        "autograd/two_layer_net_autograd",
        "autograd/two_layer_net_custom_function",
        "nn/dynamic_net",
        "nn/two_layer_net_module",
        "nn/two_layer_net_nn",
        "nn/two_layer_net_optim",
        "tensor/two_layer_net_tensor",
    ],
)
def test_jcjohnson_examples(script: str, published: Path, tmp_path: Path) -> None:
    text = run(published, f"{script}.py", tmp_path, repository="pytorch-examples")
    losses = [float(re.findall(r"[-+.e0-9]+", line)[-1]) for line in text.splitlines() if line.strip()]
    assert losses[-1] < losses[0] / 10
