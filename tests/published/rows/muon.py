"""Muon and its company, on matrices, filters and vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.published.program import Program, Repository
from tests.published.record import Record

WITH_ADAM = (
    "[dict(params=wide, use_muon=True, lr=0.02, weight_decay=0.01), "
    "dict(params=flat, use_muon=False, lr=3e-4, weight_decay=0.01)]"
)


def optimizer(name: str, make: str, one_process: bool = True) -> Program:
    """Five steps of an optimizer of the file `muon.py`."""

    def run(root: Path, record: Record) -> None:
        import muon
        import torch
        from torch import nn

        net = nn.Sequential(nn.Conv2d(2, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(96, 16), nn.ReLU(), nn.Linear(16, 4))
        inputs: Any = torch.randn(8, 2, 6, 6)
        targets = torch.randint(4, (8,))
        wide = [p for p in net.parameters() if p.ndim > 1]
        flat = [p for p in net.parameters() if p.ndim == 1]
        if not one_process:
            torch.distributed.init_process_group("gloo", init_method="file:///tmp/muon_group", world_size=1, rank=0)
        made = eval(make, {**vars(muon), "wide": wide, "flat": flat})
        for step in range(5):
            made.zero_grad()
            loss = nn.functional.cross_entropy(net(inputs), targets)
            record.note(f"loss {step}", loss)
            loss.backward()
            made.step()
            if not step:  # it rounds to bfloat16: after five steps PyTorch is 2 % from itself with inputs 1e-7 apart
                record.module("net", net)

    return Program(name, run)


def iteration() -> Program:
    """The orthogonalization by itself."""

    def run(root: Path, record: Record) -> None:
        import muon
        import torch

        for shape in ((5, 9), (9, 5), (3, 4, 6)):
            record.note(f"output {shape}", muon.zeropower_via_newtonschulz5(torch.randn(*shape), 5))

    return Program("zeropower_via_newtonschulz5", run)


REPOSITORY = Repository(
    "Muon",
    "857d1adc159e098212f828d927460782d3da59e9",
    [
        iteration(),
        optimizer("SingleDeviceMuon", "SingleDeviceMuon(wide, lr=0.02, weight_decay=0.01)"),
        optimizer("SingleDeviceMuonWithAuxAdam", f"SingleDeviceMuonWithAuxAdam({WITH_ADAM})"),
        optimizer("Muon", "Muon(wide, lr=0.02, weight_decay=0.01)", one_process=False),
        optimizer("MuonWithAuxAdam", f"MuonWithAuxAdam({WITH_ADAM})", one_process=False),
    ],
    imports=("muon",),
)
