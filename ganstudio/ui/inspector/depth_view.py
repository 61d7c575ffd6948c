"""The gradient's norm layer by layer, through the critic and through the generator, on a log axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg

from ganstudio.probes.names import unpacked
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.view import Arrays, View, age_words, arrays_of
from ganstudio.ui.theme import Colours

NETWORKS = {"depth": ("Critic", "critic"), "generator-depth": ("Generator", "generator")}
LEAST = 1e-12  # a gradient below it is drawn here
WIDEST = 14  # more layers than this have numbers instead of ticks for each


class DepthView(View):
    """Two plots side by side, a point for each layer."""

    name = "depth"
    title = "Depth"
    tip = "Gradient norm at each layer of critic and generator"
    empty_text = (
        "The gradient norm at each layer of both networks will appear here after the first measurement."
    )
    explanation = (
        "<p><b>Depth.</b> The norm of the gradient at each layer, on a log scale. Left: of the critic's "
        "score, from the data (left) to the score (right). Right: of the generator's loss, from the latents "
        "to the sample. A curve that falls by decades towards the input vanishes, one that rises explodes: "
        "weight clipping does one or the other, the gradient penalty keeps it level (Gulrajani et al. 2017, "
        "figure 1b). Point at a layer to read its name.</p>"
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Arrays] = {}
        self.charts: dict[str, pg.PlotItem] = {}
        self.curves: dict[str, pg.PlotDataItem] = {}
        for column, (probe, (title, _)) in enumerate(NETWORKS.items()):
            plot = self.add_plot(column, log=True)
            plot.setLabel("bottom", f"{title.lower()}: layer")
            curve = pg.PlotDataItem(symbol="o", symbolSize=7, symbolPen=None)
            curve.scatter.opts.update(hoverable=True, tip=self._tip(probe))
            plot.addItem(curve)
            self.charts[probe], self.curves[probe] = plot, curve
        self.charts["depth"].setLabel("left", "gradient norm")
        self.recolour(self.colours)

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """Both plots."""
        return tuple(self.charts.values())

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours."""
        super().recolour(theme)
        for probe, (_, name) in NETWORKS.items():
            colour = getattr(theme, name)
            self.curves[probe].setPen(pg.mkPen(colour, width=2))
            self.curves[probe].setSymbolBrush(pg.mkBrush(colour))

    def draw(self, seen: Moment) -> None:
        """Draw the newest measurements of a moment."""
        self._found = {p: arrays for p in NETWORKS if (arrays := arrays_of(seen, p)) is not None}
        if not self._found:
            self.show_words(self.empty_text)
            return
        for probe, plot in self.charts.items():
            plot.setVisible(probe in self._found)
        words = [self._draw(probe, arrays) for probe, arrays in self._found.items()]
        self.show_plot(f"{' '.join(words)} Measured at {age_words(seen, next(iter(self._found)))}.")

    def table(self) -> Table:
        """Return the layers and their norms."""
        columns: list[tuple[str, list[object]]] = []
        for probe, arrays in self._found.items():
            kind = NETWORKS[probe][1]
            columns += [
                (f"{kind}_layer", list(unpacked(arrays["names"]))),
                (f"{kind}_gradient_norm", arrays["norms"].tolist()),
            ]
        return columns

    def _draw(self, probe: str, arrays: Arrays) -> str:
        """Draw one network; returns what is to be said of it."""
        norms = arrays["norms"].astype(np.float64)
        logs = np.log10(np.maximum(np.nan_to_num(norms), LEAST))
        places = np.arange(1, len(norms) + 1)
        self.curves[probe].setData(places, logs)
        plot = self.charts[probe]
        axis = plot.getAxis("bottom")
        axis.setTicks([[(int(p), str(p)) for p in places]] if len(places) <= WIDEST else None)
        plot.setXRange(0.5, len(norms) + 0.5, padding=0)
        middle = (logs.min() + logs.max()) / 2
        reach = max(0.6, 0.55 * (logs.max() - logs.min()))  # a level curve is not made to look wild
        plot.setYRange(middle - reach, middle + reach, padding=0)
        title = NETWORKS[probe][0]
        return f"{title}: {norms[0]:.2g} at the first, {norms[-1]:.2g} at the last of {len(norms)} layers."

    def _tip(self, probe: str) -> Callable[[float, float, object], str]:
        def words(x: float, y: float, data: object) -> str:
            del data
            names = unpacked(self._found[probe]["names"])
            return f"{names[round(x) - 1]}: {10**y:.3g}"

        return words
