"""Whether memory stays flat over a long training of the 2-D toy.

Run by ``python -m tests.bench memory [--iterations N] [--minutes M]``: a million take about an hour of a
core. A recorder takes the events, as in a real training. Besides the resident memory, which the allocator
rounds, the number of Python's objects tells what is kept.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
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
TURNS = 20


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--iterations", type=int, default=1_000_000)
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="end after as many, at the latest"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Train, printing the memory twenty times and the growth over the second half."""
    experiment = with_values(CASES["toy"].experiment(), SMALL)
    sizes: list[tuple[int, float]] = []
    ends = time.monotonic() + 60 * arguments.minutes
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(experiment, device="cpu", threads=1)
        with Recorder(Session.create(Path(folder, "run"), experiment)) as recorder:
            turn = max(1, arguments.iterations // TURNS)
            for event in trainer.run(arguments.iterations):
                recorder.handle(event)
                if trainer.iteration >= turn * (len(sizes) + 1):
                    gc.collect()
                    sizes.append((trainer.iteration, resident_mib()))
                    print(
                        f"iteration {trainer.iteration:>9,}: {sizes[-1][1]:.1f} MiB, "
                        f"{len(gc.get_objects()):,} objects",
                        flush=True,
                    )
                if time.monotonic() > ends:
                    trainer.control.stop()
                    ends = float("inf")
    (begun, before), (ended, after) = sizes[len(sizes) // 2 - 1], sizes[-1]
    print(f"grown by {after - before:+.1f} MiB from iteration {begun:,} to {ended:,}")


def resident_mib() -> float:
    """Resident memory of this process (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
