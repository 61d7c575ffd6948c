"""The window of the self-check: what was expected, what was found, and what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data.dataset import Progress
from ganstudio.ui.jobs import Ending, Job, Jobs
from ganstudio.ui.theme import colours

if TYPE_CHECKING:
    from ganstudio.studies.self_check import Report

HEADINGS = ("What", "Expected", "Found", "Tolerance", "Verdict", "Source")


class SelfCheckDialog(QDialog):
    """Runs the checks beside the window, which may train meanwhile."""

    def __init__(self, parent: QWidget, jobs: Jobs, device: str) -> None:
        super().__init__(parent)
        self.setObjectName("self_check")
        self.setWindowTitle("Self-check")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(960, 640)
        self._jobs, self._device = jobs, device
        self._colours = colours(self.palette().window().color().lightness() < 128)
        self._job: Job | None = None
        self._copied = ""
        self.verdict = QLabel()
        self.verdict.setObjectName("self_check:verdict")
        self.verdict.setWordWrap(True)
        words = QLabel(
            "Figures that are known in closed form, computed by the functions that training calls, in this "
            "installation and on the device that the toolbar names."
        )
        words.setWordWrap(True)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress of the self-check")
        self.table = QTableWidget(0, len(HEADINGS))
        self.table.setObjectName("self_check:table")
        self.table.setAccessibleName("Figures expected and found")
        self.table.setHorizontalHeaderLabels(list(HEADINGS))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.again = box.addButton("Run again", QDialogButtonBox.ButtonRole.ActionRole)
        self.again.setObjectName("self_check:again")
        self.again.setToolTip("Check once more (F5)")
        self.again.setShortcut("F5")
        self.copy = box.addButton("Copy as text", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setObjectName("self_check:copy")
        self.copy.setToolTip("Put all of it on the clipboard, for a report (Ctrl+Shift+C)")
        self.copy.setShortcut("Ctrl+Shift+C")
        box.rejected.connect(self.reject)
        self.again.clicked.connect(self.check)
        self.copy.clicked.connect(self._copy)
        column = QVBoxLayout(self)
        for widget in (words, self.verdict, self.progress, self.table, box):
            column.addWidget(widget)
        self.check()

    @Slot()
    def check(self) -> None:
        """Run all checks in a thread."""
        if self._job is not None:
            return
        device = self._device

        def work(progress: Progress) -> object:
            from ganstudio.studies.self_check import self_check  # torch: in the job's thread only

            return self_check(device, progress)

        self.verdict.setText("Checking…")
        self.verdict.setStyleSheet("")
        self.again.setEnabled(False)
        self.copy.setEnabled(False)
        self.progress.show()
        self.progress.setRange(0, 0)
        self._job = self._jobs.start("The self-check", work)
        self._job.progressed.connect(self._on_progress)
        self._job.ended.connect(self._on_ended)

    def done(self, result: int) -> None:
        """Qt calls it when the dialog closes, however that happens."""
        if self._job is not None:
            self._job.cancel()
        super().done(result)

    @Slot(str, object, object)
    def _on_progress(self, _what: str, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    @Slot(object)
    def _on_ended(self, ending: Ending) -> None:
        self._job = None
        self.progress.hide()
        self.again.setEnabled(True)
        if ending.kind != "done":
            self.verdict.setText(ending.sentence or "The self-check was cancelled.")
            self.verdict.setStyleSheet(f"color: {self._colours.error};")
            return
        self._show(cast("Report", ending.result))

    def _show(self, report: Report) -> None:
        colour = self._colours.good if report.passed else self._colours.error
        self.verdict.setText(f"<b>{report.verdict}</b> {report.versions}.")
        self.verdict.setStyleSheet(f"color: {colour};")
        self._copied = report.text()
        self.copy.setEnabled(True)
        self.table.setRowCount(len(report.checks))
        for line, check in enumerate(report.checks):
            verdict = "right" if check.passed else "WRONG"
            cells = (
                check.what,
                f"{check.expected:.7g}",
                f"{check.found:.7g}",
                f"{check.tolerance:.1g}",
                verdict,
                check.source,
            )
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(check.problem or text)
                if HEADINGS[column] == "Verdict":
                    item.setForeground(QColor(self._colours.good if check.passed else self._colours.error))
                elif 0 < column < len(cells) - 1:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(line, column, item)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
