"""A slider on a log scale for settings that may change while training runs."""

from __future__ import annotations

from math import isnan, log10

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

from ganstudio.experiment.describe import SettingRow

STEPS = 50  # positions in a decade
DECADES_DOWN, DECADES_UP = 3, 2  # how far it reaches from the setting's default


def has_slider(row: SettingRow) -> bool:
    """Whether a log slider makes sense: a number that may change while training, and is never negative."""
    return (
        row.info.live
        and row.type is float
        and isinstance(row.default, float)
        and row.default > 0
        and (row.bounds.minimum == 0)
    )


class LiveSlider(QSlider):
    """Runs from a thousandth to a hundred times the setting's default, within its bounds."""

    dragged = Signal()  # while the handle is held
    settled = Signal()  # the handle was let go, or moved by key or click

    def __init__(self, row: SettingRow) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        assert isinstance(row.default, float)  # noqa: S101 - has_slider says so
        centre = round(log10(row.default))
        self._was_moved = False
        self._lowest = centre - DECADES_DOWN
        bound = row.bounds.maximum
        top = float(centre + DECADES_UP)
        self._highest = top if bound is None else min(top, log10(bound))
        self.setRange(0, round((self._highest - self._lowest) * STEPS))
        self.setSingleStep(STEPS // 10)
        self.setPageStep(STEPS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(60)
        self.setAccessibleName(f"{row.group_title}: {row.info.title}, slider on a log scale")
        self.valueChanged.connect(self._moved)
        self.sliderReleased.connect(self._released)

    def number(self) -> float:
        """Return the number at the handle, rounded to two digits."""
        return float(f"{10.0 ** (self._lowest + self.value() / STEPS):.2g}")

    def set_number(self, value: object) -> None:
        """Put the handle at a number, or at the nearest end, without a signal."""
        if isinstance(value, int | float) and not isnan(value):
            nearest = min(max(value, 10.0**self._lowest), 10.0**self._highest)
            with QSignalBlocker(self):
                self.setValue(round((log10(nearest) - self._lowest) * STEPS))

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
