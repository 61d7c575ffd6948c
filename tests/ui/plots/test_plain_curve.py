import numpy as np
import pyqtgraph as pg
import pytest

from ganstudio.ui.plots.chart import canvas
from ganstudio.ui.plots.plain_curve import PlainCurve


@pytest.fixture
def drawn(qtbot):
    """Draws a curve of a kind in three views, the last of which shows none of it; what each looks like."""

    def draw(kind):
        where = canvas("test")
        qtbot.addWidget(where)
        where.resize(300, 200)
        plot = where.addPlot()
        plot.getViewBox().disableAutoRange()
        curve = kind(pen=pg.mkPen("red", width=2))
        plot.addItem(curve)
        where.show()
        pictures = []
        for x, y in (((0, 10), (-1, 1)), ((2, 3), (-2, 2)), ((20, 30), (-1, 1))):
            plot.setRange(xRange=x, yRange=y)
            curve.setData(np.linspace(0, 10, 500), np.sin(np.linspace(x[0], 10, 500)))
            pictures.append(where.grab().toImage())
        return pictures

    return draw


def test_it_looks_like_a_curve_of_pyqtgraph_in_every_view(drawn):
    plain, known = drawn(PlainCurve), drawn(pg.PlotCurveItem)
    assert [a == b for a, b in zip(plain, known, strict=True)] == [True] * 3
    assert plain[0] != plain[1]


def test_a_curve_in_no_view_takes_up_nothing(qapp):
    assert PlainCurve().boundingRect().isNull()
