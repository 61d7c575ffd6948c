"""Curves of other sessions in the same plots, in line styles of their own, with a key that names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from ganstudio.ui.flow_layout import FlowLayout
from ganstudio.ui.overlays import Overlay
from ganstudio.ui.plots.chart import Chart
from ganstudio.ui.plots.curves import CURVES
from ganstudio.ui.plots.history import History
from ganstudio.ui.plots.series import FloatArray, Series
from ganstudio.ui.plots.view_controls import ViewControls
from ganstudio.ui.theme import Colours

READING = "Its curves are being read."
REMOVE = "Click to take its curves away"
NAME_WIDTH = 125  # pixels of a session's name in the key


def lay_over(
    chart: Chart, overlays: Sequence[Overlay], names: Iterable[str], view: ViewControls, colours: Colours
) -> None:
    """Draw these scalars of other sessions in a chart, and take away what was drawn before."""
    drawn: set[str] = set()
    shown = list(names)
    for overlay in overlays:
        for name in shown:
            series = overlay.curves.series[name]
            if len(series):
                key = f"{name} of {overlay.path}"
                y = series.smoothed(view.weight) if view.weight > 0 else series.raw.values
                colour = getattr(colours, CURVES[name].colour)
                chart.draw_over(key, colour, x_of(series, by_time=view.by_time), y, overlay.style)
                drawn.add(key)
    for key in chart.names():
        if key not in CURVES and key not in drawn:
            chart.erase(key)


def x_of(series: Series, *, by_time: bool) -> FloatArray:
    """Iterations or training seconds, (N,)."""
    return (series.seconds if by_time else series.iterations).values


def end_of(histories: Iterable[History], *, by_time: bool) -> float:
    """The greatest x of all curves; 0 where there are none."""
    all_series = (series for history in histories for series in history.series.values())
    ends = [float(x_of(series, by_time=by_time)[-1]) for series in all_series if len(series)]
    return max(ends, default=0.0)


def columns(history: History, before: str = "") -> list[tuple[str, list[float]]]:
    """Iterations, training seconds and values of each scalar for a table; ``before`` begins their names."""
    found: list[tuple[str, list[float]]] = []
    for name, series in history.series.items():
        if len(series):
            found += [
                (f"{before}{name}_iteration", series.iterations.values.tolist()),
                (f"{before}{name}_seconds", series.seconds.values.tolist()),
                (f"{before}{name}", series.raw.values.tolist()),
            ]
    return found


class SessionKey(QWidget):
    """Which line style is which session; a click on one of the others takes its curves away."""

    asked = Signal(object, bool)  # Path, and False: its curves shall lie over these no more

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._flow = FlowLayout(self, spacing=8)
        self._shown: Sequence[object] = ()
        self.hide()

    def show_overlays(self, overlays: Sequence[Overlay], colours: Colours) -> None:
        """Name these sessions beside the current one; without any there is nothing to tell apart."""
        facts = [(o.path, o.style, o.trouble, o.is_coming, colours) for o in overlays]
        if facts == self._shown:  # a button that someone is pressing stays where it is
            return
        self._shown = facts
        while (item := self._flow.takeAt(0)) is not None:
            if widget := item.widget():
                widget.setParent(None)
                widget.deleteLater()
        if overlays:
            here = QLabel("Solid: this session")
            self._flow.addWidget(here)
        for overlay in overlays:
            self._flow.addWidget(self._chip(overlay, colours))
        self.setVisible(bool(overlays))

    def _chip(self, overlay: Overlay, colours: Colours) -> QToolButton:
        chip = QToolButton()
        chip.setObjectName(f"{self.objectName()}:{overlay.name}")
        chip.setIcon(_line(overlay.style, colours.foreground))
        chip.setIconSize(QSize(30, 12))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        metrics = chip.fontMetrics()
        name = metrics.elidedText(overlay.name, Qt.TextElideMode.ElideMiddle, NAME_WIDTH)
        chip.setText(f"{name}{' (reading…)' if overlay.is_coming else ''}  ✕")
        chip.setAutoRaise(True)
        state = READING if overlay.is_coming else overlay.trouble
        chip.setToolTip("\n".join(filter(None, (str(overlay.path), state, REMOVE))))
        chip.setAccessibleName(f"Take the curves of {overlay.name} away")
        if overlay.trouble:
            struck = QFont(chip.font())
            struck.setStrikeOut(True)
            chip.setFont(struck)
        chip.setProperty("session", str(overlay.path))
        chip.clicked.connect(self._on_clicked)
        return chip

    @Slot()
    def _on_clicked(self) -> None:
        wanted = False
        self.asked.emit(Path(self.sender().property("session")), wanted)


def _line(style: Qt.PenStyle, colour: str) -> QIcon:
    picture = QPixmap(60, 24)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(QPen(QColor(colour), 4, style))
    painter.drawLine(0, 12, 60, 12)
    painter.end()
    return QIcon(picture)
