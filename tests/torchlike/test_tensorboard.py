"""Tensors reach TensorBoard's files as the numbers that they hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd

pytest.importorskip("tensorboardX")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def written(folder: Path) -> dict[str, list[Any]]:
    """The summaries in the files of a folder, by their tags."""
    from tensorboardX.proto.event_pb2 import Event

    found: dict[str, list[Any]] = {}
    for path in sorted(folder.rglob("events*")):
        data, at = path.read_bytes(), 0
        while at < len(data):
            size = int.from_bytes(data[at : at + 8], "little")
            event = Event.FromString(data[at + 12 : at + 12 + size])
            for value in event.summary.value:
                found.setdefault(value.tag, []).append(value)
            at += 16 + size
    return found


def test_a_writer_takes_tensors(tmp_path: Path) -> None:
    from torchlike.utils.tensorboard import SummaryWriter

    x = autograd.tensor([1.5, 2.0, 4.0], requires_grad=True)
    with SummaryWriter(log_dir=str(tmp_path)) as writer:
        writer.add_scalar("loss", x.sum(), 3)
        writer.add_scalar("half", autograd.tensor(0.5, dtype=autograd.float16), 3)
        writer.add_scalars("both", {"a": x[0], "b": 2.0}, 3)
        writer.add_histogram("weights", x, 3)
        writer.add_image("image", autograd.zeros(3, 4, 5), 3)
    found = written(tmp_path)
    assert found["loss"][0].simple_value == 7.5
    assert found["half"][0].simple_value == 0.5
    assert {value.simple_value for tag, values in found.items() if tag.startswith("both") for value in values} == {
        1.5,
        2.0,
    }
    assert found["weights"][0].histo.num == 3
    np.testing.assert_allclose(found["weights"][0].histo.sum, 7.5)
    assert (found["image"][0].image.height, found["image"][0].image.width) == (4, 5)


def test_a_graph_is_refused_in_a_sentence(tmp_path: Path) -> None:
    from torchlike.utils.tensorboard import SummaryWriter

    with SummaryWriter(log_dir=str(tmp_path)) as writer, pytest.raises(NotImplementedError, match="no compiler"):
        writer.add_graph(None)
