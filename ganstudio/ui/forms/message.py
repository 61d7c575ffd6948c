"""A line of words under a field that breaks where the room ends."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class Message(QLabel):
    """A label that wraps and demands the height that its words take; gone while it has none.

    A QFormLayout gives a row the height of its minimum, which a wrapping QLabel states for a wider line.
    """

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.hide()

    def say(self, words: str) -> None:
        """Show these words; none hides the label."""
        self.setText(words)
        self.setVisible(bool(words))
        self._demand()

    def set_role(self, role: str) -> None:
        """Take the looks of a role of the form's style."""
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().polish(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Demand another height at another width."""
        super().resizeEvent(event)
        self._demand()

    def _demand(self) -> None:
        self.setMinimumHeight(self.heightForWidth(self.width()) if self.text() else 0)
