"""The menu bar."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction, QActionGroup, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QMenuBar

from ganstudio.experiment.files import presets
from ganstudio.ui.perspectives import PERSPECTIVES
from ganstudio.ui.recents import Recents
from ganstudio.ui.speeds import SPEEDS

TAGS = 3  # of a session in a menu
THEMES = ("light", "dark", "system")


class Menus:
    """Fills the menu bar; the actions in ``presets`` and ``recent`` carry a name or a path as data."""

    def __init__(self, bar: QMenuBar, actions: dict[str, QAction]) -> None:
        session = bar.addMenu("&Session")
        self.presets = session.addMenu("New from preset")
        for preset in presets().values():
            action = self.presets.addAction(preset.title)
            action.setData(preset.name)
            action.setStatusTip(preset.summary)
        _fill(session, actions, "start_page", "open", "open_file")
        self.recent = session.addMenu("Recent")
        self.recent.setEnabled(False)  # until they are looked up
        _fill(
            session,
            actions,
            "",
            "save",
            "save_as",
            "save_settings",
            "export",
            "evaluate",
            "",
            "revert",
            "fork_setting",
        )
        _fill(session, actions, "", "quit")
        run = bar.addMenu("&Run")
        _fill(
            run,
            actions,
            "train",
            "pause",
            "stop",
            "",
            "step_iteration",
            "step_critic",
            "step_generator",
        )
        self.speeds = QActionGroup(bar)
        speeds = run.addMenu("Speed")
        for name in SPEEDS:
            speeds.addAction(self.speeds.addAction(actions[name]))
        actions["full_speed"].setChecked(True)
        _fill(
            bar.addMenu("&Time"),
            actions,
            "replay",
            "look_earlier",
            "look_later",
            "look_at_first",
            "look_at_now",
        )
        view = self._view = bar.addMenu("&View")
        self._below_docks = view.addSeparator()
        self.perspectives = QActionGroup(bar)
        perspectives = view.addMenu("Perspective")
        for name in PERSPECTIVES:
            perspectives.addAction(self.perspectives.addAction(actions[name]))
        _fill(view, actions, "reset_layout", "side_by_side")
        theme = view.addMenu("Theme")
        self.themes = QActionGroup(bar)
        for name in THEMES:
            theme.addAction(self.themes.addAction(actions[name]))
        _fill(bar.addMenu("&Help"), actions, "screenshot", "picture_of_preset", "", "self_check", "about")
        for menu in bar.findChildren(QMenu):
            menu.setToolTipsVisible(False)

    def show_docks(self, toggles: Iterable[QAction]) -> None:
        """Offer to show and hide these docks."""
        self._view.insertActions(self._below_docks, list(toggles))

    def show_recent(self, recents: Recents) -> None:
        """Offer these sessions."""
        self.recent.clear()
        for entry in recents.sessions:
            tags = "".join(f"  #{tag}" for tag in entry.tags[:TAGS])
            state = ", being trained" if entry.running else ", interrupted" if entry.interrupted else ""
            words = f"{entry.name} ({entry.iteration:,} iterations{state}){tags}"
            action = self.recent.addAction(words.replace("&", "&&"))
            action.setData(str(entry.path))
            action.setStatusTip(str(entry.path))
            if (image := recents.picture(entry.thumbnail)) is not None:
                action.setIcon(QIcon(QPixmap.fromImage(image)))
        self.recent.setEnabled(not self.recent.isEmpty())


def _fill(menu: QMenu, actions: dict[str, QAction], *names: str) -> None:
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
