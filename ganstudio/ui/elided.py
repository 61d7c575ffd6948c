"""Words that end in dots where there is no room for all of them; the tip then has the rest."""

from __future__ import annotations

from bisect import bisect_right
from html import escape

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolTip,
)

QWIDGETSIZE = 16777215  # Qt's largest height


def elided(words: str, metrics: QFontMetrics, room: int, at: Qt.TextElideMode) -> str:
    """The words, or as much of them as that many pixels show."""
    return metrics.elidedText(words, at, max(0, room))


class ElidedCombo(QComboBox):
    """A choice that may be longer than its field."""

    @property
    def shown(self) -> str:
        """What can be read of the current choice."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        room = field.width() - 2  # the style leaves one pixel at either side
        return elided(self.currentText(), self.fontMetrics(), room, Qt.TextElideMode.ElideRight)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as Qt does, with dots where it would cut a letter."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        """Begin the tip with the whole choice where it is not read in the field."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip, self)
            return True
        return super().event(event)

    @property
    def tip(self) -> str:
        """What the tip says."""
        whole, rest = self.currentText(), self.toolTip().removeprefix("<qt>").removesuffix("</qt>")
        return self.toolTip() if self.shown == whole else f"<qt><b>{escape(whole)}</b><br>{rest}</qt>"


class ElidedLabel(QLabel):
    """A line that may be longer than its room, as a path is: the end of it can be read."""

    def setText(self, words: str) -> None:  # noqa: N802 - Qt's name
        """Show words, and have the tip show all of them."""
        super().setText(words)
        self.setToolTip(words)

    @property
    def shown(self) -> str:
        """What can be read of the words."""
        room = self.contentsRect().width()
        return elided(self.text(), self.fontMetrics(), room, Qt.TextElideMode.ElideLeft)

    def minimumSizeHint(self) -> QSize:
        """Qt asks for it: it may be as narrow as one likes."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
            self.palette(),
            self.isEnabled(),
            self.shown,
            self.foregroundRole(),
        )


class ElidedText(QLabel):
    """Some lines of words that break where the room ends; the tip has all of them."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._words = ""
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setMaximumHeight(lines * self.fontMetrics().lineSpacing())

    def setText(self, words: str) -> None:  # noqa: N802 - Qt's name
        """Show words, and have the tip show all of them."""
        self._words = words
        self.setToolTip(words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave words out at the end until the lines suffice; a label knows that only of what it shows."""
        words, text = self._words.split(" "), self._words
        if not self._fits(text):
            counts = range(1, len(words))
            fitting = bisect_right(counts, 0, key=lambda n: int(not self._fits(f"{' '.join(words[:n])}…")))
            text = f"{' '.join(words[: max(1, fitting)])}…"
        super().setText(text)

    def _fits(self, text: str) -> bool:
        room = QRect(0, 0, self.width(), QWIDGETSIZE)
        needed = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        return needed.height() <= self.maximumHeight()
