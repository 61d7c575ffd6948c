"""The window's export: choose a kind, its options and a target; it is written while all else goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data.dataset import Progress
from ganstudio.errors import ExperimentError
from ganstudio.exporting import EXPORTS
from ganstudio.exporting.export import Exported, Order, export
from ganstudio.exporting.kinds import ending, missing, read_options
from ganstudio.session.session import Session
from ganstudio.ui.dialogs import documents
from ganstudio.ui.export_form import ExportForm
from ganstudio.ui.job_dialog import JobDialog
from ganstudio.ui.jobs import Ending, Jobs

SIZE = (760, 540)


class ExportDialog(JobDialog):
    """It does not block the window, and may be closed while it exports."""

    said = Signal(str)  # how an export ended, for whoever has closed the dialog

    def __init__(self, parent: QWidget, jobs: Jobs) -> None:
        super().__init__(parent, jobs, "export")
        self.setWindowTitle("Export")
        self.resize(*SIZE)
        self._session: Session | None = None
        self._written: Path | None = None
        self._folder = documents()
        self._iteration: int | None = None  # what a form begins with; None: the newest
        self._make_widgets()
        self._arrange()
        self.kinds.currentRowChanged.connect(self._on_kind)
        self.kinds.setCurrentRow(0)

    def set_session(self, session: Session | None) -> None:
        """Export this session from now on; an export that is under way goes on."""
        moved = session is None or self._session is None or session.path != self._session.path
        self._session = session
        if moved:
            self._suggest_target()
        self.show_checkpoints()
        self._update()

    def begin_at(self, iteration: int) -> None:
        """Have every form begin with this checkpoint."""
        self._iteration = iteration
        self.show_checkpoints()
        self._form.choose_checkpoint(iteration)

    @property
    def form(self) -> ExportForm:
        """The form of the chosen kind."""
        return self._form

    @Slot()
    def show_checkpoints(self) -> None:
        """Offer the checkpoints that there are now."""
        self._form.show_checkpoints(self._session.checkpoints() if self._session else ())

    @Slot()
    def start(self) -> None:
        """Export what is chosen, or say what is wrong with it."""
        if self._session is None or self._job is not None:
            return
        try:
            options = read_options(self._form.kind, self._form.values())
        except ExperimentError as error:
            self._form.show_issues(error.issues)
            self._say("")
            return
        self._form.show_issues(())
        path = self._form.path()
        if path is None:
            self._say("Choose where to write.", is_error=True)
            return
        order = Order(
            self._form.kind.name,
            self._session.path,
            path,
            options,
            at=self._form.checkpoint.currentData(),
            overwrite=self._form.overwrite.isChecked(),
        )
        self._write(order)

    def _write(self, order: Order) -> None:
        def work(progress: Progress) -> Exported:
            return export(order, progress)

        self._written = None
        self._folder = order.out.expanduser().absolute().parent
        self._begin("The export", self._form.kind.title, work)

    @Slot()
    def show_in_folder(self) -> None:
        """Show what was written in the desktop's file manager."""
        if self._written is not None:
            folder = self._written if self._written.is_dir() else self._written.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def showEvent(self, event: QShowEvent) -> None:
        """Look for new checkpoints."""
        super().showEvent(event)
        self.show_checkpoints()

    def changeEvent(self, event: QEvent) -> None:
        """Look for new checkpoints on coming back."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.show_checkpoints()

    # What happens.

    @Slot(int)
    def _on_kind(self, _row: int) -> None:
        kind = EXPORTS[self.kinds.currentItem().data(Qt.ItemDataRole.UserRole)]
        self._title.setText(kind.title)
        self._help.setText(kind.help)
        self._form = ExportForm(kind)
        self._scroll.setWidget(self._form)
        self._written = None
        self._say(missing(kind), is_error=True)
        self._suggest_target()
        self.show_checkpoints()
        self._form.choose_checkpoint(self._iteration)
        self._update()

    def _ended(self, end: Ending) -> None:
        if isinstance(end.result, Exported):
            self._written = end.result.path
            words = f"Written at iteration {end.result.iteration:,}: {self._written}"
            self._say(" ".join([words, *end.result.problems]))
        elif end.kind == "cancelled":
            self._say("Cancelled; nothing was written.")
        else:
            more = " The Problems panel shows the details." if end.kind == "failed" else ""
            self._say(f"{end.sentence}{more}", is_error=True)
        self.show_checkpoints()
        if not self.isVisible():
            self.said.emit(self.message.text())

    # Looks.

    def _suggest_target(self) -> None:
        """A free name in the folder that was used last."""
        if self._session is None:
            return
        form = ending(self._form.kind)
        stem = self._session.name if form else f"{self._session.name} {self._form.kind.name}"
        path, count = self._folder / f"{stem}{form}", 1
        while path.exists():
            count += 1
            path = self._folder / f"{stem} ({count}){form}"
        self._form.target.setText(str(path))

    def _update(self) -> None:
        runs = self._job is not None
        self.kinds.setEnabled(not runs)
        self._form.setEnabled(not runs)
        self.bar.setVisible(runs)
        self._cancel.setVisible(runs)
        self._cancel.setEnabled(runs and not self._is_cancelled)
        self._start.setVisible(not runs)
        self._start.setEnabled(self._session is not None and not missing(self._form.kind))
        self._show.setVisible(self._written is not None)

    # Building.

    def _make_widgets(self) -> None:
        self.kinds = QListWidget()
        self.kinds.setObjectName("export:kinds")
        self.kinds.setAccessibleName("What to export")
        self.kinds.setToolTip("What to export")
        self.kinds.setProperty("role", "choices")
        for kind in EXPORTS.values():
            item = QListWidgetItem(kind.title)
            item.setData(Qt.ItemDataRole.UserRole, kind.name)
            item.setToolTip(kind.help)
            self.kinds.addItem(item)
        self.kinds.setFixedWidth(self.kinds.sizeHintForColumn(0) + 40)
        self._title = QLabel()
        self._title.setStyleSheet("font-size: 12pt; font-weight: 600;")
        self._help = QLabel()
        self._help.setProperty("role", "muted")
        self._help.setWordWrap(True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._name(self.bar, "progress", "Progress of the export", "How far it is")
        self._show = self._button(
            "show", "Show in folder", "Open the folder of what was written", self.show_in_folder
        )
        self._start = self._button("start", "Export", "Write it now; training goes on meanwhile", self.start)
        self._start.setDefault(True)
        self._start.setProperty("role", "primary")
        self._cancel = self._button("cancel", "Cancel", "Stop; nothing of it stays", self.cancel)
        self._close = self._button("close", "Close", "Close; an export that is under way goes on", self.close)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (self._title, self._help, self._scroll, self.message, self.bar):
            right.addWidget(part, 1 if part is self._scroll else 0)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(self.kinds)
        upper.addLayout(right, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self._show, self._cancel, self._start, self._close):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 12)
        column.setSpacing(12)
        column.addLayout(upper, 1)
        column.addLayout(buttons)
