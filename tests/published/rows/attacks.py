"""Attacks on a small network of convolutions: the images that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.published.program import Program, Repository
from tests.published.record import Record

ATTACKS = [
    "VANILA(net)",
    "GN(net)",
    "FGSM(net)",
    "BIM(net, steps=3)",
    "RFGSM(net, steps=3)",
    "PGD(net, steps=3)",
    "EOTPGD(net, steps=3)",
    "FFGSM(net)",
    "TPGD(net, steps=3)",
    "MIFGSM(net, steps=3)",
    "UPGD(net, steps=3)",
    "APGD(net, steps=5)",
    "APGDT(net, steps=5, n_classes=5)",
    "DIFGSM(net, steps=3)",
    "TIFGSM(net, steps=3)",
    "Jitter(net, steps=3)",
    "NIFGSM(net, steps=3)",
    "PGDRS(net, steps=3)",
    "PGDRSL2(net, steps=3)",
    "SINIFGSM(net, steps=3)",
    "VMIFGSM(net, steps=3)",
    "VNIFGSM(net, steps=3)",
    "SPSA(net, nb_iter=2, nb_sample=8)",
    "JSMA(net)",
    "EADL1(net, max_iterations=10)",
    "EADEN(net, max_iterations=10)",
    "PIFGSM(net, max_epsilon=16/255, num_iter_set=3)",
    "PIFGSMPP(net, max_epsilon=16/255, num_iter_set=3)",
    "CW(net, steps=5)",
    "PGDL2(net, steps=3)",
    "DeepFool(net, steps=5)",
    "SparseFool(net, steps=3)",
    "OnePixel(net, steps=3, popsize=4)",
    "Pixle(net, max_iterations=5, restarts=2)",
    "FAB(net, steps=3, n_classes=5)",
    "FAB(net, norm='L2', steps=3, n_classes=5)",
    "FAB(net, norm='L1', steps=3, n_classes=5)",
    "Square(net, n_queries=20)",
    "Square(net, norm='L2', n_queries=20)",
    "AutoAttack(net, n_classes=5, seed=0)",  # its own seed is the time of day
    "MultiAttack([torchattacks.FGSM(net), torchattacks.PGD(net, steps=2)])",
    "LGV(net, trainloader=loader, epochs=1, nb_models_epoch=2)",
]


def network() -> Any:
    """Two convolutions and a layer, for 16 x 16 colour images of five classes."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
        nn.Linear(128, 5),
    )


def attack(make: str) -> Program:
    """A row from the call that makes the attack."""

    def run(root: Path, record: Record) -> None:
        import torch
        import torchattacks

        net, images = network().eval(), torch.rand(4, 3, 16, 16)
        labels = net(images).argmax(1)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, labels), batch_size=4)
        made = eval("torchattacks." + make, {"torchattacks": torchattacks, "net": net, "loader": loader})
        record.note("images", made(images, labels))
        record.note("answers", net(made(images, labels)))

    return Program(make, run)


REPOSITORY = Repository(
    "adversarial-attacks-pytorch",
    "23620a694a3660e4f194c3e4d28992bced7785a1",
    [attack(make) for make in ATTACKS],
    imports=("torchattacks",),
    stand_ins=("robustbench",),
)
