"""The scan for names that are missing finds those, and no others."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.oracle import torch_or_skip
from tests.helpers.scan_names import missing

FILES = {
    "a.py": """
import torch
import torch.nn as layers
from torch.nn import functional as F, Linear
from torch.nowhere import nothing
import numpy as np

def later():
    return functional_name.no_such_function(x)

x = torch.zeros(2).no_such_method()
np.no_such_array(x).names_that_nobody_has
layers.Linear(1, 1); F.relu(x); F.no_such_activation(x)
torch.no_such_function(x)
x.__no_such_thing__
from torch import nn as functional_name
torch.nn.Linear.weight.data
""",
    "b/c.py": "import torch as t\nt.no_such_function(t.cuda.is_available())\n",
    "old.py": "import torch\nprint 'text'\n",
    "other.py": "import numpy\nnumpy.no_such_function\n",
}


def test_a_folder(tmp_path: Path) -> None:
    torch_or_skip()
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert missing(tmp_path) == {
        "torch.no_such_function": ["a.py", "b/c.py"],
        "torch.nn.functional.no_such_activation": ["a.py"],
        "torch.nn.no_such_function": ["a.py"],
        "torch.nowhere": ["a.py"],
    }
