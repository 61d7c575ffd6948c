"""Figures of quality over the course of training."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.engine.events import Event
from ganstudio.experiment.model import Experiment
from ganstudio.metrics import FIGURES
from ganstudio.session.moments import Moment
from ganstudio.ui.elided import ElidedText
from ganstudio.ui.exports import Table
from ganstudio.ui.overlays import Overlay
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.chart import canvas
from ganstudio.ui.plots.figure_facts import facts_in_words
from ganstudio.ui.plots.figure_history import FigureHistory, Value, goal, title
from ganstudio.ui.plots.overlaid import SessionKey
from ganstudio.ui.plots.small_multiple import SmallMultiple

WIDE, HIGH = 240, 130  # pixels that a small plot wants
FACTS_LINES = 3  # of the words below; all of them stand in the tip
COLOURS = ("critic", "generator", "wasserstein", "penalty", "total")
HEADINGS = ("Figure", "Value", "Real", "Best", "At")
BETTER = {"lower": "lower is better", "higher": "higher is better", "near-one": "best at 1"}
NOTHING = "Figures of quality will appear here once samples are judged"


class MetricsPanel(Panel):
    """A small plot and a row of the table for every figure that was ever computed."""

    name = "metrics"
    title = "Metrics"
    area = "right-top"
    export_kinds = ("png", "svg", "csv")
    empty_text = f"{NOTHING}."
    explanation = (
        "<p>Losses do not say how good samples are; these figures do. Each has a plot of its own; dotted "
        "lines show what <b>real samples</b> read, which is as good as it gets.</p><p><b>2-D data</b> are "
        "judged while training, always from the same latents. <b>W1</b> is the exact transport distance "
        "between samples. Finite samples never reach 0, so it stands beside the distance of two real "
        "samples of the same size. <b>KL and JS</b> are taken on a grid after a small blur of both sides, "
        "which makes them finite, and less what chance adds, so a perfect generator reads about 0. KL(real "
        "|| generated) is large when modes are missing, KL(generated || real) when samples are bad. "
        "<b>Covered modes</b> hold at least 1 % of the samples.</p><p>Below, the newest values; choose a "
        "row to read what it means and what it was computed from, and untick it to hide its plot. Figures "
        "of different sample counts or features cannot be compared.</p>"
    )

    evaluation_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        evaluate = QToolButton()
        evaluate.setText("Evaluate…")
        evaluate.setObjectName("metrics:evaluate")
        evaluate.setAccessibleName("Evaluate")
        evaluate.setToolTip("Compute figures of quality of a checkpoint, of as many samples as you like")
        evaluate.clicked.connect(self.evaluation_asked)
        self.controls.addWidget(evaluate)
        self.history = FigureHistory()
        self._moment: Moment | None = None
        self._is_new = False
        self._plots: dict[str, SmallMultiple] = {}
        self._layout: tuple[tuple[str, ...], int] = (), 0
        self._more = QTimer(self, interval=0, singleShot=True)
        self._more.timeout.connect(self._redraw)
        self._hidden: set[str] = set()
        self.overlays: Sequence[Overlay] = ()
        self.key = SessionKey("metrics:sessions")
        self.key.asked.connect(self.overlay_asked)
        self._canvas = canvas("metrics:canvas")
        self._canvas.setAccessibleName("Plots of the figures of quality over the iterations")
        self._scroll = QScrollArea()
        self._scroll.setObjectName("metrics:scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self._canvas)
        self.values = QTableWidget(0, len(HEADINGS))
        self.values.setObjectName("metrics:table")
        self.values.setAccessibleName("Newest figures of quality")
        self.values.setHorizontalHeaderLabels(list(HEADINGS))
        self.values.verticalHeader().hide()
        self.values.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.values.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.values.setTabKeyNavigation(False)
        header = self.values.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.values.verticalHeader().setDefaultSectionSize(24)
        self.values.itemSelectionChanged.connect(self._show_facts)
        self.values.itemChanged.connect(self._on_ticked)
        self._facts = ElidedText(FACTS_LINES)
        self._facts.setObjectName("metrics:facts")
        below = QWidget()
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.addWidget(self.values, 1)
        lower.addWidget(self._facts)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("metrics:split")
        split.addWidget(self._scroll)
        split.addWidget(below)
        split.setSizes([300, 160])
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.key)
        column.addWidget(split, 1)
        self.recolour()

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Forget all figures."""
        super().reset(experiment)
        self.history, self._moment = FigureHistory(), None
        every = experiment.probes.evaluate_every
        when = f", every {every:,} iterations" if every else "; press Evaluate to have that done"
        self.show_empty(f"{NOTHING}{when}.")

    def handle(self, event: Event) -> None:
        """Remember figures."""
        self._is_new |= self.history.handle(event)

    def refresh(self) -> None:
        """Draw what came."""
        if self._is_new or self._layout != self._wanted_layout():
            self._redraw()

    def show_moment(self, moment: Moment | None) -> None:
        """Mark a moment of the past and tell its values."""
        self._moment, self._is_new = moment, True

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw figures of other sessions in other line styles, where this one has them."""
        self.overlays, self._is_new = list(overlays), True
        self.key.show_overlays(self.overlays, self.colours)

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.key.show_overlays(self.overlays, self.colours)
        self._canvas.setBackground(self.colours.background)
        self._facts.setStyleSheet(f"color: {self.colours.muted};")
        for small in self._plots.values():
            small.recolour(self.colours)
        self._redraw()

    def summary(self) -> str:
        """Say the values."""
        values = [(name, self._value(name)) for name in self.history.names()]
        words = [f"{title(name)} {v.words} at iteration {v.iteration:,}" for name, v in values if v]
        return f"{'; '.join(words)}." if words else ""

    def table(self) -> Table:
        """Return iterations and values of every figure."""
        columns: list[tuple[str, list[float]]] = []
        for name in self.history.values:
            iterations, values = self.history.points(name)
            columns += [
                (f"{name}_iteration", [int(i) for i in iterations]),
                (name, values.tolist()),
            ]
            if asked := self.history.asked(name):
                columns += [
                    (f"{name}_asked_iteration", [v.iteration for v in asked]),
                    (f"{name}_asked", [v.value for v in asked]),
                    (f"{name}_asked_spread", [nan if v.spread is None else v.spread for v in asked]),
                ]
        return columns

    def exported(self, kind: str) -> bytes:
        """Return the file's content."""
        if kind == "svg":
            return bytes(SVGExporter(self._canvas.scene()).export(toBytes=True))
        return super().exported(kind)

    # Drawing.

    def _value(self, name: str) -> Value | None:
        return self.history.at(name, self._moment.iteration if self._moment else None)

    def _colour(self, name: str) -> str:
        at = self.history.names().index(name)
        return str(getattr(self.colours, COLOURS[at % len(COLOURS)]))

    def _redraw(self) -> None:
        self._is_new = False
        names = self.history.names()
        if not names:
            return
        self.show_content()
        if self._layout != self._wanted_layout():
            self._arrange()
        for name in self._layout[0]:
            past = self._moment.iteration if self._moment else None
            self._plots[name].draw(self.history, past, self._colour(name), self.overlays)
        self._fill_table(names)
        self._show_facts()
        self.tell(self.summary())

    def _wanted_layout(self) -> tuple[tuple[str, ...], int]:
        """The figures that are plotted, and in how many columns."""
        shown = tuple(name for name in self.history.names() if name not in self._hidden)
        return shown, max(1, min(len(shown), self._scroll.viewport().width() // WIDE))

    def _arrange(self) -> None:
        """Put the plots in their places; a new one takes a while to make, so they come one by one."""
        shown, columns = self._wanted_layout()
        missing = [name for name in shown if name not in self._plots]
        for name in missing[:1]:
            self._plots[name] = SmallMultiple(name)
            self._plots[name].recolour(self.colours)
        there = tuple(name for name in shown if name in self._plots)
        self._layout = there, columns
        self._canvas.ci.clear()
        for i, name in enumerate(there):
            self._canvas.addItem(self._plots[name].plot, row=i // columns, col=i % columns)
        self._canvas.setMinimumHeight(HIGH * -(-len(there) // columns))
        if len(missing) > 1:
            self._more.start()

    def _fill_table(self, names: list[str]) -> None:
        blocker = QSignalBlocker(self.values)
        self.values.setRowCount(len(names))
        for line, name in enumerate(names):
            value, best = self._value(name), self.history.best(name)
            floor = self.history.floor(name)
            real = self._value(floor) if floor else None
            cells = (
                title(name),
                value.words if value else "",
                _number(real.value) if real else "",
                f"{_number(best.value)} ({best.iteration:,})" if best else "",
                f"{value.iteration:,}" if value else "",
            )
            for column, text in enumerate(cells):
                item = self.values.item(line, column) or QTableWidgetItem()
                item.setText(text)
                item.setToolTip(FIGURES[name].help if name in FIGURES else name)
                item.setData(Qt.ItemDataRole.UserRole, name)
                if column == 0:
                    item.setForeground(QColor(self._colour(name)))
                    item.setCheckState(
                        Qt.CheckState.Unchecked if name in self._hidden else Qt.CheckState.Checked
                    )
                else:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if item.tableWidget() is None:
                    self.values.setItem(line, column, item)
        blocker.unblock()

    def _on_ticked(self, item: QTableWidgetItem) -> None:
        """Show or hide the plot of a figure."""
        name = str(item.data(Qt.ItemDataRole.UserRole))
        if item.column() == 0 and (item.checkState() == Qt.CheckState.Unchecked) != (name in self._hidden):
            self._hidden ^= {name}
            self._redraw()

    def _show_facts(self) -> None:
        """Say of the chosen figure, or of the first one, what it means and what it was computed from."""
        chosen = next(iter(self.values.selectedItems()), self.values.item(0, 0))
        if chosen is None:
            return
        name = str(chosen.data(Qt.ItemDataRole.UserRole))
        value, help_ = self._value(name), FIGURES[name].help if name in FIGURES else ""
        better = BETTER.get(goal(name), "")
        facts = facts_in_words(value.facts) if value else ""
        parts = (
            f"{title(name)}{f' ({better})' if better else ''}: {help_}",
            f"Computed from {facts}." if facts else "",
        )
        self._facts.setText(" ".join(part for part in parts if part))


def _number(value: float) -> str:
    return f"{value:.4g}"
