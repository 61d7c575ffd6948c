"""What the window does, without its widgets: sessions, training, and passing events on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.engine.control import StepSize
from ganstudio.engine.events import Metrics
from ganstudio.experiment.model import Experiment
from ganstudio.session.reverting import remove_unsaved
from ganstudio.session.schema import Record
from ganstudio.session.session import Session
from ganstudio.ui.mailbox import Opened
from ganstudio.ui.memory import Memory
from ganstudio.ui.opening import Opening, Stored
from ganstudio.ui.training import Training
from ganstudio.ui.worker import TrainerFactory, engine_trainer


class Controller(Training):
    """The window's model: what is worked on. All methods belong to the GUI thread; none asks the person."""

    # An Experiment that the form shall show, and the one that "reset" returns to.
    opened = Signal(object, object)
    opening_changed = Signal(bool)  # a session is on its way here, or no longer: shown, refused or given up

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        memory: Memory | None = None,
        factory: TrainerFactory = engine_trainer,
    ) -> None:
        super().__init__(parent, memory=memory, factory=factory)
        self.opening = Opening(self)
        self.opening.found.connect(self._on_found)
        self.opening.failed.connect(self.trouble)
        self.opening.given_up.connect(self.said)
        self.opening.ended.connect(self._tell_opening)
        self.history.done.connect(self._on_shown)
        self.following.anew.connect(self._show_record)
        self._shown: Stored | None = None  # whose history is being shown
        self._was_opening = False

    def another(self) -> Controller:
        """A controller of its own that keeps sessions in the same place and trains in the same way."""
        return Controller(memory=self.memory, factory=self._factory)

    def choose(self, experiment: Experiment) -> None:
        """Begin afresh with an experiment. Training that runs is stopped and saved first."""
        self.when_idle(lambda: self._begin(experiment, experiment, None))

    def open(self, path: Path) -> None:
        """Open a session, which is read beside the window; ``opening_changed`` tells when that is over.

        A folder that is none gives a sentence among the problems.
        """
        self.when_idle(lambda: self._open(path))

    @property
    def is_opening(self) -> bool:
        """Whether a session is being read or shown, so that nothing can be trained yet."""
        return self.opening.is_active or self._shown is not None

    def start(self, iterations: int, device: str = "auto", *, first: StepSize | None = None) -> None:
        """Train, as ``Training`` does; not while a session is on its way, which is what would be trained."""
        if not self.is_opening:
            super().start(iterations, device, first=first)

    def set_experiment(self, experiment: Experiment | None) -> None:
        """Take what the form holds now; None while something in it is wrong."""
        if experiment != self.experiment and self.opening.is_active:
            self.opening.cancel("for the settings were changed meanwhile")
        self.experiment = experiment

    def adopt(self, session: Session) -> None:
        """Go on in a copy of the session."""
        self.following.end()
        self.session = session
        self.saves.begin(session)
        self._tell_session()
        self.memory.remember(session.path)
        self.said.emit(f"Saved as {session.path}.")

    def forsake(self) -> None:
        """Remove the session if nothing of it was ever saved, and nothing noted: it holds but its start."""
        if self.session is not None and remove_unsaved(self.session):
            self.memory.forget(self.session.path)
            self.session = None
            self.saves.begin(None)
            self._tell_session()

    def close(self) -> None:
        """Read and follow nothing any more, and wait for what is under way: the window goes."""
        self.opening.close()
        self.history.clear()
        self.following.close()

    # Inside

    def _open(self, path: Path) -> None:
        self.opening.begin(path)
        self._tell_opening()

    @Slot(object)
    def _on_found(self, stored: Stored) -> None:
        session = stored.session
        self.following.end()
        self._show(stored.experiment, session.experiment, session, None if stored.held else stored)
        self.memory.remember(session.path)
        if stored.held:  # another program trains it
            self.following.begin(session)
            self.said.emit(f"{stored.held} It is followed here.")
            return
        for event in stored.history:
            if isinstance(event, Metrics):
                self.meter.add(event)
        self.said.emit(f"Showing the history of {session.name}…")
        self.history.put(stored.history)
        if not self.history.is_waiting:
            self._on_shown()

    @Slot()
    def _on_shown(self) -> None:
        stored, self._shown = self._shown, None
        if stored is None:
            return
        for sentence in stored.problems:
            self.trouble(sentence)
        self.said.emit(f"Opened {stored.session.name}. Press Train to go on.")
        self._tell_opening()

    def _begin(self, experiment: Experiment, origin: Experiment, session: Session | None) -> None:
        self.opening.cancel()
        self.following.end()
        self._show(experiment, origin, session)

    @Slot(object, object)
    def _show_record(self, experiment: Experiment, record: Record) -> None:
        """Begin afresh with the history of the session that is followed."""
        if self.session is not None:
            self.session.record = record
            self._show(experiment, record.experiment, self.session)

    def _show(
        self,
        experiment: Experiment,
        origin: Experiment,
        session: Session | None,
        stored: Stored | None = None,
    ) -> None:
        self.history.clear()
        self._shown = stored
        self.session = session
        self.experiment = self.kept = experiment
        self.saves.begin(session)
        self.meter.start(0, 0)
        self.opened.emit(experiment, origin)
        self._tell_session()
        self._tell_opening()

    @Slot()
    def _tell_opening(self) -> None:
        if self.is_opening != self._was_opening:
            self._was_opening = self.is_opening
            self.opening_changed.emit(self._was_opening)

    def _tell_session(self) -> None:
        self.session_changed.emit(self.session)
        self.received.emit([Opened(self.saves.saved or 0, self.session)])
