"""Where one works on an experiment: the form and all panels, as docks that a person may move."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QByteArray, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from ganstudio.engine.events import Event
from ganstudio.experiment.model import Experiment
from ganstudio.ui.forms.experiment_form import ExperimentForm
from ganstudio.ui.panel import Panel
from ganstudio.ui.panels import PANELS

FORM_WIDTH = 330
BOTTOM_HEIGHT = 170
REFRESH_SECONDS = 0.06  # least time between two redraws


class Workspace(QMainWindow):
    """Docks around the samples in the centre. It is a page of the window, not a window of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.form = ExperimentForm()
        self.panels: dict[str, Panel] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._next_refresh = 0.0
        self._add_dock("form", "Experiment", self.form)
        for kind in PANELS:
            panel = kind()
            self.panels[panel.name] = panel
            dock = self._add_dock(panel.name, panel.title, panel)
            dock.visibilityChanged.connect(self.refresh)
        self.arrange()
        self._default_state = self.saveState()

    def reset(self, experiment: Experiment) -> None:
        """Clear all panels for an experiment."""
        for panel in self.panels.values():
            panel.reset(experiment)

    def handle(self, events: Iterable[Event]) -> None:
        """Pass events to all panels and redraw them, at the pace that drawing allows."""
        for event in events:
            for panel in self.panels.values():
                panel.handle(event)
        if time.monotonic() >= self._next_refresh:
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Redraw the panels that can be seen."""
        begun = time.monotonic()
        for name, panel in self.panels.items():
            if self.docks[name].isVisible() and not panel.visibleRegion().isEmpty():
                panel.refresh()
        now = time.monotonic()
        # The window stays free for the person at least two thirds of the time, however slow drawing is.
        self._next_refresh = now + max(REFRESH_SECONDS, 2 * (now - begun))

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - as in the panels
        """Give all panels the dark or the light theme."""
        for panel in self.panels.values():
            panel.set_dark(dark)

    def toggles(self) -> list[QAction]:
        """Actions that show and hide each dock."""
        return [dock.toggleViewAction() for dock in self.docks.values()]

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front."""
        self.docks[name].show()
        self.docks[name].raise_()

    @Slot()
    def arrange(self) -> None:
        """Put all docks in their places: form left, samples centre, plots right, the rest in tabs below."""
        areas: dict[str, list[QDockWidget]] = {}
        for dock in self.docks.values():
            self.removeDockWidget(dock)
        for name, panel in self.panels.items():
            areas.setdefault(panel.area, []).append(self.docks[name])
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.docks["form"])
        centre, top, below = (areas.get(a, []) for a in ("centre", "right-top", "right-bottom"))
        previous: QDockWidget | None = None
        for group, direction in (
            (centre, Qt.Orientation.Horizontal),
            (top, Qt.Orientation.Horizontal),
            (below, Qt.Orientation.Vertical),
        ):
            previous = self._place(group, previous, direction) or previous
        for dock in areas.get("bottom", []):
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        self._tabify(areas.get("bottom", []))
        for dock in self.docks.values():
            dock.setFloating(False)
            dock.show()
        for group in areas.values():
            group[0].raise_()
        self.set_proportions()

    def set_proportions(self) -> None:
        """Share the room: the form narrow, samples and plots alike, the tabs below low."""
        by_area = {panel.area: self.docks[name] for name, panel in reversed(self.panels.items())}
        room = max(600, self.width() - FORM_WIDTH)
        wide = [self.docks["form"]] + [by_area[a] for a in ("centre", "right-top") if a in by_area]
        self.resizeDocks(wide, [FORM_WIDTH, room * 47 // 100, room * 53 // 100], Qt.Orientation.Horizontal)
        high = [by_area[a] for a in ("right-top", "right-bottom") if a in by_area]
        self.resizeDocks(high, [600, 500], Qt.Orientation.Vertical)
        if "bottom" in by_area:
            self.resizeDocks([by_area["bottom"]], [BOTTOM_HEIGHT], Qt.Orientation.Vertical)

    def restore(self, state: QByteArray) -> None:
        """Put the docks where they were when ``saveState`` was called; what does not fit is ignored."""
        self.restoreState(state)

    def _place(
        self, group: list[QDockWidget], beside: QDockWidget | None, direction: Qt.Orientation
    ) -> QDockWidget | None:
        if not group:
            return None
        if beside is None:
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, group[0])
        else:
            self.splitDockWidget(beside, group[0], direction)
        self._tabify(group)
        return group[0]

    def _tabify(self, group: list[QDockWidget]) -> None:
        for first, second in pairwise(group):
            self.tabifyDockWidget(first, second)

    def _add_dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock:{name}")
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self.docks[name] = dock
        toggle = dock.toggleViewAction()
        toggle.setShortcut(QKeySequence(f"Ctrl+{len(self.docks)}"))
        toggle.setStatusTip(f"Show or hide {title.lower()}")
        return dock
