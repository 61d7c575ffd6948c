"""Cells of the runs table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem


def check_state(*, ticked: bool) -> Qt.CheckState:
    """The state of a tick box."""
    return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked


class Cell(QTableWidgetItem):
    """Sorts by its number where its text begins with one."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        """Qt asks for it: whether this cell comes first."""
        return _rank(self.text()) < _rank(other.text())


def _rank(text: str) -> tuple[bool, float, str]:
    try:
        return False, float(text.split(" ")[0]), text
    except ValueError:
        return True, 0.0, text.casefold()
