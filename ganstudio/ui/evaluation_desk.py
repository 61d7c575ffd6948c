"""Evaluation on request: shows its dialog, and brings what it finds into the session and to the panels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import Evaluated
from ganstudio.session.session import Session
from ganstudio.ui.evaluation_dialog import EvaluationDialog, Judged
from ganstudio.ui.jobs import Ending
from ganstudio.ui.panels.metrics import MetricsPanel

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow


class EvaluationDesk(QObject):
    """Opens the dialog from the menu and from the metrics panel."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._controller = window.controller
        self.dialog: EvaluationDialog | None = None  # made when it is first wanted
        for panel in window.workspace.findChildren(MetricsPanel):
            panel.evaluation_asked.connect(self.show)

    @Slot()
    def show(self) -> None:
        """Show the dialog; it stays open beside the window."""
        if self.dialog is None:
            self.dialog = EvaluationDialog(self._window, self._window.jobs, self._window.settings)
            self.dialog.judged.connect(self.take)
            self._controller.session_changed.connect(self._follow)
            self._controller.state_changed.connect(self._follow)
        self._follow()
        self.dialog.show()
        self.dialog.activateWindow()

    @Slot(object)
    def take(self, judged: Judged) -> None:
        """Keep figures in their session: through the training's own writer while it runs in this window."""
        controller = self._controller
        is_shown = controller.session is not None and controller.session.path == judged.path
        if is_shown and controller.record(judged.evaluated):
            return
        if is_shown:
            controller.received.emit([judged.evaluated])
        self._keep(judged.path, judged.evaluated)

    def _keep(self, path: Path, evaluated: Evaluated) -> None:
        def work(_progress: Progress) -> None:
            from ganstudio.session.judging import keep

            keep(Session.open(path), evaluated)

        self._window.jobs.start("Keeping the figures", work).ended.connect(self._on_kept)

    @Slot(object)
    def _on_kept(self, end: Ending) -> None:
        if end.kind == "refused":
            self._controller.trouble(f"The figures are shown, but not kept in the session: {end.sentence}")

    @Slot()
    def _follow(self, _what: object = None) -> None:
        if self.dialog is not None:
            self.dialog.modest = self._controller.is_active
            self.dialog.set_session(self._controller.session)
