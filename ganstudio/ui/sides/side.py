"""One of two sessions that are looked at side by side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from ganstudio.engine.events import Event, Metrics, Samples, Started, Trouble
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.session.recent import RecentSession
from ganstudio.session.session import Session
from ganstudio.ui.controller import Controller
from ganstudio.ui.moments.travel import TimeTravel
from ganstudio.ui.panel import Panel
from ganstudio.ui.panels.gradient_norms import GradientNormsPanel
from ganstudio.ui.panels.losses import LossesPanel
from ganstudio.ui.panels.samples import SamplesPanel
from ganstudio.ui.panels.surface import SurfacePanel
from ganstudio.ui.sides.stored_run import StoredRun
from ganstudio.ui.theme import Colours

Source = Controller | StoredRun


class Side(QWidget):
    """Panels that listen to a source: to a training, or to a stored session."""

    time_chosen = Signal(object)  # an iteration to look back to, or None for now
    received = Signal(object)  # list[Event] that the panels have taken in
    changed = Signal()  # something else is to be drawn
    experiment_changed = Signal()
    asked = Signal(object)  # Path of a session that the person wants to see here

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"side:{name}")
        self.setAccessibleName(title)
        self.source: Source | None = None
        self.travel: TimeTravel | None = None
        self.experiment: Experiment | None = None
        self.samples, self.surface = SamplesPanel(), SurfacePanel()
        self.losses, self.norms = LossesPanel(), GradientNormsPanel()
        self.panels: dict[str, Panel] = {
            panel.name: panel for panel in (self.samples, self.surface, self.losses, self.norms)
        }
        for panel in self.panels.values():
            panel.time_chosen.connect(self.time_chosen)
        self._newest = self._target = 0
        self._session: Session | None = None
        self.choice = QComboBox()
        self.choice.setObjectName(f"side:{name}:session")
        self.choice.setAccessibleName(f"Session on the {name}")
        self.choice.setToolTip("Which session is shown here")
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.choice.setPlaceholderText("Choose a session")
        self.choice.activated.connect(self._on_activated)
        self.words = QLabel()
        self.words.setObjectName(f"side:{name}:words")
        self.problem = QLabel()
        self.problem.setObjectName(f"side:{name}:problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        head = QHBoxLayout()
        head.addWidget(self.choice, 1)
        head.addWidget(self.words)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self._arranged(), 1)

    def _arranged(self) -> QSplitter:
        """Samples over losses, and the critic's surface over its gradient norms."""
        made = QSplitter(Qt.Orientation.Horizontal)
        for column in ((self.samples, self.losses), (self.surface, self.norms)):
            split = QSplitter(Qt.Orientation.Vertical)
            split.setChildrenCollapsible(False)
            for panel in column:
                panel.setMinimumSize(200, 140)
                split.addWidget(panel)
            split.setSizes([1000, 1000])
            made.addWidget(split)
        made.setSizes([1000, 1000])
        made.setChildrenCollapsible(False)
        return made

    # What is shown.

    def listen_to(self, source: Source) -> None:
        """Show this source from now on. The one before is closed, where it is a stored session."""
        self.leave()
        self.source = source
        self.travel = TimeTravel(self)
        source.opened.connect(self._on_opened)
        source.session_changed.connect(self._on_session)
        source.received.connect(self._on_received)
        self.travel.join(source, self)
        self._show_problem("")

    def leave(self) -> None:
        """Listen no more."""
        if self.travel is not None:
            self.travel.close()
            self.time_chosen.disconnect(self.travel.look)
            self.travel.deleteLater()
            self.travel = None
        if self.source is not None:
            for signal, slot in (
                (self.source.opened, self._on_opened),
                (self.source.session_changed, self._on_session),
                (self.source.received, self._on_received),
            ):
                signal.disconnect(slot)
            if isinstance(self.source, StoredRun):
                self.source.close()
            self.source.deleteLater()
            self.source = None

    def open(self, path: Path) -> None:
        """Show a stored session."""
        run = StoredRun(path, self)
        self.listen_to(run)
        try:
            run.open()
        except UserError as error:
            self._show_problem(str(error))

    def show_choices(self, recent: list[RecentSession]) -> None:
        """Offer these sessions."""
        here = self._session.path if self._session else None
        with QSignalBlocker(self.choice):
            self.choice.clear()
            for entry in recent:
                self.choice.addItem(entry.name, str(entry.path))
            if here is not None and self.choice.findData(str(here)) < 0:
                self.choice.insertItem(0, here.name, str(here))
            self.choice.setCurrentIndex(self.choice.findData(str(here)) if here else -1)

    # What all panels do.

    def show_moment(self, moment: Moment | None) -> None:
        """Look back to a moment, or at now again."""
        for panel in self.panels.values():
            panel.show_moment(moment)
        self.changed.emit()

    def set_dark(self, colours: Colours, *, dark: bool) -> None:
        """Take the dark or the light theme."""
        for panel in self.panels.values():
            panel.set_dark(dark)
        self.problem.setStyleSheet(f"color: {colours.error};")
        self.words.setStyleSheet(f"color: {colours.muted};")

    @property
    def newest(self) -> int:
        """The newest iteration that is known."""
        return 0 if self.travel is None else self.travel.cursor.newest

    def look(self, iteration: float | None) -> None:
        """Look back to an iteration; from the newest on, and with None, at now."""
        if self.travel is not None:
            self.travel.look(None if iteration is None else self.travel.cursor.wish(iteration))

    # What the source says.

    @Slot(object, object)
    def _on_opened(self, experiment: Experiment, _origin: Experiment) -> None:
        self.experiment = experiment
        self._newest = self._target = 0
        for panel in self.panels.values():
            panel.reset(experiment)
        self.experiment_changed.emit()
        self.changed.emit()

    @Slot(object)
    def _on_session(self, session: Session | None) -> None:
        self._session = session
        if session is not None:
            if self.choice.findData(str(session.path)) < 0:
                self.choice.insertItem(0, session.name, str(session.path))
            self.choice.setCurrentIndex(self.choice.findData(str(session.path)))
            self.choice.setToolTip(str(session.path))

    @Slot(object)
    def _on_received(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Started):
                self._target = event.target_iteration
                if event.iteration == 0 and self.experiment is not None:
                    for panel in self.panels.values():
                        panel.reset(self.experiment)
            elif isinstance(event, Trouble):
                self._show_problem(event.sentence)
            if isinstance(event, Metrics | Samples):
                self._newest = max(self._newest, event.iteration)
            for panel in self.panels.values():
                panel.handle(event)
        self.say()
        self.received.emit(events)

    def say(self) -> None:
        """Say how far it is."""
        trains = isinstance(self.source, Controller) and self.source.is_active
        total = f" of {self._target:,}" if trains else ""
        self.words.setText(f"Iteration {self._newest:,}{total}" if self._newest or trains else "")

    def _show_problem(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    @Slot(int)
    def _on_activated(self, at: int) -> None:
        self.asked.emit(Path(self.choice.itemData(at)))
