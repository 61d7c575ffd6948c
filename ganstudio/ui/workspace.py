"""Where one works on an experiment: the form and all panels, as docks that a person may move."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStyle, QTabWidget, QWidget

from ganstudio.diagnosis.findings import Diagnosed
from ganstudio.engine.events import Event
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.dock_action import DockAction
from ganstudio.ui.forms.experiment_form import ExperimentForm
from ganstudio.ui.jobs import Jobs
from ganstudio.ui.overlays import Overlay, Overlays
from ganstudio.ui.panel import Panel
from ganstudio.ui.panels import PANELS
from ganstudio.ui.perspectives import PERSPECTIVES
from ganstudio.ui.redraw import Redraw
from ganstudio.ui.room import Room
from ganstudio.ui.theme import colours

FORM_WIDTH = 330
LOW = 740  # pixels: where there is less, nothing lies below; its panels become tabs at the right
BESIDE_INSPECTOR = ("diagnosis", "problems")  # of those; the others beside the losses: room for all titles


class Workspace(QMainWindow):
    """Docks around the samples in the centre. It is a page of the window, not a window of its own."""

    recoloured = Signal(object)  # Colours
    time_chosen = Signal(object)  # an iteration that a person wants to look back to; None for now

    def __init__(self, parent: QWidget | None = None, *, jobs: Jobs | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Widget)
        self.setDockOptions(
            self.DockOption.AnimatedDocks
            | self.DockOption.AllowNestedDocks
            | self.DockOption.AllowTabbedDocks
            | self.DockOption.GroupedDragging
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.form = ExperimentForm()
        self.form.experiment_changed.connect(self._plan)
        self.overlays = Overlays(self)
        self.overlays.changed.connect(self.show_overlays)
        self.panels: dict[str, Panel] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._toggles: list[QAction] = []
        self.perspective = PERSPECTIVES["learn"]
        self._is_low = False
        self.layouts: dict[str, QByteArray] = {}  # of the other perspectives, as the person left them
        self._wants_proportions = True  # until a person's own layout is restored
        self._kept: QByteArray | None = None  # that layout, until it is known how much room there is
        self._redraw = Redraw(self, self.panels.values)
        self._tidy = QTimer(self, interval=0, singleShot=True)
        self._tidy.timeout.connect(self._share_titles)
        self._room = Room(self)
        self._add_dock("form", "Experiment", self.form)
        self.addActions(self.form.undo_actions)  # their shortcuts work where the form is hidden, too
        for kind in PANELS:
            panel = kind()
            panel.jobs = jobs
            self.panels[panel.name] = panel
            panel.time_chosen.connect(self.time_chosen)
            panel.overlay_asked.connect(self.overlays.choose)
            dock = self._add_dock(panel.name, panel.title, panel)
            dock.visibilityChanged.connect(self.refresh)
        self.arrange()

    def reset(self, experiment: Experiment) -> None:
        """Clear all panels for an experiment."""
        suited = {name for name, panel in self.panels.items() if panel.suits}
        for panel in self.panels.values():
            panel.reset(experiment)
        self._raise_front({name for name, panel in self.panels.items() if panel.suits != (name in suited)})

    @Slot(object)
    def _plan(self, experiment: Experiment) -> None:
        for panel in self.panels.values():
            panel.plan(experiment)

    def show_moment(self, moment: Moment | None) -> None:
        """Let all panels look back to a moment, or at now again."""
        for panel in self.panels.values():
            panel.show_moment(moment)
        self._redraw.hurry()

    @Slot(object)
    def show_overlays(self, overlays: list[Overlay]) -> None:
        """Let all panels lay the curves of other sessions over theirs."""
        for panel in self.panels.values():
            panel.show_overlays(overlays)
        self._redraw.hurry()

    def handle(self, events: Iterable[Event]) -> None:
        """Pass events to all panels and have them redrawn, at the pace that training allows."""
        for event in events:
            for panel in self.panels.values():
                panel.handle(event)
            if isinstance(event, Diagnosed) and not event.resolved:
                self.show_dock("diagnosis")
        self._redraw.handle(events)

    @Slot()
    def refresh(self) -> None:
        """Redraw the panels that can be seen, now."""
        self._redraw.now()

    def set_dark(self, dark: bool) -> None:  # noqa: FBT001 - as in the panels
        """Give all panels the dark or the light theme."""
        for panel in self.panels.values():
            panel.set_dark(dark)
        self.recoloured.emit(colours(dark))

    def toggles(self) -> list[QAction]:
        """Actions that show, raise and hide each dock."""
        return self._toggles

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front."""
        self.docks[name].show()
        self.docks[name].raise_()

    # Perspectives.

    @property
    def _version(self) -> int:
        """A number for this set of panels: a layout without a place for each of them is not taken up."""
        return zlib.crc32(" ".join(sorted(self.docks)).encode()) & 0x7FFFFFFF

    def layout_state(self) -> QByteArray:
        """Where the docks are now; nothing as long as they never had their places."""
        if self._kept is not None:
            return self._kept
        return QByteArray() if self._wants_proportions else self.saveState(self._version)

    @Slot()
    def arrange(self) -> None:
        """Put all docks where the perspective has them: form left, samples centre, plots right."""
        now = self.perspective
        self._is_low = self.isVisible() and self.height() < LOW
        areas: dict[str, list[QDockWidget]] = {}
        for dock in self.docks.values():
            self.removeDockWidget(dock)
        if (layout := self.layout()) is not None:
            layout.activate()  # now, or the tab bars of before stay beside the new ones
        for name in self.panels:
            areas.setdefault(self._area(name), []).append(self.docks[name])
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.docks["form"])
        below = Qt.Orientation.Horizontal if now.in_columns else Qt.Orientation.Vertical
        previous: QDockWidget | None = None
        for area, direction in (
            ("centre", Qt.Orientation.Horizontal),
            ("right-top", Qt.Orientation.Horizontal),
            ("right-bottom", below),
        ):
            previous = self._place(areas.get(area, []), previous, direction) or previous
        for dock in areas.get("bottom", []):
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        for group in areas.values():  # only now: what is split off a tab becomes another tab of it
            self._tabify(group)
        for name, dock in self.docks.items():
            dock.setFloating(False)
            dock.setVisible(self._area(name) not in now.hidden_areas)
        for group in areas.values():
            group[0].raise_()
        self._raise_front(self.panels.keys())
        self._wants_proportions, self._kept = not self.isVisible(), None
        self.set_proportions()

    def _raise_front(self, names: Collection[str]) -> None:
        """Raise those of these panels that the perspective has in front, or what is to be seen instead."""
        for name in self.perspective.front:
            if name in names:
                beside = (n for n in self.panels if self._area(n) == self._area(name))
                shown = name if self.panels[name].suits else next(beside)
                self.docks[shown].raise_()

    def look_from(self, name: str) -> None:
        """Take a perspective, as the person left it; the one before is remembered."""
        if name == self.perspective.name:
            return
        self.layouts[self.perspective.name] = self.layout_state()
        self.perspective = PERSPECTIVES[name]
        kept = self.layouts.get(name)
        if kept is None or not self._take_up(kept):
            self.arrange()
        self.refresh()

    def restore(self, name: str, layouts: Mapping[str, QByteArray]) -> None:
        """Begin with a perspective and the layouts that were kept when the window was closed."""
        self.layouts = dict(layouts)
        self.perspective = PERSPECTIVES.get(name, self.perspective)
        if name not in layouts or not self._take_up(layouts[name]):  # none, or of a release with other panels
            self.arrange()

    def _take_up(self, layout: QByteArray) -> bool:
        """Put the docks where they are in a layout that was kept, if that knows them all."""
        if not self.restoreState(layout, self._version):
            return False
        self._wants_proportions = False
        # While there is no room yet, Qt shares what little it takes there to be, and stretches that later.
        self._kept = None if self.isVisible() else layout
        return True

    def _area(self, name: str) -> str:
        if name == "form":
            return "form"
        area = self.perspective.areas.get(name, self.panels[name].area)
        if self._is_low and area == "bottom" and self._shows(area):
            return "right-bottom" if name in BESIDE_INSPECTOR else "right-top"
        return area

    def _shows(self, area: str) -> bool:
        return area not in self.perspective.hidden_areas

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once it is known how much there is."""
        super().showEvent(event)
        self._room.share()
        if self._wants_proportions or self._kept is not None:
            QTimer.singleShot(0, self, self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give new room to samples and plots."""
        super().resizeEvent(event)
        self._room.share()

    @Slot()
    def _fit(self) -> None:
        """Share the room as the person had it, or anew; where it is low, arrange everything."""
        wanted, self._wants_proportions = self._wants_proportions, False
        kept, self._kept = self._kept, None
        if kept is not None:
            self.restoreState(kept, self._version)
        elif not wanted:
            return
        elif self.height() < LOW:
            self.arrange()
        else:
            self.set_proportions()

    @Slot()
    def set_proportions(self) -> None:
        """Share the room: the form narrow, samples and plots as the perspective has them, the rest low."""
        now = self.perspective
        form = 0 if "form" in now.hidden_areas else FORM_WIDTH
        bottom = 0 if self._is_low or "bottom" in now.hidden_areas else now.bottom_height
        lines = bool(form) + 1 + now.in_columns  # between columns: else Qt takes them from the form, too
        line = self.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent)
        room = max(600, self.width() - form - lines * line)
        widths = {"form": FORM_WIDTH, "centre": room * now.centre_width // 100}
        left = room - widths["centre"]
        if now.in_columns:
            widths |= {"right-top": left // 2, "right-bottom": left // 2}
        else:
            widths["right-top"] = left
        self._resize(widths, Qt.Orientation.Horizontal)
        self._resize({"bottom": now.bottom_height}, Qt.Orientation.Vertical)
        high = max(300, self.height() - bottom)
        if not now.in_columns:
            top = high * now.top_height // 100
            self._resize({"right-top": top, "right-bottom": high - top}, Qt.Orientation.Vertical)

    def _resize(self, sizes: dict[str, int], direction: Qt.Orientation) -> None:
        """Give the docks of these areas their sizes; an area that no panel is in is passed over."""
        shown = {self._area(name): dock for name, dock in reversed(self.docks.items())}
        present = {
            a: size for a, size in sizes.items() if a in shown and a not in self.perspective.hidden_areas
        }
        self.resizeDocks([shown[area] for area in present], list(present.values()), direction)

    @Slot()
    def _share_titles(self) -> None:
        """Take the title bar from docks in tabs, whose tab says the same."""
        for dock in self.docks.values():
            in_tabs = not dock.isFloating() and bool(self.tabifiedDockWidgets(dock))
            if in_tabs != (dock.titleBarWidget() is not None):
                dock.setTitleBarWidget(QWidget() if in_tabs else None)  # type: ignore[arg-type]  # None: its own

    def _place(
        self, group: list[QDockWidget], beside: QDockWidget | None, direction: Qt.Orientation
    ) -> QDockWidget | None:
        if not group:
            return None
        if beside is None:
            self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, group[0])
        else:
            self.splitDockWidget(beside, group[0], direction)
        return group[0]

    def _tabify(self, group: list[QDockWidget]) -> None:
        for first, second in pairwise(group):
            self.tabifyDockWidget(first, second)

    def _add_dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock:{name}")
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self._room.watch(dock)
        self.docks[name] = dock
        for moved in (dock.dockLocationChanged, dock.topLevelChanged, dock.visibilityChanged):
            moved.connect(self._tidy.start)
        self._toggles.append(DockAction(dock, len(self.docks)))
        return dock
