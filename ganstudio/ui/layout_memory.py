"""Where window and docks were when the window was last closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow

DEFAULT_SIZE = QSize(1440, 900)


def keep(window: MainWindow, settings: QSettings) -> None:
    """Write down where everything is."""
    settings.setValue("window/geometry", window.saveGeometry())
    settings.setValue("window/docks", window.workspace.saveState())


def restore(window: MainWindow, settings: QSettings) -> None:
    """Put window and docks where they were; at first in the middle of the screen."""
    window.resize(DEFAULT_SIZE.boundedTo(window.screen().availableSize()))
    for key, put in (("geometry", window.restoreGeometry), ("docks", window.workspace.restore)):
        state = settings.value(f"window/{key}", type=QByteArray)
        if isinstance(state, QByteArray) and not state.isEmpty():
            put(state)
