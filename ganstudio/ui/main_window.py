"""The main window: puts start page, workspace, toolbar, menus and controller together."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLayout, QStackedWidget, QWidget

from ganstudio.engine.events import Edited, EditRefused, Event, Started, Trouble
from ganstudio.errors import Issue
from ganstudio.experiment.model import Experiment
from ganstudio.session.session import Session
from ganstudio.ui import layout_memory, theme
from ganstudio.ui.actions import availability, make_actions, tint
from ganstudio.ui.background import finish_readers
from ganstudio.ui.controller import Controller
from ganstudio.ui.furnished import Furnished, connect, put_in
from ganstudio.ui.jobs import Jobs
from ganstudio.ui.mailbox import Loading
from ganstudio.ui.menus import THEMES, Menus
from ganstudio.ui.recents import RecentWatch
from ganstudio.ui.screenshot import Photographer
from ganstudio.ui.start_page import StartPage
from ganstudio.ui.status_bar import StatusBar
from ganstudio.ui.toolbar import Toolbar
from ganstudio.ui.torch_loader import TorchLoader
from ganstudio.ui.training import RunState

MINIMUM_SIZE = QSize(950, 560)  # in which every panel that can be seen has its least width


class MainWindow(Furnished):
    """The window. It holds widgets and connects them; what they do lies in the controller and the panels.

    It begins with the start page. The workspace, which takes longer than all the rest, and everything that
    works on it are put in by ``furnish``: at once, or where ``furnished`` is False when that is called.
    """

    def __init__(
        self, controller: Controller, settings: QSettings, *, dark: bool | None = None, furnished: bool = True
    ) -> None:
        super().__init__()
        self.setWindowTitle("GAN Studio")
        self.setObjectName("window")
        self.setMinimumSize(MINIMUM_SIZE)  # instead of what the layout finds, which changes with every panel
        if (layout := self.layout()) is not None:
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.controller = controller
        self.settings = settings
        self._is_dark = theme.prefers_dark(self._theme()) if dark is None else dark
        theme.apply_everywhere(self._is_dark)  # before there are widgets that would be styled twice
        theme.dress(self, self._is_dark)
        controller.setParent(self)
        self.loader = TorchLoader(self)
        self.photographer = Photographer(self, controller)
        self.jobs = Jobs(self)
        self.actions_by_name = make_actions(self)
        self.start_page = StartPage()
        self.recents = RecentWatch(controller.memory, self)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.setCentralWidget(self.pages)
        self.toolbar = Toolbar(self.actions_by_name)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.toolbar)
        self.menus = Menus(self.menuBar(), self.actions_by_name)
        self.status = StatusBar(controller.saves)
        self.setStatusBar(self.status)
        self._closes_now = False
        self._has_opened = False  # whether there is an experiment to go back to
        self.is_furnished = False
        self._show_page(self.start_page)
        layout_memory.restore_window(self, settings)
        self.set_dark(self._is_dark)
        self._update_actions()
        if furnished:
            self.furnish()

    @Slot()
    def furnish(self) -> None:
        """Put in the workspace and what works on it, and connect all; a second call does nothing."""
        if self.is_furnished:
            return
        put_in(self, dark=self._is_dark)
        self._listen()
        connect(self)
        layout_memory.restore_docks(self, self.settings)
        self.is_furnished = True
        self.show_recent()
        self._update_actions()

    # What a person or a test can ask for

    @Slot()
    def switch_page(self) -> None:
        """Show presets and recent sessions, or go back from them; training goes on meanwhile."""
        if self.pages.currentWidget() is self.workspace:
            self.show_recent()
            self.start_page.show_problem("")
            self._show_page(self.start_page)
        elif self._has_opened:
            self._show_page(self.workspace)

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        action = self.actions_by_name["start_page"]
        goes_back = self._has_opened and page is self.start_page
        action.setText("Back to the experiment" if goes_back else "Start page")
        action.setIconText("Back" if goes_back else "Start")
        action.setEnabled(self._has_opened)

    def show_recent(self) -> None:
        """Show the recent sessions as they are on disk now, once they are looked up."""
        self.recents.refresh()

    def choose_theme(self, name: str) -> None:
        """Give the window the light or the dark theme, or the desktop's ("system"), and remember it."""
        self.settings.setValue("window/theme", name)
        self.set_dark(theme.prefers_dark(name))

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - one state of two, as in Qt's setters
        """Give the window the dark or the light theme."""
        self._is_dark = dark
        theme.apply_everywhere(dark)
        theme.dress(self, dark)
        self.actions_by_name[self._theme()].setChecked(True)
        tint(self.actions_by_name, theme.colours(dark))
        if self.is_furnished:
            self.workspace.set_dark(dark)

    @Slot()
    def close_now(self) -> None:
        """Save and close, without a question; one that is open is cancelled."""
        self._closes_now = True
        if (question := QApplication.activeModalWidget()) is not None:
            question.close()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about what would be lost, then save and cancel jobs; the window closes when that is done."""
        self.furnish()  # so that there is one way to close
        if not self._closes_now and self.leaving.would_lose:
            event.ignore()
            # A window that is closing cannot be closed: it has to wait for the end of this event.
            self.leaving.leave(lambda: QTimer.singleShot(0, self, self.close_now), "close")
            return
        self.desk.flush()
        if self.controller.is_active or self.jobs.is_active:
            self.status.showMessage("Saving; the window closes when that is done.")
            self.jobs.cancel_all()
            self.controller.when_idle(lambda: self.jobs.when_idle(self.close_now))
            event.ignore()
            return
        self.controller.close()
        finish_readers(self)
        self.loader.wait()
        self.time_strip.travel.close()
        layout_memory.keep(self, self.settings)
        event.accept()

    # What happens

    @Slot(object, object)
    def _on_opened(self, experiment: Experiment, origin: Experiment) -> None:
        self.form.set_experiment(experiment, origin)
        self._take_form()
        self.workspace.reset(experiment)
        self._has_opened = True
        self._show_page(self.workspace)
        self.toolbar.show_pace(self.controller.meter.pace)
        self._update_actions()

    @Slot(object)
    def _on_received(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Edited):
                self.form.apply_live(event.path, event.new)
            elif isinstance(event, EditRefused):
                self.form.show_issues([Issue(event.path, event.sentence)])
            elif isinstance(event, Started):
                self._on_started(event)
            elif isinstance(event, Trouble):
                self.workspace.show_dock("problems")
                self.start_page.show_problem(event.sentence)
        self.workspace.handle(events)
        if isinstance(events[-1], Loading):
            self.toolbar.show_loading(events[-1].what, events[-1].done, events[-1].total)
        elif self.controller.state is not RunState.LOADING:
            self.toolbar.show_pace(
                self.controller.meter.pace, trains=self.controller.state is not RunState.IDLE
            )

    def _on_started(self, event: Started) -> None:
        if event.iteration == 0 and self.controller.experiment:
            self.workspace.reset(self.controller.experiment)

    @Slot(object)
    def _on_state(self, state: RunState) -> None:
        self.form.set_running(state is not RunState.IDLE)
        if state is RunState.LOADING:
            self._show_page(self.workspace)
        elif state is RunState.RUNNING:
            self.status.clearMessage()
        elif state is RunState.STOPPING:
            self.status.showMessage("Finishing the step and saving…")
        elif state is RunState.IDLE:
            self.status.clearMessage()
            self.toolbar.show_pace(self.controller.meter.pace)
            self.workspace.refresh()
        self._update_actions()

    @Slot(object)
    def _on_session(self, session: Session | None) -> None:
        self.setWindowTitle(f"{session.name} - GAN Studio" if session else "GAN Studio")
        self.status.show_session(session)
        self.show_recent()
        self._update_actions()

    @Slot()
    def _take_form(self) -> None:
        self.controller.set_experiment(self.form.experiment() if self.form.may_train else None)
        self._update_actions()

    @Slot()
    def _update_actions(self) -> None:
        for name, value in availability(self.controller).items():
            self.actions_by_name[name].setEnabled(value)
        paused = self.controller.state is RunState.PAUSED
        self.actions_by_name["train"].setText("Go on" if paused else "Train")

    # Putting it together

    def _listen(self) -> None:
        controller, form = self.controller, self.form
        controller.opened.connect(self._on_opened)
        controller.received.connect(self._on_received)
        controller.state_changed.connect(self._on_state)
        controller.session_changed.connect(self._on_session)
        controller.opening_changed.connect(self._update_actions)
        form.experiment_changed.connect(self._take_form)
        form.validity_changed.connect(self._take_form)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_desktop_theme)

    @Slot()
    def _on_desktop_theme(self) -> None:
        if self._theme() == "system":
            self.choose_theme("system")

    def _theme(self) -> str:
        name = str(self.settings.value("window/theme", "system", type=str))
        return name if name in THEMES else "system"
