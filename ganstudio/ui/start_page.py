"""The first thing a person sees: presets to train with one click, and sessions to go on with."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ganstudio.experiment.files import Preset, presets
from ganstudio.paths import resource
from ganstudio.session.recent import RecentSession
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.theme import LIGHT, Colours, colours

CARD_WIDTH = 326
PRESET_HEIGHT = 136
RECENT_HEIGHT = 100
PICTURE = 76
RECENT_SHOWN = 4


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
        self._text = QLabel(text)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        words.addWidget(heading)
        words.addWidget(self._text)
        words.addStretch(1)
        upper.addLayout(words, 1)
        column.addLayout(upper, 1)
        self.footer = QHBoxLayout()
        self._footnote = QLabel(footer)
        if footer:
            self.footer.addWidget(self._footnote, 1)
            column.addLayout(self.footer)

    def set_colours(self, c: Colours) -> None:
        """Take the theme's colours."""
        self._text.setStyleSheet(f"color: {c.muted};")
        self._footnote.setStyleSheet(f"color: {c.muted};")

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


class StartPage(QScrollArea):
    """Cards of recent sessions and of presets."""

    preset_chosen = Signal(str)  # name of the preset
    preset_trained = Signal(str)  # name of the preset: train it at once
    session_chosen = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Start page")
        self._colours = LIGHT
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(36, 20, 36, 20)
        column.setSpacing(10)
        heading = QLabel("<span style='font-size: 20pt; font-weight: 600;'>GAN Studio</span>")
        self._intro = QLabel(
            "Press Train on a card and watch a network learn. Everything is saved as it goes."
        )
        column.addWidget(heading)
        column.addWidget(self._intro)
        self._problem = QLabel("")
        self._problem.setObjectName("problem")
        self._problem.setWordWrap(True)
        self._problem.hide()
        column.addWidget(self._problem)
        self._recent_title = _section("Go on with a recent session")
        column.addWidget(self._recent_title)
        self._recent = _cards(column)
        column.addWidget(_section("Begin with a preset"))
        self._presets = _cards(column)
        column.addStretch(1)
        self.setWidget(page)
        for preset in presets().values():
            self._presets.addWidget(self._preset_card(preset))
        self.show_recent(())

    def show_recent(self, sessions: Iterable[RecentSession]) -> None:
        """Show these sessions, the newest first."""
        layout = self._recent
        while (item := layout.takeAt(0)) is not None:
            if card := item.widget():
                card.setParent(None)
                card.deleteLater()
        for entry in list(sessions)[:RECENT_SHOWN]:
            layout.addWidget(self._recent_card(entry))
        for widget in (layout.parentWidget(), self._recent_title):
            widget.setVisible(layout.count() > 0)
        self.set_dark_colours(self._colours)

    def show_problem(self, sentence: str) -> None:
        """Show what went wrong above the cards; "" shows nothing."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - as in the panels
        """Take the dark or the light theme."""
        self.set_dark_colours(colours(dark))

    def set_dark_colours(self, c: Colours) -> None:
        """Give all cards these colours."""
        self._colours = c
        self._intro.setStyleSheet(f"color: {c.muted};")
        self._problem.setStyleSheet(f"color: {c.error};")
        for card in self.findChildren(Card):
            card.set_colours(c)

    def _preset_card(self, preset: Preset) -> Card:
        card = Card(preset.title, preset.summary, preset.time, _thumbnail(preset.name), PRESET_HEIGHT)
        card.setToolTip(f"{preset.expect} Click for its settings.")
        button = QPushButton("Train")
        button.setObjectName("train")
        button.setAccessibleName(f"Train {preset.title}")
        button.setToolTip(f"Train {preset.iterations:,} iterations now")
        card.footer.addWidget(button)
        card.setProperty("preset", preset.name)
        button.setProperty("preset", preset.name)
        card.opened.connect(self._open_preset)
        button.clicked.connect(self._train_preset)
        return card

    def _recent_card(self, entry: RecentSession) -> Card:
        when = entry.changed.strftime("%-d %B %Y, %H:%M")
        picture = QPixmap(str(entry.thumbnail)) if entry.thumbnail else None
        state = ", interrupted" if entry.interrupted else ", being trained" if entry.running else ""
        card = Card(entry.name, f"{entry.iteration:,} iterations{state}\n{when}", "", picture, RECENT_HEIGHT)
        card.setToolTip(str(entry.path))
        card.setProperty("session", str(entry.path))
        card.opened.connect(self._open_session)
        return card

    @Slot()
    def _open_preset(self) -> None:
        self.preset_chosen.emit(self.sender().property("preset"))

    @Slot()
    def _train_preset(self) -> None:
        self.preset_trained.emit(self.sender().property("preset"))

    @Slot()
    def _open_session(self) -> None:
        self.session_chosen.emit(Path(self.sender().property("session")))


def _section(text: str) -> QLabel:
    label = QLabel(f"<span style='font-size: 12pt; font-weight: 600;'>{text}</span>")
    label.setContentsMargins(0, 14, 0, 2)
    return label


def _cards(column: QVBoxLayout) -> FlowLayout:
    holder = QWidget()
    cards = FlowLayout(holder, spacing=14)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    column.addWidget(holder)
    return cards


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


def _thumbnail(preset: str) -> QPixmap | None:
    """The picture of a preset's real samples; None where there is none."""
    try:
        return QPixmap(str(resource("thumbnails", f"{preset}.png")))
    except FileNotFoundError:
        return None
