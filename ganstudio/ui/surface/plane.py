"""The drawing of the critic over the plane: heat map, contours, points, arrows and the latent grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.ui.plots.chart import canvas, dress
from ganstudio.ui.plots.histogram import round_up
from ganstudio.ui.surface.contours import contour_pairs, enlarged, round_levels
from ganstudio.ui.surface.reading import Surface
from ganstudio.ui.theme import Colours

FloatArray = NDArray[np.float64]

ENLARGED = 4  # pixels of the heat map for each grid point
ARROWS = 96  # drawn at most
LONGEST = 0.08  # of the width: the arrow at the 95 % quantile
# Perceptually uniform maps (Kovesi 2015): low values in the colour of generated points, high in that of real.
VALUE_MAPS = {False: "CET-D1A", True: "CET-D4"}
NORM_MAPS = {False: "viridis", True: "viridis"}


@dataclass(frozen=True)
class Shown:
    """What a person wants to see."""

    norms: bool = False  # ||grad D|| instead of D
    contours: bool = True
    real: bool = True
    fake: bool = True
    arrows: bool = True
    latent: bool = False


class Plane(QWidget):
    """Equal scales on both axes; the view stays with the bounds, so that moments can be compared."""

    pointed = Signal(object)  # (x, y) under the pointer, or None

    def __init__(self, name: str, colours: Colours) -> None:
        super().__init__()
        self.setObjectName(name)
        self.canvas = canvas(f"{name}:canvas")
        self.canvas.setAccessibleName("The critic over the plane; arrow keys move the place that is read")
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.plot = self.canvas.addPlot(enableMenu=False)
        self.plot.setAspectLocked(lock=True)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.getViewBox().disableAutoRange()
        self.image = pg.ImageItem()
        self.contours, self.unit = pg.PlotCurveItem(), pg.PlotCurveItem()
        self.latent, self.arrows = pg.PlotCurveItem(), pg.PlotCurveItem()
        self.real = pg.ScatterPlotItem(size=6, name="real")
        self.fake = pg.ScatterPlotItem(size=6, name="generated")
        self.cross = pg.TargetItem(movable=False, size=14)
        items = (
            self.image,
            self.contours,
            self.unit,
            self.latent,
            self.real,
            self.fake,
            self.arrows,
            self.cross,
        )
        for z, item in enumerate(items):
            item.setZValue(z)
            self.plot.addItem(item)
        self.cross.hide()
        self.bar = pg.ColorBarItem(interactive=False, width=14)
        self.bar.setImageItem(self.image, insert_in=self.plot)
        self._dark = False
        self._map: pg.ColorMap | None = None
        self.canvas.scene().sigMouseMoved.connect(self._on_mouse)
        self.recolour(colours)

    def forget(self) -> None:
        """Nothing is read any more."""
        self.cross.hide()

    def draw(self, surface: Surface, shown: Shown) -> None:
        """Draw a moment."""
        left, right, bottom, top = surface.bounds
        self.plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0.01)
        values = surface.norms if shown.norms else surface.values
        low, high = self._levels(surface, shown)
        self._paint(values, (low, high), QRectF(left, bottom, right - left, top - bottom), norms=shown.norms)
        # The norm jumps where a ReLU bends: of its contours only that at 1 can be read.
        levels = np.array([1.0]) if shown.norms else self._round_levels(values, low, high)
        pairs = surface.to_plane(contour_pairs(values, levels))
        self._lines(self.contours, pairs, shown=shown.contours and not shown.norms)
        self._lines(self.unit, pairs, shown=shown.contours and shown.norms)
        for item, points, wanted in (
            (self.real, surface.real, shown.real),
            (self.fake, surface.fake, shown.fake),
        ):
            finite = points[np.isfinite(points).all(axis=1)]
            item.setVisible(wanted)
            if wanted:
                item.setData(x=finite[:, 0], y=finite[:, 1])
        self._lines(self.arrows, arrow_pairs(surface), shown=shown.arrows)
        self._lines(self.latent, grid_pairs(surface.latent), shown=shown.latent)

    def point_at(self, place: tuple[float, float] | None) -> None:
        """Show which place is read."""
        self.cross.setVisible(place is not None)
        if place is not None:
            self.cross.setPos(*place)

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours."""
        self.canvas.setBackground(colours.background)
        dress(self.plot, colours)
        self.plot.showGrid(x=False, y=False)
        self._dark = QColor(colours.background).lightness() < 128
        self._map = None
        edge = pg.mkPen(colours.background, width=1)
        self.real.setPen(edge)
        self.fake.setPen(edge)
        self.real.setBrush(pg.mkBrush(colours.real))
        self.fake.setBrush(pg.mkBrush(colours.generated))
        faint = QColor(colours.foreground)
        faint.setAlpha(90)
        self.contours.setPen(pg.mkPen(faint, width=1))
        self.unit.setPen(pg.mkPen(colours.target, width=2))
        self.arrows.setPen(pg.mkPen(colours.foreground, width=1))
        strong = QColor(colours.penalty)
        self.latent.setPen(pg.mkPen(strong, width=1))
        self.cross.setPen(pg.mkPen(colours.foreground, width=2))
        axis = self.bar.getAxis("right")
        axis.enableAutoSIPrefix(enable=False)
        axis.setPen(pg.mkPen(colours.border))
        axis.setTextPen(pg.mkPen(colours.muted))
        axis.label.setDefaultTextColor(pg.mkColor(colours.muted))

    def _levels(self, surface: Surface, shown: Shown) -> tuple[float, float]:
        """Ends of the colours: from 0 for norms; for values as far on either side of the middle."""
        if shown.norms:
            return 0.0, round_up(max(float(np.quantile(surface.norms, 0.995)), 1.0))
        middle = surface.middle
        reach = round_up(max(float(np.quantile(np.abs(surface.values - middle), 0.97)), 1e-6))
        return middle - reach, middle + reach

    def _paint(self, values: FloatArray, levels: tuple[float, float], place: QRectF, *, norms: bool) -> None:
        name = (NORM_MAPS if norms else VALUE_MAPS)[self._dark]
        if self._map is None or self._map.name != name:
            self._map = pg.colormap.get(name)
            self._map.name = name
            if not norms:
                self._map.reverse()
            self.bar.setColorMap(self._map)
            self.bar.setLabel("right", "||grad D||" if norms else "D(x)")
        self.image.setImage(enlarged(values, ENLARGED), autoLevels=False, levels=levels)
        self.bar.setLevels(levels)
        self.image.setRect(place)

    def _round_levels(self, values: FloatArray, low: float, high: float) -> FloatArray:
        return round_levels(max(low, float(values.min())), min(high, float(values.max())))

    def _lines(self, item: pg.PlotCurveItem, pairs: FloatArray | None, *, shown: bool) -> None:
        item.setVisible(shown)
        if shown and pairs is not None:
            flat = pairs.reshape(-1, 2)
            item.setData(flat[:, 0], flat[:, 1], connect="pairs")

    def _on_mouse(self, position: object) -> None:
        box = self.plot.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        place = box.mapSceneToView(position) if inside else None
        self.pointed.emit(None if place is None else (float(place.x()), float(place.y())))


