"""The thread in which a job is done, and the mailbox between it and the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from ganstudio.ui.mailbox import Mailbox
from ganstudio.ui.worker import Job, Outcome, Worker

DRAIN_MS = 100  # every look interrupts training; what somebody waits for rings


class Runner(QObject):
    """Has one job at a time done beside the window, and looks into the mailbox meanwhile."""

    drained = Signal(object)  # list[Event], in order, at each look; it may be empty
    rung = Signal()  # from the job's thread
    finished = Signal(object)  # Outcome; the thread has ended, and nothing is left in the mailbox

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.job: Job | None = None  # None while nothing is done
        self._mailbox = Mailbox(self.rung.emit)
        self.rung.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._worker: Worker | None = None
        self._thread: QThread | None = None
        self._timer = QTimer(self, interval=DRAIN_MS)
        self._timer.timeout.connect(self._drain)

    def launch(self, job: Job) -> None:
        """Begin a job."""
        self.job = job
        self._worker = Worker(job, self._mailbox)
        self._thread = QThread(self)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.work)
        self._worker.finished.connect(self._on_finished)
        self._thread.start()
        self._timer.start()

    @Slot(object)
    def _on_finished(self, outcome: Outcome) -> None:
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait()
            self._thread.deleteLater()
        self._thread = self._worker = self.job = None
        self._timer.stop()
        self._drain()
        self.finished.emit(outcome)

    @Slot()
    def _drain(self) -> None:
        self.drained.emit(self._mailbox.drain())
