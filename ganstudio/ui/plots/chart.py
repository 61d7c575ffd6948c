"""A plot in the theme's colours: curves over a rising x, event marks and reference levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor

from ganstudio.ui.plots.axis import Axis, axes, mixed
from ganstudio.ui.plots.plain_curve import PlainCurve
from ganstudio.ui.plots.scales import ScaledAxis, SymLog
from ganstudio.ui.plots.scrubbing import MomentLine, ScrubBox
from ganstudio.ui.plots.series import POINTS, Growing, thin_out
from ganstudio.ui.theme import Colours

FloatArray = NDArray[np.float64]
Mark = tuple[float, str]  # where, and what happened there
Level = tuple[float, str, str]  # where, in words, and its colour

# Translucent lines wider than one pixel take seconds to draw, and antialiased ones too; translucent ones of
# one pixel still take four times as long as opaque ones.
RAW_WIDTH, RAW_SHARE, SMOOTH_WIDTH = 1, 0.31, 2  # raw curves have that share of their colour
AXIS_WIDTH = 50
ROOM_AHEAD = 1.1  # times as far as the curves reach is shown where they grow
USED = 0.7  # of the height at least is used by the curves
FEWEST = 400  # points that a curve may always be drawn with
POINTS_OVER = 400  # about as many points as another session's curve is drawn with


def canvas(name: str) -> pg.GraphicsLayoutWidget:
    """Make the widget that plots are put on."""
    pg.setConfigOptions(antialias=False, useOpenGL=False, imageAxisOrder="row-major")
    made = pg.GraphicsLayoutWidget()
    made.setObjectName(name)
    made.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below it need be painted
    made.ci.layout.setContentsMargins(0, 0, 0, 0)
    made.ci.layout.setSpacing(4)
    return made


def dress(item: pg.PlotItem, colours: Colours, *, has_image: bool = False) -> None:
    """Give axes and grid of a plot the theme's colours."""
    item.hideButtons()
    item.showGrid(x=True, y=True, alpha=0.12)
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(pg.mkPen(colours.border))
        axis.setTickPen(pg.mkPen(colours.muted))
        axis.setTextPen(pg.mkPen(colours.muted))
        if isinstance(axis, Axis):
            axis.set_ground(None if has_image else colours.background)


