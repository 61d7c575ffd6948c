"""What the runs panel asks the window to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Slot

from ganstudio.ui import dialogs
from ganstudio.ui.panels.runs import RunsPanel
from ganstudio.ui.sides.desk import SidesDesk

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow


class RunsDesk(QObject):
    """Connects the panel; methods whose names begin with ``ask_`` open a dialog."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._panel = cast(RunsPanel, window.workspace.panels["runs"])
        self._panel.recent = window.controller.memory.recent
        self._panel.open_asked.connect(window.commands.open_session)
        self._panel.add_asked.connect(self.ask_add)
        self.sides = SidesDesk(window)
        window.workspace.overlays.refused.connect(window.controller.said)

    @Slot()
    def ask_add(self) -> None:
        """Ask for a session, or a folder of sessions, and list it."""
        if folder := dialogs.ask_session(self._window):
            self.add(folder)

    def add(self, folder: Path) -> None:
        """List a session or the sessions in a folder, from now on."""
        found = self._panel.add(folder)
        for path in found:
            self._window.controller.memory.remember(path)
        if not found:
            self._window.controller.trouble(f"{folder} is no session, and no session lies in it.")
