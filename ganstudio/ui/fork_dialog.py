"""Asks which setting a fork shall change, to what, and what the fork is called."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.errors import ExperimentError
from ganstudio.experiment.describe import flatten, shown
from ganstudio.experiment.describe import row as row_of
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.ui.forms.editors import Editor, make_editor
from ganstudio.ui.forms.message import Message
from ganstudio.ui.forms.words import full_title

HEIGHT = 28  # of an input

WORDS = (
    "A fork is a new session that begins with the newest state of this one. This session stays as it is; "
    "training that runs is stopped and saved first."
)


class ForkDialog(QDialog):
    """One setting with its new value, and a name. What cannot be is said at once, and the button is off."""

    def __init__(self, experiment: Experiment, name: str, path: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("fork")
        self.setWindowTitle("Apply on a fork")
        self._experiment = experiment
        self._editors: dict[str, Editor] = {}
        self.setting = QComboBox()
        self.setting.setObjectName("fork:setting")
        self.setting.setAccessibleName("Setting to change")
        for each in shown(experiment):
            if not row_of(each).info.live and each != "name":
                self.setting.addItem(full_title(row_of(each)), each)
        self.setting.setCurrentIndex(max(0, self.setting.findData(path)))
        self._values = QStackedWidget()
        self.name = QLineEdit(name)
        self.name.setObjectName("fork:name")
        self.name.setAccessibleName("Name of the fork")
        self._problem = Message("error")
        self._problem.setObjectName("fork:problem")
        explanation = QLabel(WORDS)
        explanation.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Fork and open")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        for words, widget in (("Setting", self.setting), ("New value", self._values), ("Name", self.name)):
            form.addRow(words, widget)
        column = QVBoxLayout(self)
        column.addWidget(explanation)
        column.addLayout(form)
        column.addWidget(self._problem)
        column.addWidget(self.buttons)
        self.setting.currentIndexChanged.connect(self._on_setting)
        self.name.textChanged.connect(self._judge)
        for widget in (self.setting, self._values, self.name):
            widget.setFixedHeight(HEIGHT)
        self.resize(480, 260)
        self._on_setting()

    @property
    def editor(self) -> Editor:
        """The input of the chosen setting."""
        return self._editors[str(self.setting.currentData())]

    def values(self) -> Mapping[str, object]:
        """The chosen setting with its new value."""
        return {str(self.setting.currentData()): self.editor.value()}

    def _on_setting(self) -> None:
        path = str(self.setting.currentData())
        if path not in self._editors:
            editor = make_editor(row_of(path))
            editor.setObjectName("fork:value")
            editor.setAccessibleName("New value")
            editor.set_value(flatten(self._experiment)[path])
            editor.typed.connect(self._judge)
            editor.committed.connect(self._judge)
            self._editors[path] = editor
            self._values.addWidget(editor)
        self._values.setCurrentWidget(self._editors[path])
        self._judge()

    def _judge(self) -> None:
        """Say what is wrong with the value."""
        sentence, role = "", "error"
        try:
            changed = with_values(self._experiment, self.values())
        except ExperimentError as error:
            sentence = " ".join(issue.sentence for issue in error.issues)
        else:
            if changed == self._experiment:
                sentence, role = "This is the value that the session has: choose another.", "muted"
        self._problem.set_role(role)
        self._problem.say(sentence)
        may = not sentence and bool(self.name.text().strip())
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(may)


def ask_fork(
    parent: QWidget, experiment: Experiment, name: str, path: str
) -> tuple[str, Mapping[str, object]] | None:
    """Ask for a setting, its value and a name; None where the person cancels."""
    dialog = ForkDialog(experiment, name, path, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    answer = (dialog.name.text().strip(), dialog.values()) if accepted else None
    dialog.deleteLater()
    return answer
