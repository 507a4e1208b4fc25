"""What torch.distributed has beside collective operations: a sharded optimizer, sharded models, torchrun's errors."""

from . import elastic, fsdp, optim

__all__ = ["elastic", "fsdp", "optim"]
