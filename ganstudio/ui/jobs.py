"""Long work beside the window: a thread for each job, with progress, cancel, and an ending that always comes.

``job = window.jobs.start("Export", work)`` calls ``work(progress)`` in a thread. ``job.progressed`` tells how
far it is, ``job.ended`` carries an Ending whatever happened, and after ``job.cancel()`` the next report of
progress raises Cancelled in the thread.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event as Flag
from typing import Literal

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from ganstudio.data.dataset import Progress
from ganstudio.errors import Cancelled, UserError

POLL_MS = 50

# Called in the job's thread. It raises UserError for what the person can mend; it may not touch widgets.
Work = Callable[[Progress], object]


@dataclass(frozen=True)
class Ending:
    """How a job ended.

    "done" comes with ``result``, what the work returned; "refused" with a sentence for the person; "failed"
    with a sentence and the traceback of a fault of the program, which the Problems panel shows too.
    """

    kind: Literal["done", "refused", "failed", "cancelled"]
    result: object = None
    sentence: str = ""
    detail: str = ""


class Job(QObject):
    """One piece of work; made by ``Jobs.start``. Connect its signals to slots of QObjects, not to lambdas."""

    progressed = Signal(str, object, object)  # what is being done, done so far, total or 0 where unknown
    ended = Signal(object)  # Ending; comes once, in the window's thread

    def __init__(self, title: str, work: Work) -> None:
        super().__init__()
        self.title = title
        self._work = work
        self._cancelled = Flag()
        self._latest: tuple[str, int, int] | None = None  # written by the thread, read by the timer
        self._ending = Ending("cancelled")
        self._thread = _Thread(self._run)
        self._thread.finished.connect(self._finish)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._report)

    def begin(self) -> None:
        """Start the thread."""
        self._timer.start()
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to end; it does so at its next report of progress."""
        self._cancelled.set()

    def wait(self) -> None:
        """Wait for the thread."""
        self._thread.wait()

    @property
    def is_cancelled(self) -> bool:
        """Whether the work was asked to end."""
        return self._cancelled.is_set()

    def _run(self) -> None:
        """Work, in the job's thread."""
        try:
            self._ending = Ending("done", self._work(self._progress))
        except Cancelled:
            self._ending = Ending("cancelled")
        except UserError as error:
            self._ending = Ending("refused", sentence=str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear of it
            sentence = (
                f"{self.title} ended because of a fault in the program ({type(error).__name__}: {error})."
            )
            self._ending = Ending("failed", sentence=sentence, detail=traceback.format_exc())

    def _progress(self, what: str, done: int, total: int) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        self._latest = what, done, total

    @Slot()
    def _report(self) -> None:
        """Tell the latest progress: a signal for each report could stall the window."""
        latest, self._latest = self._latest, None
        if latest is not None:
            self.progressed.emit(*latest)

    @Slot()
    def _finish(self) -> None:
        self._thread.wait()
        self._timer.stop()
        self._report()
        self.ended.emit(self._ending)


class Jobs(QObject):
    """All jobs of the window."""

    faulted = Signal(str, str)  # a fault of the program: a sentence and its traceback
    changed = Signal()  # a job began or ended

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Job] = []
        self._when_idle: list[Callable[[], object]] = []

    def start(self, title: str, work: Work) -> Job:
        """Begin to work in a thread; ``title`` names the job in sentences. Signals come later, never now."""
        job = Job(title, work)
        self._running.append(job)
        job.ended.connect(self._on_ended)
        job.begin()
        self.changed.emit()
        return job

    @property
    def is_active(self) -> bool:
        """Whether a job is under way."""
        return bool(self._running)

    def cancel_all(self) -> None:
        """Ask every job to end."""
        for job in self._running:
            job.cancel()

    def wait(self) -> None:
        """Wait for the threads of all jobs; what they did is told later."""
        for job in self._running:
            job.wait()

    def when_idle(self, action: Callable[[], object]) -> None:
        """Do something once no job is under way."""
        if self.is_active:
            self._when_idle.append(action)
        else:
            action()

    @Slot(object)
    def _on_ended(self, ending: Ending) -> None:
        job = self.sender()
        self._running = [other for other in self._running if other is not job]
        if ending.kind == "failed":
            self.faulted.emit(ending.sentence, ending.detail)
        self.changed.emit()
        if not self._running:
            actions, self._when_idle = self._when_idle, []
            for action in actions:
                action()


class _Thread(QThread):
    """Runs a function."""

    def __init__(self, function: Callable[[], None]) -> None:
        super().__init__()
        self._function = function

    def run(self) -> None:
        """Run it."""
        self._function()
