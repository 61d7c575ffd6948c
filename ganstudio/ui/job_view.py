"""A line in the status bar that follows a job: what it does, how far it is, and a way to cancel it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from ganstudio.ui.jobs import Ending, Job

STEPS = 1000  # of a progress bar; what is counted may be more than it takes


def show_progress(bar: QProgressBar, done: int, total: int) -> None:
    """Show how far a job is; of unknown length where ``total`` is 0."""
    bar.setRange(0, STEPS if total else 0)
    bar.setValue(STEPS * done // total if total else 0)


class JobView(QWidget):
    """Hidden while there is nothing to follow; of several jobs the latest is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("job")
        self._job: Job | None = None
        self._what = QLabel()
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("job:progress")
        self.bar.setAccessibleName("Progress of the work in the background")
        self.bar.setFixedWidth(140)
        self.bar.setMaximumHeight(12)
        self.cancel = QToolButton()
        self.cancel.setText("Cancel")
        self.cancel.setObjectName("job:cancel")
        self.cancel.setAccessibleName("Cancel the work in the background")
        self.cancel.setToolTip("Stop this; what is half done is removed")
        self.cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._what, self.bar, self.cancel):
            row.addWidget(widget)
        self.hide()

    def follow(self, job: Job) -> None:
        """Show how far a job is until it ends."""
        self._job = job
        self._what.setText(job.title)
        self.bar.setRange(0, 0)
        job.progressed.connect(self._on_progressed)
        job.ended.connect(self._on_ended)
        self.show()

    @Slot(str, object, object)
    def _on_progressed(self, what: str, done: int, total: int) -> None:
        if self.sender() is self._job:
            self._what.setText(what)
            show_progress(self.bar, done, total)

    @Slot(object)
    def _on_ended(self, _ending: Ending) -> None:
        if self.sender() is self._job:
            self._job = None
            self.hide()

    @Slot()
    def _on_cancel(self) -> None:
        if self._job is not None:
            self._what.setText("Cancelling…")
            self._job.cancel()
