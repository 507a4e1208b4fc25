"""Weights and checkpoints in files: safetensors written, torch's own files read without executing what they hold."""

from .checkpoint import load_checkpoint, save_checkpoint
from .files import add_safe_globals, load, safe_globals, save

__all__ = ["add_safe_globals", "load", "load_checkpoint", "safe_globals", "save", "save_checkpoint"]
