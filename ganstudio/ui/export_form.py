"""What a person chooses for one kind of export: the checkpoint, the options, the target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.errors import Issue
from ganstudio.experiment.describe import SettingRow
from ganstudio.exporting.kinds import ending, option_rows
from ganstudio.registry import Choice
from ganstudio.ui.forms.editors import Editor, TextEditor, make_editor
from ganstudio.ui.forms.message import Message
from ganstudio.ui.forms.words import bounds_words, label, sentence


class OptionRow(QWidget):
    """The input of one option, and below it what is wrong with it."""

    def __init__(self, row: SettingRow) -> None:
        super().__init__()
        self.row = row
        self.editor: Editor = make_editor(row)
        self.editor.set_value(row.default)
        self.editor.setObjectName(f"export:{row.path}")
        self.editor.setAccessibleName(label(row))
        bounds = bounds_words(row.bounds)
        self.setToolTip(f"{row.info.help}{f' {bounds}.' if bounds else ''}")
        self.error = Message("error")
        self.error.setObjectName(f"export:error:{row.path}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.editor)
        column.addWidget(self.error)

    def value(self) -> object:
        """The option's value, or text that is none."""
        if isinstance(self.editor, TextEditor):
            self.editor.commit()
        return self.editor.value()

    def show_issue(self, issue: Issue | None) -> None:
        """Say what is wrong (None: nothing)."""
        self.error.say("" if issue is None else sentence(issue, self.row, self.value()))


class ExportForm(QWidget):
    """The form of one kind; a new one is made for another kind."""

    changed = Signal()

    def __init__(self, kind: Choice) -> None:
        super().__init__()
        self.kind = kind
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setVerticalSpacing(8)
        self._layout.setHorizontalSpacing(12)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.checkpoint = QComboBox()
        self.checkpoint.setObjectName("export:checkpoint")
        if "session" not in kind.traits:
            is_history = "history" in kind.traits
            words = "Up to iteration" if is_history else "Checkpoint"
            tip = (
                "The last iteration to export; a choice is the iteration of a checkpoint."
                if is_history
                else "The state to export. Save (Ctrl+S) keeps the present one as a checkpoint."
            )
            self._add(words, self.checkpoint, tip)
        self.rows = [OptionRow(row) for row in option_rows(kind)]
        for row in self.rows:
            self._add(label(row.row), row, row.toolTip())
        self._add_target()

    def show_checkpoints(self, iterations: Sequence[int]) -> None:
        """Offer these checkpoints, ascending, and the newest of all, whichever that is when it is read."""
        chosen = self.checkpoint.currentData()
        self.checkpoint.clear()
        self.checkpoint.addItem("All of it" if "history" in self.kind.traits else "Newest", None)
        for iteration in reversed(iterations):
            self.checkpoint.addItem(f"{iteration:,}", iteration)
        self.checkpoint.setCurrentIndex(max(0, self.checkpoint.findData(chosen)))

    def choose_checkpoint(self, iteration: int | None) -> None:
        """Choose one of the checkpoints that are offered."""
        if iteration is not None:
            self.checkpoint.setCurrentIndex(max(0, self.checkpoint.findData(iteration)))

    def values(self) -> dict[str, Any]:
        """The options by name, as they were typed."""
        return {row.row.path: row.value() for row in self.rows}

    def show_issues(self, issues: Sequence[Issue]) -> None:
        """Say under the fields what is wrong with them; the first gets the keys."""
        found = {issue.path: issue for issue in issues}
        for row in self.rows:
            row.show_issue(found.get(row.row.path))
        for row in self.rows:
            if row.row.path in found:
                row.editor.setFocus()
                return

    def path(self) -> Path | None:
        """The target; None where nothing was typed."""
        text = self.target.text().strip()
        return Path(text) if text else None

    @Slot()
    def ask_target(self) -> None:
        """Ask where to write."""
        form = ending(self.kind)
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            f"Export: {self.kind.title}",
            self.target.text(),
            f"{self.kind.title} (*{form})" if form else "Folder (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            path = Path(chosen)
            right = not form or path.suffix.lower() == form
            self.target.setText(str(path if right else path.with_name(f"{path.name}{form}")))
            self.changed.emit()

    def _add_target(self) -> None:
        self.target = QLineEdit()
        self.target.setObjectName("export:target")
        self.target.textEdited.connect(self.changed)
        browse = QToolButton()
        browse.setText("Browse…")
        browse.setObjectName("export:browse")
        browse.setAccessibleName("Browse for the target")
        browse.setToolTip("Choose where to write")
        browse.clicked.connect(self.ask_target)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.target, 1)
        line.addWidget(browse)
        is_folder = not ending(self.kind)
        self._add("Folder" if is_folder else "File", holder, "A new folder" if is_folder else "A new file")
        self.target.setAccessibleName("Folder to write" if is_folder else "File to write")
        self.overwrite = QCheckBox("Replace an earlier export")
        self.overwrite.setObjectName("export:overwrite")
        self.overwrite.setAccessibleName("Replace an earlier export")
        self.overwrite.setToolTip(
            "Without it, what is there already is left alone. A folder of other things is never replaced."
        )
        self._layout.addRow("", self.overwrite)

    def _add(self, words: str, field: QWidget, tip: str) -> None:
        name = QLabel(words)
        name.setToolTip(tip)
        name.setBuddy(field)
        field.setToolTip(tip)
        field.setAccessibleName(words)
        self._layout.addRow(name, field)
