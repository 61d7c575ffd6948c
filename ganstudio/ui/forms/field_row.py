"""One setting in the form: its input, a slider, the dot of a changed value, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from ganstudio.errors import Issue
from ganstudio.experiment.describe import SettingRow
from ganstudio.ui.drawing.editor import DrawingEditor
from ganstudio.ui.forms.editors import Editor, NumberEditor, PathEditor, TextEditor, make_editor
from ganstudio.ui.forms.live_slider import LiveSlider, scale_of
from ganstudio.ui.forms.message import Message
from ganstudio.ui.forms.words import full_title, label, number_text, tooltip
from ganstudio.ui.theme import Colours

LABEL_WIDTH = 120
HEIGHT = 26
LIVE_MARK = "◆"


class FieldRow(QWidget):
    """Input and messages of one setting. Every signal carries the setting's path."""

    typed = Signal(str)
    stepped = Signal(str)
    committed = Signal(str)
    dragged = Signal(str)
    reset_wanted = Signal(str)
    fix_wanted = Signal(object)  # an Issue
    fork_wanted = Signal(str)  # while training runs: another value, in another session

    def __init__(self, row: SettingRow) -> None:
        super().__init__()
        self.row = row
        self.editor: Editor = make_editor(row)
        scale = scale_of(row)
        self.slider = LiveSlider(row, scale) if scale is not None else None
        self._issue: Issue | None = None
        self._name_parts()
        self.label = self._make_label()
        self._dot = self._make_dot()
        self._note = Message("note")
        self._error = Message("error")
        self._error.setObjectName(f"error:{row.path}")
        self._error.linkActivated.connect(self._fix)
        self._arrange()
        self._connect()
        self.set_running(running=False)

    # Values.

    def value(self) -> object:
        """Return what is in the field: a value of the setting's type, or text that is none."""
        return self.editor.value()

    def set_value(self, value: object) -> None:
        """Show a value, without a signal."""
        self.editor.set_value(value)
        if self.slider is not None:
            self.slider.set_number(value)
        self._show_formula()

    def commit(self) -> None:
        """Take what was typed as final."""
        if isinstance(self.editor, TextEditor | PathEditor):
            self.editor.commit()

    @property
    def is_held(self) -> bool:
        """Whether the person is in the middle of a change: the slider is held, or something is half typed."""
        half_typed = isinstance(self.editor, TextEditor) and self.editor.is_half_typed
        return half_typed or (self.slider is not None and self.slider.isSliderDown())

    # Looks.

    def show_issue(
        self, issue: Issue | None, text: str = "", *, may_fix: bool = True, role: str = "error"
    ) -> None:
        """Say under the field what is wrong with it (None: nothing), with a link that puts it right."""
        self._issue = issue
        fix = " <a href='fix'>Fix</a>" if issue is not None and issue.fix and may_fix else ""
        shown = f"{text.replace('&', '&amp;').replace('<', '&lt;')}{fix}" if issue is not None else ""
        wrong = issue is not None and role == "error"
        if shown != self._error.text():
            self._error.set_role(role)
            self._error.say(shown)
        if bool(self._input.property("wrong")) != wrong:
            self._input.setProperty("wrong", wrong)
            self._input.style().polish(self._input)
        self._input.setAccessibleDescription(text if issue is not None else self.row.info.help)

    def show_preset(self, value: object, *, differs: bool) -> None:
        """Show the dot where the value differs from the preset's."""
        self._dot.setText("●" if differs else "")
        self._dot.setEnabled(differs and self.editor.isEnabled())
        words = (
            f"Differs from the preset, which has {self._words(value)}. Click to go back to it."
            if differs
            else ""
        )
        self._dot.setToolTip(words)
        self._dot.setAccessibleName(f"{full_title(self.row)}: {words}" if differs else "")

    def set_running(self, *, running: bool) -> None:
        """While training runs only live settings can be changed."""
        enabled = self.row.info.live or not running
        for widget in (self.editor, self.slider):
            if widget is not None:
                widget.setEnabled(enabled)
        self._dot.setEnabled(enabled and bool(self._dot.text()))
        text = tooltip(self.row, running=running)
        for part in (self, self.label, self.editor):
            part.setToolTip(text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer a fork for a setting that is locked."""
        if self.editor.isEnabled():
            super().contextMenuEvent(event)
            return
        menu = QMenu(self)
        menu.setObjectName("row:menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Change {self.row.info.title.lower()} on a fork…").triggered.connect(self._ask_fork)
        menu.popup(event.globalPos())

    def _ask_fork(self) -> None:
        self.fork_wanted.emit(self.row.path)

    def set_colours(self, colours: Colours) -> None:
        """Mark a live setting in the theme's colour."""
        if self.row.info.live:
            self.label.setText(
                f"{label(self.row)}&nbsp;<span style='color: {colours.accent}'>{LIVE_MARK}</span>"
            )

    # Building.

    @property
    def _input(self) -> QWidget:
        """The widget that takes the keys; screen readers, tests and screenshots find it by its name."""
        if isinstance(self.editor, DrawingEditor):
            return self.editor.draw
        return self.editor.line if isinstance(self.editor, PathEditor) else self.editor

    def _name_parts(self) -> None:
        self.setObjectName(f"row:{self.row.path}")
        self._input.setObjectName(f"field:{self.row.path}")
        self._input.setAccessibleName(full_title(self.row))
        self._input.setAccessibleDescription(self.row.info.help)
        self._input.setMinimumHeight(HEIGHT)
        if self.slider is not None:
            self.slider.setObjectName(f"slider:{self.row.path}")

    def _make_label(self) -> QLabel:
        made = QLabel(label(self.row))
        made.setObjectName(f"label:{self.row.path}")
        made.setWordWrap(True)
        made.setFixedWidth(LABEL_WIDTH)
        made.setBuddy(self._input)
        made.setMinimumHeight(HEIGHT)
        made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        made.setContentsMargins(0, 5, 0, 0)  # level with the text in the field, also above messages
        return made

    def _make_dot(self) -> QToolButton:
        dot = QToolButton()
        dot.setObjectName(f"reset:{self.row.path}")
        dot.setProperty("role", "dot")
        dot.setAutoRaise(True)
        dot.setFixedWidth(18)
        dot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return dot

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.editor, 1)
        if self.slider is not None:
            line.addWidget(self.slider, 1)
        line.addWidget(self._dot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self._note)
        column.addWidget(self._error)

    def _connect(self) -> None:
        self.editor.typed.connect(self._on_typed)
        self.editor.committed.connect(self._on_committed)
        if isinstance(self.editor, NumberEditor):
            self.editor.stepped.connect(self._on_stepped)
        if self.slider is not None:
            self.slider.dragged.connect(self._on_dragged)
            self.slider.settled.connect(self._on_settled)
        self._dot.clicked.connect(self._on_reset)

    def _on_typed(self) -> None:
        self.typed.emit(self.row.path)

    def _on_stepped(self) -> None:
        self.stepped.emit(self.row.path)

    def _on_committed(self) -> None:
        if self.slider is not None:
            self.slider.set_number(self.value())
        self._show_formula()
        self.committed.emit(self.row.path)

    def _on_dragged(self) -> None:
        self._take_from_slider()
        self.dragged.emit(self.row.path)

    def _on_settled(self) -> None:
        self._take_from_slider()
        self.committed.emit(self.row.path)

    def _take_from_slider(self) -> None:
        if self.slider is not None:
            with QSignalBlocker(self.editor):
                self.editor.set_value(self.slider.number())

    def _on_reset(self) -> None:
        self.reset_wanted.emit(self.row.path)

    def _fix(self) -> None:
        if self._issue is not None:
            self.fix_wanted.emit(self._issue)

    def _words(self, value: object) -> str:
        choices = self.row.info.choices
        if choices is not None and value in choices:
            return choices[str(value)].title
        if self.row.info.is_drawing:
            return "another drawing" if value else "none"
        return ("yes" if value else "no") if isinstance(value, bool) else number_text(value) or "nothing"

    def _show_formula(self) -> None:
        choices = self.row.info.choices
        formula = (
            choices[str(self.value())].formula if choices is not None and self.value() in choices else ""
        )
        self._note.say(formula)
