"""Whether memory stays flat over a long training of the 2-D toy.

Run by ``python -m tests.bench memory [--iterations N] [--minutes M]``: a million take about an hour of a
core. A recorder takes the events, as in a real training. Besides the resident memory, which the allocator
rounds, the number of Python's objects tells what is kept. With ``--window`` nothing trains: the window is fed
with made-up figures of as many iterations, and what its curves hold is counted.
"""

from __future__ import annotations

import argparse
import gc
import os
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
BLOCK = 100  # iterations that one event tells of


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--iterations", type=int, default=1_000_000)
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="end after as many, at the latest"
    )
    parser.add_argument("--threads", type=int, default=1, help="2: the halves of a step have a core each")
    parser.add_argument("--window", action="store_true", help="measure what the window keeps instead")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print the memory twenty times, and the growth over the second half."""
    if arguments.window:
        show(arguments.iterations)
    else:
        train(arguments)


def train(arguments: argparse.Namespace) -> None:
    """Train the toy."""
    experiment = with_values(CASES["toy"].experiment(), SMALL)
    sizes: list[tuple[int, float]] = []
    ends = time.monotonic() + 60 * arguments.minutes
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(experiment, device="cpu", threads=arguments.threads)
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


def show(iterations: int) -> None:
    """Feed the window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QSettings

    from ganstudio.experiment.files import preset
    from ganstudio.ui import app as studio
    from ganstudio.ui.controller import Controller
    from ganstudio.ui.main_window import MainWindow
    from ganstudio.ui.memory import Memory
    from ganstudio.ui.plots.series import Growing
    from tests.bench.long_history import Script

    script = Script()
    app = studio.make_application()
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(lambda name: Path(folder, name), list, lambda _: None, list, list)
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        window = MainWindow(Controller(memory=memory), settings)
        window.show()
        window.controller.choose(preset("digits-wgan-gp").experiment)
        slowest = 0.0
        for number in range(1, iterations // BLOCK + 1):
            end = number * BLOCK
            events = [script.metrics(BLOCK), script.norms()]
            begun = time.perf_counter()
            window.workspace.handle(events)
            app.processEvents()
            slowest = max(slowest, time.perf_counter() - begun)
            if number % max(1, iterations // BLOCK // TURNS) == 0:
                kept = sum(o.room for o in gc.get_objects() if type(o) is Growing)
                print(
                    f"iteration {end:>9,}: {resident_mib():.1f} MiB, curves {kept / 2**20:.1f} MiB, "
                    f"slowest turn of the event loop {1e3 * slowest:.0f} ms",
                    flush=True,
                )
                slowest = 0.0
        window.close_now()


def resident_mib() -> float:
    """Resident memory of this process (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
