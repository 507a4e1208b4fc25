"""Losses of detectors."""

from __future__ import annotations

import autograd
import nn.functional as F
from autograd import Tensor

from .boxes import _distance, _hull, _overlap, _shape_difference


def _reduced(loss: Tensor, reduction: str) -> Tensor:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(
            f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'"
        )
    if reduction == "mean":
        return loss.mean() if loss.numel() else 0.0 * loss.sum()
    return loss.sum() if reduction == "sum" else loss


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Cross entropy of logits times (1 - p_t)^gamma, weighed by alpha if that is not below 0 (T. Lin et al., 2017)."""
    p = autograd.sigmoid(inputs)
    loss = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    sure = p * targets + (1 - p) * (1 - targets)
    loss = loss * (1 - sure) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return _reduced(loss, reduction)


def _single(x: Tensor) -> Tensor:
    return x if x.is_floating_point() and x.dtype is not autograd.float16 else x.float()


def generalized_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - generalized IoU of each pair of boxes (n, 4)."""
    a, b = _single(boxes1), _single(boxes2)
    inter, union = _overlap(a, b)
    around = _hull(a, b).prod(-1)
    return _reduced(1 - (inter / (union + eps) - (around - union) / (around + eps)), reduction)


def distance_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - distance IoU of each pair of boxes."""
    a, b = _single(boxes1), _single(boxes2)
    inter, union = _overlap(a, b)
    return _reduced(1 - inter / (union + eps) + _distance(a, b, eps), reduction)


def complete_box_iou_loss(boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7) -> Tensor:
    """1 - complete IoU of each pair of boxes."""
    a, b = _single(boxes1), _single(boxes2)
    inter, union = _overlap(a, b)
    iou, v = inter / (union + eps), _shape_difference(a, b)
    alpha = (v / (1 - iou + v + eps)).detach()
    return _reduced(1 - iou + _distance(a, b, eps) + alpha * v, reduction)


__all__ = ["complete_box_iou_loss", "distance_box_iou_loss", "generalized_box_iou_loss", "sigmoid_focal_loss"]
