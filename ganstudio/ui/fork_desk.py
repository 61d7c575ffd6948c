"""Settings that cannot change in a session may change on a fork of it: where that is offered, and done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ganstudio.diagnosis.findings import Remedy
from ganstudio.experiment.describe import flatten
from ganstudio.ui import questions
from ganstudio.ui.fork_dialog import ask_fork
from ganstudio.ui.panels.diagnosis import DiagnosisPanel
from ganstudio.ui.training import RunState

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow


class ForkDesk(QObject):
    """Offers a fork in the form, above changed settings and on the menu of a setting that is locked."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._controller = window.controller
        window.form.fork_wanted.connect(self.ask_setting)
        window.form.fork_of_changes_wanted.connect(self.ask_changes)
        window.actions_by_name["fork_setting"].triggered.connect(self.ask_any)
        for panel in window.workspace.findChildren(DiagnosisPanel):
            panel.remedy_chosen.connect(self.apply_remedy)
        for changed in (
            window.form.experiment_changed,
            window.form.validity_changed,
            window.controller.session_changed,
            window.controller.state_changed,
        ):
            changed.connect(self.offer)

    @Slot()
    def offer(self) -> None:
        """Offer to apply changed settings on a fork, where training would begin anew with them."""
        controller = self._controller
        is_idle = controller.state is RunState.IDLE
        has_state = controller.session is not None and bool(controller.session.checkpoints())
        differs = controller.experiment is not None and not controller.goes_on()
        self._window.form.offer_fork(offered=is_idle and has_state and differs)

    @Slot()
    def ask_any(self) -> None:
        """Ask which setting a fork shall change."""
        self.ask_setting("")

    @Slot(str)
    def ask_setting(self, path: str) -> None:
        """Ask for a setting's value on a fork, and for its name."""
        session = self._controller.session
        if session is None:
            return
        answer = ask_fork(self._window, session.current_experiment, f"{session.name} fork", path)
        if answer is not None:
            name, values = answer
            self._controller.when_idle(lambda: self._window.desk.fork(session, None, name, values))

    @Slot()
    def ask_changes(self) -> None:
        """Ask for a name, and apply on a fork what the form has otherwise than the session."""
        session, experiment = self._controller.session, self._controller.experiment
        if session is None or experiment is None:
            return
        before, after = flatten(session.current_experiment), flatten(experiment)
        values = {path: value for path, value in after.items() if before[path] != value}
        name = questions.ask_name(
            self._window, "Apply on a fork", "Name of the fork, which begins with the newest state:",
            f"{session.name} fork",
        )  # fmt: skip
        if name:
            self._window.desk.fork(session, None, name, values)

    @Slot(object)
    def apply_remedy(self, remedy: Remedy) -> None:
        """Change what a remedy of the diagnosis changes: now, or on a fork for which a name is asked."""
        controller, window = self._controller, self._window
        if remedy.live:
            window.form.change(remedy.label, dict(remedy.values))
            return
        session = controller.session
        if session is None:
            return
        name = questions.ask_name(
            window,
            remedy.label,
            "Name of the fork, which begins with the newest state:",
            f"{session.name} fork",
        )
        if name:
            controller.when_idle(lambda: window.desk.fork(session, None, name, dict(remedy.values)))
