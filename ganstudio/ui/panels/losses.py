"""Losses over the course of training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ganstudio.engine.events import Event, GradientNorms
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import target_norm
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.moments.cursor import TimeCursor
from ganstudio.ui.moments.keys import TimeKeys
from ganstudio.ui.overlays import Overlay
from ganstudio.ui.panel import Panel
from ganstudio.ui.plots.chart import Chart, Level, Mark, canvas
from ganstudio.ui.plots.curves import CURVES, LOSSES, SLOPES, loss_levels, why_no_total
from ganstudio.ui.plots.history import History
from ganstudio.ui.plots.legend import Entry, Legend
from ganstudio.ui.plots.overlaid import SessionKey, columns, end_of, lay_over, x_of
from ganstudio.ui.plots.scales import SymLog
from ganstudio.ui.plots.series import FloatArray, Series
from ganstudio.ui.plots.view_controls import ViewControls


class LossesPanel(Panel):
    """Critic, generator, Wasserstein estimate and total above; penalty and mean gradient norm below."""

    name = "losses"
    title = "Losses"
    area = "right-top"
    export_kinds = ("png", "svg", "csv")
    empty_text = "The losses of critic and generator will appear here as soon as training runs."
    explanation = (
        "<p>Each curve is drawn twice: faint as it was measured at every iteration, and smoothed on top. An "
        "iteration is one update of the generator.</p><p><b>Wasserstein objectives:</b> read the "
        "<b>Wasserstein estimate</b>. It falls towards 0 as samples get better. The losses themselves may "
        "drift, since the critic's zero is arbitrary.</p><p><b>Classic objectives:</b> nobody wins a fair "
        "game. When real and generated samples cannot be told apart, the critic's loss is 2 ln 2 and the "
        "non-saturating generator's is ln 2. A critic's loss near 0 means that it separates all samples, "
        "and the generator may get no gradient.</p><p><b>Below:</b> the penalty and the mean gradient norm, "
        "which a gradient penalty pulls towards its target.</p><p><b>Drag on the plot</b> to look back: all "
        "panels show that iteration. Arrow keys go from picture to picture, <i>Now</i> (Esc) goes back to "
        "now. Drag with Shift or the middle button to move the plot, turn the wheel to zoom, and press "
        "<i>Follow</i> to see the newest values again. Dashed vertical lines mark what was changed while "
        "training.</p><p>Tick sessions in the <b>Runs</b> panel to lay their curves over these, dashed or "
        "dotted.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = History(CURVES)
        self._target: float | None = None
        self._is_new = False
        self._cursor: float | None = None
        self.when = TimeCursor()
        self.legend = Legend("losses:legend")
        self.legend.toggled.connect(self._redraw)
        self.overlays: Sequence[Overlay] = ()
        self.key = SessionKey("losses:sessions")
        self.key.asked.connect(self.overlay_asked)
        self._note = QLabel()
        self._note.setObjectName("losses:note")
        self._note.setWordWrap(True)
        self._canvas = canvas("losses:canvas")
        self._canvas.setAccessibleName("Plot of the losses over the course of training")
        self.above = Chart(self, self.colours)
        self.below = Chart(self, self.colours)
        self.below.item.setXLink(self.above.item)
        for chart in (self.above, self.below):
            self._canvas.addItem(chart.item, row=0 if chart is self.above else 1, col=0)
            chart.moved_by_hand.connect(self._on_moved_by_hand)
            chart.scrubbed.connect(self._on_scrubbed)
        self._canvas.ci.layout.setRowStretchFactor(0, 3)
        self._canvas.ci.layout.setRowStretchFactor(1, 2)
        self.above.x_range_changed.connect(self._mark_new)
        self._canvas.scene().sigMouseMoved.connect(self._on_mouse)
        self._canvas.viewport().installEventFilter(self)
        TimeKeys(self._canvas, self.when).chosen.connect(self.time_chosen)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.legend)
        column.addWidget(self.key)
        column.addWidget(self._canvas, 1)
        column.addWidget(self._note)
        self.view = ViewControls("losses", self.controls, self)
        self.view.changed.connect(self._on_view_changed)
        self.recolour()

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Forget all curves."""
        super().reset(experiment)
        self.history = History(CURVES)
        self.when.reset(experiment)
        self._cursor = None
        self._target = target_norm(experiment)
        self.above.clear()
        self.below.clear()
        self._is_new = True
        words, reason = why_no_total(experiment)
        self._note.setText(words)
        self._note.setToolTip(reason)
        self._note.setVisible(bool(words))

    def handle(self, event: Event) -> None:
        """Remember scalars and marks."""
        self._is_new |= self.history.handle(event)
        self.when.handle(event)
        if isinstance(event, GradientNorms) and event.target != self._target:
            self._target = event.target
            self._is_new = True

    def refresh(self) -> None:
        """Draw what came."""
        if self._is_new:
            self._redraw()

    def show_moment(self, moment: Moment | None) -> None:
        """Mark the moment; what came after it lies under a veil."""
        self._mark_moment(moment.iteration if moment else None)
        self._is_new = True

    def show_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw curves of other sessions in other line styles."""
        self.overlays, self._is_new = list(overlays), True
        self.key.show_overlays(self.overlays, self.colours)

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.key.show_overlays(self.overlays, self.colours)
        self._canvas.setBackground(self.colours.background)
        self._note.setStyleSheet(f"color: {self.colours.muted};")
        self.above.recolour(self.colours)
        self.below.recolour(self.colours)
        self._redraw()

    def summary(self) -> str:
        """Say the latest values, or those of the moment."""
        known = [name for name in self._present() if len(self.history.series[name])]
        values = [f"{CURVES[name].title} {self._value(name):.4g}" for name in known]
        others = " and ".join(overlay.name for overlay in self.overlays)
        words = f"At iteration {self.when.iteration:,}: {', '.join(values)}." if values else ""
        return f"{words} Over it the curves of {others}.".lstrip() if others else words

    def table(self) -> Table:
        """Return all values, not only those drawn: iteration, training seconds and value of each scalar."""
        others = [column for o in self.overlays for column in columns(o.curves, f"{o.name}: ")]
        return [*columns(self.history), *others]

    def exported(self, kind: str) -> bytes:
        """Return the file's content."""
        if kind == "svg":
            return bytes(SVGExporter(self._canvas.scene()).export(toBytes=True))
        return super().exported(kind)

    # Drawing.

    def _present(self) -> list[str]:
        """Names of the scalars that apply to this training, or to one that lies over it."""
        histories = (self.history, *(overlay.curves for overlay in self.overlays))
        return [name for name in CURVES if any(len(history.series[name]) for history in histories)]

    def _redraw(self) -> None:
        self._is_new = False
        present = self._present()
        if not present:
            return
        self.show_content()
        self.legend.show_entries(
            [
                Entry(n, c.title, getattr(self.colours, c.colour), c.help, c.short)
                for n in present
                for c in (CURVES[n],)
            ]
        )
        self._set_scales()
        if self.view.follows:
            histories = (self.history, *(overlay.curves for overlay in self.overlays))
            self.above.show_x(0.0, end_of(histories, by_time=self.view.by_time))
        shown = [name for name in present if self.legend.is_on(name)]
        for name in CURVES:
            self._draw(name, shown=name in shown and len(self.history.series[name]) > 0)
        for chart, names in ((self.above, LOSSES), (self.below, SLOPES)):
            lay_over(chart, self.overlays, (n for n in names if n in shown), self.view, self.colours)
        self._show_axes()
        for chart in (self.above, self.below):
            chart.set_marks(self._marks(chart))
            chart.set_levels(self._levels(chart))
            if self.view.follows:
                chart.fit_y()
        self._show_values()
        self.tell(self.summary())

    def _draw(self, name: str, *, shown: bool) -> None:
        chart = self.above if name in LOSSES else self.below
        if not shown:
            chart.erase(name)
            return
        series = self.history.series[name]
        weight = self.view.weight
        smoothed = series.smooth(weight) if weight > 0 else None
        chart.draw(name, getattr(self.colours, CURVES[name].colour), self._x(series), series.raw, smoothed)

    def _x(self, series: Series) -> FloatArray:
        return x_of(series, by_time=self.view.by_time)

    def _place(self, iteration: int) -> float:
        return self.history.seconds_at(iteration) if self.view.by_time else float(iteration)

    def _set_scales(self) -> None:
        """Choose the symmetric log scale when the person asks for it, and keep it while values come in."""
        for chart in (self.above, self.below):
            if self.view.is_symlog and chart.axis.values is None:
                above = chart is self.above
                series = [
                    self.history.series[n].raw.values for n in self._present() if (n in LOSSES) == above
                ]
                if series:
                    chart.set_scale(SymLog.fitting(np.concatenate(series)))
            elif not self.view.is_symlog and chart.axis.values is not None:
                chart.set_scale(None)

    def _show_axes(self) -> None:
        """Name the horizontal axis below the lowest plot, and hide the lower plot where nothing is in it."""
        is_split = bool(self.below.names())
        self.below.item.setVisible(is_split)
        self.below.item.setMaximumHeight(16777215 if is_split else 0)
        words = "training time (s)" if self.view.by_time else "iteration"
        self.above.name_x("" if is_split else words)
        self.below.name_x(words)

    def _levels(self, chart: Chart) -> list[Level]:
        if chart is self.above:
            return loss_levels(self.experiment, chart.names(), self.colours)
        if self._target is None or "gradient_norm_mean" not in chart.names():
            return []
        return [(self._target, f"target {self._target:g}", self.colours.target)]

    def _marks(self, chart: Chart) -> list[Mark]:
        """Marks of what a person did; their words stand in the upper plot."""
        is_above = chart is self.above
        return [(self._place(h.iteration), h.words if is_above else "") for h in self.history.happenings]

    def _show_values(self) -> None:
        """Show in the legend the values under the pointer, of the moment, or else the newest."""
        for name in self.legend.names:  # a curve whose values came since is not drawn yet
            known = len(self.history.series[name]) > 0
            self.legend.set_value(name, f"{self._value(name, self._cursor):.3g}" if known else "–")

    def _value(self, name: str, x: float | None = None) -> float:
        series = self.history.series[name]
        at = len(series) - 1
        if x is not None:
            at = min(at, int(np.searchsorted(self._x(series), x)))
        elif self.when.at is not None:
            at = max(0, int(np.searchsorted(series.iterations.values, self.when.at, side="right")) - 1)
        return float(series.raw.values[at])

    def _mark_moment(self, iteration: int | None) -> None:
        self.when.at = iteration
        x = None if iteration is None else self._place(iteration)
        for chart in (self.above, self.below):
            chart.moment.show_at(x)

    # What the person does.

    def _on_scrubbed(self, x: float) -> None:
        """Follow the pointer at once; the other panels follow when the moment is read."""
        wish = self.when.wish(self.history.iteration_at(x) if self.view.by_time else x)
        self._mark_moment(wish)
        self.time_chosen.emit(wish)

    def _mark_new(self) -> None:
        self._is_new = True

    def _on_moved_by_hand(self) -> None:
        self.view.stop_following()
        self._is_new = True

    def _on_view_changed(self) -> None:
        self._cursor = None
        self._mark_moment(self.when.at)
        self._redraw()

    def _on_mouse(self, position: QPointF) -> None:
        self._point_at(float(self.above.item.getViewBox().mapSceneToView(position).x()))

    def _point_at(self, x: float | None) -> None:
        """Show values at an x, or the newest ones (None)."""
        self._cursor = x
        for chart in (self.above, self.below):
            chart.set_cursor(x)
        self._show_values()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Go back to the newest values when the pointer leaves the plot."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().eventFilter(watched, event)
