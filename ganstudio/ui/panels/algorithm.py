"""The algorithm that is running, line by line, and the formula with the value under each of its terms."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, nan

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ganstudio.engine.events import Edited, Event, Metrics, StageReached, Started, StateChanged
from ganstudio.errors import ExperimentError
from ganstudio.experiment.algorithm import Line, lines
from ganstudio.experiment.formula import Formula, Network, formula, rich
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.formula_words import spoken, then_and_now, with_terms
from ganstudio.ui.line_row import LineRow, found_words
from ganstudio.ui.panel import Panel

NETWORKS: dict[Network, str] = {"critic": "Critic", "generator": "Generator"}


class AlgorithmPanel(Panel):
    """Two columns of lines, one for each network's step, with the stage that is reached marked."""

    name = "algorithm"
    title = "Algorithm"
    area = "right-bottom"
    export_kinds = ("png", "csv")
    empty_text = (
        "The steps of the algorithm and the formula with its values will appear here when training begins. "
        "Choose a speed in the toolbar, or take single steps, to watch each stage."
    )
    explanation = (
        "<p>Above, what both networks minimise, with the newest value under each term. Below, the algorithm "
        "as the paper writes it, with this experiment's numbers: the critic takes several steps, then the "
        "generator takes one.</p><p>At full speed the lines fly past. Choose a lower <i>Speed</i> in the "
        "toolbar, or take single steps, and the line that is reached lights up, with what it found.</p>"
        "<p>Look back, and the settings are those that were in force at that iteration.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, float] = {}
        self._iteration = 0
        self._moment: Moment | None = None  # that is looked back to
        self._stage: StageReached | None = None
        self._found: dict[tuple[str, str], str] = {}  # in words, by network and stage
        self._is_new = False
        self._lines: tuple[Line, ...] = ()
        self.rows: list[LineRow] = []
        self._where = QLabel()
        self._where.setObjectName("algorithm:where")
        self.controls.addWidget(self._where)
        self.formulas = [QLabel() for _ in NETWORKS]
        above = QWidget()
        side_by_side = FlowLayout(above, spacing=16)
        for network, label in zip(NETWORKS, self.formulas, strict=True):
            label.setObjectName(f"algorithm:formula:{network}")
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            side_by_side.addWidget(label)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        self._sides: dict[Network, QVBoxLayout] = {}
        self._headings: dict[Network, QLabel] = {}
        for network in NETWORKS:
            side = QVBoxLayout()
            side.setSpacing(2)
            self._sides[network], self._headings[network] = side, QLabel()
            side.addWidget(self._headings[network])
            side.addStretch(1)
            sides.addLayout(side, 1)
        column.addLayout(sides)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(inside)
        self._then = QLabel()
        self._then.setObjectName("algorithm:then")
        self._then.setWordWrap(True)
        self._then.hide()
        whole = QVBoxLayout(self.content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._then)
        whole.addWidget(above)
        whole.addWidget(self._scroll, 1)

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Write the lines of another experiment."""
        super().reset(experiment)
        self._values, self._found, self._stage, self._iteration, self._moment = {}, {}, None, 0, None
        self._write()

    def handle(self, event: Event) -> None:
        """Follow stages, values and live edits."""
        match event:
            case StageReached():
                self._stage = event
                self._found[event.network, event.stage] = found_words(event)
                self._take(event)
            case Metrics():
                self._values |= {n: float(v[-1]) for n, v in event.values.items() if len(v)}
                self._leave_stage(event)
            case Edited() if self.experiment is not None:
                try:
                    self.experiment = with_values(self.experiment, {event.path: event.new})
                except ExperimentError:  # of an experiment that is no longer the one trained
                    return
                self._write()
            case Started() | StateChanged():
                self._leave_stage(event)
            case _:
                return
        self._iteration = event.iteration
        self._is_new = True

    def refresh(self) -> None:
        """Show the newest values and the stage."""
        if not self._is_new or self.experiment is None:
            return
        self._is_new = False
        self.show_content()
        moment, values = self._moment, self._known()
        self._then.setVisible(moment is not None)
        if moment is not None:
            self._then.setText(then_and_now(moment.iteration, moment.experiment, self.experiment))
        colours = (self.colours.critic, self.colours.generator)
        for label, whole, colour in zip(self.formulas, self._both(), colours, strict=True):
            label.setText(with_terms(whole, values, colour))
            constants = ", ".join(f"{rich(letter)} = {value:g}" for letter, value in whole.constants)
            label.setToolTip(f"<qt>{rich(whole.text)}{f', {constants}' if constants else ''}</qt>")
            label.setAccessibleName(f"{whole.text}; {spoken(whole, values)}")
        self._mark()
        self._where.setText(self._position())
        self.tell(self.summary())

    def show_moment(self, moment: Moment | None) -> None:
        """Show the settings and values of a moment of the past."""
        self._moment, self._is_new = moment, True
        self._write()

    def recolour(self) -> None:
        """Take the theme's colours."""
        for row in self.rows:
            row.tint(self.colours.accent, self.colours.muted, self.colours.surface)
        self._is_new = True
        self.refresh()

    def summary(self) -> str:
        """Say where in the algorithm training is, and the values of the formulas."""
        if self.experiment is None or self.is_empty:
            return ""
        then = f" {self._then.text()}" if self._moment else ""
        values = " ".join(spoken(whole, self._known()) for whole in self._both())
        return f"{self._position()}.{then} {values}".strip()

    def table(self) -> Table:
        """Return each term with its value, and each line."""
        if self.experiment is None:
            return ()
        values = self._known()
        parts = [(w.name, t.text, t.sign * t.value(values)) for w in self._both() for t in w.terms]
        parts += [(w.name, "=", values.get(w.loss, nan)) for w in self._both()]
        return [
            ("loss", [p[0] for p in parts]),
            ("term", [p[1] for p in parts]),
            ("value", [p[2] if isfinite(p[2]) else "" for p in parts]),
            ("step", [line.network for line in self._lines]),
            ("line", [line.text for line in self._lines]),
        ]

    # Lines.

    def _write(self) -> None:
        """Write the lines; where only numbers changed, the rows stay."""
        experiment = self._settings
        if experiment is None:
            return
        self._lines = lines(experiment)
        if [(r.line.network, r.line.stage) for r in self.rows] != [(x.network, x.stage) for x in self._lines]:
            self._make_rows(self._lines)
        n_critic = experiment.schedule.n_critic
        times = {"critic": f"{n_critic} times" if n_critic > 1 else "once", "generator": "then once"}
        for row, line in zip(self.rows, self._lines, strict=True):
            row.write(line)
        for network, label in self._headings.items():
            label.setText(f"<b>{NETWORKS[network]} step</b>, {times[network]} an iteration")

    def _make_rows(self, made: tuple[Line, ...]) -> None:
        for old in self.rows:
            old.hide()
            old.deleteLater()
        self.rows = [LineRow(line) for line in made]
        for row in self.rows:
            row.tint(self.colours.accent, self.colours.muted, self.colours.surface)
            side = self._sides[row.line.network]
            side.insertWidget(side.count() - 1, row)

    def _mark(self) -> None:
        """Light up the line that is reached, and bring it into sight; what is reached now, not then."""
        stage, found = (None, {}) if self._moment else (self._stage, self._found)
        for row in self.rows:
            place = row.line.network, row.line.stage
            is_here = stage is not None and place == (stage.network, stage.stage)
            row.light(is_here, found.get(place, ""))
            if is_here:
                self._scroll.ensureWidgetVisible(row, 0, 20)

    def _leave_stage(self, event: Event) -> None:
        """At full speed no line is marked: a mark that stays behind would lie."""
        stage = self._stage
        if stage is not None and event.iteration > stage.iteration + 1:
            self._stage = None
            self._found = {}

    def _take(self, event: StageReached) -> None:
        """Keep the values of a stage for the formula."""
        loss = f"{event.network}_loss"
        names = {"real_term": "critic_real_term", "fake_term": "critic_fake_term", "loss": loss}
        if event.network == "critic":
            scores = {"score_real": "critic_real_mean", "score_fake": "critic_fake_mean"}
            names |= {"penalty": "gradient_penalty", "mean": scores.get(event.stage, "")}
        elif event.stage == "objective":
            names["loss"] = "generator_objective"
        values = {n: float(v) for n, v in event.values.items() if np.ndim(v) == 0}
        self._values |= {names[n]: v for n, v in values.items() if n in names}

    # Words.

    def _position(self) -> str:
        stage = self._stage
        if self._moment is not None:
            return f"Iteration {self._moment.iteration:,}, looking back"
        if stage is None:
            return f"Iteration {self._iteration:,}"
        at = f"Iteration {stage.iteration + 1:,}"
        if stage.network == "generator":
            return f"{at}, generator step"
        n_critic = self.experiment.schedule.n_critic if self.experiment else 1
        return f"{at}, critic step {stage.critic_step + 1} of {n_critic}"

    @property
    def _settings(self) -> Experiment | None:
        """What is shown: the settings of now, or of the moment where they are known."""
        then = self._moment.experiment if self._moment else None
        return then or self.experiment

    def _known(self) -> Mapping[str, float]:
        """The values to go with it, by scalar."""
        if self._moment is None:
            return self._values
        scalars = self._moment.scalars
        return {} if scalars is None else {name: float(v[-1]) for name, v in scalars.values.items()}

    def _both(self) -> tuple[Formula, ...]:
        """What the networks minimise."""
        settings = self._settings
        return () if settings is None else tuple(formula(settings, n) for n in NETWORKS)
