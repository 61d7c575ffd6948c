"""A progress bar that says as much as it is wide enough for."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar

MARGIN = 6  # px at either side of the words


class TellingBar(QProgressBar):
    """Shows one of several forms of the same words; the longest is its tip."""

    def __init__(self, **properties: Any) -> None:
        super().__init__(**properties)
        self._forms: tuple[str, ...] = ("",)

    def say(self, *forms: str) -> None:
        """Show the first of these, longest first, that there is room for; the last wherever there is none."""
        self._forms = forms
        self.setToolTip(forms[0])
        self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say more or less."""
        super().resizeEvent(event)
        self._write()

    def _write(self) -> None:
        metrics, room = self.fontMetrics(), self.width() - 2 * MARGIN
        fitting = (form for form in self._forms if metrics.horizontalAdvance(form) <= room)
        self.setFormat(next(fitting, self._forms[-1]))
