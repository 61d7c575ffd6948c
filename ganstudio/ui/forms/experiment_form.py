"""The form of an experiment, drawn from the declarations of the settings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPalette, QUndoGroup, QUndoStack
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ganstudio.errors import Issue
from ganstudio.experiment.describe import flatten, row, rows
from ganstudio.experiment.model import GROUP_TITLES, Experiment
from ganstudio.ui.forms.draft import Verdict, judge
from ganstudio.ui.forms.field_row import FieldRow
from ganstudio.ui.forms.form_bar import FormBar
from ganstudio.ui.forms.history import EditCommand, Values
from ganstudio.ui.forms.live_edits import LiveEdits
from ganstudio.ui.forms.section import Section
from ganstudio.ui.forms.words import full_title, sentence
from ganstudio.ui.theme import colours

PATIENCE = 400  # milliseconds without a key before a half-typed value is called wrong


class ExperimentForm(QWidget):
    """All settings of an experiment, grouped; what does not matter with the others is hidden, but kept.

    The whole experiment is validated again after each edit. While training runs, live settings can change.
    """

    experiment_changed = Signal(object)  # a valid Experiment, after the person changed something
    validity_changed = Signal(bool)  # whether the form holds an experiment that can be trained
    fork_wanted = Signal(str)  # a locked setting that the person wants to change on a fork
    fork_of_changes_wanted = Signal()
    live_edited = Signal(str, object)  # while training runs: the person changed a live setting

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("experiment-form")
        self.setAccessibleName("Experiment settings")
        self._preset: Values = flatten(Experiment())
        self._values: dict[str, object] = dict(self._preset)  # as they are in the fields
        self._settled: dict[str, object] = dict(self._values)  # as last committed: what undo goes back to
        self._verdict: Verdict = judge(self._values)
        self._told: tuple[Experiment | None, bool] = (self._verdict.experiment, self._verdict.may_train)
        self._outside_issues: tuple[Issue, ...] = ()
        self._is_stepping = False
        self._live = LiveEdits(self)
        self._live.edited.connect(self.live_edited)
        self._complaint = QTimer(self, singleShot=True, interval=PATIENCE)
        self._complaint.timeout.connect(self._show_issues)
        # Edits made while training runs have a stack of their own: older ones cannot be undone meanwhile.
        self.undo_group = QUndoGroup(self)
        self._stack_before, self._stack_running = (QUndoStack(self.undo_group) for _ in range(2))
        self.undo_group.setActiveStack(self._stack_before)
        self._rows = {r.path: FieldRow(r) for r in rows()}
        self._sections = {
            group: Section(group, GROUP_TITLES[group], list(members))
            for group, members in groupby(self._rows.values(), key=lambda r: r.row.group)
        }
        self._bar = FormBar(self.undo_group)
        self._arrange()
        self._connect()
        self._dark: bool | None = None
        self._follow_palette()
        self._show_all()

    # What the window calls.

    def set_experiment(self, experiment: Experiment, preset: Experiment | None = None) -> None:
        """Show an experiment; "reset" goes back to ``preset`` (None: to this). Emits only validity."""
        self._preset = flatten(preset or experiment)
        self._values = dict(flatten(experiment))
        self._settled = dict(self._values)
        self._outside_issues = ()
        for stack in self.undo_group.stacks():
            stack.clear()
        self._verdict = judge(self._values)
        self._told = (self._verdict.experiment, self._told[1])
        self._show_all()
        self._tell()

    def experiment(self) -> Experiment | None:
        """Return what is in the form, typed but uncommitted text too; None while something is invalid."""
        return self._verdict.experiment

    @property
    def may_train(self) -> bool:
        """Whether the form holds an experiment that can be trained."""
        return self._verdict.may_train

    def set_running(self, running: bool) -> None:  # noqa: FBT001 - one state of two, as in Qt's setters
        """Training begins or has ended."""
        if running == self._live.is_running:
            return
        for field in self._rows.values():
            field.commit()
        if running:
            self._stack_running.clear()
            self._live.start(dict(self._values))
        else:
            self._live.stop()
        self.undo_group.setActiveStack(self._stack_running if running else self._stack_before)
        self._bar.set_running(running=running)
        for field in self._rows.values():
            field.set_running(running=running)
        self._show_issues()

    def show_issues(self, issues: Iterable[Issue]) -> None:
        """Show what others found wrong, next to the fields, until the next edit."""
        self._outside_issues = tuple(issues)
        self._show_issues()
        self.focus_first_issue()

    def apply_live(self, path: str, value: object) -> None:
        """Show a value that training has taken over, without a signal; leave alone what the person holds."""
        self._live.learn(path, value)
        field = self._rows[path]
        if field.is_held:
            return
        self._values[path] = self._settled[path] = value
        field.set_value(value)
        self._verdict = judge(self._values)
        self._told = (self._verdict.experiment, self._told[1])
        self._show_state()
        self._tell()

    def reset_to_preset(self) -> None:
        """Give every setting the preset's value (undoable)."""
        self._change("Reset to preset", self._preset)

    def change(self, words: str, values: Values) -> None:
        """Make a change as if the person had typed it: undoable, and live while training runs."""
        self._change(words, values)

    def focus_first_issue(self) -> None:
        """Bring the first field with a problem into sight and put the cursor there."""
        for issue in self._issues():
            if (field := self._rows.get(issue.path)) is not None and field.row.is_shown(self._values):
                self._sections[field.row.group].set_open(is_open=True)
                self._scroll.ensureWidgetVisible(field)
                field.editor.setFocus()
                return

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._follow_palette()

    # What the person does.

    def _on_typed(self, path: str) -> None:
        self._values[path] = self._rows[path].value()
        self._judge(patiently=True)

    def _on_stepped(self, _path: str) -> None:
        self._is_stepping = True

    def _on_committed(self, path: str) -> None:
        merges, self._is_stepping = self._is_stepping, False
        self._change(f"Edit {full_title(row(path))}", {path: self._rows[path].value()}, merges=merges)

    def _on_dragged(self, path: str) -> None:
        self._values[path] = self._rows[path].value()
        self._judge()
        if self._verdict.experiment is not None:
            self._live.send_soon(path, self._values[path])

    def _on_reset(self, path: str) -> None:
        self._change(f"Reset {full_title(row(path))}", {path: self._preset[path]})

    def _on_fix(self, issue: Issue) -> None:
        self._change("Fix", dict(issue.fix))

    def _change(self, words: str, new: Values, *, merges: bool = False) -> None:
        """Make a change that can be undone; where nothing changes, only bring the fields back in line."""
        changed = {
            p: v for p, v in new.items() if v != self._settled[p] or type(v) is not type(self._settled[p])
        }
        if changed:
            old = {p: self._settled[p] for p in changed}
            stack = self.undo_group.activeStack()
            stack.push(EditCommand(words, old, changed, self._put, merges=merges))
        else:
            self._put(new)

    def _put(self, values: Values) -> None:
        """Keep and show committed values, and tell everyone."""
        self._values.update(values)
        self._settled.update(values)
        for path, value in values.items():
            self._rows[path].set_value(value)
        self._judge()
        for path, value in values.items():
            if self._verdict.experiment is not None and self._rows[path].row.info.live:
                self._live.send(path, value)

    # What follows from it.

    def _judge(self, *, patiently: bool = False) -> None:
        self._outside_issues = ()
        self._verdict = judge(self._values)
        self._show_state(patiently=patiently)
        self._tell()

    def _tell(self) -> None:
        """Emit what changed since last told."""
        (experiment, may_train), self._told = self._told, (self._verdict.experiment, self._verdict.may_train)
        if self._verdict.experiment is not None and self._verdict.experiment != experiment:
            self.experiment_changed.emit(self._verdict.experiment)
        if self._verdict.may_train != may_train:
            self.validity_changed.emit(self._verdict.may_train)

    def _show_all(self) -> None:
        for path, field in self._rows.items():
            field.set_value(self._values[path])
        self._show_state()

    def _show_state(self, *, patiently: bool = False) -> None:
        """Show dots, conditional rows and issues; a new issue of a half-typed value may wait."""
        for path, field in self._rows.items():
            field.show_preset(self._preset[path], differs=self._values[path] != self._preset[path])
        self._bar.set_differs(differs=any(self._values[p] != v for p, v in self._preset.items()))
        if patiently and self._issues():
            self._complaint.start()
            self._show_rows()
        else:
            self._complaint.stop()
            self._show_issues()

    def _issues(self) -> tuple[Issue, ...]:
        return (*self._verdict.issues, *self._verdict.missing, *self._outside_issues)

    def _show_rows(self) -> None:
        wrong = {i.path for i in self._issues()}
        for path, field in self._rows.items():
            in_view = self._bar.shows_advanced or not field.row.info.advanced or path in wrong
            shown = field.row.is_shown(self._values) and in_view
            self._sections[field.row.group].show_row(field, shown=shown)

    def _show_issues(self) -> None:
        self._show_rows()
        by_path: dict[str, Issue] = {}
        for issue in self._issues():
            by_path.setdefault(issue.path, issue)
        for path, field in self._rows.items():
            self._show_issue(field, by_path.pop(path) if path in by_path else None)
        for group, section in self._sections.items():
            section.show_error(by_path.pop(group).sentence if group in by_path else "")
        elsewhere = " ".join(i.sentence for i in by_path.values())
        self._bar.show_problems(len(self._issues()), elsewhere)

    def _show_issue(self, field: FieldRow, issue: Issue | None) -> None:
        if issue is None:
            field.show_issue(None)
            return
        may_fix = not self._live.is_running or all(row(p).info.live for p, _ in issue.fix)
        role = "needed" if issue in self._verdict.missing else "error"
        field.show_issue(issue, sentence(issue, field.row, field.value()), may_fix=may_fix, role=role)

    def _follow_palette(self) -> None:
        dark = self.palette().color(QPalette.ColorRole.Window).lightness() < 128
        if dark != self._dark:
            self._dark = dark
            for field in self._rows.values():
                field.set_colours(colours(dark))

    # Building.

    def _arrange(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 4, 0, 8)
        column.setSpacing(2)
        for section in self._sections.values():
            column.addWidget(section)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._scroll.setMinimumWidth(
            inside.minimumSizeHint().width() + self._scroll.verticalScrollBar().sizeHint().width()
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        whole.addWidget(self._scroll, 1)

    def _connect(self) -> None:
        for field in self._rows.values():
            field.typed.connect(self._on_typed)
            field.stepped.connect(self._on_stepped)
            field.committed.connect(self._on_committed)
            field.dragged.connect(self._on_dragged)
            field.reset_wanted.connect(self._on_reset)
            field.fix_wanted.connect(self._on_fix)
            field.fork_wanted.connect(self.fork_wanted)
        self._bar.advanced_toggled.connect(self._show_rows)
        self._bar.reset_wanted.connect(self.reset_to_preset)
        self._bar.problems_clicked.connect(self.focus_first_issue)
        self._bar.fork_wanted.connect(self.fork_of_changes_wanted)
        self.undo_actions = [self._bar.undo_action, self._bar.redo_action]
        self.offer_fork = self._bar.offer_fork
        self.addActions(self.undo_actions)
