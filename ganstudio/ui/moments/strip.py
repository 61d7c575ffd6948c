"""The strip above all panels that says which moment they show, and plays the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton

from ganstudio.ui.moments.travel import SPEEDS, Place, TimeTravel
from ganstudio.ui.theme import Colours

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from ganstudio.ui.controller import Controller
    from ganstudio.ui.workspace import Workspace

WITHOUT_TEXT = ("look_earlier", "look_later")


class TimeStrip(QFrame):
    """Replay, its speed, one step back and forth, the moment in words, and the way back to now."""

    def __init__(self, travel: TimeTravel, actions: dict[str, QAction], page: Workspace) -> None:
        super().__init__(page)
        page.setMenuWidget(self)
        page.recoloured.connect(self.set_colours)
        self.setObjectName("time")
        self.travel = travel
        self._actions = actions
        self.words = QLabel()
        self.words.setObjectName("time:words")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        # Words never widen the window: docks would move under the pointer that drags.
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.speed = QComboBox()
        self.speed.setObjectName("time:speed")
        self.speed.setAccessibleName("Speed of the replay")
        self.speed.setToolTip("How much faster than training was the replay goes")
        for factor in SPEEDS:
            self.speed.addItem(f"{factor}x", factor)
        self.speed.setCurrentIndex(SPEEDS.index(travel.speed))
        self.speed.currentIndexChanged.connect(self._on_speed)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 3, 8, 3)
        line.setSpacing(6)
        line.addWidget(self._button("replay"))
        line.addWidget(self.speed)
        line.addWidget(self._button("look_earlier"))
        line.addWidget(self._button("look_later"))
        line.addWidget(self.words, 1)
        line.addWidget(self._button("look_at_now"))
        actions["replay"].toggled.connect(travel.play)
        for name in ("look_earlier", "look_later", "look_at_first", "look_at_now"):
            actions[name].triggered.connect(getattr(travel, name))
        travel.place_changed.connect(self.show_place)
        self.show_place(travel.place)

    @Slot(object)
    def show_place(self, place: Place) -> None:
        """Say what is looked at."""
        looks_back = place.at is not None
        may = self.travel.may_look_back
        for name, can in (
            ("replay", may),
            ("look_earlier", may and place.at != 0),
            ("look_later", looks_back),
            ("look_at_first", may and place.at != 0),
            ("look_at_now", looks_back),
        ):
            self._actions[name].setEnabled(can)
        replay = self._actions["replay"]
        if replay.isChecked() != place.is_playing:
            replay.blockSignals(True)  # noqa: FBT003 - Qt's own
            replay.setChecked(place.is_playing)
            replay.blockSignals(False)  # noqa: FBT003 - Qt's own
            self._replay.setChecked(place.is_playing)
        words = say(place) if may else ""
        if words != self.words.text():
            self.words.setText(words)
            self.words.setToolTip(words)
            self.words.setAccessibleName(words)
        self.speed.setEnabled(may)
        self._mark(looks_back=looks_back, troubled=bool(place.trouble))

    @Slot(object)
    def set_colours(self, colours: Colours) -> None:
        """Take the theme's colours."""
        self.setStyleSheet(
            f"QFrame#time {{ border: none; border-bottom: 1px solid {colours.border}; }}"
            f"QFrame#time[looksBack='true'] {{ background: {colours.accent}; }}"
            f"QFrame#time[looksBack='true'] QLabel {{ color: {colours.on_accent}; font-weight: 600; }}"
            f"QFrame#time[looksBack='false'] QLabel {{ color: {colours.muted}; }}"
            f"QFrame#time[troubled='true'] {{ background: {colours.error}; }}"
        )

    def _mark(self, *, looks_back: bool, troubled: bool) -> None:
        if self.property("looksBack") == looks_back and self.property("troubled") == troubled:
            return
        self.setProperty("looksBack", looks_back)
        self.setProperty("troubled", troubled)
        for widget in (self, self.words):
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"time:{name}")
        button.setAccessibleName(self._actions[name].text())
        button.setDefaultAction(self._actions[name])
        icon_only = name in WITHOUT_TEXT
        button.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonIconOnly
            if icon_only
            else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        if name == "replay":
            self._replay = button
        return button

    def _on_speed(self) -> None:
        self.travel.speed = int(self.speed.currentData())


def linked_time(
    parent: QObject, controller: Controller, page: Workspace, actions: dict[str, QAction]
) -> TimeStrip:
    """Let the panels of a page look back together; returns the strip that it puts above them."""
    travel = TimeTravel(parent)
    travel.join(controller, page)
    return TimeStrip(travel, actions, page)


def say(place: Place) -> str:
    """The moment in words."""
    if place.at is None:
        return "Now. Drag on the loss plot or move the slider to look back."  # the toolbar has the iteration
    verb = "Replaying" if place.is_playing else "Looking at"
    words = f"{verb} iteration {place.at:,} of {place.newest:,}"
    if place.trouble:
        return f"{words}. {place.trouble}"
    return f"{words}  ·  {place.note}" if place.note else words
