"""Histograms of the critic's weights, a row for each layer, with the bounds of clipping."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from ganstudio.probes.names import unpacked
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.view import Arrays, View, age_words, arrays_of
from ganstudio.ui.theme import Colours

PROBE = "weights"
HEIGHT = 0.85  # of a row, for its highest bar
NAMES_WIDTH = 112
LONGEST = 18  # letters of a layer's name
QUANTILE = 0.995  # of a layer's weights that must be in sight


class WeightsView(View):
    """One row a layer, the first on top."""

    name = "weights"
    title = "Weights"
    tip = "Histograms of the critic's weights by layer"
    empty_text = (
        "Histograms of the critic's weights, layer by layer, will appear here after the first measurement."
    )
    explanation = (
        "<p><b>Weights.</b> One histogram for each layer of the critic, the one next to the data on top; "
        "each is as high as its row. Under <b>weight clipping</b> the dashed lines are the bounds -c and c, "
        "and the number says how many weights are stuck there: when most are, the critic can only be a very "
        "simple function (Gulrajani et al. 2017, section 3.1 and figure 1b).</p>"
    )

    def __init__(self) -> None:
        super().__init__()
        self._arrays: Arrays = {}
        self.plot = self.add_plot()
        self.plot.getAxis("left").setWidth(NAMES_WIDTH)
        self.plot.setLabel("bottom", "weight")
        self.rows: list[pg.PlotCurveItem] = []
        self._notes: list[pg.TextItem] = []
        self.bounds = [pg.InfiniteLine(angle=90) for _ in range(2)]
        for line in self.bounds:
            line.hide()
            self.plot.addItem(line, ignoreBounds=True)
        self.recolour(self.colours)

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """The plot."""
        return (self.plot,)

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours."""
        super().recolour(theme)
        for line in self.bounds:
            line.setPen(pg.mkPen(theme.target, width=1, style=Qt.PenStyle.DashLine))

    def draw(self, seen: Moment) -> None:
        """Draw the newest measurement of a moment."""
        self._arrays = arrays_of(seen, PROBE) or {}
        if not self._arrays:
            self.show_words(self.empty_text)
            return
        names, counts, edges = unpacked(self._arrays["names"]), self._arrays["counts"], self._arrays["edges"]
        clip = float(self._arrays["clip"][0]) if self._arrays["clip"].size else float("nan")
        is_clipped = isfinite(clip) and clip > 0
        reach = 1.08 * clip if is_clipped else max(_reach(c, e) for c, e in zip(counts, edges, strict=True))
        self._make_rows(len(names))
        for at, (row, note) in enumerate(zip(self.rows, self._notes, strict=True)):
            base = float(len(names) - 1 - at)
            tallest = max(1.0, float(counts[at].max()))
            heights = base + HEIGHT * counts[at] / tallest
            row.setData(edges[at].astype(np.float64), heights, stepMode="center", fillLevel=base)
            note.setText(f"{100 * self._arrays['stuck'][at]:.0f} % stuck" if is_clipped else "")
            note.setPos(0, base + HEIGHT)
        ticks = [(len(names) - 1 - i + HEIGHT / 2, _short(name)) for i, name in enumerate(names)]
        self.plot.getAxis("left").setTicks([ticks])
        self.plot.setXRange(-reach, reach, padding=0)
        self.plot.setYRange(-0.05, len(names), padding=0)
        for line, place in zip(self.bounds, (-clip, clip), strict=True):
            line.setVisible(is_clipped)
            if is_clipped:
                line.setPos(place)
        self._tint()
        self.show_plot(self._words(names, counts, clip if is_clipped else None, seen))

    def table(self) -> Table:
        """Return edges and counts by layer."""
        if not self._arrays:
            return ()
        names = unpacked(self._arrays["names"])
        columns: list[tuple[str, list[object]]] = []
        for at, name in enumerate(names):
            columns += [
                (f"{name} edges", self._arrays["edges"][at].tolist()),
                (f"{name} counts", self._arrays["counts"][at].tolist()),
            ]
        return [*columns, ("layer", list(names)), ("stuck_share", self._arrays["stuck"].tolist())]

    def _make_rows(self, count: int) -> None:
        while len(self.rows) < count:
            row, note = pg.PlotCurveItem(), pg.TextItem(anchor=(0.5, 0))
            self.rows.append(row)
            self._notes.append(note)
            for item in (row, note):
                self.plot.addItem(item, ignoreBounds=True)
        for extra in (*self.rows[count:], *self._notes[count:]):
            self.plot.removeItem(extra)
        del self.rows[count:], self._notes[count:]

    def _tint(self) -> None:
        shade = QColor(self.colours.critic)
        shade.setAlpha(150)
        for row, note in zip(self.rows, self._notes, strict=True):
            row.setPen(pg.mkPen(self.colours.critic))
            row.setBrush(pg.mkBrush(shade))
            note.setColor(self.colours.foreground)

    def _words(self, names: tuple[str, ...], counts: np.ndarray, clip: float | None, seen: Moment) -> str:
        when = f"Measured at {age_words(seen, PROBE)}."
        if clip is None:
            return f"{int(counts.sum()):,} weights in {len(names)} layers. {when}"
        sizes = counts.sum(axis=1)
        stuck = float(np.average(self._arrays["stuck"], weights=sizes)) if sizes.sum() else 0.0
        return f"{100 * stuck:.0f} % of all weights are stuck at the bounds, {-clip:g} and {clip:g}. {when}"


def _reach(counts: np.ndarray, edges: np.ndarray) -> float:
    """How far from zero the plot must reach to hold nearly all weights of a layer."""
    middles = np.abs((edges[:-1] + edges[1:]) / 2).astype(np.float64)
    order = np.argsort(middles)
    mass = np.cumsum(counts[order]) / max(1, counts.sum())
    at = min(int(np.searchsorted(mass, QUANTILE)), len(order) - 1)
    return 1.1 * float(middles[order][at]) or 1.0


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"
