"""Whether memory stays flat over a long training of the 2-D toy.

Run by ``python -m tests.bench memory [--iterations N]``: a million take hours; the slope shows after a few
thousand. A recorder takes the events, as in a real training.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from pathlib import Path

from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.parse import with_values
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from tests.bench.cases import CASES

SMALL = {
    "schedule.batch_size": 8,
    "schedule.n_critic": 1,
    "generator.width": 8,
    "critic.width": 8,
    "data.points": 500,
}
TURNS = 10


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--iterations", type=int, default=1_000_000)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Train, printing the resident memory ten times and the growth over the second half."""
    case = CASES["toy"]
    experiment = with_values(case.experiment(), SMALL)
    sizes: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(experiment, device="cpu", threads=1)
        with Recorder(Session.create(Path(folder, "run"), experiment)) as recorder:
            turn = max(1, arguments.iterations // TURNS)
            for event in trainer.run(arguments.iterations):
                recorder.handle(event)
                if trainer.iteration >= turn * (len(sizes) + 1):
                    gc.collect()
                    sizes.append(resident_mib())
                    print(f"iteration {trainer.iteration:>9,}: {sizes[-1]:.1f} MiB", flush=True)
    print(f"grown by {sizes[-1] - sizes[len(sizes) // 2]:+.1f} MiB over the second half")


def resident_mib() -> float:
    """Resident memory of this process (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
