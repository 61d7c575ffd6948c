"""An axis that costs little to draw."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from ganstudio.ui.plots.axis import Axis, axes, mixed
from ganstudio.ui.plots.chart import canvas, dress
from ganstudio.ui.theme import colours

LIGHT = colours(dark=False)


def plot_of(qtbot: QtBot, *, has_image: bool = False) -> tuple[pg.GraphicsLayoutWidget, pg.PlotItem]:
    """A plot with such axes, on a widget that can be seen."""
    made = canvas("test:canvas")
    made.resize(500, 300)
    qtbot.addWidget(made)
    plot = made.addPlot(axisItems=axes(), enableMenu=False)
    plot.setRange(xRange=(0.01, 99.9), yRange=(0, 1), padding=0)
    made.setBackground(LIGHT.background)
    dress(plot, LIGHT, has_image=has_image)
    with qtbot.waitExposed(made):
        made.show()
    made.grab()
    return made, plot


def words(axis: Axis) -> list[str]:
    """What stands at the ticks."""
    assert axis.picture is not None
    return [text for _, _, text in axis.picture[1]]


def test_ticks_stand_where_the_range_has_them(qtbot: QtBot) -> None:
    made, plot = plot_of(qtbot)
    axis = plot.getAxis("bottom")
    assert words(axis)[0] == "20"
    plot.setXRange(1001, 1999, padding=0)
    made.grab()
    assert words(axis)[0] == "1200"


def test_what_did_not_change_is_laid_out_once(qtbot: QtBot) -> None:
    made, plot = plot_of(qtbot)
    axis = plot.getAxis("bottom")
    before = axis.picture
    made.grab()
    assert axis.picture is before


def test_the_grid_is_opaque_and_below_the_curves_but_above_an_image(qtbot: QtBot) -> None:
    _, plot = plot_of(qtbot)
    axis = plot.getAxis("left")
    pens = [pen for pen, _ in axis.picture[0]]
    assert all(pen.color().alpha() == 255 for pen in pens)
    assert axis.zValue() < plot.getViewBox().zValue()
    _, over = plot_of(qtbot, has_image=True)
    axis = over.getAxis("left")
    assert any(pen.color().alpha() < 255 for pen, _ in axis.picture[0])
    assert axis.zValue() > over.getViewBox().zValue()


def test_the_picture_has_ink_where_the_ticks_are(qtbot: QtBot) -> None:
    made, plot = plot_of(qtbot)
    image = made.grab().toImage()
    box = plot.getViewBox().sceneBoundingRect()
    y = int(box.center().y()) + 7  # between two lines
    row = [image.pixel(x, y) for x in range(int(box.left()) + 3, int(box.right()))]
    ground = QColor(LIGHT.background).rgb()
    assert 2 <= sum(colour != ground for colour in row) < len(row) / 4  # lines of the grid


@pytest.mark.parametrize(("share", "grey"), [(0.0, 255), (1.0, 0), (0.2, 204)])
def test_colours_are_mixed(share: float, grey: int) -> None:
    assert mixed(QColor("black"), QColor("white"), share).getRgb() == (grey, grey, grey, 255)
