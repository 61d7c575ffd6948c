"""A card: a picture, a title and words that one can click."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

CARD_WIDTH = 326
PICTURE = 76


class Card(QFrame):
    """A picture, a title and words; a click, Enter or Space anywhere on it opens what it stands for."""

    opened = Signal()

    def __init__(self, title: str, text: str, footer: str, picture: QPixmap | None, height: int) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedSize(CARD_WIDTH, height)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{text} {footer}")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        column.setSpacing(4)
        upper = QHBoxLayout()
        upper.setSpacing(12)
        if picture is not None and not picture.isNull():
            upper.addWidget(_picture(picture), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(3)
        heading = QLabel(f"<b>{escape(title)}</b>")
        heading.setWordWrap(True)
        described = QLabel(text)
        described.setProperty("role", "muted")
        described.setTextFormat(Qt.TextFormat.PlainText)
        described.setWordWrap(True)
        words.addWidget(heading)
        words.addWidget(described)
        words.addStretch(1)
        upper.addLayout(words, 1)
        column.addLayout(upper, 1)
        self.footer = QHBoxLayout()
        if footer:
            footnote = QLabel(footer)
            footnote.setProperty("role", "muted")
            self.footer.addWidget(footnote, 1)
            column.addLayout(self.footer)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open on a click."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter and Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def _picture(pixmap: QPixmap) -> QLabel:
    label = QLabel()
    label.setFixedSize(PICTURE, PICTURE)
    ratio = label.devicePixelRatioF()
    side = round(PICTURE * ratio)
    fitted = pixmap.scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    fitted.setDevicePixelRatio(ratio)
    label.setPixmap(fitted)
    return label
