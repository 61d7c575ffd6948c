"""A slider through the history, below the picture that it moves."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ganstudio.ui.moments.cursor import TimeCursor
from ganstudio.ui.moments.keys import TimeKeys


class Scrubber(QWidget):
    """The right end is now; arrow keys go from one stored picture to the next."""

    chosen = Signal(object)  # an iteration, or None for now

    def __init__(self, name: str, cursor: TimeCursor) -> None:
        super().__init__()
        self._cursor = cursor
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{name}:scrubber")
        self.slider.setAccessibleName("History of the samples")
        self.slider.setToolTip(
            "Drag to look back in all panels. Arrow keys go from picture to picture; the right end is now"
        )
        self.slider.valueChanged.connect(self._on_value)
        self.slider.setEnabled(False)
        TimeKeys(self.slider, cursor).chosen.connect(self.chosen)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        label = QLabel("History")
        label.setBuddy(self.slider)
        line.addWidget(label)
        line.addWidget(self.slider, 1)

    def follow(self) -> None:
        """Stand where the cursor is."""
        with QSignalBlocker(self.slider):
            if not self.slider.isSliderDown():
                self.slider.setRange(0, self._cursor.newest)
                self.slider.setPageStep(max(1, 10 * self._cursor.every))
                self.slider.setValue(self._cursor.iteration)
        self.slider.setEnabled(self._cursor.newest > 0)

    def _on_value(self, value: int) -> None:
        self.chosen.emit(None if value >= self.slider.maximum() else value)
