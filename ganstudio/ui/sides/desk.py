"""Opens the window of two sessions from the main window, and closes it with that one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QTimer, Slot

from ganstudio.experiment.pairs import pairs
from ganstudio.ui.layout_memory import size_on
from ganstudio.ui.panels.runs import RunsPanel
from ganstudio.ui.recents import Recents
from ganstudio.ui.sides.window import SidesWindow
from ganstudio.ui.theme import DARK, Colours

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow


class SidesDesk(QObject):
    """The main window's side of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.shown: SidesWindow | None = None
        self._recents = Recents()
        window.actions_by_name["side_by_side"].triggered.connect(self.show_newest)
        window.start_page.pair_trained.connect(self.train)
        cast(RunsPanel, window.workspace.panels["runs"]).sides_asked.connect(self.show_stored)
        window.recents.found.connect(self._on_recents)
        window.workspace.recoloured.connect(self._on_recoloured)
        window.installEventFilter(self)

    @Slot()
    def show_newest(self) -> None:
        """Show the current session, or the newest, beside the one that was used before it."""
        window = self.open()
        session = self._window.controller.session
        paths = [session.path] if session else []
        paths += [entry.path for entry in self._recents.sessions if entry.path not in paths]
        for show, path in zip((window.show_left, window.show_right), paths, strict=False):
            show(path)

    @Slot(object, object)
    def show_stored(self, left: Path, right: Path) -> None:
        """Show two sessions."""
        window = self.open()
        window.show_left(left)
        window.show_right(right)

    @Slot(str)
    def train(self, name: str, iterations: int | None = None) -> None:
        """Train a ready-made pair."""
        self.open().train(pairs()[name], self._window.toolbar.chosen_device(), iterations)

    def open(self) -> SidesWindow:
        """The window of two sessions, brought to the front."""
        if self.shown is None:
            controller = self._window.controller
            dark = self._window.workspace.form.palette().window().color().lightness() < 128
            self.shown = SidesWindow(controller.another, dark=dark)
            self.shown.resize(size_on(self._window.screen()))
            self.shown.closed.connect(self._on_closed)
            self.shown.session_made.connect(self._window.show_recent)
            self.shown.show_recents(self._recents)
        self.shown.show()
        self.shown.raise_()
        self.shown.activateWindow()
        return self.shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Close with the main window; where something trains in here it is saved first."""
        if event.type() == QEvent.Type.Close and watched is self._window and self.shown is not None:
            if self.shown.is_active:
                event.ignore()
                self.shown.closed.connect(lambda: QTimer.singleShot(0, self._window, self._window.close))
                self.shown.close()
                return True
            self.shown.close()
        return super().eventFilter(watched, event)

    @Slot()
    def _on_closed(self) -> None:
        if self.shown is not None:
            self.shown.deleteLater()
            self.shown = None
        self._window.show_recent()

    @Slot(object)
    def _on_recents(self, recents: Recents) -> None:
        self._recents = recents
        if self.shown is not None:
            self.shown.show_recents(recents)

    @Slot(object)
    def _on_recoloured(self, theme: Colours) -> None:
        if self.shown is not None:
            self.shown.set_dark(theme == DARK)
