"""torchvision.ops and io by their definitions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.testing import gradcheck
from torchlike.vision import io, ops

pytestmark = pytest.mark.cpu_only  # results are compared as NumPy's arrays

rng = np.random.default_rng(0)
A, B = (np.concatenate([x := rng.uniform(0, 10, (5, 2)), x + rng.uniform(1, 10, (5, 2))], 1) for _ in range(2))


def iou(a: np.ndarray, b: np.ndarray) -> float:
    sides = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    areas = [(x[2] - x[0]) * (x[3] - x[1]) for x in (a, b)]
    return sides.prod() / (sum(areas) - sides.prod())


def test_overlaps() -> None:
    a, b = autograd.tensor(A), autograd.tensor(B)
    expected = np.array([[iou(x, y) for y in B] for x in A])
    np.testing.assert_allclose(ops.box_iou(a, b).numpy(), expected)
    for function in (ops.generalized_box_iou, ops.distance_box_iou, ops.complete_box_iou):
        assert bool((function(a, b) <= ops.box_iou(a, b) + 1e-12).all())
        np.testing.assert_allclose(function(a, a).diagonal().numpy(), 1.0)
    for loss, matrix in (
        (ops.generalized_box_iou_loss, ops.generalized_box_iou),
        (ops.distance_box_iou_loss, ops.distance_box_iou),
        (ops.complete_box_iou_loss, ops.complete_box_iou),
    ):
        np.testing.assert_allclose(loss(a, b).numpy(), 1 - matrix(a, b).diagonal().numpy(), atol=1e-6)
    assert gradcheck(ops.generalized_box_iou_loss, (a.requires_grad_(), b))


def test_formats() -> None:
    a = autograd.tensor(A)
    for first in ("xyxy", "xywh", "cxcywh"):
        for second in ("xyxy", "xywh", "cxcywh"):
            there = ops.box_convert(a, first, second)
            np.testing.assert_allclose(ops.box_convert(there, second, first).numpy(), A)
    with pytest.raises(ValueError, match="formats"):
        ops.box_convert(a, "xyxy", "yxyx")
    assert ops.clip_boxes_to_image(a, (3, 4)).amax(0).tolist() == [4, 3, 4, 3]


def test_nms_keeps_the_best_of_those_that_overlap() -> None:
    boxes, scores = autograd.tensor(A), autograd.tensor(rng.uniform(size=5))
    kept: list[int] = []
    for i in np.argsort(-scores.numpy()):
        if all(iou(A[i], A[j]) <= 0.1 for j in kept):
            kept.append(int(i))
    assert ops.nms(boxes, scores, 0.1).tolist() == kept
    kinds = autograd.arange(5)
    assert ops.batched_nms(boxes, scores, kinds, 0.1).tolist() == np.argsort(-scores.numpy()).tolist()


def test_regions() -> None:
    ramp = autograd.arange(64.0, dtype=autograd.float64).reshape(1, 1, 8, 8)
    box = autograd.tensor([[0.0, 1.0, 2.0, 5.0, 6.0]], dtype=autograd.float64)
    got = ops.roi_align(ramp, box, 2, aligned=True, sampling_ratio=2)
    # Of a linear image the average in a cell is the value at its centre.
    assert got.reshape(-1).tolist() == pytest.approx([8 * y + x for y in (2.5, 4.5) for x in (1.5, 3.5)])
    assert ops.roi_pool(ramp, [box[:, 1:]], (1, 1)).tolist() == [[[[8 * 6 + 5]]]]
    image = autograd.tensor(rng.standard_normal((1, 1, 6, 6)), requires_grad=True)
    assert gradcheck(lambda x: ops.roi_align(x, box / 2, (2, 2)), (image,))


def test_focal_loss_without_focus_is_cross_entropy() -> None:
    x, y = autograd.tensor(A), autograd.tensor((B > 5).astype(float))
    plain = nn.functional.binary_cross_entropy_with_logits(x, y)
    assert ops.sigmoid_focal_loss(x, y, alpha=-1, gamma=0, reduction="mean").item() == pytest.approx(plain.item())
    with pytest.raises(ValueError, match="reduction"):
        ops.sigmoid_focal_loss(x, y, reduction="all")


def test_layers() -> None:
    x = autograd.randn(2, 4, 8, 8)
    assert ops.Conv2dNormActivation(4, 6, 5, stride=2)(x).shape == (2, 6, 4, 4)
    assert [type(layer).__name__ for layer in ops.Conv2dNormActivation(4, 6)] == ["Conv2d", "BatchNorm2d", "ReLU"]
    assert ops.SqueezeExcitation(4, 2)(x).shape == x.shape
    assert ops.MLP(8, [6, 5])(x).shape == (2, 4, 8, 5)
    assert ops.Permute([0, 2, 3, 1])(x).shape == (2, 8, 8, 4)
    frozen = ops.FrozenBatchNorm2d(4)
    assert list(frozen.parameters()) == []
    np.testing.assert_allclose(frozen(x).numpy(), nn.BatchNorm2d(4).eval()(x).detach().numpy(), atol=1e-5)
    maps = ops.FeaturePyramidNetwork([4, 6], 5)({"fine": x, "coarse": autograd.randn(2, 6, 4, 4)})
    assert {name: tuple(each.shape) for name, each in maps.items()} == {"fine": (2, 5, 8, 8), "coarse": (2, 5, 4, 4)}
    dropped = ops.StochasticDepth(0.5, "row")(autograd.ones(1000, 2))
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert ops.DropBlock2d(0.3, 3)(autograd.ones(8, 4, 16, 16)).mean().item() == pytest.approx(1.0, abs=1e-3)


def test_masks() -> None:
    masks = autograd.zeros(2, 5, 6)
    masks[0, 1:3, 2:5] = 1
    masks[1, 4, 0] = 1
    assert ops.masks_to_boxes(masks).tolist() == [[2, 1, 4, 2], [0, 4, 0, 4]]


@pytest.mark.cpu_only
def test_images_of_files(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    image = autograd.randint(0, 256, (3, 4, 5), dtype=autograd.uint8)
    path = str(tmp_path / "image.png")
    io.write_png(image, path)
    assert autograd.equal(io.read_image(path), image)
    assert io.read_image(path, io.ImageReadMode.GRAY).shape == (1, 4, 5)
    with pytest.raises(ValueError, match="uint8"):
        io.write_png(image.float(), path)
