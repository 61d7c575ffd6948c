"""What went wrong, in plain words; never a message box over the work."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.engine.events import SAVE_ELSEWHERE, EditRefused, Event, Trouble
from ganstudio.experiment.describe import row
from ganstudio.experiment.model import Experiment
from ganstudio.ui.card_column import card_column
from ganstudio.ui.panel import Panel

KEPT = 200  # problems kept at most
# What can be done about a problem with one click: the button's words and its explanation.
REMEDIES = {
    SAVE_ELSEWHERE: (
        "Save elsewhere…",
        "Choose a folder where training goes on with its whole state and history",
    )
}


@dataclass(frozen=True)
class Problem:
    """One problem: a sentence, a traceback where the program is at fault, the iteration if there is one."""

    sentence: str
    detail: str = ""
    iteration: int | None = None
    remedy: str = ""

    @property
    def text(self) -> str:
        """All of it, to paste elsewhere."""
        where = f"At iteration {self.iteration:,}: " if self.iteration is not None else ""
        return f"{where}{self.sentence}" + (f"\n\n{self.detail}" if self.detail else "")


class ProblemsPanel(Panel):
    """A list of problems, the newest on top."""

    name = "problems"
    title = "Problems"
    area = "bottom"
    empty_text = "No problems. If something goes wrong, it will be explained here."
    explanation = (
        "<p>Each entry says in plain words what went wrong and at which iteration. Where the fault is the "
        "program's own, <i>Details</i> shows the technical trace; <i>Copy</i> puts all of it on the "
        "clipboard, for a report.</p><p>Training stops by itself at the last good state before anything "
        "good is overwritten.</p>"
    )

    count_changed = Signal(int)
    remedy_chosen = Signal(str)  # the remedy of a Trouble

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[ProblemCard] = []
        self._clear = QToolButton()
        self._clear.setObjectName("problems:clear")
        self._clear.setText("Clear all")
        self._clear.setEnabled(False)
        self._clear.clicked.connect(self.clear)
        self.controls.addWidget(self._clear)
        self._list = card_column(self.content)

    def report(self, sentence: str, detail: str = "", iteration: int | None = None, remedy: str = "") -> None:
        """Add a problem; the same one again is counted on its entry. Call it in the window's thread."""
        problem = Problem(sentence, detail, iteration, remedy)
        if self._cards and self._cards[0].problem == problem:
            self._cards[0].again()
            return
        card = ProblemCard(problem, self.colours.error)
        card.dismissed.connect(self._dismiss)
        card.remedy_chosen.connect(self.remedy_chosen)
        self._cards.insert(0, card)
        self._list.insertWidget(0, card)
        for old in self._cards[KEPT:]:
            self._remove(old)
        self._count()

    def clear(self) -> None:
        """Forget all problems."""
        for card in list(self._cards):
            self._remove(card)
        self._count()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, the newest first."""
        return tuple(card.problem for card in self._cards)

    def reset(self, experiment: Experiment) -> None:
        """Forget the problems of the run before."""
        super().reset(experiment)
        self.clear()

    def handle(self, event: Event) -> None:
        """Show trouble at once: it is rare, and its number is shown elsewhere."""
        if isinstance(event, Trouble):
            self.report(event.sentence, event.detail, event.iteration, event.remedy)
        elif isinstance(event, EditRefused):
            self.report(
                f"{row(event.path).info.title} was not changed: {event.sentence}", "", event.iteration
            )

    def refresh(self) -> None:
        """There is nothing to draw later."""

    def recolour(self) -> None:
        """Take the theme's colours."""
        for card in self._cards:
            card.tint(self.colours.error)

    def summary(self) -> str:
        """Say how many problems there are, and the newest."""
        count = len(self._cards)
        return (
            f"{count} problem{'' if count == 1 else 's'}; the newest: {self._cards[0].problem.text}"
            if count
            else ""
        )

    def _dismiss(self, card: ProblemCard) -> None:
        self._remove(card)
        self._count()

    def _remove(self, card: ProblemCard) -> None:
        self._cards.remove(card)
        self._list.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _count(self) -> None:
        self._clear.setEnabled(bool(self._cards))
        if self._cards:
            self.show_content()
        else:
            self.show_empty(self.empty_text)
        self.tell(self.summary())
        self.count_changed.emit(len(self._cards))


class ProblemCard(QFrame):
    """One problem with its buttons."""

    dismissed = Signal(object)
    remedy_chosen = Signal(str)

    def __init__(self, problem: Problem, colour: str) -> None:
        super().__init__()
        self.problem = problem
        self._times = 1
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(problem.sentence)
        self._bar = QFrame()
        self._bar.setFixedWidth(4)
        self.tint(colour)
        sentence = QLabel(problem.sentence)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._where = QLabel()
        self._where.setEnabled(False)
        self._say_where()
        self.details = QPlainTextEdit(problem.detail)
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Technical details")
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setMinimumHeight(140)
        self.details.hide()
        self.more = _button("Details", "Show the technical trace")
        self.more.setCheckable(True)
        self.more.setVisible(bool(problem.detail))
        self.more.toggled.connect(self.details.setVisible)
        self.remedy = _button(*REMEDIES.get(problem.remedy, ("", "")))
        self.remedy.setObjectName("problems:remedy")
        self.remedy.setVisible(problem.remedy in REMEDIES)
        self.remedy.setAutoRaise(False)
        self.remedy.clicked.connect(self._on_remedy)
        self.copy_button = _button("Copy", "Copy the problem with its details")
        self.copy_button.clicked.connect(self._copy)
        dismiss = _button("Dismiss", "Take this entry away")
        dismiss.clicked.connect(self._on_dismiss)
        line = QHBoxLayout()
        line.addWidget(self._where, 1)
        for button in (self.remedy, self.more, self.copy_button, dismiss):
            line.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(2)
        for part in (sentence, self.details):
            column.addWidget(part)
        column.insertLayout(1, line)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 6, 0)
        whole.setSpacing(10)
        whole.addWidget(self._bar)
        column.setContentsMargins(0, 6, 0, 6)
        whole.addLayout(column, 1)

    def again(self) -> None:
        """The same problem came once more."""
        self._times += 1
        self._say_where()

    def tint(self, colour: str) -> None:
        """Colour the bar at the left."""
        self._bar.setStyleSheet(f"background: {colour}; border: none;")

    def _say_where(self) -> None:
        parts = [f"iteration {self.problem.iteration:,}"] if self.problem.iteration is not None else []
        if self._times > 1:
            parts.append(f"{self._times} times")
        self._where.setText(", ".join(parts))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.problem.text)

    def _on_remedy(self) -> None:
        self.remedy_chosen.emit(self.problem.remedy)

    def _on_dismiss(self) -> None:
        self.dismissed.emit(self)


def _button(text: str, help_text: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setToolTip(help_text)
    made.setAccessibleName(help_text)
    made.setAutoRaise(True)
    return made
