"""The gradient norms over the course of training, as a heat map: iteration to the right, norm upwards."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton

from ganstudio.engine.events import Event, GradientNorms, Metrics, Started
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.heat import BINS, LOWEST, PER_DECADE, NormHistory
from ganstudio.ui.inspector.shades import Shades
from ganstudio.ui.inspector.view import FloatArray, View
from ganstudio.ui.plots.chart import Chart
from ganstudio.ui.plots.history import History
from ganstudio.ui.plots.scales import LogAxis
from ganstudio.ui.theme import Colours

WIDTH = 1024  # columns drawn at most
MARGIN = 0.002  # of the norms may lie beyond the plot on either side
STEP = PER_DECADE // 4  # bins by which the range of norms grows


class HeatView(View):
    """Each column is the histogram of one batch; the line is its mean."""

    name = "history"
    title = "History"
    tip = "Heat map of the gradient norms over the course of training"
    empty_text = "How the gradient norms change from batch to batch will appear here as training goes on."
    explanation = (
        "<p><b>History.</b> Each column is one histogram of the gradient norms, seen from above: strong "
        "colour where many norms lie. The line is their mean, the dashed one the target; the norms are on a "
        "log scale. <i>Log colours</i> brings out rare norms. Click or drag to look back to an "
        "iteration, turn the wheel to zoom, and press <i>Follow</i> to see the newest again.</p>"
    )

    def __init__(self) -> None:
        super().__init__()
        self.history = NormHistory(1)
        self.happenings = History(())
        self._target: float | None = None
        self._newest: int = 0
        self.log = QCheckBox("Log colours")
        self.log.setObjectName("gradient_norms:log_colours")
        self.log.setToolTip("Colour by the logarithm of the share, so that rare norms can be seen")
        self.log.toggled.connect(self.changed)
        self.follow = QToolButton()
        self.follow.setObjectName("gradient_norms:follow")
        self.follow.setText("Follow")
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        self.follow.setToolTip("Keep the newest norms in sight. Moving or zooming switches it off.")
        self.follow.toggled.connect(self.changed)
        self._scale = QLabel()
        self._scale.setAccessibleName("Scale of the colours")
        for part in (self.follow, self.log, self._scale):
            self.controls.addWidget(part)
        self.chart = Chart(self, self.colours, LogAxis("left"), has_image=True)
        self.plot = self.chart.item
        self.canvas.addItem(self.plot)
        self.plot.setMouseEnabled(x=True, y=False)
        self.chart.name_x("iteration")
        self.plot.setLabel("left", "gradient norm")
        self.image = pg.ImageItem(autoDownsample=False)
        self.plot.addItem(self.image)
        self.mean = pg.PlotCurveItem()
        self.line = pg.InfiniteLine(angle=0)
        for item in (self.mean, self.line):
            self.plot.addItem(item, ignoreBounds=True)
        self.chart.moved_by_hand.connect(self._on_moved)
        self.chart.scrubbed.connect(self._on_scrubbed)
        self.recolour(self.colours)

    def reset(self, experiment: Experiment) -> None:
        """Forget the history."""
        super().reset(experiment)
        self.history = NormHistory(experiment.probes.gradient_norms_every)
        self.happenings = History(())
        self._newest = 0
        self.follow.setChecked(True)

    def handle(self, event: Event) -> bool:
        """Count the norms."""
        if isinstance(event, Metrics):  # its scalars are not drawn here
            return False
        if isinstance(event, GradientNorms):
            self.history.add(event.iteration, event.norms)
            self._newest = max(self._newest, event.iteration)
            self._target = event.target
            return True
        if isinstance(event, Started):
            self.history.cut_after(event.iteration)
            self._newest = min(self._newest, event.iteration)
        return self.happenings.handle(event)

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """The plot."""
        return (self.plot,)

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours."""
        super().recolour(theme)
        self.shades = Shades(theme)
        self.mean.setPen(pg.mkPen(theme.foreground, width=1))
        self.line.setPen(pg.mkPen(theme.target, width=1, style=Qt.PenStyle.DashLine))
        self.chart.recolour(theme)

    def draw(self, seen: Moment) -> None:
        """Draw the history as far as it is in sight."""
        del seen
        if self.history.end == 0:
            self.show_words(self.empty_text)
            return
        stride = self.history.stride
        if self.follow.isChecked():
            self.chart.show_x(0, max(self._newest, stride))
        (left, right), _ = self.plot.getViewBox().viewRange()
        first = min(max(0, floor(left / stride)), self.history.end - 1)
        last = max(first + 1, min(self.history.end, ceil(right / stride) + 1))
        shares, size = self.history.shares(first, last, WIDTH)
        rows = self._rows(shares)
        self._draw_image(shares[:, rows], QRectF(
            first * stride, LOWEST + rows.start / PER_DECADE,
            len(shares) * size * stride, (rows.stop - rows.start) / PER_DECADE,
        ))  # fmt: skip
        iterations, means = self.history.means()
        self.mean.setData(iterations, np.log10(np.maximum(means, 10.0**LOWEST)))
        target, _ = self.limit(self._target)
        self.line.setVisible(bool(target))
        if target:
            self.line.setPos(log10(target))
        self.chart.set_marks([(float(h.iteration), h.words) for h in self.happenings.happenings])
        self.show_plot(
            f"Mean norm {means[0]:.3g} at first, {means[-1]:.3g} now; least {means.min():.3g}, greatest "
            f"{means.max():.3g}, over {self._newest:,} iterations."
        )

    def mark_time(self, iteration: int | None) -> None:
        """Mark the moment that the person looks back to."""
        self.chart.moment.show_at(iteration)

    def table(self) -> Table:
        """Return the iteration and the mean norm of each column, and its counts by norm."""
        iterations, means = self.history.means()
        counts = self.history.counts()
        held = counts.any(axis=0)
        middles = 10.0 ** (LOWEST + (np.flatnonzero(held) + 0.5) / PER_DECADE)
        columns = [(f"count_near_{m:.4g}", c) for m, c in zip(middles, counts[:, held].T, strict=True)]
        full = counts.any(axis=1)
        return [
            ("iteration", iterations.tolist()),
            ("mean_norm", means.tolist()),
            *((name, column[full].tolist()) for name, column in columns),
        ]

    def _rows(self, shares: FloatArray) -> slice:
        """The bins that nearly all norms in sight lie in, and the target."""
        mass = np.cumsum(shares.mean(axis=0))
        low, high = (int(np.searchsorted(mass, q)) for q in (MARGIN, 1 - MARGIN))
        target, _ = self.limit(self._target)
        if target:
            bin_of_target = int((log10(target) - LOWEST) * PER_DECADE)
            low, high = min(low, bin_of_target), max(high, bin_of_target)
        low, high = floor(low / STEP - 0.5) * STEP, ceil(high / STEP + 1) * STEP
        return slice(max(0, low), min(BINS, high))

    def _draw_image(self, shares: NDArray[np.float64], place: QRectF) -> None:
        pixels, peak = self.shades.paint(shares, log=self.log.isChecked())
        self.image.setImage(np.ascontiguousarray(pixels.swapaxes(0, 1)), autoLevels=False, levels=None)
        self.image.setRect(place)
        self.plot.setYRange(place.top(), place.bottom(), padding=0)
        self._scale.setText(self.shades.legend(peak, log=self.log.isChecked()))

    def _on_moved(self) -> None:
        self.follow.setChecked(False)
        self.changed.emit()

    def _on_scrubbed(self, x: float) -> None:
        """Follow the pointer at once; the panels follow when the moment is read."""
        wish = int(min(max(0.0, x), float(self._newest)))
        self.mark_time(wish)
        self.time_chosen.emit(wish)
