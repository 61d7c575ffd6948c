"""Reading a stored session beside the window: a long history takes seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import Event, Metrics
from ganstudio.experiment.model import Experiment
from ganstudio.session.lock import in_use
from ganstudio.session.session import Session
from ganstudio.ui.jobs import Ending, Job, Jobs

BRIEF_MS = 150  # what takes no longer is not announced


@dataclass(frozen=True)
class Stored:
    """What lies in a session. ``held`` says who trains it elsewhere; its history is then not read here."""

    session: Session
    experiment: Experiment
    held: str = ""
    history: tuple[Event, ...] = ()
    problems: tuple[str, ...] = ()


def read(path: Path, progress: Progress) -> Stored:
    """Read a session. Raises UserError with one sentence, and what ``progress`` raises."""
    session = Session.open(path)
    if sentence := in_use(session.path):
        return Stored(session, session.record.edited(), held=sentence)
    title, whole = _title(path), session.metrics.newest_iteration()
    history: list[Event] = []
    for event in session.replay():
        done = event.iteration if isinstance(event, Metrics) else whole
        progress(title, min(done, whole), whole)
        history.append(event)
    return Stored(session, session.current_experiment, "", tuple(history), session.problems)


class Opening(QObject):
    """Reads one session at a time: a newer wish takes the place of the one before."""

    announced = Signal(object)  # the Job that reads; not if that takes but a moment
    found = Signal(object)  # Stored
    failed = Signal(str, str)  # a sentence, and the traceback of a fault of the program
    given_up = Signal(str)  # a sentence
    ended = Signal()  # nothing is being read any more, whatever came of it

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self)
        self._job: Job | None = None
        self._brief = QTimer(self, interval=BRIEF_MS, singleShot=True)
        self._brief.timeout.connect(self._announce)

    @property
    def is_active(self) -> bool:
        """Whether a session is being read."""
        return self._job is not None

    def begin(self, path: Path) -> None:
        """Read a session; one of the signals tells what came of it."""
        self._jobs.cancel_all()
        self._job = self._jobs.start(_title(path), lambda progress: read(path, progress))
        self._job.ended.connect(self._on_ended)
        self._brief.start()

    def cancel(self, why: str = "") -> None:
        """Read it no further; where the person may wonder, say ``why``."""
        job, self._job = self._job, None
        if job is None:
            return
        job.cancel()
        self._brief.stop()
        if why:
            self.given_up.emit(f"{job.title} was given up, {why}.")
        self.ended.emit()

    def close(self) -> None:
        """Cancel, and wait for the thread: the window goes."""
        self.cancel()
        self._jobs.wait()

    @Slot()
    def _announce(self) -> None:
        if self._job is not None:
            self.announced.emit(self._job)

    @Slot(object)
    def _on_ended(self, ending: Ending) -> None:
        job = self._job
        if job is None or job is not self.sender():
            return
        self._job = None
        self._brief.stop()
        if isinstance(ending.result, Stored):
            self.found.emit(ending.result)
        elif ending.sentence:
            self.failed.emit(ending.sentence, ending.detail)
        else:
            self.given_up.emit(f"{job.title} was cancelled.")
        self.ended.emit()


def _title(path: Path) -> str:
    return f"Opening {path.name}"
