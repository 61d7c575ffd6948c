"""The status bar: what just happened, the device in use, and where the session lies."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from ganstudio.engine.events import StateChanged
from ganstudio.session.session import Session


class StatusBar(QStatusBar):
    """Messages at the left; device and session at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._device, self._place = QLabel(""), QLabel("")
        for label, name in ((self._device, "Device in use"), (self._place, "Folder of the session")):
            label.setAccessibleName(name)
            self.addPermanentWidget(label)

    def show_device(self, title: str) -> None:
        """Show which device computes."""
        self._device.setText(title)

    def show_session(self, session: Session | None) -> None:
        """Show where the session lies."""
        self._place.setText(str(session.path) if session else "")

    def show_pause(self, event: StateChanged) -> None:
        """Say where in the algorithm training pauses."""
        following = (
            "the generator's step" if event.stage == "generator" else f"critic step {event.critic_step + 1}"
        )
        self.showMessage(f"Paused at iteration {event.iteration:,}; next is {following}.")
