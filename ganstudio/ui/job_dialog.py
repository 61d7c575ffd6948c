"""A dialog that has one job at a time done, shows how far it is, and may be closed meanwhile."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QWidget

from ganstudio.ui.forms.message import Message
from ganstudio.ui.job_view import show_progress
from ganstudio.ui.jobs import Ending, Job, Jobs, Work


class JobDialog(QDialog):
    """Its parts are named ``name:part``; ``message`` and ``bar`` are for the subclass to lay out."""

    def __init__(self, parent: QWidget, jobs: Jobs, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._jobs = jobs
        self._job: Job | None = None
        self.message = Message("plain")
        self.message.setObjectName(f"{name}:message")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(textVisible=False)

    @Slot()
    def cancel(self) -> None:
        """End what is under way; nothing of it is kept."""
        if self._job is not None:
            self._job.cancel()
            self._say("Cancelling…")
            self._update()

    @abstractmethod
    def _ended(self, end: Ending) -> None:
        """Say how the job ended."""

    @abstractmethod
    def _update(self) -> None:
        """Show what can be done now."""

    def _begin(self, title: str, doing: str, work: Work) -> None:
        self._show_progress(doing, 0, 0)
        self._job = self._jobs.start(title, work)
        self._job.progressed.connect(self._show_progress)
        self._job.ended.connect(self._on_ended)
        self._update()

    @property
    def _is_cancelled(self) -> bool:
        return self._job is not None and self._job.is_cancelled

    @Slot(str, object, object)
    def _show_progress(self, what: str, done: int, total: int) -> None:
        show_progress(self.bar, done, total)
        if not self._is_cancelled:
            self._say(f"{what}…")

    @Slot(object)
    def _on_ended(self, end: Ending) -> None:
        self._job = None
        self._ended(end)
        self._update()

    def _say(self, words: str, *, is_error: bool = False) -> None:
        self.message.set_role("error" if is_error else "plain")
        self.message.say(words)
        self.message.setAccessibleName(words)

    def _button(self, name: str, words: str, tip: str, slot: object) -> QPushButton:
        made = QPushButton(words)
        self._name(made, name, words, tip)
        made.setAutoDefault(False)
        made.clicked.connect(slot)
        return made

    def _name(self, widget: QWidget, name: str, words: str, tip: str) -> None:
        widget.setObjectName(f"{self.objectName()}:{name}")
        widget.setAccessibleName(words)
        widget.setToolTip(tip)
