"""The critic over the plane, for 2-D data."""

from __future__ import annotations

import numpy as np
from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton, QVBoxLayout, QWidget

from ganstudio.data import DATASETS
from ganstudio.engine.events import Evaluated, Event, Measured
from ganstudio.experiment.model import Experiment
from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.panel import Panel
from ganstudio.ui.surface.plane import Plane, Shown
from ganstudio.ui.surface.reading import Surface

PROBE = "surface"
FIRST = "The critic over the plane will appear here at the first measurement."
NO_POINTS = (
    "This panel shows the critic over the plane, which needs 2-D data such as the ring. Images have too many "
    "dimensions to be shown so; see the gradient norms and the latent explorer instead."
)
# Name of each switch -> its words, its tip, and whether it is on at first.
SWITCHES = {
    "contours": ("Contours", "Lines of equal value", True),
    "real": ("Real", "A batch of real points", True),
    "fake": ("Generated", "Points that the generator makes now", True),
    "arrows": ("Arrows", "Where the generator's loss moves each generated point", True),
    "latent": ("Latent grid", "The generator's image of a grid of latents", False),
}
STEPS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1),
}  # fmt: skip


class SurfacePanel(Panel):
    """Heat map of D or of ||grad D|| with what lies in the plane."""

    name = "surface"
    title = "Critic surface"
    area = "centre"
    export_kinds = ("png", "svg", "csv")
    empty_text = FIRST
    explanation = (
        "<p>Colours show what the critic says of every place: high where it takes points for real. For a "
        "Wasserstein critic only differences count, so the colours are centred between its mean scores of "
        "real and of generated points.</p><p><b>Arrows</b> show where the generator's own loss moves each "
        "generated point (minus its gradient, not simply uphill: the saturating loss leaves points alone "
        "that the critic is sure of). Their lengths are in proportion.</p><p><b>Gradient norm</b> shows "
        "how steep the critic is; the bold line is norm 1. A gradient penalty makes it 1 between real and "
        "generated points, weight clipping leaves it flat or steep.</p><p><b>Latent grid</b>: the "
        "generator's image of equally likely lines of the first two latents, the others at 0. With two "
        "latents each cell holds equally many samples; long thin cells are what joins two "
        "modes.</p><p><b>Below</b>: for a critic whose slope is at most L anywhere, (E[D(x)] - E[D(G(z))]) "
        "/ L is at most the Wasserstein distance. The difference alone grows with the slope, so only "
        "divided can it be held against the exact distance W1, which is solved between samples; two real "
        "samples of that size are not at 0 either.</p><p>Move the pointer, or the arrow keys, to read "
        "values.</p>"
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live: Surface | None = None
        self._figures: Evaluated | None = None
        self._moment: Moment | None = None
        self._place: tuple[float, float] | None = None
        self._is_new = False
        self.kind = QComboBox()
        self.kind.setObjectName("surface:kind")
        self.kind.setAccessibleName("What the colours show")
        self.kind.setToolTip("What the colours show")
        self.kind.addItem("Value", "values")
        self.kind.addItem("Gradient norm", "norms")
        self.kind.currentIndexChanged.connect(self._redraw)
        self.controls.addWidget(self.kind)
        self.switches = {name: self._switch(name, *spec) for name, spec in SWITCHES.items()}
        self.plane = Plane("surface:plane", self.colours)
        self.plane.pointed.connect(self._point_at)
        self.plane.canvas.installEventFilter(self)
        self._read, self._text = QLabel(), QLabel()
        self._read.setObjectName("surface:reading")
        self._text.setObjectName("surface:text")
        self._text.setWordWrap(True)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._read)
        column.addWidget(self.plane, 1)
        column.addWidget(self._text)
        self.recolour()

    # Panel.

    def reset(self, experiment: Experiment) -> None:
        """Forget the surface."""
        super().reset(experiment)
        self._live = self._figures = self._moment = self._place = None
        self.plane.forget()
        every = experiment.probes.measure_every
        self.show_empty(f"{FIRST[:-1]}, at iteration {every:,}." if self.suits else NO_POINTS)

    @property
    def suits(self) -> bool:
        """Only a plane can be drawn."""
        return self.experiment is None or "points" in DATASETS[self.experiment.data.source].traits

    def handle(self, event: Event) -> None:
        """Keep the newest measurement."""
        if isinstance(event, Measured) and event.probe == PROBE:
            self._live, self._is_new = Surface.of(event), True
        elif isinstance(event, Evaluated) and "w1" in event.figures:
            self._figures, self._is_new = event, True

    def refresh(self) -> None:
        """Draw what is new."""
        if self._is_new:
            self._redraw()

    def show_moment(self, moment: Moment | None) -> None:
        """Show the surface of a moment of the past, or the newest again."""
        self._moment, self._is_new = moment, True

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.plane.recolour(self.colours)
        for label in (self._read, self._text):
            label.setStyleSheet(f"color: {self.colours.muted};")
        self._redraw()

    @property
    def surface(self) -> Surface | None:
        """What is shown: the moment's, or the newest."""
        if self._moment is None:
            return self._live
        event = self._moment.measured.get(PROBE)
        return Surface.of(event) if event else None

    def summary(self) -> str:
        """Say how steep the critic is, and compare its estimate with the exact distance."""
        surface = self.surface
        if surface is None:
            return ""
        of_class = "" if surface.label is None else f" (class {surface.label + 1})"
        words = (
            f"Iteration {surface.iteration:,}{of_class}: critic's difference {surface.estimate:.3g}, "
            f"steepest slope {surface.slope:.3g}"
        )
        if surface.slope > 0:
            words += f"; divided: {surface.estimate / surface.slope:.3g}"
        figures = self._figures if self._moment is None else self._moment.evaluated
        if figures is not None and "w1" in figures.figures:
            words += f". Exact W1 {figures.figures['w1']:.3g}"
            if "w1_real" in figures.figures:
                words += f" (two real samples: {figures.figures['w1_real']:.2g})"
        return f"{words}."

    def table(self) -> Table:
        """Return one row a grid point: x, y, D, its gradient and the norm."""
        surface = self.surface
        if surface is None:
            return ()
        height, width = surface.values.shape
        places = surface.to_plane(
            np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(float)
        )
        columns = {
            "x": places[..., 0],
            "y": places[..., 1],
            "D": surface.values,
            "dD_dx": surface.field[..., 0],
            "dD_dy": surface.field[..., 1],
            "gradient_norm": surface.norms,
        }
        return [(name, values.ravel().tolist()) for name, values in columns.items()]

    def exported(self, kind: str) -> bytes:
        """Return the file's content."""
        if kind == "svg":
            return bytes(SVGExporter(self.plane.plot).export(toBytes=True))
        return super().exported(kind)

    # Drawing.

    def _switch(self, name: str, words: str, tip: str, on: bool) -> QToolButton:  # noqa: FBT001 - from a table
        button = QToolButton()
        button.setObjectName(f"surface:{name}")
        button.setText(words)
        button.setProperty("role", "segment")  # the style shows at a glance which are on
        button.setAccessibleName(f"Show {words.lower()}")
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setChecked(on)
        button.toggled.connect(self._redraw)
        self.controls.addWidget(button)
        return button

    def _shown(self) -> Shown:
        on = {name: switch.isChecked() for name, switch in self.switches.items()}
        return Shown(norms=self.kind.currentData() == "norms", **on)

    def _redraw(self) -> None:
        self._is_new = False
        surface = self.surface
        if surface is None:
            if self._moment is not None:
                self.show_empty(f"The critic was not measured up to iteration {self._moment.iteration:,}.")
            return
        self.show_content()
        self.plane.draw(surface, self._shown())
        self._text.setText(self.summary())
        self.tell(self.summary())
        self._point_at(self._place)

    # What the person does.

    def _point_at(self, place: tuple[float, float] | None) -> None:
        self._place = place
        surface = self.surface
        self.plane.point_at(place)
        if place is None or surface is None:
            self._read.setText("Point at a place to read D and its gradient norm.")
            return
        x, y = place
        self._read.setText(
            f"({x:.3f}, {y:.3f}):  D = {surface.value_at(x, y):.4g},  "
            f"||grad D|| = {surface.norm_at(x, y):.4g}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the arrow keys move the place that is read, by a cell of the grid."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.surface:
            step = STEPS.get(Qt.Key(event.key()))
            if step is not None:
                left, right, bottom, top = self.surface.bounds
                x, y = self._place or ((left + right) / 2, (bottom + top) / 2)
                size = (right - left) / (len(self.surface.values) - 1)
                x = min(max(x + step[0] * size, left), right)
                y = min(max(y + step[1] * size, bottom), top)
                self._point_at((x, y))
                return True
        return super().eventFilter(watched, event)
