"""torch's module names for this engine's modules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
import optim
from torchlike.aliases import torch_names

ROOT = Path(__file__).parents[2]


def test_imports_in_all_their_forms() -> None:
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("torch", "torchvision")}
    with torch_names():
        import torch
        import torch.backends.cudnn as cudnn
        import torch.nn as layers
        import torch.nn.functional as F
        import torch.nn.modules.conv as conv
        import torch.utils.data
        import torchvision
        import torchvision.transforms as T
        from torch import nn as other
        from torch.autograd import Function, Variable
        from torch.distributed.elastic.multiprocessing.errors import record
        from torch.distributed.fsdp import FullyShardedDataParallel
        from torch.distributed.optim import ZeroRedundancyOptimizer
        from torch.nn.parallel import DistributedDataParallel
        from torch.nn.utils import clip_grad_norm_
        from torch.optim.lr_scheduler import StepLR
        from torch.utils.data.dataloader import DataLoader
        from torchvision import datasets
        from torchvision.models import resnet18

        assert torch is autograd
        assert layers is other is nn is torch.nn
        assert torch.optim is optim
        assert F is nn.functional
        assert conv.Conv2d is nn.Conv2d
        assert torch.nn.modules.activation.MultiheadAttention is nn.MultiheadAttention
        assert torch.utils.data is autograd.data
        assert DataLoader is autograd.data.DataLoader
        assert torch.distributed is autograd.distributed
        assert record(len) is len
        assert FullyShardedDataParallel.__module__ == ZeroRedundancyOptimizer.__module__.replace("optim", "fsdp")
        assert DistributedDataParallel is nn.parallel.DistributedDataParallel
        assert StepLR is optim.lr_scheduler.StepLR
        assert Function is autograd.Function
        assert clip_grad_norm_ is nn.utils.clip_grad_norm_
        assert resnet18 is nn.models.resnet18 is torchvision.models.resnet18
        assert datasets is autograd.data.datasets
        assert T is torchvision.transforms
        assert cudnn.benchmark is False
        assert Variable(autograd.ones(1), requires_grad=True).requires_grad
        assert torch.accelerator.current_accelerator() is None or torch.accelerator.is_available()
        with pytest.raises(ModuleNotFoundError, match=r"torch\.distributed\.rpc would be autograd\.distributed\.rpc"):
            import torch.distributed.rpc
    after = {name: module for name, module in sys.modules.items() if name.split(".")[0] in ("torch", "torchvision")}
    assert after == before
    assert autograd.__spec__.name == "autograd"
    assert nn.__spec__.name == "nn"


SCRIPT = """
import argparse
import torch
import torch.nn as nn
from helper import width
parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int)
steps = parser.parse_args().steps
torch.manual_seed(0)
net = nn.Linear(width, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(8, width), torch.randn(8, 1)
for step in range(steps):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
print(torch.__name__, __name__, loss.item() < 2)
"""


def test_a_script_is_run_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "helper.py").write_text("width = 3\n")
    command = [sys.executable, "-m", "autograd", str(tmp_path / "script.py"), "--steps", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "autograd __main__ True", done.stderr


def test_import_autograd_as_torch() -> None:
    torch = autograd
    assert torch.nn is nn
    assert torch.optim.Adam is optim.Adam
    assert torch.utils.data.DataLoader is autograd.data.DataLoader
    assert torch.empty(size=(2, 3)).shape == torch.zeros(size=(2, 3)).shape == torch.randn(size=(2, 3)).shape == (2, 3)
    assert torch.randint(3, size=(4,)).max() < 3
    assert torch.ones(2).to_sparse().coalesce().to_dense().tolist() == [1, 1]
    assert torch.ones(2).new(3, 4).shape == (3, 4)
    assert torch.tensor([2]).is_nonzero()
    assert nn.DataParallel(nn.Linear(2, 1))(torch.ones(1, 2)).shape == (1, 1)
    assert list(nn.DataParallel(nn.Linear(2, 1)).state_dict()) == ["module.weight", "module.bias"]
    with pytest.raises(NotImplementedError, match="ONNX"):
        torch.onnx.export()


def test_functions_of_layers_at_the_top() -> None:
    x = autograd.randn(1, 2, 5, 5)
    w = autograd.randn(3, 2, 3, 3)
    assert autograd.equal(autograd.conv2d(x, w), nn.functional.conv2d(x, w))
    assert autograd.layer_norm(x, (5,)).shape == x.shape
    assert autograd.compile(nn.Identity()).__class__ is nn.Identity
    assert autograd.broadcast_shapes((3, 1), 4) == (3, 4)

    @autograd.compile(mode="max-autotune")
    def double(y: autograd.Tensor) -> autograd.Tensor:
        return 2 * y

    assert double(autograd.ones(1)).item() == 2
    assert autograd.jit.script(double) is double
    assert autograd.BFloat16Tensor([1, 2]).type() == "torch.BFloat16Tensor"


def test_names_that_image_model_packages_import_from_hub_and_jit() -> None:
    with torch_names():
        from torch.hub import HASH_REGEX, urlparse
        from torch.jit.annotations import List
    assert HASH_REGEX.search("resnet18-f37072fd.pth").group(1) == "f37072fd"
    assert urlparse("https://a.b/c/d.pth").path == "/c/d.pth"
    assert List[int] == list[int] or List[int].__origin__ is list
