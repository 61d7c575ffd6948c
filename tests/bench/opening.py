"""How long the window's event loop stands still while a session with a long history is opened, or laid over.

Run by ``python -m tests.bench opening``, on Qt's offscreen platform. The history is made up.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from ganstudio.allocator import keep_freed_memory
from ganstudio.engine.events import Evaluated, Started
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.session.metrics import MetricsWriter, Rows
from ganstudio.session.places import METRICS
from ganstudio.session.replaying import write_started
from ganstudio.session.session import Session
from ganstudio.ui.app import make_application
from ganstudio.ui.controller import Controller
from ganstudio.ui.garbage import GarbageHere
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory
from ganstudio.ui.overlays import Overlay
from tests.bench.long_history import BLOCK, Script

TICK_MS = 5
EVALUATED_EVERY = 100  # as the preset of the ring says
PATIENCE = 120.0  # seconds


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--preset", default="ring-wgan-gp")
    parser.add_argument("--iterations", type=int, default=1_000_000)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Measure and print."""
    keep_freed_memory()  # as the program does when it starts
    make_application()  # before a timer is started, which needs its event loop
    experiment = preset(arguments.preset).experiment
    with tempfile.TemporaryDirectory() as folder, GarbageHere():
        session = made(Path(folder, "long"), experiment, arguments.iterations)
        window = Window(Path(folder))
        for how, begin in (("opened", window.open), ("opened again", window.open), ("laid over", window.lay)):
            seconds, longest = window.time(begin, session)
            print(
                f"{arguments.iterations:,} iterations, {how}: whole after {seconds:.1f} s, "
                f"longest turn of the event loop {1e3 * longest:.0f} ms (goal 200)"
            )
        window.close()


def made(path: Path, experiment: Experiment, iterations: int) -> Session:
    """A session with a history of so many iterations."""
    import numpy as np

    session, script = Session.create(path, experiment), Script()
    real = np.zeros((64, 2), np.float32)
    shape = {"sample_shape": (2,), "dataset_size": 500, "generator_parameters": 10, "critic_parameters": 10}
    write_started(path, Started(0, iterations, "cpu", "CPU", real=real, modes=None, skipped=(), **shape))
    writer = MetricsWriter(path / METRICS)
    every = experiment.probes.gradient_norms_every
    for done in range(0, iterations, BLOCK):
        rows = Rows(wall_time=time.time())
        for _ in range(min(BLOCK, iterations - done) // every):
            rows.scalars.append(script.metrics(every))
            rows.add(script.norms())
        for at in range(done, min(done + BLOCK, iterations), EVALUATED_EVERY):
            rows.add(Evaluated(at, {"modes": 8.0, "high_quality": 0.9, "sliced_wasserstein": 0.1}, {}))
        writer.write(rows)
    writer.close()
    return session


class Window(QObject):
    """The studio's window, and a clock that tells how late its event loop is."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        controller = Controller(memory=Memory(lambda name: folder / name, list, lambda _: None, list, list))
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        self._window = MainWindow(controller, settings, dark=False)
        self._window.resize(1600, 1000)
        self._window.show()
        self._loop = QEventLoop(self)
        self._clock = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self._longest = self._last = self._whole = 0.0
        controller.opening_changed.connect(self._listen)
        self._window.workspace.overlays.changed.connect(self._listen_over)
        self._window.loader.found.connect(self._loop.quit)
        self._window.loader.start()
        self._loop.exec()
        self._settle(1.0)

    def time(self, begin: Callable[[Session], object], session: Session) -> tuple[float, float]:
        """Seconds until all of a session is shown, and of the longest turn until a second after that."""
        self._whole = self._longest = 0.0
        begun = self._last = time.perf_counter()
        self._clock.start()
        QTimer.singleShot(0, self, lambda: begin(session))
        while not self._whole and time.perf_counter() - begun < PATIENCE:
            self._settle(0.5)
        self._settle(1.0)
        self._clock.stop()
        return self._whole - begun, self._longest

    def open(self, session: Session) -> None:
        """Open it."""
        self._window.controller.open(session.path)

    def lay(self, session: Session) -> None:
        """Lay its curves over those that are shown."""
        self._window.workspace.overlays.choose(session.path, wanted=True)

    def close(self) -> None:
        """Close it."""
        self._window.close_now()
        self._settle(0.5)
        self._window.deleteLater()  # now, while nothing looks for garbage, as the program does
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now

    @Slot(bool)
    def _listen(self, opening: bool) -> None:
        if not opening:
            self._whole = time.perf_counter()

    @Slot(object)
    def _listen_over(self, overlays: list[Overlay]) -> None:
        if not any(overlay.is_coming for overlay in overlays):
            self._whole = self._whole or time.perf_counter()

    def _settle(self, seconds: float) -> None:
        QTimer.singleShot(round(1e3 * seconds), self._loop.quit)
        self._loop.exec()
