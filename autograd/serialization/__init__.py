"""Weights and checkpoints in files: safetensors written, torch's own files read without executing what they hold."""

from .checkpoint import load_checkpoint, save_checkpoint
from .files import load, save

__all__ = ["load", "load_checkpoint", "save", "save_checkpoint"]
