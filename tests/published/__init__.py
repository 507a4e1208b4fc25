"""Published programs, as they stand, on PyTorch and on this engine: `python -m tests.published DIR [--only NAME]`.

DIR holds clones of the repositories of `rows/`; no line of theirs is here. Every program runs in a process of its own,
once on each engine, from the same seed and with the same random numbers. What it computes (outputs, losses, gradients,
parameters) is recorded and compared; `results.json` holds the verdict for each.
"""
