"""Recording a step as a program of primitives, and replaying it: a listener that the engine does not know."""

from .program import Instruction, Program
from .recorder import CaptureError, CaptureWarning, Recorded, record

__all__ = ["CaptureError", "CaptureWarning", "Instruction", "Program", "Recorded", "record"]
