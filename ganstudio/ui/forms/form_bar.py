"""The strip above the form: advanced settings, undo, redo, reset, and how many settings need attention."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence, QUndoGroup
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ganstudio.ui.forms.message import Message


class FormBar(QWidget):
    """Buttons that concern the form as a whole. The undo and redo actions are there for a menu too."""

    advanced_toggled = Signal()
    reset_wanted = Signal()
    problems_clicked = Signal()
    fork_wanted = Signal()

    def __init__(self, undo_group: QUndoGroup) -> None:
        super().__init__()
        self._differs = False
        self._running = False
        self._advanced = QCheckBox("Advanced")
        self._advanced.setObjectName("form:advanced")
        self._advanced.setToolTip("Show all settings, also those that rarely need a change.")
        self._advanced.toggled.connect(self._on_advanced)
        self.undo_action = undo_group.createUndoAction(self)
        self.undo_action.setShortcut(QKeySequence.StandardKey.Undo)
        self.redo_action = undo_group.createRedoAction(self)
        self.redo_action.setShortcut(QKeySequence.StandardKey.Redo)
        self._reset = QToolButton()
        self._reset.setObjectName("form:reset")
        self._reset.setText("Reset")
        self._reset.setToolTip("Give every setting the preset's value again.")
        self._reset.clicked.connect(self.reset_wanted)
        self._problems = Message("error")
        self._problems.setObjectName("form:problems")
        self._problems.linkActivated.connect(self._on_link)
        self._offer = Message("note")
        self._offer.setObjectName("form:fork")
        self._offer.linkActivated.connect(self._on_fork)
        self._mirrors: list[tuple[QAction, QToolButton]] = []
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._advanced)
        line.addStretch(1)
        for action, text in ((self.undo_action, "Undo"), (self.redo_action, "Redo")):
            button = QToolButton()
            button.setText(text)
            button.setObjectName(f"form:{text.lower()}")
            button.setAutoRaise(True)
            button.clicked.connect(action.trigger)
            self._mirrors.append((action, button))
            action.changed.connect(self._mirror)
            line.addWidget(button)
        self._reset.setAutoRaise(True)
        line.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 4)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self._problems)
        column.addWidget(self._offer)
        self._update_reset()
        self._mirror()

    @property
    def shows_advanced(self) -> bool:
        """Whether all settings are to be shown."""
        return self._advanced.isChecked()

    def set_running(self, *, running: bool) -> None:
        """A reset would change what cannot change while training runs."""
        self._running = running
        self._update_reset()

    def set_differs(self, *, differs: bool) -> None:
        """Say whether something differs from the preset."""
        self._differs = differs
        self._update_reset()

    def show_problems(self, count: int, elsewhere: str) -> None:
        """Say how many settings need attention, and what is wrong with none in particular."""
        words = "1 setting needs" if count == 1 else f"{count} settings need"
        self._problems.say((elsewhere or f"<a href='first'>{words} attention</a>") if count else "")

    def offer_fork(self, *, offered: bool) -> None:
        """Say that training would begin anew with these settings, and offer a fork instead."""
        words = "Not this session's settings: Train begins a new one, or <a href='fork'>apply on a fork…</a>"
        self._offer.say(words if offered else "")

    def _on_fork(self) -> None:
        self.fork_wanted.emit()

    def _mirror(self) -> None:
        """Let buttons follow their action; its long text would widen the form, so it becomes the tooltip."""
        for action, button in self._mirrors:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.text())

    def _update_reset(self) -> None:
        self._reset.setEnabled(self._differs and not self._running)

    def _on_advanced(self) -> None:
        self.advanced_toggled.emit()

    def _on_link(self) -> None:
        self.problems_clicked.emit()
