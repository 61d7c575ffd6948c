"""Where window and docks were when the window was last closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtGui import QScreen

from ganstudio.ui.perspectives import PERSPECTIVES

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow

DEFAULT_SIZE = QSize(1440, 900)
FRAME = QSize(8, 40)  # about what the desktop's title bar and borders take: the size is that of the inside


def keep(window: MainWindow, settings: QSettings) -> None:
    """Write down where everything is, in each perspective."""
    settings.setValue("window/geometry", window.saveGeometry())
    workspace = window.workspace
    settings.setValue("window/perspective", workspace.perspective.name)
    for name, state in {**workspace.layouts, workspace.perspective.name: workspace.layout_state()}.items():
        if not state.isEmpty():
            settings.setValue(f"layout/{name}", state)


def size_on(screen: QScreen) -> QSize:
    """The size that a window has at first: the default, or what the screen has room for."""
    return DEFAULT_SIZE.boundedTo(screen.availableSize() - FRAME)


def restore_window(window: MainWindow, settings: QSettings) -> None:
    """Put the window where it was; at first in the middle of the screen."""
    window.resize(size_on(window.screen()))
    geometry = _bytes(settings, "window/geometry")
    if not geometry.isEmpty():
        window.restoreGeometry(geometry)


def restore_docks(window: MainWindow, settings: QSettings) -> None:
    """Put the docks where they were, in each perspective."""
    layouts = {name: _bytes(settings, f"layout/{name}") for name in PERSPECTIVES}
    name = str(settings.value("window/perspective", "learn", type=str))
    window.workspace.restore(name, {n: state for n, state in layouts.items() if not state.isEmpty()})
    window.actions_by_name[window.workspace.perspective.name].setChecked(True)


def _bytes(settings: QSettings, key: str) -> QByteArray:
    found = settings.value(key, type=QByteArray)
    return found if isinstance(found, QByteArray) else QByteArray()
