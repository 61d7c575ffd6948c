"""The histogram of ||grad D|| at the points of one batch, and at real and generated samples over it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox

from ganstudio.engine.events import Edited, Event, GradientNorms
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.reading import norms_place, target_norm
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.bin_popover import BinPopover
from ganstudio.ui.inspector.view import FloatArray, View, arrays_of
from ganstudio.ui.plots.histogram import StableRange, shares
from ganstudio.ui.theme import Colours

# Where the norms are taken, in the words of the axis, by the name of the place.
AT = {
    "interpolates": "at interpolates",
    "real": "at real samples",
    "fake": "at generated samples",
    "dragan": "around real samples",
}
# What can be drawn over the bars -> its words and its colour's name.
OVERLAYS = {
    "interpolates": ("At interpolates", "foreground"),
    "real": ("At real", "real"),
    "fake": ("At generated", "generated"),
}


class DistributionView(View):
    """Bars: the share of the batch by norm, in another colour above the target."""

    name = "distribution"
    title = "Norms"
    tip = "Histogram of the critic's gradient norms"
    empty_text = "The histogram of the critic's gradient norms will appear here after the first iterations."
    explanation = (
        "<p><b>Norms.</b> At each interpolate, a random point between a real and a generated sample, the "
        "critic has a slope: the norm of its gradient with respect to the sample. The histogram shows these "
        "norms for one batch; where the penalty is taken elsewhere, at its points, which the axis names. "
        "Click a bar, or choose it with the arrow keys and press Enter, to see the points in it.</p>"
        "<p>A Wasserstein critic should change by at most 1 where a sample moves by 1 (it should be "
        "<b>1-Lipschitz</b>). A <b>gradient penalty</b> pulls the norms towards its target, so "
        "they gather at the line. Lower lambda while training and watch them drift away; raise it and they "
        "come back.</p><p><b>Weight clipping</b> only bounds the weights, so the norms may lie far from 1, "
        "and then the Wasserstein estimate is only proportional to the distance.</p>"
    )

    def __init__(self) -> None:
        super().__init__()
        self.shown: GradientNorms | None = None
        self.target: float | None = None
        self.chosen: int | None = None  # the bar that the keyboard is at
        self._seen: Moment | None = None
        self._norms_range, self._share_range = StableRange(), StableRange()
        self._twins: list[DistributionView] = []
        self.room = (0.0, 0.0)  # norm and share that this histogram reaches
        self._edges: FloatArray = np.zeros(1)
        self.plot = self.add_plot()
        self.plot.setLabel("left", "share (%)")
        self.plot.setLabel("bottom", "gradient norm at interpolates")
        self.bars = pg.BarGraphItem(x0=[], x1=[], height=[])
        self.plot.addItem(self.bars)
        self.curves = {place: pg.PlotCurveItem() for place in OVERLAYS}
        self.boxes: dict[str, QCheckBox] = {}
        for place, (words, _) in OVERLAYS.items():
            self._add_overlay(place, words)
        self.mean = pg.InfiniteLine(
            angle=90, label="", labelOpts={"position": 0.8, "anchors": [(0, 0.5)] * 2}
        )
        self.line = pg.InfiniteLine(
            angle=90, label="", labelOpts={"position": 0.94, "anchors": [(0, 0.5), (0, 0.5)]}
        )
        for line in (self.mean, self.line):
            self.plot.addItem(line, ignoreBounds=True)
        self.plot.scene().sigMouseClicked.connect(self._on_click)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.setToolTip("Click a bar to see the points in it. Keys: left, right and Enter.")
        self.canvas.installEventFilter(self)
        self.recolour(self.colours)

    def _add_overlay(self, place: str, words: str) -> None:
        box = QCheckBox(words)
        box.setObjectName(f"gradient_norms:at:{place}")
        box.setToolTip(f"Draw the gradient norms {AT[place]} of the same batch over the bars")
        box.toggled.connect(self.changed)
        self.boxes[place] = box
        self.controls.addWidget(box)
        curve = self.curves[place]
        curve.hide()
        self.plot.addItem(curve)

    def reset(self, experiment: Experiment) -> None:
        """Forget the norms."""
        super().reset(experiment)
        self.shown = self._seen = self.chosen = None
        self.room = (0.0, 0.0)
        self._norms_range.forget()
        self._share_range.forget()
        self.target = target_norm(experiment)
        self._name_place(norms_place(experiment))

    def handle(self, event: Event) -> bool:
        """Follow edits of the target at once, before the next norms come."""
        if isinstance(event, Edited) and event.path == "lipschitz.target" and self.target is not None:
            self.target = float(event.new)
            return True
        if isinstance(event, GradientNorms):
            self.target = event.target
        return False

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """The plot."""
        return (self.plot,)

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours."""
        super().recolour(theme)
        for place, (_, colour) in OVERLAYS.items():
            self.curves[place].setPen(pg.mkPen(getattr(theme, colour), width=2))
            self.boxes[place].setStyleSheet(f"color: {getattr(theme, colour)};")
        self.mean.setPen(pg.mkPen(theme.foreground, width=1, style=Qt.PenStyle.DotLine))
        self.mean.label.setColor(theme.foreground)

    def draw(self, seen: Moment) -> None:
        """Draw the norms of a moment."""
        if seen.norms is None:
            self.show_words(self.empty_text)
            return
        self.shown, self._seen = seen.norms, seen
        self._name_place(self.shown.place)
        norms = self.norms()
        limit, _ = self.limit(self.target)
        places = self._places()
        room = max(float(np.quantile(values, 0.99)) * 1.05 for values in (norms, *places.values()))
        if self.target is not None:
            room = max(room, 2.0 * self.target)
        views = (self, *self._twins)
        self.room = (room, 0.0)
        end = self._norms_range.include(max(view.room[0] for view in views))
        self._edges, heights = shares(norms, end)
        self._draw_bars(heights, limit, end)
        highest = self._draw_places(places, end)
        self.room = (room, max(10.0, 1.1 * max(highest, float(heights.max()))))
        highest = self._share_range.include(max(view.room[1] for view in views))
        for view in views:
            view.plot.setXRange(0.0, end, padding=0.01)
            view.plot.setYRange(0.0, highest, padding=0.0)
        self._draw_line(limit, end)
        mean = float(norms.mean())
        self.mean.setPos(mean)
        is_left = limit is not None and mean <= limit  # of the target, whose words are on the right
        self.mean.label.anchors = [(1.0, 0.5) if is_left else (0.0, 0.5)] * 2
        self.mean.label.setFormat(f" mean {mean:.3g} ")
        self.show_plot(self._words(norms))

    def link(self, other: DistributionView) -> None:
        """Have the same axes as another histogram from now on, wide enough for both."""
        other._norms_range, other._share_range = self._norms_range, self._share_range
        self._twins.append(other)
        other._twins.append(self)

    def norms(self) -> FloatArray:
        """The norms (N,) that are drawn."""
        return np.asarray([] if self.shown is None else self.shown.norms, dtype=np.float64)

    def table(self) -> Table:
        """Return the norms of the batch, and those at other places that are drawn over them."""
        return [
            ("gradient_norm", self.norms().tolist()),
            *((f"gradient_norm_{place}", values.tolist()) for place, values in self._places().items()),
        ]

    # The points in a bar.

    def choose(self, bar: int | None) -> None:
        """Outline a bar and say what it holds; None for none."""
        self.chosen = None if bar is None else min(max(bar, 0), len(self._edges) - 2)
        self.changed.emit()

    def open_bar(self, bar: int) -> BinPopover | None:
        """Show the points whose norms lie in a bar; None where there is none."""
        self.choose(bar)
        if self.shown is None or self.chosen is None:
            return None
        low, high = self._edges[self.chosen : self.chosen + 2]
        popover = BinPopover(self.shown, (float(low), float(high)), self.colours, self)
        corner = self.canvas.mapToGlobal(self.canvas.rect().topLeft())
        popover.open_at(corner)
        return popover

    def _on_click(self, event: pg.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        self._open_at(event.scenePos())

    def _open_at(self, position: QPointF) -> None:
        view = self.plot.getViewBox()
        if view.sceneBoundingRect().contains(position) and self.shown is not None:
            x = float(view.mapSceneToView(position).x())
            self.open_bar(int(np.searchsorted(self._edges, x, side="right")) - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the arrow keys walk over the bars, and Enter open one."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _on_key(self, key: Qt.Key) -> bool:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if key in steps:
            peak = int(np.argmax(self.bars.opts["height"])) if self.shown is not None else 0
            self.choose(peak if self.chosen is None else self.chosen + steps[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and self.chosen is not None:
            self.open_bar(self.chosen)
        elif key == Qt.Key.Key_Escape:
            self.choose(None)
        else:
            return False
        return True

    # Drawing.

    def _name_place(self, place: str) -> None:
        words = f"gradient norm {AT.get(place, place)}"
        if self.plot.getAxis("bottom").labelText != words:
            self.plot.setLabel("bottom", words)
        for other, box in self.boxes.items():
            box.setVisible(other != place)

    def _places(self) -> dict[str, FloatArray]:
        """Norms (N,) at the places that the person wants to see over the bars."""
        seen = arrays_of(self._seen, "places") if self._seen is not None else None
        shown = {p for p, box in self.boxes.items() if box.isChecked() and not box.isHidden()}
        return {p: np.asarray(v, np.float64) for p, v in (seen or {}).items() if p in shown and len(v)}

    def _draw_bars(self, heights: FloatArray, limit: float | None, end: float) -> None:
        edges = self._edges
        above = edges[:-1] >= limit - 1e-9 * end if limit is not None else np.zeros(len(heights), dtype=bool)
        below_brush, above_brush = pg.mkBrush(self.colours.critic), pg.mkBrush(self.colours.penalty)
        plain, outline = pg.mkPen(self.colours.background), pg.mkPen(self.colours.foreground, width=2)
        self.bars.setOpts(
            x0=edges[:-1], x1=edges[1:], height=heights,
            pens=[outline if i == self.chosen else plain for i in range(len(heights))],
            brushes=[above_brush if is_above else below_brush for is_above in above],
        )  # fmt: skip

    def _draw_places(self, places: dict[str, FloatArray], end: float) -> float:
        """Draw the outlines; returns the highest share."""
        highest = 0.0
        for place, curve in self.curves.items():
            curve.setVisible(place in places)
            if place in places:
                edges, heights = shares(places[place], end)
                curve.setData(edges, heights, stepMode="center")
                highest = max(highest, float(heights.max()))
        return highest

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

    def _words(self, norms: FloatArray) -> str:
        limit, name = self.limit(self.target)
        parts = [f"Mean {norms.mean():.3g}, spread {norms.std():.2g}"]
        if limit:  # every norm lies above 0
            parts.append(f"{100 * float(np.mean(norms > limit)):.0f} % above {name}")
        beyond = float(np.mean(norms > self._norms_range.end)) if self._norms_range.end else 0.0
        if beyond > 0:
            parts.append(f"{100 * beyond:.1f} % beyond the plot")
        at = self.shown.iteration if self.shown else 0
        text = f"{'; '.join(parts)}. {len(norms)} points at iteration {at:,}."
        means = [f"{OVERLAYS[p][0].lower()} {v.mean():.3g}" for p, v in self._places().items()]
        if means:
            text += f" Mean {', '.join(means)}."
        if self.chosen is not None:
            low, high = self._edges[self.chosen : self.chosen + 2]
            held = int(np.sum((norms >= low) & (norms < high)))
            text += f" Chosen bar: {held} points from {low:.3g} to {high:.3g}; Enter shows them."
        return text
