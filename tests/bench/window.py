"""What the real window costs training: headless, with every default panel open, and hidden, in turns.

Run by ``python -m tests.bench window``. It trains the 2-D preset on Qt's offscreen platform, always with as
many threads. The first rate is that of a trainer whose events are diagnosed, judged and kept in a session, as
on the command line. A timer of 10 ms tells how late the window's event loop is, between the measurements of
the rate, since it interrupts training, too. At last it measures what a redraw costs after a long training.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer

from ganstudio.allocator import keep_freed_memory
from ganstudio.diagnosis.diagnosis import diagnosed
from ganstudio.engine.trainer import Trainer
from ganstudio.evaluation.beside import JudgedTrainer
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.threads import default_threads
from ganstudio.ui.app import make_application
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory
from ganstudio.ui.pace import HASTE
from tests.bench import long_history

NEVER = 10**8
TICK_MS = 10


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--preset", default="ring-wgan-gp")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each of the three in each round")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    keep_freed_memory()  # as the program does when it starts
    experiment = preset(arguments.preset).experiment
    with tempfile.TemporaryDirectory() as folder:
        window = Window(experiment, Path(folder))
        headless = Headless(experiment, Path(folder, "headless"))
        rates = []
        for _ in range(arguments.rounds):
            alone = headless.rate(arguments.seconds)
            rates.append((alone, *window.rates(arguments.seconds)))
        window.close()
        headless.close()
    alone, shown, hidden = (statistics.median(column) for column in zip(*rates, strict=True))
    cost = statistics.median(row[1] / row[0] for row in rates)
    unseen = statistics.median(row[2] / row[0] for row in rates)
    print(f"headless {alone:.1f} iterations/s, load {os.getloadavg()[0]:.1f}")
    print(f"window shown {shown:.1f}: {cost:.0%} of the headless rate (goal 95 %)")
    print(f"window hidden {hidden:.1f}: {unseen:.0%} (goal 97 %)")
    late = sorted(window.late)
    p99 = late[int(0.99 * len(late))]
    print(f"event loop late by p99 {1e3 * p99:.0f} ms (goal 50), at most {1e3 * late[-1]:.0f} ms (goal 250)")
    for rows in (10_000, 1_000_000):
        taking_in, drawing = long_history.costs(experiment, rows)
        print(
            f"after {rows:,} iterations: {1e3 * taking_in:.2f} ms of the window's thread for some events, "
            f"{1e3 * drawing:.1f} ms for a redraw of everything"
        )


def trainer_of(experiment: Experiment, **arguments: Any) -> JudgedTrainer:
    """A trainer as the command line has it, with the window's number of threads."""
    return JudgedTrainer(Trainer(experiment, threads=default_threads(), **arguments))


class Headless:
    """A trainer with a recorder, advanced in this thread while the window waits."""

    def __init__(self, experiment: Experiment, path: Path) -> None:
        self._trainer = trainer_of(experiment, device="cpu")
        self._recorder = Recorder(Session.create(path, experiment)).__enter__()
        self._events = diagnosed(self._trainer.run(NEVER), experiment)
        self.rate(1.0)

    def rate(self, seconds: float) -> float:
        """Iterations a second over that many."""
        before, begun = self._trainer.iteration, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            self._recorder.handle(next(self._events))
        return (self._trainer.iteration - before) / (time.perf_counter() - begun)

    def close(self) -> None:
        """Let the files go."""
        self._recorder.__exit__(None, None, None)


class Window:
    """The studio's window with all that it opens by default, training."""

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        self._app = make_application()
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        memory = Memory(lambda name: folder / name, list, lambda _: None, list, list)
        self._controller = Controller(memory=memory, factory=trainer_of)
        self._window = MainWindow(self._controller, settings, dark=False)
        self._window.resize(1600, 1000)
        self._window.show()
        self._controller.choose(experiment)
        wait(1.0)
        self.late: list[float] = []
        self._iteration = 0
        self._controller.received.connect(self._note)
        self._controller.start(NEVER, "cpu")
        begun = time.perf_counter()
        while not self._iteration and time.perf_counter() - begun < 60:
            wait(0.1)
        wait(2.0)  # panels make what they need the first time they draw
        self._controller.pause()
        wait(0.5)

    def rates(self, seconds: float) -> tuple[float, float]:
        """Iterations a second with the window shown, and hidden; it is paused before and after."""
        self._controller.resume()
        wait(HASTE + 0.5)  # for a while after somebody did something it draws more often
        shown = self._rate(seconds)
        self.late += lateness(seconds)
        self._window.hide()
        wait(0.3)
        hidden = self._rate(seconds)
        self._window.show()
        self._controller.pause()
        wait(0.5)
        return shown, hidden

    def close(self) -> None:
        """Stop training and close."""
        self._controller.stop()
        begun = time.perf_counter()
        while self._controller.is_active and time.perf_counter() - begun < 30:
            wait(0.1)
        self._window.close_now()
        wait(0.5)

    def _note(self, events: list[object]) -> None:
        self._iteration = max([self._iteration, *(getattr(event, "iteration", 0) for event in events)])

    def _rate(self, seconds: float) -> float:
        before, begun = self._iteration, time.perf_counter()
        wait(seconds)
        return (self._iteration - before) / (time.perf_counter() - begun)


def wait(seconds: float) -> None:
    """Run the event loop that long."""
    loop = QEventLoop()  # the application's own would ask the window to close at its end
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()


def lateness(seconds: float) -> list[float]:
    """How late each tick of a clock came, in seconds."""
    clock = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    found: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        found.append(max(0.0, now - last - TICK_MS / 1e3))
        last = now

    clock.timeout.connect(tick)
    clock.start()
    wait(seconds)
    clock.stop()
    return found
