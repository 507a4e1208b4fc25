"""Optimizers of torch_optimizer on a small network, and its scripts."""

from __future__ import annotations

from pathlib import Path

from tests.published.data import mnist
from tests.published.program import Program, Repository, script
from tests.published.record import Record

OPTIMIZERS = [
    "A2GradExp(p, lips=10.0)",
    "A2GradInc(p, lips=10.0)",
    "A2GradUni(p, lips=10.0)",
    "AccSGD(p, lr=1e-2)",
    "AdaBelief(p, lr=1e-2, weight_decay=1e-2)",
    "AdaBelief(p, lr=1e-2, amsgrad=True, rectify=True)",
    "AdaBound(p, lr=1e-2, amsbound=True)",
    "AdaMod(p, lr=1e-2)",
    "Adafactor(p, lr=1e-2, relative_step=False, scale_parameter=False)",
    "Adafactor(p)",
    "Adahessian(p, lr=0.1)",
    "AdamP(p, lr=1e-2, weight_decay=1e-2)",
    "AggMo(p, lr=1e-2)",
    "Apollo(p, lr=1e-2)",
    "DiffGrad(p, lr=1e-2)",
    "LARS(p, lr=1e-2, momentum=0.9, weight_decay=1e-2)",
    "Lamb(p, lr=1e-2)",
    "Lion(p, lr=1e-3)",
    "Lookahead(Yogi(p, lr=1e-2), k=2)",
    "MADGRAD(p, lr=1e-2)",
    "NovoGrad(p, lr=1e-2)",
    "PID(p, lr=1e-2, momentum=0.9)",
    "QHAdam(p, lr=1e-2)",
    "QHM(p, lr=1e-2, momentum=0.9)",
    "RAdam(p, lr=1e-2)",
    "Ranger(p, lr=1e-2, k=2)",
    "RangerQH(p, lr=1e-2, k=2)",
    "RangerVA(p, lr=1e-2, k=2)",
    "SGDP(p, lr=1e-2, momentum=0.9)",
    "SGDW(p, lr=1e-2, momentum=0.9, weight_decay=1e-2)",
    "SWATS(p, lr=1e-2)",
    "Shampoo(p, lr=1e-1)",
    "Yogi(p, lr=1e-2)",
]


def optimizer(make: str) -> Program:
    """Eight steps; a closure is given, as all of them take one."""

    def run(root: Path, record: Record) -> None:
        import torch
        import torch_optimizer
        from torch import nn

        net = nn.Sequential(
            nn.Conv2d(2, 4, 3, bias=False), nn.BatchNorm2d(4), nn.Tanh(), nn.Flatten(), nn.Linear(64, 3)
        )
        inputs, targets = torch.randn(8, 2, 6, 6), torch.randint(3, (8,))
        made = eval(make, {**vars(torch_optimizer), "p": net.parameters()})
        for step in range(8):
            made.zero_grad()
            loss = nn.functional.cross_entropy(net(inputs), targets)
            record.note(f"loss {step}", loss)
            loss.backward(create_graph="Adahessian" in make)
            made.step()
        record.module("net", net)
        if "Lookahead" not in make:  # whose state_dict PyTorch's present base class does not give
            record.note("state", list(made.state_dict()["state"].values()))
            again = eval(make, {**vars(torch_optimizer), "p": net.parameters()})
            again.load_state_dict(made.state_dict())
        print(made)

    return Program(make, run)


REPOSITORY = Repository(
    "pytorch-optimizer",
    "19c3e41952b94f2d60db06e559ee9a1433b25e53",
    [
        *map(optimizer, OPTIMIZERS),
        script("examples/mnist.py", before=lambda work: mnist(work.parent / "data"), backwards=3),
        Program("examples/viz_optimizers", left_out="a search of hyperparameters by hyperopt for minutes, to draw it"),
    ],
    imports=("torch_optimizer",),
)
