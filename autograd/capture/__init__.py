"""Recording a step as a program of primitives, and replaying it: a listener that the engine does not know."""

from .errors import CaptureError, CaptureWarning
from .program import Check, Instruction, Program
from .recorded import Recorded, record

__all__ = ["CaptureError", "CaptureWarning", "Check", "Instruction", "Program", "Recorded", "record"]