def arrow_pairs(surface: Surface) -> FloatArray:
    """Shafts and heads (S, 2, 2) of the arrows, in proportion to each other."""
    starts, moves = surface.fake[:ARROWS], surface.arrows[:ARROWS]
    kept = np.isfinite(starts).all(axis=1) & np.isfinite(moves).all(axis=1)
    starts, moves = starts[kept], moves[kept]
    lengths = np.hypot(moves[:, 0], moves[:, 1])
    usual = float(np.quantile(lengths, 0.95)) if len(lengths) else 0.0
    if usual <= 0:
        return np.empty((0, 2, 2))
    width = surface.bounds[1] - surface.bounds[0]
    moves = moves * np.minimum(1.0, usual / np.maximum(lengths, 1e-12))[:, None] * (LONGEST * width / usual)
    ends = starts + moves
    pairs = [np.stack([starts, ends], axis=1)]
    for turn in (0.85 * np.pi, -0.85 * np.pi):
        cos, sin = np.cos(turn), np.sin(turn)
        head = 0.3 * moves @ np.array([[cos, sin], [-sin, cos]])
        pairs.append(np.stack([ends, ends + head], axis=1))
    return np.concatenate(pairs)


def grid_pairs(latent: FloatArray) -> FloatArray:
    """The edges (S, 2, 2) of the image (a, b, 2) of a grid."""
    along = np.stack([latent[:, :-1], latent[:, 1:]], axis=2).reshape(-1, 2, 2)
    across = np.stack([latent[:-1], latent[1:]], axis=2).reshape(-1, 2, 2)
    pairs = np.concatenate([along, across])
    return np.asarray(pairs[np.isfinite(pairs).all(axis=(1, 2))])
