"""Recording a step as a program of primitives, and replaying it. It listens to the engine; the engine does not know it."""

from .program import Instruction, Program
from .recorder import CaptureError, CaptureWarning, Recorded, record

__all__ = ["CaptureError", "CaptureWarning", "Instruction", "Program", "Recorded", "record"]
