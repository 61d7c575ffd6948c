"""What the window's actions do: ask the person where something must be known, then do it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from ganstudio.engine.control import StepSize
from ganstudio.engine.events import SAVE_ELSEWHERE
from ganstudio.errors import UserError
from ganstudio.experiment.files import preset, read_experiment
from ganstudio.ui import dialogs, questions
from ganstudio.ui.evaluation_desk import EvaluationDesk
from ganstudio.ui.export_dialog import ExportDialog
from ganstudio.ui.panels.problems import ProblemsPanel
from ganstudio.ui.recents import Recents
from ganstudio.ui.screenshot import check_target
from ganstudio.ui.self_check import SelfCheckDialog
from ganstudio.ui.speeds import SPEEDS
from ganstudio.ui.training import RunState

if TYPE_CHECKING:
    from ganstudio.ui.main_window import MainWindow


class Commands(QObject):
    """One method an action. Those whose names begin with ``ask_`` open a dialog; the others only do."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._controller = window.controller
        self.evaluations = EvaluationDesk(window)
        self._export: ExportDialog | None = None  # made when it is first wanted

    def connect_actions(self, actions: dict[str, QAction]) -> None:
        """Let every action do what it says."""
        controller, window = self._controller, self._window
        for name, slot in {
            "start_page": window.switch_page,
            "open": self.ask_open,
            "open_file": self.ask_open_file,
            "save": controller.save,
            "save_as": self.ask_save_as,
            "save_settings": window.leaving.ask_save_settings,
            "export": self.show_export,
            "evaluate": self.evaluations.show,
            "revert": self.ask_revert,
            "quit": window.close,
            "train": self.train,
            "pause": controller.pause,
            "stop": controller.stop,
            "step_iteration": self.step_iteration,
            "step_critic": self.step_critic,
            "step_generator": self.step_generator,
            "reset_layout": window.workspace.arrange,
            "screenshot": self.ask_screenshot,
            "picture_of_preset": self.ask_preset_picture,
            "self_check": self.show_self_check,
            "about": self.show_about,
        }.items():
            actions[name].triggered.connect(slot)
        window.menus.presets.triggered.connect(self.open_preset_of)
        window.menus.recent.triggered.connect(self.open_session_of)
        window.menus.themes.triggered.connect(self.choose_theme_of)
        window.menus.speeds.triggered.connect(self.go_at_speed_of)
        window.menus.perspectives.triggered.connect(self.look_from_of)
        for panel in window.workspace.findChildren(ProblemsPanel):
            panel.remedy_chosen.connect(self.ask_remedy)
        window.photographer.done.connect(self.tell_of_picture)
        page = window.start_page
        page.preset_chosen.connect(self.open_preset)
        page.preset_trained.connect(self.train_preset)
        window.desk.export_asked.connect(self.export_from)
        window.recents.found.connect(page.sessions.show_recents)
        window.recents.found.connect(self.show_in_menu)
        page.sessions.chosen.connect(self.open_session)
        page.sessions.dismissed.connect(window.desk.dismiss)
        page.sessions.forgotten.connect(self.forget_session)

    @Slot(str)
    def open_preset(self, name: str) -> None:
        """Show a preset, ready to train."""
        self._window.leaving.leave(lambda: self._show_preset(name), "open")

    def _show_preset(self, name: str) -> None:
        self._window.toolbar.iterations.setValue(preset(name).iterations)
        self._controller.choose(preset(name).experiment)

    @Slot(str)
    def train_preset(self, name: str, iterations: int | None = None) -> None:
        """Show a preset and train it; with None for as many iterations as it says."""
        self._window.leaving.leave(lambda: self._train_preset(name, iterations), "open")

    def _train_preset(self, name: str, iterations: int | None) -> None:
        toolbar = self._window.toolbar
        self._show_preset(name)
        if iterations is not None:
            toolbar.iterations.setValue(iterations)
        if self._controller.experiment is None:
            self._window.form.focus_first_issue()
        self._controller.start(toolbar.iterations.value(), toolbar.chosen_device())

    def picture_preset(self, name: str, iterations: int | None, path: Path) -> None:
        """Train a preset, then save a picture of the window. Raises UserError for a bad path."""
        check_target(path)
        window = self._window
        window.leaving.leave(
            lambda: window.photographer.shoot_trained(lambda: self._train_preset(name, iterations), path),
            "open",
        )

    @Slot()
    def train(self) -> None:
        """Train, or go on after a pause."""
        if self._controller.state is RunState.PAUSED:
            self._controller.resume()
        else:
            toolbar = self._window.toolbar
            self._controller.start(toolbar.iterations.value(), toolbar.chosen_device())

    def step(self, size: StepSize) -> None:
        """Take one step, then pause; where nothing trains yet, training begins with it."""
        if self._controller.is_active:
            self._controller.step(size)
        else:
            toolbar = self._window.toolbar
            self._controller.start(toolbar.iterations.value(), toolbar.chosen_device(), first=size)

    @Slot()
    def step_iteration(self) -> None:
        """Take the rest of one iteration, then pause."""
        self.step("iteration")

    @Slot()
    def step_critic(self) -> None:
        """Take one critic step, then pause."""
        self.step("critic")

    @Slot()
    def step_generator(self) -> None:
        """Go on until the generator is updated, then pause."""
        self.step("generator")

    @Slot(QAction)
    def open_preset_of(self, action: QAction) -> None:
        """Show the preset that a menu entry names."""
        self.open_preset(str(action.data()))

    @Slot(QAction)
    def open_session_of(self, action: QAction) -> None:
        """Open the session that a menu entry names."""
        self.open_session(Path(str(action.data())))

    @Slot(object)
    def open_session(self, path: Path) -> None:
        """Open a session."""
        self._window.leaving.leave(lambda: self._controller.open(path), "open")

    @Slot(object)
    def show_in_menu(self, recents: Recents) -> None:
        """Offer the recent sessions in the menu."""
        self._window.menus.show_recent(recents)

    @Slot(object)
    def forget_session(self, path: Path) -> None:
        """Take a session that is no longer there off the list."""
        self._controller.memory.forget(path)
        self._window.show_recent()

    def open_experiment(self, path: Path) -> None:
        """Open an experiment file, ready to train."""
        try:
            experiment = read_experiment(path)
        except UserError as error:
            self._controller.trouble(str(error))
        else:
            self._window.leaving.leave(lambda: self._controller.choose(experiment), "open")

    @Slot(QAction)
    def choose_theme_of(self, action: QAction) -> None:
        """Take the theme that a menu entry names."""
        self._window.choose_theme(action.objectName())

    @Slot(QAction)
    def go_at_speed_of(self, action: QAction) -> None:
        """Train at the speed that a menu entry names; in slow motion show the algorithm's lines."""
        speed = SPEEDS[action.objectName()]
        self._window.toolbar.show_speed(speed)
        self._controller.slow(speed.seconds)
        if speed.seconds is not None:
            self._window.workspace.show_dock("algorithm")

    @Slot(QAction)
    def look_from_of(self, action: QAction) -> None:
        """Take the perspective that a menu entry names."""
        self._window.workspace.look_from(action.objectName())

    @Slot()
    def ask_open(self) -> None:
        """Ask for a session and open it."""
        if path := dialogs.ask_session(self._window):
            self.open_session(path)

    @Slot()
    def ask_open_file(self) -> None:
        """Ask for a file: an experiment is opened, an exported session imported."""
        if path := questions.ask_file(self._window):
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Open an experiment file, or import an exported session."""
        if path.suffix.lower() == ".zip":
            self._window.desk.ask_import(path)
        else:
            self.open_experiment(path)

    @Slot()
    def ask_revert(self) -> None:
        """Go back to the newest checkpoint; ask first where something would be lost."""
        controller, leaving = self._controller, self._window.leaving
        session = controller.session
        if session is None:
            return
        dropped = leaving.losses()
        if not dropped or questions.ask_revert(self._window, controller.saves.saved or 0, dropped):
            controller.abandon(lambda: controller.open(session.path))

    @Slot()
    def ask_save_as(self) -> None:
        """Ask for a new place, copy the session there and go on in the copy."""
        session = self._controller.session
        if session and (path := dialogs.ask_copy(self._window, session.path)):
            self._window.desk.save_as(path)

    @Slot(str)
    def ask_remedy(self, remedy: str) -> None:
        """Ask what the remedy of a problem needs to know, and apply it."""
        controller = self._controller
        if remedy != SAVE_ELSEWHERE or not controller.is_active or not controller.session:
            return
        if path := dialogs.ask_elsewhere(self._window, controller.session.name):
            controller.save_elsewhere(path)

    @Slot()
    def show_export(self) -> None:
        """Show the dialog that exports; it stays open beside the window."""
        if self._export is None:
            self._export = ExportDialog(self._window, self._window.jobs)
            self._export.said.connect(self._window.status.showMessage)
            self._controller.session_changed.connect(self._export.set_session)
            self._export.set_session(self._controller.session)
        self._export.show()
        self._export.activateWindow()

    @Slot(object)
    def export_from(self, iteration: int) -> None:
        """Show the dialog that exports, at a checkpoint."""
        self.show_export()
        if self._export is not None:
            self._export.begin_at(iteration)

    @Slot()
    def ask_screenshot(self) -> None:
        """Ask for a file and save a picture of the window there."""
        if path := dialogs.ask_picture(self._window, "ganstudio"):
            try:
                self._window.photographer.shoot(path)
            except UserError as error:
                self._controller.trouble(str(error))

    @Slot(str, str)
    def tell_of_picture(self, sentence: str, detail: str) -> None:
        """Say that a picture is saved, or why not."""
        if sentence:
            self._controller.trouble(sentence, detail)
        else:
            self._window.status.showMessage("The picture is saved.")

    @Slot()
    def ask_preset_picture(self) -> None:
        """Ask for a preset and a file, run the preset and save a picture of the window."""
        if order := dialogs.ask_preset_picture(self._window):
            try:
                self.picture_preset(order.preset.name, order.iterations, order.path)
            except UserError as error:
                self._controller.trouble(str(error))

    @Slot()
    def show_self_check(self) -> None:
        """Check this installation on the device that the toolbar names."""
        window = self._window
        SelfCheckDialog(window, window.jobs, window.toolbar.chosen_device()).show()

    @Slot()
    def show_about(self) -> None:
        """Say what this program is."""
        dialogs.show_about(self._window)
