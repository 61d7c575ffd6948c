"""How late the event loop is while two trainings go on side by side, as in front of a class.

Run by ``python -m tests.bench sides``, on Qt's offscreen platform. The trainings have their own threads, as
many as in the program.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from ganstudio.allocator import keep_freed_memory
from ganstudio.experiment.pairs import pairs
from ganstudio.ui.app import make_application
from ganstudio.ui.controller import Controller
from ganstudio.ui.garbage import GarbageHere
from ganstudio.ui.memory import Memory
from ganstudio.ui.sides.window import SidesWindow
from ganstudio.ui.training import RunState
from tests.bench.window import NEVER, lateness, wait

PATIENCE = 60.0  # seconds


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--pair", default=next(iter(pairs())), choices=pairs())
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    keep_freed_memory()  # as the program does when it starts
    app = make_application()
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder, GarbageHere():
        numbers = iter(range(2))
        memory = Memory(
            lambda name: Path(folder, f"{name}-{next(numbers)}"), list, lambda _: None, list, list
        )
        made: list[Controller] = []

        def make() -> Controller:
            made.append(Controller(memory=memory))
            return made[-1]

        window = SidesWindow(make, dark=False)
        window.resize(1600, 1000)
        window.show()
        window.train(pairs()[arguments.pair], "cpu", NEVER)
        begun = time.perf_counter()
        while not all(c.state is RunState.RUNNING for c in made) and time.perf_counter() - begun < PATIENCE:
            wait(0.1)
        wait(3.0)  # panels make what they need the first time they draw
        before = [controller.meter.pace.iteration for controller in made]
        late = sorted(lateness(arguments.seconds))
        rates = [(c.meter.pace.iteration - b) / arguments.seconds for c, b in zip(made, before, strict=True)]
        window.close()
        while window.isVisible():
            wait(0.1)
    print(f"load {os.getloadavg()[0]:.1f}, iterations/s {', '.join(f'{rate:.0f}' for rate in rates)}")
    p99 = late[int(0.99 * len(late))]
    print(f"event loop late by p99 {1e3 * p99:.0f} ms (goal 50), at most {1e3 * late[-1]:.0f} ms (goal 250)")
