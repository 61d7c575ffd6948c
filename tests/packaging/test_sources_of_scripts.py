"""The frozen program brings the source of what TorchScript compiles: it reads it when it is first called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Trains with everything that has a closed form, and prints the modules whose source was read.
TRAINING = """
import torch
from torch._sources import get_source_lines_and_file
import torch.jit.frontend as frontend
read, original = set(), frontend.parse_def

def noted(function):
    read.add(function.__module__)
    return original(function)

frontend.parse_def = noted
from ganstudio.engine.trainer import Trainer
from tests.engine.helpers import run, tiny
for place in ("interpolates", "real", "fake", "dragan"):
    run(Trainer(tiny(**{"lipschitz.place": place}), device="cpu", threads=1), 1)
    run(Trainer(tiny(**{"lipschitz.place": place, "objective.kind": "hinge"}), device="cpu", threads=1), 1)
print(*sorted(name for name in read if name.startswith("ganstudio")))
"""


def test_the_spec_collects_the_source_of_every_module_with_functions_in_one_call() -> None:
    spec = (ROOT / "packaging" / "ganstudio.spec").read_text()
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TRAINING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = told.stdout.split()
    assert "ganstudio.networks.chains" in found
    missing = [name for name in found if f'"{name}": "pyz+py"' not in spec]
    assert not missing
    marked = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "ganstudio").rglob("*.py"))
        if "@in_one_call\n" in path.read_text()
    ]
    assert set(marked) <= set(found)  # the training above reaches all of them
