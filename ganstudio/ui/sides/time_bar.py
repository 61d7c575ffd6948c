"""Linked time of two sessions: one slider looks back in both."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from ganstudio.ui.moments.cursor import TimeCursor
from ganstudio.ui.moments.scrubber import Scrubber
from ganstudio.ui.sides.side import Side

WIDEST = "Looking at 100,000 | 100,000 "


class TimeBar(QFrame):
    """Looks at the same iteration of both sides, or at the same share of what each has trained."""

    looked = Signal()

    def __init__(self, left: Side, right: Side) -> None:
        super().__init__()
        self.setObjectName("sides:time")
        self._sides = (left, right)
        self.along = TimeCursor()  # along the longer one
        self.scrubber = Scrubber("sides", self.along)
        self.scrubber.chosen.connect(self.look)
        self.by = QComboBox()
        self.by.setObjectName("sides:by")
        self.by.setAccessibleName("What the two sides have in common in time")
        self.by.setToolTip(
            "The same iteration of both, or the same share of each: halfway through the one and the other"
        )
        self.by.addItem("Same iteration", "iteration")
        self.by.addItem("Same share", "share")
        self.by.currentIndexChanged.connect(self._again)
        self.now = QToolButton()
        self.now.setObjectName("sides:now")
        self.now.setText("Now")
        self.now.setToolTip("Stop looking back in both (Esc)")
        self.now.setAccessibleName("Stop looking back in both")
        self.now.setShortcut(QKeySequence(Qt.Key.Key_Escape))
        self.now.clicked.connect(lambda: self.look(None))
        self.words = QLabel()
        self.words.setObjectName("sides:when")
        self.words.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.words.setMinimumWidth(
            self.words.fontMetrics().horizontalAdvance("Looking at 100,000 | 100,000 ")
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 2, 10, 4)
        line.addWidget(self.scrubber, 1)
        for widget in (self.words, self.by, self.now):
            line.addWidget(widget)
        for side, other in ((left, right), (right, left)):
            side.time_chosen.connect(lambda at, here=side, there=other: self._on_chosen(at, here, there))
        self.follow()

    def look(self, iteration: int | None) -> None:
        """Look back in both to an iteration of the longer one, or at now (None)."""
        self.along.at = None if iteration is None else self.along.wish(iteration)
        for side in self._sides:
            side.look(None if self.along.at is None else self._of(side, self.along.at, self.along.newest))
        self.follow()

    def follow(self) -> None:
        """Learn how far both are, and say where one looks."""
        self.along.newest = max(side.newest for side in self._sides)
        travels = [side.travel for side in self._sides if side.travel is not None]
        self.along.every = min((travel.cursor.every for travel in travels), default=1)
        self.scrubber.follow()
        places = " | ".join(f"{travel.cursor.iteration:,}" for travel in travels)
        self.words.setText(f"{'Now' if self.along.at is None else 'Looking at'} {places}" if places else "")
        self.now.setEnabled(self.along.at is not None)

    def _on_chosen(self, at: int | None, here: Side, there: Side) -> None:
        """A panel of one side looks back (that side does so already): so does the other."""
        if at is None:
            self.along.at = None
            there.look(None)
        else:
            there.look(self._of(there, at, here.newest))
            along = (
                at if self.by.currentData() == "iteration" else at * self.along.newest / max(1, here.newest)
            )
            self.along.at = self.along.wish(along)
        self.follow()

    def _of(self, side: Side, iteration: float, newest: int) -> float:
        """The iteration of a side that belongs to one of a session that came to ``newest``."""
        return iteration if self.by.currentData() == "iteration" else iteration * side.newest / max(1, newest)

    def _again(self) -> None:
        self.look(self.along.at)
