"""A group of settings that folds away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ganstudio.ui.forms.field_row import FieldRow
from ganstudio.ui.forms.message import Message


class Section(QWidget):
    """Header with the group's title, and its rows below. Gone where none of its rows is shown."""

    def __init__(self, group: str, title: str, rows: Sequence[FieldRow]) -> None:
        super().__init__()
        self.group = group
        self._shown = dict.fromkeys(rows, True)
        self.header = QToolButton()
        self.header.setObjectName(f"section:{group or 'run'}")
        self.header.setProperty("role", "section")
        self.header.setText(title)
        self.header.setAccessibleName(f"{title} settings")
        self.header.setCheckable(True)
        self.header.setChecked(True)
        self.header.setArrowType(Qt.ArrowType.DownArrow)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.toggled.connect(self.set_open)
        self._error = Message("error")
        self._error.setObjectName(f"error:{group or 'run'}")
        self._body = QWidget()
        self._form = QFormLayout(self._body)
        self._form.setContentsMargins(10, 2, 0, 8)
        self._form.setVerticalSpacing(6)
        self._form.setHorizontalSpacing(6)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for row in rows:
            self._form.addRow(row.label, row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part in (self.header, self._error, self._body):
            column.addWidget(part)

    @property
    def is_open(self) -> bool:
        """Whether the rows are in sight."""
        return self.header.isChecked()

    def set_open(self, is_open: bool) -> None:  # noqa: FBT001 - a slot of Qt's toggled signal
        """Fold or unfold."""
        self.header.setChecked(is_open)
        self.header.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._body.setVisible(is_open)

    def show_row(self, row: FieldRow, *, shown: bool) -> None:
        """Show or hide a row; the section follows."""
        if self._shown[row] != shown:
            self._shown[row] = shown
            self._form.setRowVisible(row, shown)
        self.setVisible(any(self._shown.values()))

    def show_error(self, text: str) -> None:
        """Say what is wrong with the group as a whole; "" for nothing."""
        self._error.say(text)
