"""Which moment the whole window shows: chosen by a person, or walked through by a replay."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.engine.events import Edited, Event, Metrics, Started
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.session.session import Session
from ganstudio.ui.moments.cursor import TimeCursor
from ganstudio.ui.moments.reader import MomentReader, Wish
from ganstudio.ui.plots.history import History
from ganstudio.ui.plots.series import FloatArray, Series

if TYPE_CHECKING:
    from ganstudio.ui.controller import Controller
    from ganstudio.ui.sides.side import Side
    from ganstudio.ui.sides.stored_run import StoredRun
    from ganstudio.ui.workspace import Workspace

TICK_MS = 50  # of a replay
SPEEDS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class Place:
    """What is looked at. ``at`` is None for now; ``note`` is the newest edit until then, in words."""

    at: int | None
    newest: int
    is_playing: bool
    note: str = ""
    trouble: str = ""


class TimeTravel(QObject):
    """The one place that knows the moment. Training goes on meanwhile; its events are not held up."""

    shown = Signal(object)  # Moment that all panels shall show, or None for now
    place_changed = Signal(object)  # Place
    faulted = Signal(str, str)  # a fault of the program: a sentence and its traceback

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cursor = TimeCursor()
        self.reader = MomentReader(self)
        self.reader.found.connect(self._on_found)
        self.reader.failed.connect(self._on_failed)
        self.speed = 8
        self._session: Session | None = None
        self._edits = History()
        self._clock = Series()  # training seconds by iteration
        self._trouble = ""
        self._is_settled = True  # whether nothing can be added to what is shown
        self._seconds = 0.0  # of training, where the replay is
        self._ticked_at = 0.0
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._advance)

    def join(self, controller: Controller | StoredRun, workspace: Workspace | Side) -> None:
        """Listen to the window's model, and let all panels follow."""
        controller.opened.connect(self.reset)
        controller.session_changed.connect(self.set_session)
        controller.received.connect(self.listen)
        self.faulted.connect(controller.trouble)
        workspace.time_chosen.connect(self.look)
        self.shown.connect(workspace.show_moment)

    def close(self) -> None:
        """Stop, and wait for what is being read."""
        self._tick.stop()
        self.reader.forget()
        self.reader.wait()

    # What happens.

    @Slot(object, object)
    def reset(self, experiment: Experiment, _origin: Experiment | None = None) -> None:
        """Another experiment or session is worked on."""
        self.look(None)
        self.reader.forget()
        self.cursor.reset(experiment)
        self._edits, self._clock = History(), Series()
        self._tell()

    @Slot(object)
    def set_session(self, session: Session | None) -> None:
        """Read from this session."""
        if (session and session.path) != (self._session and self._session.path):
            self.look(None)
        self._session = session
        self._tell()

    @Slot(object)
    def listen(self, events: list[Event]) -> None:
        """Learn how far training is and what was edited."""
        newest = self.cursor.newest
        for event in events:
            if isinstance(event, Started):  # what came after that state leaves the history
                self.look(None)
                self.reader.forget()
                self._clock.cut_after(event.iteration)
            self.cursor.handle(event)
            if isinstance(event, Metrics):
                self._clock.append(event.iterations, event.seconds, event.seconds)
            elif isinstance(event, Started | Edited):
                self._edits.handle(event)
        if self.cursor.newest != newest:
            self._tell()
        if self.cursor.at is not None and self._session is not None and not self._is_settled:
            self.reader.read(self._session, self.cursor.at)  # there may be more of it by now

    # What a person does.

    @Slot(object)
    def look(self, iteration: int | None) -> None:
        """Look at an iteration, or at now (None)."""
        self._tick.stop()
        self._go(iteration)

    @Slot()
    def look_at_now(self) -> None:
        """Go back to what is live."""
        self.look(None)

    @Slot()
    def look_earlier(self) -> None:
        """Look at the stored picture before."""
        self.look(self.cursor.stepped(-1))

    @Slot()
    def look_later(self) -> None:
        """Look at the stored picture after this."""
        self.look(self.cursor.stepped(1))

    @Slot()
    def look_at_first(self) -> None:
        """Look at the beginning."""
        self.look(self.cursor.wish(0))

    @Slot(bool)
    def play(self, plays: bool = True) -> None:  # noqa: FBT001, FBT002 - a check box's slot
        """Replay the history at ``speed`` times the pace of training, from here or else from the start."""
        if not plays or not self.may_look_back:
            self._tick.stop()
        else:
            known = self._clock
            self._seconds = _interpolated(self.cursor.at or 0, known.iterations.values, known.seconds.values)
            self._ticked_at = time.monotonic()
            self._tick.start()
            self._go(self.cursor.wish(self.cursor.at or 0))
        self._tell()

    @property
    def may_look_back(self) -> bool:
        """Whether there is a history."""
        return self._session is not None and self.cursor.newest > 0

    @property
    def place(self) -> Place:
        """What is looked at."""
        note = ""
        if self.cursor.at is not None:
            edits = [h for h in self._edits.happenings if h.path and h.iteration <= self.cursor.at]
            note = f"{edits[-1].words} at {edits[-1].iteration:,}" if edits else ""
        return Place(self.cursor.at, self.cursor.newest, self._tick.isActive(), note, self._trouble)

    # Inside.

    def _go(self, iteration: int | None) -> None:
        if iteration is not None and not self.may_look_back:
            return
        was, self.cursor.at, self._trouble = self.cursor.at, iteration, ""
        self._is_settled |= iteration != was  # until something is read
        if iteration is not None and self._session is not None:
            if iteration != was:
                self.reader.read(self._session, iteration)
        elif was is not None:
            self.shown.emit(None)
        self._tell()

    def _advance(self) -> None:
        now = time.monotonic()
        self._seconds += (now - self._ticked_at) * self.speed
        self._ticked_at = now
        known = self._clock
        reached = _interpolated(self._seconds, known.seconds.values, known.iterations.values)
        iteration = self.cursor.wish(reached)
        if iteration is None:
            self._tick.stop()
        self._go(iteration)

    @Slot(object, object, bool)
    def _on_found(self, wish: Wish, moment: Moment, is_settled: bool) -> None:  # noqa: FBT001 - as Qt calls it
        if self.cursor.at is not None and wish.session is self._session:
            self._is_settled = is_settled or wish.iteration != self.cursor.at
            self.shown.emit(moment)

    @Slot(object, str, str)
    def _on_failed(self, wish: Wish, sentence: str, detail: str) -> None:
        if self.cursor.at is not None and wish.session is self._session:
            self._tick.stop()
            self._trouble = sentence
            self._tell()
        if detail:
            self.faulted.emit(sentence, detail)

    def _tell(self) -> None:
        self.place_changed.emit(self.place)


def _interpolated(x: float, known_x: FloatArray, known_y: FloatArray) -> float:
    return float(np.interp(x, known_x, known_y)) if len(known_x) else 0.0
