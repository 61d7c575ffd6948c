"""The status bar: what just happened, the device in use, when it was saved, and where the session lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from PySide6.QtCore import QRect, Qt, QTimer, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QStyle, QStyleOption, QStylePainter, QWidget

from ganstudio.engine.events import Event, Started, StateChanged
from ganstudio.session.session import Session
from ganstudio.ui.elided import ElidedLabel, elided
from ganstudio.ui.job_view import JobView
from ganstudio.ui.saving import SaveWatch, ago

TICK_MS = 1000
MARGIN = 6
PLACE_SHARE = 28  # percent of the bar that the session's folder may take


class StatusBar(QStatusBar):
    """Messages at the left; device, the newest checkpoint and the session at the right."""

    def __init__(self, saves: SaveWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saves = saves
        self._has_session = False
        self._following = QLabel("")
        self._device, self._saved, self._place = QLabel(""), QLabel(""), ElidedLabel("")
        for label, name, words in (
            (self._following, "following", "Who trains what is shown"),
            (self._device, "device-in-use", "Device in use"),
            (self._saved, "saved", "Newest checkpoint"),
            (self._place, "place", "Folder of the session"),
        ):
            label.setObjectName(name)
            label.setAccessibleName(words)
            label.setTextFormat(Qt.TextFormat.PlainText)
            self.addPermanentWidget(label)
        self._following.setToolTip(
            "Another program trains this session. Live settings, Pause, Stop and Save are sent to it through "
            "the session's folder; it reads them about once a second."
        )
        self._following.hide()
        self.job = JobView()
        self.insertPermanentWidget(0, self.job)
        self._saved.setToolTip("Checkpoints are written by themselves while training; Ctrl+S writes one now.")
        self.messageChanged.connect(self.setToolTip)  # where it is too long for the bar
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self.show_saved)
        self._clock.start()

    @Slot(object)
    def handle(self, events: Iterable[Event]) -> None:
        """Show which device computes, where training pauses, and what has just been saved."""
        for event in events:
            if isinstance(event, Started):
                self._device.setText(event.device_title)
            elif isinstance(event, StateChanged) and event.state == "paused":
                self._show_pause(event)
        self.show_saved()

    @Slot(str)
    def show_following(self, words: str) -> None:
        """Say who trains what is shown; "" where that is nobody else."""
        self._following.setText(words)
        self._following.setVisible(bool(words))

    def show_session(self, session: Session | None) -> None:
        """Show where the session lies."""
        self._has_session = session is not None
        self._place.setText(str(session.path) if session else "")
        self.show_saved()

    @property
    def shown(self) -> str:
        """What can be read of the message."""
        room = self._message_room().width()
        return elided(self.currentMessage(), self.fontMetrics(), room, Qt.TextElideMode.ElideRight)

    def _message_room(self) -> QRect:
        """Where the message stands: left of what stays there."""
        lasting = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        ends = [widget.x() for widget in lasting if widget.isVisible() and widget.width() > 0]
        return self.rect().adjusted(MARGIN, 0, min(ends, default=self.width()) - self.width() - MARGIN, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the message as Qt does, with dots where it would cut a letter."""
        painter = QStylePainter(self)
        option = QStyleOption()
        option.initFrom(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option)
        if self.currentMessage():
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self._message_room(), Qt.AlignmentFlag.AlignVCenter, self.shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave most of the room to messages."""
        super().resizeEvent(event)
        self._place.setMaximumWidth(PLACE_SHARE * self.width() // 100)

    @Slot()
    def show_saved(self) -> None:
        """Say which state of training lies on the disk, and since when."""
        saved, moment = self._saves.saved, self._saves.saved_at
        if not self._has_session:
            words = ""
        elif saved is None or moment is None:
            words = "Not saved yet"
        else:
            words = f"Saved at iteration {saved:,}, {ago(moment, datetime.now(UTC))}"
        if words != self._saved.text():
            self._saved.setText(words)

    def _show_pause(self, event: StateChanged) -> None:
        """Say where in the algorithm training pauses."""
        following = (
            "the generator's step" if event.stage == "generator" else f"critic step {event.critic_step + 1}"
        )
        self.showMessage(f"Paused at iteration {event.iteration:,}; next is {following}.")
