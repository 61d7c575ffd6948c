"""A window whose workspace is put in after its start page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

if TYPE_CHECKING:
    from ganstudio.ui.commands import Commands
    from ganstudio.ui.fork_desk import ForkDesk
    from ganstudio.ui.forms.experiment_form import ExperimentForm
    from ganstudio.ui.leaving import Leaving
    from ganstudio.ui.main_window import MainWindow
    from ganstudio.ui.moments.strip import TimeStrip
    from ganstudio.ui.runs.desk import RunsDesk
    from ganstudio.ui.session_desk import SessionDesk
    from ganstudio.ui.workspace import Workspace


class Furnished(QMainWindow):
    """What ``put_in`` and ``connect`` add to the window."""

    workspace: Workspace
    form: ExperimentForm
    time_strip: TimeStrip
    leaving: Leaving
    desk: SessionDesk
    commands: Commands
    runs: RunsDesk
    forks: ForkDesk


def put_in(window: MainWindow, *, dark: bool) -> None:
    """Make the workspace and what works on it."""
    # Imported here: what the plots need takes longer to load than the start page to show.
    from ganstudio.ui.commands import Commands
    from ganstudio.ui.leaving import Leaving
    from ganstudio.ui.moments.strip import linked_time
    from ganstudio.ui.runs.desk import RunsDesk
    from ganstudio.ui.session_desk import SessionDesk
    from ganstudio.ui.workspace import Workspace

    window.workspace = Workspace(jobs=window.jobs)
    window.form = window.workspace.form
    window.time_strip = linked_time(window, window.controller, window.workspace, window.actions_by_name)
    window.workspace.set_dark(dark)
    window.pages.addWidget(window.workspace)  # only now, so that it is styled once
    window.menus.show_docks(window.workspace.toggles())
    window.leaving = Leaving(window, window.controller, window.form)
    window.desk = SessionDesk(window)
    window.commands = Commands(window)
    window.runs = RunsDesk(window)


def connect(window: MainWindow) -> None:
    """Let the parts hear of one another; the window itself listens already."""
    from ganstudio.ui.fork_desk import ForkDesk

    controller, form = window.controller, window.form
    controller.received.connect(window.status.handle)
    controller.opening.announced.connect(window.status.job.follow)
    controller.following.told.connect(window.status.show_following)
    controller.refused.connect(form.show_issues)
    controller.said.connect(window.status.showMessage)
    form.live_edited.connect(controller.edit)
    window.loader.found.connect(window.toolbar.show_devices)
    window.loader.failed.connect(controller.trouble)
    window.jobs.faulted.connect(controller.trouble)
    window.commands.connect_actions(window.actions_by_name)
    window.forks = ForkDesk(window)
