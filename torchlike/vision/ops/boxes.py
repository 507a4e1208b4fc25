"""Boxes (n, 4) as x1, y1, x2, y2: areas, overlaps, and which of them to keep."""

from __future__ import annotations

import math

import numpy as np

import autograd
from autograd import Tensor

FORMATS = ("xyxy", "xywh", "cxcywh")


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """(n,): width times height."""
    corners = box_convert(boxes, fmt, "xyxy")
    x1, y1, x2, y2 = corners.unbind(-1)
    return (x2 - x1) * (y2 - y1)


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """Boxes given as corners (xyxy), corner and size (xywh), or centre and size (cxcywh), another way.

    >>> box_convert(autograd.tensor([[1.0, 2.0, 5.0, 8.0]]), "xyxy", "cxcywh")
    tensor([[3., 5., 4., 6.]])
    """
    if in_fmt not in FORMATS or out_fmt not in FORMATS:
        raise ValueError(f"box_convert: expected formats among {FORMATS}, got {in_fmt!r} and {out_fmt!r}")
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        a, b, c, d = a, b, a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d
    if out_fmt == "xywh":
        a, b, c, d = a, b, c - a, d - b
    elif out_fmt == "cxcywh":
        a, b, c, d = (a + c) / 2, (b + d) / 2, c - a, d - b
    return autograd.stack([a, b, c, d], -1)


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes cut off at the edges of an image (height, width)."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return autograd.stack([x, y], -1).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The places of the boxes both of whose sides are at least so long."""
    widths, heights = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    return autograd.where((widths >= min_size) & (heights >= min_size))[0]


def _overlap(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Intersections and unions of boxes that broadcast."""
    low, high = autograd.maximum(a[..., :2], b[..., :2]), autograd.minimum(a[..., 2:], b[..., 2:])
    sides = (high - low).clamp(min=0)
    inter = sides[..., 0] * sides[..., 1]
    return inter, box_area(a) + box_area(b) - inter


def _hull(a: Tensor, b: Tensor) -> Tensor:
    """The sides (..., 2) of the least box around both."""
    low, high = autograd.minimum(a[..., :2], b[..., :2]), autograd.maximum(a[..., 2:], b[..., 2:])
    return (high - low).clamp(min=0)


def _pairs(a: Tensor, b: Tensor, fmt: str = "xyxy") -> tuple[Tensor, Tensor]:
    a, b = (box_convert(x, fmt, "xyxy") for x in (a, b))
    a, b = (x if x.is_floating_point() else x.float() for x in (a, b))
    return a[:, None], b[None]


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """(n, m): intersection over union of each box with each."""
    inter, union = _overlap(*_pairs(boxes1, boxes2, fmt))
    return inter / union


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """(n, m): IoU minus the share of the box around both that neither covers (H. Rezatofighi et al., 2019)."""
    a, b = _pairs(boxes1, boxes2)
    inter, union = _overlap(a, b)
    around = _hull(a, b).prod(-1)
    return inter / union - (around - union) / around


def _distance(a: Tensor, b: Tensor, eps: float) -> Tensor:
    """The squared distance of the centres over the squared diagonal of the box around both."""
    diagonal = (_hull(a, b) ** 2).sum(-1) + eps
    centres = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    return (centres**2).sum(-1) / diagonal


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """(n, m): IoU minus the distance of the centres (Z. Zheng et al., 2020)."""
    a, b = _pairs(boxes1, boxes2)
    inter, union = _overlap(a, b)
    return inter / union - _distance(a, b, eps)


def _shape_difference(a: Tensor, b: Tensor) -> Tensor:
    """How much the ratios of width to height differ, in [0, 1]."""
    angles = [autograd.atan((x[..., 2] - x[..., 0]) / (x[..., 3] - x[..., 1])) for x in (a, b)]
    return 4 / math.pi**2 * (angles[0] - angles[1]) ** 2


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """(n, m): distance IoU minus how much the shapes differ (Z. Zheng et al., 2020)."""
    a, b = _pairs(boxes1, boxes2)
    inter, union = _overlap(a, b)
    iou, v = inter / union, _shape_difference(a, b)
    alpha = (v / (1 - iou + v + eps)).detach()
    return iou - _distance(a, b, eps) - alpha * v


def masks_to_boxes(masks: Tensor) -> Tensor:
    """(n, 4): the least box around what is not 0 in each mask (n, height, width)."""
    boxes = autograd.zeros(len(masks), 4, device=masks.device)
    for i, mask in enumerate(masks):
        y, x = autograd.where(mask != 0)
        if len(x):
            boxes[i] = autograd.stack([x.min(), y.min(), x.max(), y.max()]).to(boxes.dtype)
    return boxes


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """The places of the boxes to keep, by falling score: each that overlaps none kept before by more than the
    threshold. Nothing is differentiated.

    >>> boxes = autograd.tensor([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.9], [5.0, 5.0, 6.0, 6.0]])
    >>> nms(boxes, autograd.tensor([0.5, 0.9, 0.1]), 0.5)
    tensor([1, 2])
    """
    if boxes.dim() != 2 or boxes.shape[1] != 4 or scores.shape != boxes.shape[:1]:
        raise RuntimeError(f"nms: expected boxes (n, 4) and scores (n,), got {boxes.shape} and {scores.shape}")
    corners = boxes.detach().cpu().double().numpy()
    order = np.argsort(-scores.detach().cpu().double().numpy(), kind="stable")
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    kept = []
    while len(order):
        first, order = order[0], order[1:]
        kept.append(int(first))
        low = np.maximum(corners[first, :2], corners[order, :2])
        sides = np.clip(np.minimum(corners[first, 2:], corners[order, 2:]) - low, 0, None)
        inter = sides[:, 0] * sides[:, 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            order = order[~(inter / (areas[first] + areas[order] - inter) > iou_threshold)]
    return autograd.tensor(kept, dtype=autograd.int64, device=boxes.device)


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """nms among the boxes of each class, `idxs`, by itself."""
    if not boxes.numel():
        return autograd.zeros(0, dtype=autograd.int64, device=boxes.device)
    kept = [autograd.zeros(0, dtype=autograd.int64, device=boxes.device)]
    for kind in autograd.unique(idxs):
        members = autograd.where(idxs == kind)[0]
        kept.append(members[nms(boxes[members], scores[members], iou_threshold)])
    every = autograd.cat(kept)
    return every[scores[every].argsort(descending=True)]


__all__ = [
    "batched_nms",
    "box_area",
    "box_convert",
    "box_iou",
    "clip_boxes_to_image",
    "complete_box_iou",
    "distance_box_iou",
    "generalized_box_iou",
    "masks_to_boxes",
    "nms",
    "remove_small_boxes",
]
