"""A slider for settings that may change while training runs."""

from __future__ import annotations

from math import isnan, log10

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

from ganstudio.experiment.describe import SettingRow

STEPS = 50  # positions in a decade
DECADES_DOWN, DECADES_UP = 3, 2  # how far it reaches from the setting's default


class Decades:
    """A log scale from a thousandth to a hundred times the setting's default, within its bounds."""

    words = "on a log scale"

    def __init__(self, default: float, bound: float | None) -> None:
        centre = round(log10(default))
        self._lowest = centre - DECADES_DOWN
        top = float(centre + DECADES_UP)
        self._highest = top if bound is None else min(top, log10(bound))
        self.last = round((self._highest - self._lowest) * STEPS)
        self.step, self.page = STEPS // 10, STEPS

    def number(self, position: int) -> float:
        """The number at a position, rounded to two digits."""
        return float(f"{10.0 ** (self._lowest + position / STEPS):.2g}")

    def position(self, number: float) -> int:
        """Where a number is, or the nearest end."""
        nearest = min(max(number, 10.0**self._lowest), 10.0**self._highest)
        return round((log10(nearest) - self._lowest) * STEPS)


class Whole:
    """Whole numbers among which most people choose."""

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        self.words = f"from {first} to {last}"
        self.last = last - first
        self.step, self.page = 1, max(1, self.last // 4)

    def number(self, position: int) -> int:
        """The number at a position."""
        return self._first + position

    def position(self, number: float) -> int:
        """Where a number is, or the nearest end."""
        return round(min(max(number - self._first, 0), self.last))


def scale_of(row: SettingRow) -> Decades | Whole | None:
    """What a slider of a setting runs over; None where it has none.

    It has one where it may change while training and is a number that is never negative, or a whole number
    whose declaration says what is usual.
    """
    if not row.info.live:
        return None
    if row.type is int and row.info.usual is not None:
        return Whole(*row.info.usual)
    if row.type is float and isinstance(row.default, float) and row.default > 0 and row.bounds.minimum == 0:
        return Decades(row.default, row.bounds.maximum)
    return None


class LiveSlider(QSlider):
    """Changes a setting by dragging; what is typed beside it may lie beyond its ends."""

    dragged = Signal()  # while the handle is held
    settled = Signal()  # the handle was let go, or moved by key or click

    def __init__(self, row: SettingRow, scale: Decades | Whole) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._scale = scale
        self._was_moved = False
        self.setRange(0, scale.last)
        self.setSingleStep(scale.step)
        self.setPageStep(scale.page)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(60)
        self.setAccessibleName(f"{row.group_title}: {row.info.title}, slider {scale.words}")
        self.setToolTip(f"Drag to change the value {scale.words}, also while training runs.")
        self.valueChanged.connect(self._moved)
        self.sliderReleased.connect(self._released)

    def number(self) -> float:
        """Return the number at the handle, of the setting's type."""
        return self._scale.number(self.value())

    def set_number(self, value: object) -> None:
        """Put the handle at a number, or at the nearest end, without a signal."""
        if isinstance(value, int | float) and not isnan(value):
            with QSignalBlocker(self):
                self.setValue(self._scale.position(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form instead, unless a person is at this slider."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _moved(self) -> None:
        self._was_moved = self.isSliderDown()
        if self._was_moved:
            self.dragged.emit()
        else:
            self.settled.emit()

    def _released(self) -> None:
        if self._was_moved:  # a mere click on the handle must not round the value
            self._was_moved = False
            self.settled.emit()
