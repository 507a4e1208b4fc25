"""The heart, from the ground up; no file imports one that is named after it.

errors      what can go wrong, by name
callers     where in the user's code it happened
modes       what is switched on in this thread, and who listens
memory      what tensors share that look at the same elements
primitive   an array function and its derivative rules
size, hooks what shapes and hooks are to the user
array       an array on a device: its shape, its dtype
tensor      such an array with its place in the graph
node        one recorded application of a primitive: a vertex of the graph
views       writes in place, and whose history they rewrite
apply       runs a primitive and records it
sweep       walks the record in reverse: backward and grad
function    operations whose derivative the user writes
"""

from .apply import apply
from .sweep import backward, grad

__all__ = ["apply", "backward", "grad"]
