"""One input widget for each type of setting.

All have ``typed`` (something changed, perhaps half-way), ``committed`` (the person is done), ``value`` and
``set_value``. Anything can be typed: what makes no sense is named beside the field, never mended in silence.
"""

from __future__ import annotations

from math import floor, isfinite, log10

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ganstudio.errors import ExperimentError
from ganstudio.experiment.describe import SettingRow
from ganstudio.experiment.parse import read_value
from ganstudio.registry import Registry
from ganstudio.ui.drawing.editor import DrawingEditor
from ganstudio.ui.elided import ElidedCombo
from ganstudio.ui.forms.words import number_text

FILES = (
    "Zip archives, arrays and points (*.zip *.npy *.npz *ubyte *ubyte.gz *.csv *.tsv *.txt);;All files (*)"
)


class ChoiceEditor(ElidedCombo):
    """A named choice out of a registry."""

    typed = Signal()
    committed = Signal()

    def __init__(self, choices: Registry) -> None:
        super().__init__()
        self.choices = choices
        for choice in choices.values():
            self.addItem(choice.title, choice.name)
            words = "\n".join(t for t in (choice.help, choice.formula, choice.source) if t)
            self.setItemData(self.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.currentIndexChanged.connect(self._changed)

    def value(self) -> object:
        """Return the choice's name."""
        return self.currentData()

    def set_value(self, value: object) -> None:
        """Show a choice by its name, without a signal."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form instead, unless a person is at this field."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _changed(self) -> None:
        self.committed.emit()


class SwitchEditor(QCheckBox):
    """Yes or no."""

    typed = Signal()
    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.toggled.connect(self._changed)

    def value(self) -> object:
        """Return True or False."""
        return self.isChecked()

    def set_value(self, value: object) -> None:
        """Show yes or no, without a signal."""
        with QSignalBlocker(self):
            self.setChecked(value is True)

    def _changed(self) -> None:
        self.committed.emit()


class TextEditor(QLineEdit):
    """A line of text. Return or leaving the field commits it; Escape brings back what was committed."""

    typed = Signal()
    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._settled = ""
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self.commit)

    @property
    def is_half_typed(self) -> bool:
        """Whether something was typed that is not committed yet."""
        return self.text() != self._settled

    def value(self) -> object:
        """Return what the text means; the text itself where it means nothing."""
        return self.text()

    def set_value(self, value: object) -> None:
        """Show a value, without a signal."""
        self._settled = number_text(value)
        if self.text() != self._settled:
            self.setText(self._settled)
            self.setCursorPosition(0)

    def commit(self) -> None:
        """Take what was typed as final."""
        if self.is_half_typed:
            self._settled = self.text()
            self.committed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.is_half_typed:
            self.setText(self._settled)
            self.typed.emit()
        else:
            super().keyPressEvent(event)

    def _typed(self) -> None:
        self.typed.emit()


class NumberEditor(TextEditor):
    """A number of any size, in any notation. Arrow keys step its first digit, Page Up and Down more."""

    stepped = Signal()  # before ``committed``: steps in a row are undone at once

    def __init__(self, row: SettingRow) -> None:
        super().__init__()
        self._row = row
        self.setMinimumWidth(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def value(self) -> object:
        """Return the number; the text where it is none."""
        try:
            return read_value(self._row, self.text().strip())
        except ExperimentError:
            return self.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step by keys."""
        steps = {
            Qt.Key.Key_Up: (1, False), Qt.Key.Key_Down: (-1, False),
            Qt.Key.Key_PageUp: (1, True), Qt.Key.Key_PageDown: (-1, True),
        }  # fmt: skip
        if (step := steps.get(Qt.Key(event.key()))) is not None:
            self.step(step[0], tenfold=step[1])
        else:
            super().keyPressEvent(event)

    def step(self, direction: int, *, tenfold: bool = False) -> None:
        """Go up (1) or down (-1) and commit; a step out of the bounds is not taken."""
        number = self.value()
        if not isinstance(number, int | float) or not isfinite(number):
            return
        changed = step_int(number, direction, tenfold=tenfold) if isinstance(number, int) else step_float(
            number, direction, tenfold=tenfold)  # fmt: skip
        if changed != number and _is_within(self._row, changed):
            self.stepped.emit()
            self.setText(number_text(changed))
            self.commit()


class PathEditor(QWidget):
    """A folder or a file, typed or browsed for."""

    typed = Signal()
    committed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = TextEditor()
        self.line.setPlaceholderText("None")
        self.line.typed.connect(self._typed)
        self.line.committed.connect(self._committed)
        browse = QToolButton()
        browse.setText("Browse")
        browse.setAccessibleName("Browse for a folder or file")
        browse.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(browse)
        menu.addAction("Folder…").triggered.connect(self.ask_folder)
        menu.addAction("File…").triggered.connect(self.ask_file)
        browse.setMenu(menu)
        self.browse = browse
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.line, 1)
        line.addWidget(browse)
        self.setFocusProxy(self.line)

    def value(self) -> object:
        """Return the path as text."""
        return self.line.value()

    def set_value(self, value: object) -> None:
        """Show a path, without a signal."""
        self.line.set_value(value)
        self.line.setToolTip(str(value))

    def commit(self) -> None:
        """Take what was typed as final."""
        self.line.commit()

    def ask_folder(self) -> None:
        """Ask for a folder."""
        self._take(QFileDialog.getExistingDirectory(self, "Choose a folder of images", self.line.text()))

    def ask_file(self) -> None:
        """Ask for a zip archive, an array or a table of points."""
        self._take(
            QFileDialog.getOpenFileName(
                self, "Choose a zip of images, an array or points", self.line.text(), FILES
            )[0]
        )

    def _take(self, chosen: str) -> None:
        if chosen:
            self.line.setText(chosen)
            self.line.commit()

    def _typed(self) -> None:
        self.typed.emit()

    def _committed(self) -> None:
        self.committed.emit()


Editor = ChoiceEditor | SwitchEditor | TextEditor | PathEditor | DrawingEditor


def make_editor(row: SettingRow) -> Editor:
    """Make the input widget for a setting's type."""
    if row.info.choices is not None:
        return ChoiceEditor(row.info.choices)
    if row.type is bool:
        return SwitchEditor()
    if row.type in (int, float):
        return NumberEditor(row)
    if row.info.is_drawing:
        return DrawingEditor()
    return PathEditor() if row.info.is_path else TextEditor()


def step_int(number: int, direction: int, *, tenfold: bool = False) -> int:
    """Step a whole number by 1 or by 10."""
    return number + direction * (10 if tenfold else 1)


def step_float(number: float, direction: int, *, tenfold: bool = False) -> float:
    """Step a number's first digit (1e-4 to 2e-4, or down to 9e-5), or by a factor of ten; from 0 by 0.1."""
    if number == 0:
        return 0.1 * direction
    if tenfold:
        return float(f"{number * 10.0 ** (direction if number > 0 else -direction):.12g}")
    exponent = floor(log10(abs(number)))
    if (direction > 0) != (number > 0) and _is_power_of_ten(abs(number)):
        exponent -= 1
    return float(f"{number + direction * 10.0**exponent:.12g}")


def _is_power_of_ten(number: float) -> bool:
    return float(f"{number:.12g}") == 10.0 ** floor(log10(number) + 1e-12)


def _is_within(row: SettingRow, number: float) -> bool:
    low, high = row.bounds.minimum, row.bounds.maximum
    if low is not None and (number < low or (row.bounds.exclusive_minimum and number == low)):
        return False
    return high is None or not (number > high or (row.bounds.exclusive_maximum and number == high))
