"""Sessions as a table: how far they are, where their settings differ, how good they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.engine.events import Event, Finished
from ganstudio.experiment.model import Experiment
from ganstudio.session.comparing import Comparison, comparison
from ganstudio.session.recent import RecentSession, recent_sessions
from ganstudio.session.session import Session
from ganstudio.ui.button_actions import add_action
from ganstudio.ui.exports import Table
from ganstudio.ui.jobs import Ending, Job
from ganstudio.ui.mailbox import Opened, Saved, SessionReady
from ganstudio.ui.overlays import Overlay
from ganstudio.ui.panel import Panel
from ganstudio.ui.runs.cells import Cell, check_state
from ganstudio.ui.runs.reading import Line, reading, sessions_in

PATH = Qt.ItemDataRole.UserRole
WIDEST = 230  # pixels of a column
FIXED = ("Session", "State", "Iterations", "Time (s)")
ACTIONS = (
    ("open", "Open", "Return", "Open the selected session"),
    (
        "side",
        "Side by side",
        "S",
        "Show the two selected sessions, or this one and the selected one, side by side",
    ),
    ("add", "Add…", "A", "Add a session, or a folder of sessions, from anywhere"),
    ("read", "Refresh", "R", "Read all sessions anew"),
)


class RunsPanel(Panel):
    """A row for each session; a tick lays its curves over those of the current one."""

    name = "runs"
    title = "Runs"
    area = "bottom"
    export_kinds = ("csv", "md")
    empty_text = "Sessions that you trained or opened will be listed here, with what differs between them."
    explanation = (
        "<p>Each row is a session: its state, how far it is trained, the newest figures of quality, and the "
        "settings in which the sessions of the table differ (a dash where a setting does not apply).</p>"
        "<p><b>Tick</b> up to two sessions to lay their curves over those of the current one in "
        "<i>Losses</i> and <i>Metrics</i>; a session that is being trained is followed. <b>Only ticked</b> "
        "keeps this session and the ticked ones, and the settings in which <i>they</i> differ.</p>"
        "<p>Figures can be compared where their sample counts and features agree. Click a heading to sort. "
        "<b>Export</b> writes the table as CSV, with plain numbers, or as Markdown.</p>"
        "<p>Keys: Enter opens, Space ticks, S shows two side by side, A adds, R reads anew.</p>"
    )

    open_asked = Signal(object)  # Path
    sides_asked = Signal(object, object)  # two Paths
    add_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recent: Callable[[], Iterable[RecentSession]] = recent_sessions
        self.lines: tuple[Line, ...] = ()
        self._added: list[Path] = []
        self._session: Session | None = None
        self._ticked: tuple[Path, ...] = ()
        self._is_stale = True
        self._job: Job | None = None
        self.values = QTableWidget(0, 0)
        self.values.setObjectName("runs:table")
        self.values.setAccessibleName("Sessions")
        self.values.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.values.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.values.setAlternatingRowColors(True)
        self.values.setTabKeyNavigation(False)
        self.values.horizontalHeader().setMaximumSectionSize(WIDEST)
        self.values.verticalHeader().hide()
        self.values.verticalHeader().setDefaultSectionSize(24)
        self.values.itemChanged.connect(self._on_ticked)
        self.values.itemSelectionChanged.connect(self._on_selected)
        self.values.itemDoubleClicked.connect(self._on_open)
        self._actions = {
            name: add_action(self.values, self.controls, f"runs:{name}", *spec) for name, *spec in ACTIONS
        }
        for name, slot in (
            ("open", self._on_open), ("side", self._on_side), ("add", self.add_asked), ("read", self.reload),
        ):  # fmt: skip
            self._actions[name].triggered.connect(slot)
        self.only = QToolButton()
        self.only.setObjectName("runs:only")
        self.only.setText("Only ticked")
        self.only.setAccessibleName("Show only this session and the ticked ones")
        self.only.setToolTip(
            "Show only this session and the ticked ones, and the settings in which they differ"
        )
        self.only.setCheckable(True)
        self.only.toggled.connect(self._fill)
        self.controls.addWidget(self.only)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.values)
        self._on_selected()

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Another experiment is worked on; the list of sessions stays."""
        self.experiment = experiment
        self.reload()

    def handle(self, event: Event) -> None:
        """Read anew when a session changed."""
        if isinstance(event, Opened | SessionReady):
            self._session = event.session
            self.reload()
        elif isinstance(event, Saved | Finished):
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read all sessions anew when the panel is next drawn."""
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def add(self, folder: Path) -> list[Path]:
        """List a session, or the sessions in a folder, too; returns them."""
        found = sessions_in(folder)
        self._added.append(folder)
        self.reload()
        return found

    def refresh(self) -> None:
        """Have the sessions read where they may have changed."""
        if self._is_stale and self._job is None and self.jobs is not None:
            self._is_stale = False
            self._job = self.jobs.start("Reading the sessions", reading(self.recent, self._added))
            self._job.ended.connect(self._on_read)

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Tick what is drawn."""
        ticked = tuple(overlay.path for overlay in overlays)
        is_other, self._ticked = ticked != self._ticked, ticked
        if is_other and self.only.isChecked():
            self._fill()
        with QSignalBlocker(self.values):
            for row in range(self.values.rowCount()):
                item = self.values.item(row, 0)
                if item is not None and item.data(Qt.ItemDataRole.CheckStateRole) is not None:
                    item.setCheckState(check_state(ticked=self._path(row) in ticked))
        self.tell(self.summary())

    def summary(self) -> str:
        """Say what is listed."""
        if not self.lines:
            return ""
        words = f"{len(self.lines):,} session{'' if len(self.lines) == 1 else 's'}"
        names = " and ".join(path.name for path in self._ticked)
        return f"{words}; the curves of {names} lie over this one's." if names else f"{words}."

    def compared(self) -> Comparison:
        """The sessions that the table shows, in its order."""
        shown = {line.path: line.run for line in self._shown() if line.run is not None}
        order = [self._path(row) for row in range(self.values.rowCount())]
        return comparison([run for path in order if (run := shown.get(path)) is not None])

    def table(self) -> Table:
        """Return the columns of the table."""
        found = self.compared()
        return [(title, [row[at] for row in found.table()]) for at, title in enumerate(found.header())]

    def exported(self, kind: str) -> bytes:
        """Return the file's content: what is shown, in the same order."""
        found = self.compared()
        return (found.markdown() if kind == "md" else found.comma_separated()).encode()

    # Drawing.

    @Slot(object)
    def _on_read(self, ending: Ending) -> None:
        self._job = None
        if ending.kind == "done" and isinstance(ending.result, tuple):
            self.lines = ending.result
            self._fill()
        if self._is_stale and self.isVisible():
            self.refresh()

    def _shown(self) -> list[Line]:
        kept = {*self._ticked, self._session.path if self._session else None}
        return [line for line in self.lines if not self.only.isChecked() or line.path in kept]

    @Slot()
    def _fill(self) -> None:
        shown = self._shown()
        if not self.lines:
            self.show_empty(self.empty_text)
            return
        selected = set(self.selected())
        found = comparison([line.run for line in shown if line.run is not None])
        header, cells = (
            found.header(),
            {run.path: row for run, row in zip(found.runs, found.table(), strict=True)},
        )
        settings = len(found.differing)
        titles = (*FIXED, *header[3 + settings :], *header[3 : 3 + settings])
        with QSignalBlocker(self.values):
            self.values.setSortingEnabled(False)
            self.values.clearContents()
            self.values.setRowCount(len(shown))
            self.values.setColumnCount(len(titles))
            for at, title in enumerate(titles):
                heading = QTableWidgetItem(title)
                heading.setToolTip(title)
                self.values.setHorizontalHeaderItem(at, heading)
            for at, line in enumerate(shown):
                row = cells.get(line.path, [line.path.name, *[""] * (len(header) - 1)])
                texts = (row[0], line.state, row[1], row[2], *row[3 + settings :], *row[3 : 3 + settings])
                for place, text in enumerate(texts):
                    self.values.setItem(at, place, self._item(line, text, place))
            self.values.setSortingEnabled(True)
            for at in range(len(shown)):
                if self._path(at) in selected:
                    self.values.selectRow(at)
        self.values.resizeColumnsToContents()
        self._on_selected()
        self.show_content()
        self.tell(self.summary())

    def _item(self, line: Line, text: str, column: int) -> QTableWidgetItem:
        item = Cell(text)
        item.setData(PATH, str(line.path))
        item.setToolTip(line.trouble or (str(line.path) if column == 0 else text))
        is_current = self._session is not None and line.path == self._session.path
        if column == 0:
            if line.run is not None and not is_current:
                item.setCheckState(check_state(ticked=line.path in self._ticked))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        if is_current:
            font = item.font()
            font.setBold(True)
            item.setFont(font)
            if column == 1:
                item.setText(f"{text}, this one")
        return item

    def _path(self, row: int) -> Path:
        return Path(self.values.model().index(row, 0).data(PATH))

    # What the person does.

    def selected(self) -> list[Path]:
        """The sessions of the selected rows, from the top."""
        rows = sorted({index.row() for index in self.values.selectedIndexes()})
        return [self._path(row) for row in rows]

    @Slot(QTableWidgetItem)
    def _on_ticked(self, item: QTableWidgetItem) -> None:
        path, wanted = Path(item.data(PATH)), item.checkState() == Qt.CheckState.Checked
        if item.column() == 0 and wanted != (path in self._ticked):
            self.overlay_asked.emit(path, wanted)

    @Slot()
    def _on_selected(self) -> None:
        chosen = self.selected()
        self._actions["open"].setEnabled(len(chosen) == 1)
        self._actions["side"].setEnabled(len(self._pair(chosen)) == 2)

    @Slot()
    def _on_open(self) -> None:
        if len(chosen := self.selected()) == 1:
            self.open_asked.emit(chosen[0])

    @Slot()
    def _on_side(self) -> None:
        if len(pair := self._pair(self.selected())) == 2:
            self.sides_asked.emit(*pair)

    def _pair(self, chosen: list[Path]) -> list[Path]:
        """Two selected sessions, or the current one and the selected one."""
        if len(chosen) == 1 and self._session is not None and self._session.path != chosen[0]:
            return [self._session.path, chosen[0]]
        return chosen
