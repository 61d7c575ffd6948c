"""What a walk among the latents looks like: pictures in a row, or a line in the plane."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from ganstudio.engine.events import Started
from ganstudio.ui.latents.looking import Moment, Sight
from ganstudio.ui.plots.image_grid import ImageGrid
from ganstudio.ui.plots.scatter import Scatter
from ganstudio.ui.theme import Colours

Floats = NDArray[np.float32]

STRIP_HEIGHT = 64


class Captioned(QWidget):
    """Pictures with words above them."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.words = QLabel(title)
        self.words.setWordWrap(True)
        self.images = ImageGrid(name)
        self.images.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.words)
        column.addWidget(self.images, 1)


class Stage(QStackedWidget):
    """Images: the sample, its nearest training image and the walk. Points: the walk over the real ones."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.sample = Captioned("latents:sample", "Sample")
        self.neighbour = Captioned("latents:neighbour", "Nearest training image")
        self.walk = Captioned("latents:walk", "The walk")
        self.walk.images.setFixedHeight(STRIP_HEIGHT)
        self.points = Scatter("latents:points", colours)
        self.path = pg.PlotCurveItem()
        self.here = pg.ScatterPlotItem(size=14, symbol="o")
        self.trail = pg.PlotDataItem(symbol="d", symbolSize=7)
        for item in (self.path, self.trail, self.here):
            self.points.plot.addItem(item)
        self._started: Started | None = None
        pictures, rows = QWidget(), QWidget()
        line = QHBoxLayout(rows)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.sample, 1)
        line.addWidget(self.neighbour, 1)
        column = QVBoxLayout(pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(rows, 1)
        column.addWidget(self.walk)
        self.addWidget(pictures)
        self.addWidget(self.points)
        self.recolour(colours)

    def begin(self, started: Started | None) -> None:
        """Take the real points and modes of a run."""
        self._started = started
        self.trail.setData([], [])

    def show_sight(self, sight: Sight) -> None:
        """Show where a person looks."""
        is_images = sight.walk.ndim == 4
        self.setCurrentIndex(0 if is_images else 1)
        distance = f", {sight.neighbour.distance:.3g} away" if sight.neighbour else ""
        if is_images:
            self.sample.images.set_images(sight.sample[None])
            self.sample.words.setText(f"Sample, critic's score {sight.score:.3g}")
            self.walk.images.set_images(sight.walk)
            if sight.neighbour:
                self.neighbour.images.set_images(sight.neighbour.sample[None])
            self.neighbour.words.setText(f"Nearest training image{distance}")
            return
        real = self._started.real if self._started else sight.walk
        self.points.show_points(real, sight.walk[:0], self._started.modes if self._started else None)
        self.path.setData(sight.walk[:, 0], sight.walk[:, 1])
        self.here.setData(x=sight.sample[:1], y=sight.sample[1:2])

    def show_trail(self, moments: tuple[Moment, ...]) -> None:
        """Show where a pinned point was."""
        if moments and moments[0].sample.ndim == 1:
            places = np.stack([moment.sample for moment in moments])
            self.trail.setData(places[:, 0], places[:, 1])

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours."""
        self.points.recolour(colours)
        for captioned in (self.sample, self.neighbour, self.walk):
            captioned.images.set_background(colours.background)
            captioned.words.setStyleSheet(f"color: {colours.muted};")
        self.path.setPen(pg.mkPen(colours.generated, width=2))
        self.here.setBrush(pg.mkBrush(colours.generated))
        self.here.setPen(pg.mkPen(colours.foreground, width=2))
        self.trail.setPen(pg.mkPen(colours.penalty, width=1, style=Qt.PenStyle.DashLine))
        self.trail.setSymbolBrush(pg.mkBrush(colours.penalty))
        self.trail.setSymbolPen(None)
