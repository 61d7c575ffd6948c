"""What the views of the gradient inspector share: a canvas, words above it, and words for an empty one."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.engine.events import Event
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import target_norm
from ganstudio.objectives import OBJECTIVES
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.plots.axis import axes
from ganstudio.ui.plots.chart import AXIS_WIDTH, canvas, dress
from ganstudio.ui.plots.scales import LogAxis
from ganstudio.ui.steady import Steady
from ganstudio.ui.theme import Colours, colours

FloatArray = NDArray[np.float64]
Arrays = dict[str, NDArray[Any]]


class View(QStackedWidget):
    """One picture. It draws what was seen at one moment, or a history that it keeps from the events."""

    name: ClassVar[str]
    title: ClassVar[str]  # on the button that chooses it
    tip: ClassVar[str]
    explanation: ClassVar[str]  # rich text
    empty_text: ClassVar[str]

    changed = Signal()  # the person wants to see something else of it
    time_chosen = Signal(object)  # an iteration to look back to

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"gradient_norms:view:{self.name}")
        self.setAccessibleName(self.title)
        self.experiment: Experiment | None = None
        self.colours: Colours = colours(dark=False)
        self._empty = QLabel(self.empty_text)
        self._empty.setObjectName(f"{self.objectName()}:empty")
        self._empty.setWordWrap(True)
        self._empty.setMargin(16)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self._empty)
        self._filled = QWidget()
        self._column = QVBoxLayout(self._filled)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.text = QLabel()
        self.text.setObjectName(f"{self.objectName()}:text")
        self.text.setWordWrap(True)
        self.row = QWidget()  # of controls; the panel finds room for it
        self.controls = FlowLayout(self.row, spacing=8)
        self.canvas = canvas(f"{self.objectName()}:canvas")
        self.canvas.setAccessibleName(self.tip)
        self._column.addWidget(Steady(self.text))
        self._column.addWidget(self.canvas, 1)
        self.addWidget(self._filled)

    # What the panel calls.

    def reset(self, experiment: Experiment) -> None:
        """Forget everything: a run begins."""
        self.experiment = experiment
        self.show_words(self.empty_text)

    def handle(self, event: Event) -> bool:
        """Remember what a view of a history needs; returns whether there is something new to draw."""
        del event
        return False

    def draw(self, seen: Moment) -> None:
        """Draw what was seen at a moment; the panel calls it only while this view can be seen."""
        raise NotImplementedError

    def mark_time(self, iteration: int | None) -> None:
        """Mark the moment that the person looks back to; None for now."""

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours; ``draw`` follows."""
        self.colours = theme
        self.canvas.setBackground(theme.background)
        self._empty.setStyleSheet(f"color: {theme.muted};")
        for plot in self.plots():
            dress(plot, theme)
            for side in ("left", "bottom"):
                plot.getAxis(side).label.setDefaultTextColor(pg.mkColor(theme.muted))

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """The plots of the canvas."""
        return ()

    def summary(self) -> str:
        """Say in words what is drawn; "" while nothing is."""
        return "" if self.is_empty else self.text.text()

    def table(self) -> Table:
        """Return the numbers behind the picture."""
        return ()

    def svg(self) -> bytes:
        """Return the picture as a drawing."""
        return bytes(SVGExporter(self.canvas.scene()).export(toBytes=True))

    # What a view uses.

    @property
    def is_empty(self) -> bool:
        """Whether the words for an empty view are shown."""
        return self.currentWidget() is self._empty

    def show_words(self, words: str) -> None:
        """Show only these words."""
        self._empty.setText(words)
        self.setCurrentWidget(self._empty)

    def show_plot(self, words: str) -> None:
        """Show the canvas below these words."""
        self.text.setText(words)
        self.setCurrentWidget(self._filled)

    def limit(self, target: float | None = None) -> tuple[float | None, str]:
        """The norm to compare with, and its name; None for objectives to which no slope matters."""
        if target is None and self.experiment is not None:
            target = target_norm(self.experiment)
        if target is not None:
            return target, f"the target {target:g}"
        kind = self.experiment.objective.kind if self.experiment else ""
        is_wasserstein = kind in OBJECTIVES and "wasserstein" in OBJECTIVES[kind].traits
        return (1.0, "1") if is_wasserstein else (None, "")

    def add_plot(self, column: int = 0, *, log: bool = False) -> pg.PlotItem:
        """Put a plot on the canvas; with ``log`` its y is log10 of the values."""
        sides = axes(LogAxis("left") if log else None)
        plot: pg.PlotItem = self.canvas.addPlot(row=0, col=column, axisItems=sides, enableMenu=False)
        plot.setMouseEnabled(x=False, y=False)
        plot.getAxis("left").setWidth(AXIS_WIDTH)
        plot.getViewBox().disableAutoRange()
        return plot


def arrays_of(seen: Moment, probe: str) -> Arrays | None:
    """What a probe saw at a moment; None where it has not looked yet."""
    event = seen.measured.get(probe)
    return dict(event.arrays) if event is not None else None


def age_words(seen: Moment, probe: str) -> str:
    """When a probe looked: "iteration 1,200"."""
    return f"iteration {seen.measured[probe].iteration:,}"
