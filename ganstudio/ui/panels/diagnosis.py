"""What goes wrong in training, with its evidence and what may help."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ganstudio.diagnosis.findings import Diagnosed, Finding, Remedy
from ganstudio.engine.events import Event, Started
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.card_column import card_column
from ganstudio.ui.exports import Table
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.panel import Panel
from ganstudio.ui.theme import Colours


class DiagnosisPanel(Panel):
    """Findings, the newest on top; one that no longer holds turns grey."""

    name = "diagnosis"
    title = "Diagnosis"
    area = "bottom"
    export_kinds = ("csv",)
    empty_text = (
        "Nothing found. Vanishing gradients, a critic far from Lipschitz, stuck weights, mode collapse, an "
        "over-trained critic and divergence will be explained here, with what may help."
    )
    explanation = (
        "<p>While training runs, its figures are watched for the known ways to fail. Each finding says what "
        "was seen, with numbers, since when, and what it means. One that no longer holds turns grey.</p>"
        "<p><b>The iteration</b> looks back to it in all panels. <b>The buttons</b> apply a remedy with one "
        "click: a live edit where the setting may change while training runs, or else a fork, a new session "
        "that begins with the newest state of this one.</p><p>Each threshold, with its reason and source, "
        "stands in the program's folder <i>diagnosis</i>. An over-trained critic is found only where data "
        "are held out.</p>"
    )

    remedy_chosen = Signal(object)  # Remedy

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._events: list[Diagnosed] = []
        self._at: int | None = None  # the iteration that is looked back to
        self._is_new = False
        self.cards: list[FindingCard] = []
        self._list = card_column(self.content)

    def reset(self, experiment: Experiment) -> None:
        """Forget all findings."""
        super().reset(experiment)
        self._events, self._at = [], None
        self._is_new = True

    def handle(self, event: Event) -> None:
        """Remember what was said; where training goes on from earlier, what came later was never said."""
        if isinstance(event, Diagnosed):
            self._events.append(event)
            self._is_new = True
        elif isinstance(event, Started):
            self._events = [said for said in self._events if said.iteration <= event.iteration]
            self._is_new = True

    def show_moment(self, moment: Moment | None) -> None:
        """Show what had been found then."""
        self._at = moment.iteration if moment else None
        self._is_new = True

    def refresh(self) -> None:
        """Draw what changed."""
        if not self._is_new:
            return
        self._is_new = False
        found = self.findings()
        if [(card.finding, card.resolved_at) for card in self.cards] != found:
            self._draw(found)
        if found:
            self.show_content()
        elif self._at is None:
            self.show_empty(self.empty_text)
        else:
            self.show_empty(f"Nothing had been found by iteration {self._at:,}.")
        self.tell(self.summary())

    def findings(self) -> list[tuple[Finding, int | None]]:
        """Findings until the moment, the newest first, and the iterations at which they were resolved."""
        found: list[tuple[Finding, int | None]] = []
        for said in self._events:
            if self._at is not None and said.iteration > self._at:
                continue
            if not said.resolved:
                found.append((said.finding, None))
                continue
            for i, (finding, resolved_at) in enumerate(found):
                if finding.kind == said.finding.kind and resolved_at is None:
                    found[i] = (finding, said.iteration)
        return found[::-1]

    def recolour(self) -> None:
        """Take the theme's colours."""
        for card in self.cards:
            card.tint(self.colours)

    def summary(self) -> str:
        """Say what holds now."""
        holding = [finding for finding, resolved_at in self.findings() if resolved_at is None]
        if not self.findings():
            return ""
        if not holding:
            return "All findings are resolved."
        return " ".join(f"Since iteration {f.iteration:,}: {f.sentence} {f.evidence}" for f in holding)

    def table(self) -> Table:
        """Return one row a finding, the newest first."""
        found = self.findings()
        return [
            ("iteration", [f.iteration for f, _ in found]),
            ("resolved_at", ["" if at is None else at for _, at in found]),
            ("kind", [f.kind for f, _ in found]),
            ("evidence", [f"{f.sentence} {f.evidence}" for f, _ in found]),
        ]

    def _draw(self, found: list[tuple[Finding, int | None]]) -> None:
        for card in self.cards:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [FindingCard(finding, resolved_at, self.colours) for finding, resolved_at in found]
        for i, card in enumerate(self.cards):
            card.time_chosen.connect(self.time_chosen)
            card.remedy_chosen.connect(self.remedy_chosen)
            self._list.insertWidget(i, card)


class FindingCard(QFrame):
    """One finding with its buttons; it never changes."""

    time_chosen = Signal(object)
    remedy_chosen = Signal(object)

    def __init__(self, finding: Finding, resolved_at: int | None, colours: Colours) -> None:
        super().__init__()
        self.finding = finding
        self.resolved_at = resolved_at
        self.setObjectName(f"diagnosis:{finding.kind}")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(f"{finding.sentence} {finding.evidence}")
        self._bar = QFrame()
        self._bar.setFixedWidth(4)
        self._sentence = _label(finding.sentence)
        self._words = [_label(finding.evidence), _label(finding.meaning)]
        column = QVBoxLayout()
        column.setSpacing(3)
        column.setContentsMargins(0, 6, 0, 6)
        for part in (self._sentence, *self._words):
            column.addWidget(part)
        buttons = QWidget()
        line = FlowLayout(buttons, spacing=6)
        line.addWidget(self._where())
        for i, remedy in enumerate(finding.remedies):
            line.addWidget(self._remedy(i, remedy))
        column.addWidget(buttons)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 6, 0)
        whole.setSpacing(10)
        whole.addWidget(self._bar)
        whole.addLayout(column, 1)
        self.tint(colours)

    def tint(self, colours: Colours) -> None:
        """Colour the bar at the left; grey where the finding holds no longer."""
        holds = self.resolved_at is None
        self._bar.setStyleSheet(f"background: {colours.error if holds else colours.border}; border: none;")
        self._sentence.setStyleSheet(
            f"font-weight: 600; color: {colours.foreground if holds else colours.muted};"
        )
        self._words[0].setStyleSheet(f"color: {colours.foreground if holds else colours.muted};")
        self._words[1].setStyleSheet(f"color: {colours.muted};")

    def _where(self) -> QToolButton:
        since = f"Iteration {self.finding.iteration:,}"
        button = _button(since, f"Look back to iteration {self.finding.iteration:,} in all panels")
        if self.resolved_at is not None:
            button.setText(f"{since}, resolved at {self.resolved_at:,}")
        button.setObjectName("diagnosis:look")
        button.setAutoRaise(True)
        button.clicked.connect(self._look)
        return button

    def _remedy(self, at: int, remedy: Remedy) -> QToolButton:
        changes = ", ".join(f"{path} = {value}" for path, value in remedy.values)
        how = "Changes while training runs" if remedy.live else "Begins a new session from the newest state"
        button = _button(remedy.label, f"{how}: {changes}")
        button.setObjectName(f"diagnosis:remedy{at}")
        button.setProperty("at", at)
        button.clicked.connect(self._choose)
        return button

    def _look(self) -> None:
        self.time_chosen.emit(self.finding.iteration)

    def _choose(self) -> None:
        self.remedy_chosen.emit(self.finding.remedies[int(self.sender().property("at"))])


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _button(text: str, help_text: str) -> QToolButton:
    made = QToolButton()
    made.setText(text)
    made.setToolTip(help_text)
    made.setAccessibleName(f"{text}: {help_text}")
    return made
