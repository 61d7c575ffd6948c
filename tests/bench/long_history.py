"""What taking in events and redrawing cost the window after a long training."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from ganstudio.engine.events import SCALARS, GradientNorms, Metrics
from ganstudio.experiment.model import Experiment
from ganstudio.ui.app import make_application
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory

BATCH = 30  # iterations
TIMES = 30
BLOCK = 10_000


class Script:
    """Made-up events in the order of a training."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(0)
        self._done = 0

    def metrics(self, count: int) -> Metrics:
        """Scalars of the next iterations."""
        iterations = np.arange(self._done + 1, self._done + count + 1)
        self._done += count
        trend = np.exp(-iterations / 20_000)
        values = {name: trend + 0.1 * self._random.normal(size=count) for name in SCALARS}
        return Metrics(self._done, iterations, 0.01 * iterations, values)

    def norms(self) -> GradientNorms:
        """Gradient norms of one batch."""
        return GradientNorms(self._done, self._random.normal(1.0, 0.1, 64).astype(np.float32), 1.0)


def costs(experiment: Experiment, iterations: int) -> tuple[float, float]:
    """Seconds of the window's thread for a batch of events, and for a redraw of all that is seen."""
    make_application()
    with tempfile.TemporaryDirectory() as folder:
        controller = Controller(
            memory=Memory(lambda name: Path(folder, name), list, lambda _: None, list, list)
        )
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        window = MainWindow(controller, settings, dark=False)
        window.resize(1600, 1000)
        window.show()
        controller.choose(experiment)
        script = Script()
        for done in range(0, iterations, BLOCK):
            controller.received.emit([script.metrics(min(BLOCK, iterations - done)), script.norms()])
        settle()
        found = []
        for _ in range(TIMES):
            events = [script.metrics(BATCH), script.norms()]
            taking_in = seconds(lambda events=events: controller.received.emit(events))
            found.append((taking_in, seconds(lambda: (window.workspace.refresh(), settle()))))
        window.close_now()
        settle()
    first, second = zip(*found, strict=True)
    return statistics.median(first), statistics.median(second)


def seconds(action: Callable[[], object]) -> float:
    """Processor time of this thread."""
    begun = time.thread_time()
    action()
    return time.thread_time() - begun


def settle() -> None:
    """Let Qt paint."""
    for _ in range(5):
        QApplication.processEvents()
