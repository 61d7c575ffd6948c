"""Room for words that change all the time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class Steady(QWidget):
    """Holds a label. Other words in it have the window laid out anew only where they need more room.

    A label that lies in a layout asks for that at each change of its words, which costs milliseconds.
    """

    def __init__(self, label: QLabel) -> None:
        super().__init__()
        self._label = label
        label.setParent(self)
        across = QSizePolicy.Policy.Preferred if label.wordWrap() else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self._room = QSize(0, 0)
        self._fit()

    def sizeHint(self) -> QSize:
        """Qt asks for it: the most room that was needed."""
        return self._room

    def minimumSizeHint(self) -> QSize:
        """Qt asks for it: words that break into lines may be as narrow as one likes."""
        return QSize(0, self._room.height()) if self._label.wordWrap() else self._room

    def event(self, event: QEvent) -> bool:
        """The label asks for room here."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def forget(self) -> None:
        """Take no more room than is needed now."""
        self._room = QSize(0, 0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the label all room; in another width the words break elsewhere."""
        self._label.resize(self.size())
        if self._label.wordWrap() and event.oldSize().width() != self.width():
            self.forget()

    def _fit(self) -> None:
        needed = self._label.sizeHint().expandedTo(self._label.minimumSize())
        if self._label.wordWrap():
            needed = QSize(0, self._label.heightForWidth(self.width()))
        if (room := self._room.expandedTo(needed)) != self._room:
            self._room = room
            self.updateGeometry()