class Chart(QObject):
    """One plot of named curves, each raw (faint) and smoothed; it draws no more than a screen can show."""

    moved_by_hand = Signal()  # a person panned or zoomed
    x_range_changed = Signal()
    scrubbed = Signal(object)  # the x that a person points at to look back

    def __init__(
        self, parent: QObject, colours: Colours, axis: Axis | None = None, *, has_image: bool = False
    ) -> None:
        super().__init__(parent)
        self._has_image = has_image
        self.axis = ScaledAxis("left")
        box = ScrubBox(enableMenu=False)
        box.scrubbed.connect(self.scrubbed)
        self.item = pg.PlotItem(viewBox=box, axisItems=axes(axis or self.axis), enableMenu=False)
        self.item.getAxis("left").setWidth(AXIS_WIDTH)
        self._curves: dict[str, tuple[PlainCurve, PlainCurve]] = {}
        self.twins: list[Chart] = []  # charts that always show the same part of both axes
        self.room = (0.0, 0.0)  # of x that this chart wants in sight
        self.end = 0.0  # of x that is in sight while the newest values are
        self._spans: dict[str, tuple[float, float]] = {}  # what of each curve should be in sight, as drawn
        self._lines: dict[str, list[pg.InfiniteLine]] = {"marks": [], "levels": []}
        self.marks: tuple[Mark, ...] = ()
        self.levels: tuple[Level, ...] = ()
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.hide()
        self.item.addItem(self._cursor, ignoreBounds=True)
        self.moment = MomentLine(self.item, self)
        self.item.getViewBox().disableAutoRange()
        self.item.getViewBox().sigRangeChangedManually.connect(self._on_manual)
        self.item.getViewBox().sigXRangeChanged.connect(self._on_x_range)
        self.recolour(colours)

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours; curves take theirs when they are drawn."""
        self.colours = colours
        dress(self.item, colours, has_image=self._has_image)
        self._cursor.setPen(pg.mkPen(colours.muted))
        self.moment.recolour(colours)
        marks, levels = self.marks, self.levels
        self.marks, self.levels = (), ()
        self.set_marks(marks)
        self.set_levels(levels)

    def link(self, other: Chart) -> None:
        """Show the same part of both axes as another chart, wide enough for the curves of both."""
        self.twins.append(other)
        other.twins.append(self)

    def clear(self) -> None:
        """Take everything away."""
        self.room, self.end = (0.0, 0.0), 0.0
        for name in self.names():
            self.erase(name)
        self.set_marks(())
        self.set_levels(())
        self.set_scale(None)
        self.moment.show_at(None)

    # Curves.

    def draw(self, name: str, colour: str, x: FloatArray, raw: Growing, smoothed: Growing | None) -> None:
        """Draw a curve, N values each; where nothing is smoothed the raw one is drawn in full colour."""
        if name not in self._curves:
            self._curves[name] = (PlainCurve(), PlainCurve())
            for z, curve in enumerate(self._curves[name]):
                curve.setZValue(z)
                self.item.addItem(curve)
        faint, strong = self._curves[name]
        width = self.item.getViewBox().width()
        raw_x, raw_y = self._visible(x, raw, 2 * width)
        if smoothed is None:
            faint.setData(np.empty(0), np.empty(0))
            strong.setData(raw_x, raw_y, pen=pg.mkPen(colour, width=RAW_WIDTH))
            strong_y = np.empty(0)
        else:
            shade = mixed(QColor(colour), QColor(self.colours.background), RAW_SHARE)
            faint.setData(raw_x, raw_y, pen=pg.mkPen(shade, width=RAW_WIDTH), skipFiniteCheck=True)
            strong_x, strong_y = self._visible(x, smoothed, width)
            pen = pg.mkPen(colour, width=SMOOTH_WIDTH)
            strong.setData(strong_x, strong_y, pen=pen, skipFiniteCheck=True)
        self._spans[name] = _span(raw_y, strong_y)

    def draw_over(self, name: str, colour: str, x: FloatArray, y: FloatArray, style: Qt.PenStyle) -> None:
        """Draw a curve (N,) of another session in a line style of its own, with fewer points.

        Dashes cost far more than a plain line.
        """
        if name not in self._curves:
            self._curves[name] = (PlainCurve(), PlainCurve())
            self.item.addItem(self._curves[name][1])
        low, high = self.item.getViewBox().viewRange()[0]
        thin_x, thin_y = thin_out(x, y, low, high, POINTS_OVER)
        scaled = thin_y if self.axis.values is None else self.axis.values.apply(thin_y)
        self._curves[name][1].setData(thin_x, scaled, pen=pg.mkPen(colour, width=1, style=style))
        self._spans[name] = _span(scaled, np.empty(0))

    def erase(self, name: str) -> None:
        """Take a curve away, if it is there."""
        self._spans.pop(name, None)
        for curve in self._curves.pop(name, ()):
            if curve.scene() is not None:
                self.item.removeItem(curve)

    def names(self) -> tuple[str, ...]:
        """Names of the curves that are drawn."""
        return tuple(self._curves)

    def drawn(self, name: str) -> tuple[FloatArray, FloatArray]:
        """Return the points (K,), (K,) of a curve as drawn, smoothed if it is; empty where there is none."""
        if name not in self._curves:
            return np.empty(0), np.empty(0)
        x, y = self._curves[name][1].getData()
        return x, y

    # Marks and levels.

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show a dashed vertical line with words for each mark."""
        if tuple(marks) != self.marks:
            self.marks = tuple(marks)
            self._replace("marks", [self._mark(i, x, words) for i, (x, words) in enumerate(marks)])

    def set_levels(self, levels: Sequence[Level]) -> None:
        """Show a dotted horizontal line with words for each level."""
        if tuple(levels) != self.levels:
            self.levels = tuple(levels)
            self._replace("levels", [self._level(*level) for level in levels])

    def set_scale(self, scale: SymLog | None) -> None:
        """Show y on a linear scale (None) or another; curves must be drawn again."""
        if scale is not None:
            scale = next((t.axis.values for t in self.twins if t.axis.values is not None), scale)
        self.axis.set_scale(scale)
        levels, self.levels = self.levels, ()
        self.set_levels(levels)

    def set_cursor(self, x: float | None) -> None:
        """Show a thin line under the pointer, or none."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setPos(x)

    # What is in sight.

    def show_x(self, low: float, high: float) -> None:
        """Bring a range of x into sight; where its end grows, with some room for what is to come.

        The range then stays for a while: axes that do not change cost less to draw and are calmer to see.
        """
        self.room = (low, high)
        charts = (self, *self.twins)
        low, high = min(c.room[0] for c in charts), max(c.room[1] for c in charts)
        if high <= low:
            return
        if not high <= self.end <= ROOM_AHEAD * high:
            grows = 0.0 < self.end < high
            for chart in charts:
                chart.end = ROOM_AHEAD * high if grows else high
        for chart in charts:
            chart.item.setXRange(low, self.end, padding=0.02)

    def fit_y(self) -> None:
        """Bring all curves and levels into sight, save for rare spikes of raw values.

        A range that still fits stays.
        """
        charts = (self, *self.twins)
        spans = [span for chart in charts for span in chart.spans_in_sight() if np.isfinite(span).all()]
        if not spans:
            return
        low, high = min(s[0] for s in spans), max(s[1] for s in spans)
        seen_low, seen_high = self.item.getViewBox().viewRange()[1]
        if seen_low <= low and high <= seen_high and high - low >= USED * (seen_high - seen_low):
            return
        margin = 0.06 * (high - low) or 0.5 * abs(high) or 1.0
        for chart in charts:
            chart.item.setYRange(low - margin, high + margin, padding=0)

    def spans_in_sight(self) -> list[tuple[float, float]]:
        """Least and greatest y of each curve and level, as drawn."""
        levels = (self._scaled(level[0]) for level in self.levels)
        return [*self._spans.values(), *((y, y) for y in levels)]

    def name_x(self, words: str) -> None:
        """Name the horizontal axis; "" hides its numbers, because a plot below shows them."""
        axis = self.item.getAxis("bottom")
        axis.setStyle(showValues=bool(words))
        if axis.labelText != words:
            axis.setLabel(words)
            axis.showLabel(bool(words))

    def _visible(self, x: FloatArray, y: Growing, points: float) -> tuple[FloatArray, FloatArray]:
        """About that many points that draw a curve (N,) in the range that is in sight."""
        low, high = self.item.getViewBox().viewRange()[0]
        most = int(min(max(points, FEWEST), POINTS))
        thin_x, thin_y = thin_out(x, y.values, low, high, most, y.extremes())
        return thin_x, thin_y if self.axis.values is None else self.axis.values.apply(thin_y)

    def _scaled(self, y: float) -> float:
        return y if self.axis.values is None else float(self.axis.values.apply(np.array([y]))[0])

    def _replace(self, kind: str, lines: list[pg.InfiniteLine]) -> None:
        for line in self._lines[kind]:
            self.item.removeItem(line)
        for line in lines:
            self.item.addItem(line, ignoreBounds=True)
        self._lines[kind] = lines

    def _mark(self, at: int, x: float, words: str) -> pg.InfiniteLine:
        pen = pg.mkPen(self.colours.foreground, width=1, style=Qt.PenStyle.DashLine)
        options = {"position": 0.93 - 0.13 * (at % 3), "anchors": [(0, 0.5), (1, 0.5)]}  # neighbours in rows
        return pg.InfiniteLine(
            x, angle=90, pen=pen, **self._labelled(words, self.colours.foreground, options)
        )

    def _level(self, y: float, words: str, colour: str) -> pg.InfiniteLine:
        pen = pg.mkPen(colour, width=1, style=Qt.PenStyle.DotLine)
        options = {"position": 0.99, "anchors": [(1, 1), (1, 0)]}
        return pg.InfiniteLine(self._scaled(y), angle=0, pen=pen, **self._labelled(words, colour, options))

    def _labelled(self, words: str, colour: str, options: dict[str, object]) -> dict[str, object]:
        """Arguments of a line with words on a ground that lets curves shine through."""
        if not words:
            return {}
        ground = QColor(self.colours.background)
        ground.setAlpha(200)
        return {"label": _plain(words), "labelOpts": {**options, "color": colour, "fill": ground}}

    def _on_manual(self) -> None:
        for twin in self.twins:
            x, y = self.item.getViewBox().viewRange()
            twin.item.getViewBox().setRange(xRange=x, yRange=y, padding=0)
            twin.moved_by_hand.emit()
        self.moved_by_hand.emit()

    def _on_x_range(self) -> None:
        self.x_range_changed.emit()


def _plain(words: str) -> str:
    """Escape what pyqtgraph would take for a format."""
    return words.replace("{", "{{").replace("}", "}}")


def _span(raw: FloatArray, smoothed: FloatArray) -> tuple[float, float]:
    """Least and greatest y that should be in sight: all of the smoothed curve, and most of the raw one."""
    if len(raw) == 0:
        return np.nan, np.nan
    rare = len(raw) // 50
    low, high = np.partition(raw, (rare, len(raw) - 1 - rare))[[rare, -1 - rare]]
    if len(smoothed) == 0:
        return float(low), float(high)
    return float(min(low, smoothed.min())), float(max(high, smoothed.max()))
