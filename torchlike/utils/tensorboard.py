"""torch.utils.tensorboard's place: the SummaryWriter of the package tensorboardX, which writes the same files."""

from __future__ import annotations

try:
    from tensorboardX import SummaryWriter
except ImportError as error:
    raise ImportError("torch.utils.tensorboard needs the package tensorboardX: pip install tensorboardX") from error

__all__ = ["SummaryWriter"]
