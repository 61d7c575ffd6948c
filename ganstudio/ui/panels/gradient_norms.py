"""How steep the critic is between real and generated samples."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ganstudio.engine.events import Edited, Event, GradientNorms
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import norms_place, target_norm
from ganstudio.objectives import OBJECTIVES
from ganstudio.ui.exports import Table
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.chart import canvas, dress
from ganstudio.ui.plots.histogram import StableRange, shares

# Where the norms are taken, in the words of the axis, by the name of the place.
AT = {
    "interpolates": "at interpolates",
    "real": "at real samples",
    "fake": "at generated samples",
    "dragan": "around real samples",
}


class GradientNormsPanel(Panel):
    """Histogram of ||grad D(x^)||_2 at the points of one batch, with the penalty's target."""

    name = "gradient_norms"
    title = "Gradient norms"
    area = "right-bottom"
    export_kinds = ("png", "svg", "csv")
    empty_text = "The histogram of the critic's gradient norms will appear here after the first iterations."
    explanation = (
        "<p>At each interpolate, a random point between a real and a generated sample, the critic has a "
        "slope: the norm of its gradient with respect to the sample. The histogram shows these norms for "
        "one batch; where the penalty is taken elsewhere, at its points, which the axis names.</p>"
        "<p>A Wasserstein critic should change by at most 1 where a sample moves by 1 (it should be "
        "<b>1-Lipschitz</b>). A <b>gradient penalty</b> pulls the norms towards its target, so "
        "they gather at the line. Lower lambda while training and watch them drift away; raise it and they "
        "come back.</p><p><b>Weight clipping</b> only bounds the weights, so the norms may lie far from 1, "
        "and then the Wasserstein estimate is only proportional to the distance.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._event: GradientNorms | None = None
        self._is_new = False
        self._norms_range = StableRange()
        self._share_range = StableRange()
        self.target: float | None = None
        self._text = QLabel()
        self._text.setObjectName("gradient_norms:text")
        self._text.setWordWrap(True)
        self._canvas = canvas("gradient_norms:canvas")
        self._canvas.setAccessibleName("Histogram of the critic's gradient norms")
        self.plot = self._canvas.addPlot()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.getAxis("left").setWidth(50)
        for side in ("left", "bottom"):
            self.plot.getAxis(side).enableAutoSIPrefix(enable=False)
        self.plot.setLabel("left", "share of the batch (%)")
        self.plot.setLabel("bottom", "gradient norm at interpolates")
        self.bars = pg.BarGraphItem(x0=[], x1=[], height=[])
        self.plot.addItem(self.bars)
        self.line = pg.InfiniteLine(
            angle=90, label="", labelOpts={"position": 0.94, "anchors": [(0, 0.5), (0, 0.5)]}
        )
        self.plot.addItem(self.line, ignoreBounds=True)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addWidget(self._canvas, 1)
        self.recolour()

    def reset(self, experiment: Experiment) -> None:
        """Forget the norms."""
        super().reset(experiment)
        self._event = None
        self._norms_range, self._share_range = StableRange(), StableRange()
        self.target = target_norm(experiment)
        self.plot.setLabel("bottom", f"gradient norm {AT[norms_place(experiment)]}")

    def handle(self, event: Event) -> None:
        """Keep the newest norms, and follow edits of the target."""
        if isinstance(event, GradientNorms):
            self._event, self.target, self._is_new = event, event.target, True
            self.plot.setLabel("bottom", f"gradient norm {AT[event.place]}")
        elif isinstance(event, Edited) and event.path == "lipschitz.target" and self.target is not None:
            self.target, self._is_new = float(event.new), True

    def refresh(self) -> None:
        """Draw the newest norms."""
        if self._is_new and self._event is not None:
            self._is_new = False
            self.show_content()
            self._draw(np.asarray(self._event.norms, dtype=np.float64))
            self._text.setText(self.summary())
            self.tell(self.summary())

    def recolour(self) -> None:
        """Take the theme's colours."""
        self._canvas.setBackground(self.colours.background)
        dress(self.plot, self.colours)
        for side in ("left", "bottom"):
            self.plot.getAxis(side).label.setDefaultTextColor(pg.mkColor(self.colours.muted))
        self._is_new = self._event is not None
        self.refresh()

    def summary(self) -> str:
        """Say mean, spread and share above the target."""
        if self._event is None:
            return ""
        norms = np.asarray(self._event.norms, dtype=np.float64)
        limit, name = self._limit()
        parts = [f"Mean {norms.mean():.3g}, spread {norms.std():.2g}"]
        if limit:  # every norm lies above 0
            parts.append(f"{100 * float(np.mean(norms > limit)):.0f} % above {name}")
        beyond = float(np.mean(norms > self._norms_range.end)) if self._norms_range.end else 0.0
        if beyond > 0:
            parts.append(f"{100 * beyond:.1f} % beyond the plot")
        return f"{'; '.join(parts)}. {len(norms)} points at iteration {self._event.iteration:,}."

    def table(self) -> Table:
        """Return the norms of the batch."""
        return [("gradient_norm", [] if self._event is None else self._event.norms.tolist())]

    def exported(self, kind: str) -> bytes:
        """Return the file's content."""
        if kind == "svg":
            return bytes(SVGExporter(self.plot).export(toBytes=True))
        return super().exported(kind)

    def _limit(self) -> tuple[float | None, str]:
        """The norm to compare with, and its name; None for objectives to which no slope matters."""
        if self.target is not None:
            return self.target, f"the target {self.target:g}"
        kind = self.experiment.objective.kind if self.experiment else ""
        is_wasserstein = kind in OBJECTIVES and "wasserstein" in OBJECTIVES[kind].traits
        return (1.0, "1") if is_wasserstein else (None, "")

    def _draw(self, norms: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
        limit, _ = self._limit()
        room = float(np.quantile(norms, 0.99)) * 1.05
        if self.target is not None:
            room = max(room, 2.0 * self.target)
        end = self._norms_range.include(room)
        edges, heights = shares(norms, end)
        above = edges[:-1] >= limit - 1e-9 * end if limit is not None else np.zeros(len(heights), dtype=bool)
        below_brush, above_brush = pg.mkBrush(self.colours.critic), pg.mkBrush(self.colours.penalty)
        self.bars.setOpts(
            x0=edges[:-1], x1=edges[1:], height=heights, pen=pg.mkPen(self.colours.background),
            brushes=[above_brush if is_above else below_brush for is_above in above],
        )  # fmt: skip
        self.plot.setXRange(0.0, end, padding=0.01)
        self.plot.setYRange(
            0.0, self._share_range.include(max(10.0, 1.1 * float(heights.max()))), padding=0.0
        )
        self._draw_line(limit, end)

    def _draw_line(self, limit: float | None, end: float) -> None:
        self.line.setVisible(limit is not None and limit <= end)
        if limit is None:
            return
        is_target = self.target is not None
        colour = self.colours.target if is_target else self.colours.muted
        style = Qt.PenStyle.SolidLine if is_target else Qt.PenStyle.DashLine
        self.line.setPos(limit)
        self.line.setPen(pg.mkPen(colour, width=2 if is_target else 1, style=style))
        self.line.label.setFormat(f" target {limit:g}" if is_target else " Lipschitz 1")
        self.line.label.setColor(colour)
