"""An action that shows a dock: Qt's own hides one that lies behind a tab, where a person wants to see it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget


class DockAction(QAction):
    """Shows a dock, brings it in front of its tabs, or hides it where it is in front already."""

    def __init__(self, dock: QDockWidget, number: int) -> None:
        title = dock.windowTitle()
        super().__init__(title, dock, checkable=True)
        self._dock = dock
        self.setObjectName(f"show-{dock.objectName()}")
        self.setShortcut(QKeySequence(f"Ctrl+{number}" if number < 10 else f"Alt+{number - 9}"))
        self.setStatusTip(f"Bring {title.lower()} to the front, or hide it where it is there")
        self.setChecked(not dock.isHidden())
        dock.toggleViewAction().toggled.connect(self.setChecked)
        self.triggered.connect(self._on_triggered)

    @Slot()
    def _on_triggered(self) -> None:
        if self._dock.isHidden() or self._dock.visibleRegion().isEmpty():
            self._dock.show()
            self._dock.raise_()
        else:
            self._dock.close()
        self.setChecked(not self._dock.isHidden())
