import numpy as np
import pytest
from panel_events import colours_in, experiment, rgb, samples, started
from PySide6.QtCore import Qt

from ganstudio.engine.events import Samples
from ganstudio.ui.panels.samples import SamplesPanel
from ganstudio.ui.plots.scatter import CORNERS, circles, edges


@pytest.fixture
def panel(show_in_frame):
    made = SamplesPanel()
    show_in_frame(made, 420, 420)
    made.reset(experiment())
    return made


def show(panel, *events):
    for event in events:
        panel.handle(event)
    panel.refresh()


def test_an_empty_panel_says_what_will_appear(panel):
    panel.refresh()
    assert panel.is_empty


def test_images_are_shown_as_a_grid_with_their_iteration(panel):
    show(panel, started(), samples(50, count=9))
    assert not panel.is_empty
    assert panel.images.generated.count == 9
    assert panel._where.text() == "Iteration 50"
    assert panel.summary() == "9 generated images of 8 x 8 pixels at iteration 50."


def test_colour_images_are_painted_in_colour(panel):
    red = np.full((4, 3, 8, 8), -1.0, np.float32)
    red[:, 0] = 1.0
    show(panel, started(), Samples(1, red))
    assert colours_in(panel.images.generated)[(255, 0, 0)] > 20_000


def test_only_the_newest_samples_are_drawn(panel):
    show(panel, started(), samples(1, count=4), samples(2, count=16))
    assert panel.images.generated.count == 16


def test_real_images_stand_beside_generated_ones_on_request(panel, qtbot):
    show(panel, started(), samples(1, count=9))
    assert not panel.images.real.isVisible()
    qtbot.mouseClick(panel.compare, Qt.MouseButton.LeftButton)
    assert panel.images.real.isVisible()
    assert panel.images.real.count == 9
    qtbot.mouseClick(panel.compare, Qt.MouseButton.LeftButton)
    assert not panel.images.real.isVisible()


def test_points_are_shown_over_real_ones_with_the_modes(panel):
    show(panel, started(images=False), samples(7, images=False, count=500))
    assert len(panel.points.generated.data) == 500
    assert len(panel.points.real.data) == 300
    assert len(panel.points.modes.getData()[0]) == 2 * CORNERS
    assert not panel.compare.isVisible()
    assert panel.summary() == "500 generated points at iteration 7."


def test_the_view_of_points_is_fixed_and_has_equal_scales(panel, qtbot):
    begin = started(images=False)
    show(panel, begin, samples(1, images=False))
    qtbot.waitUntil(lambda: panel.points.plot.getViewBox().width() > 100)
    box = panel.points.plot.getViewBox()
    before = box.viewRange()
    show(panel, Samples(2, 100 * np.ones((50, 2), np.float32)))
    assert box.viewRange() == before
    pixel_x, pixel_y = box.viewPixelSize()
    assert pixel_x == pytest.approx(pixel_y, rel=0.02)
    for axis in (0, 1):
        assert before[axis][0] <= begin.real[:, axis].min()
        assert before[axis][1] >= begin.real[:, axis].max()


def test_points_that_are_not_numbers_are_left_out(panel):
    points = np.ones((10, 2), np.float32)
    points[3, 0] = np.nan
    show(panel, started(images=False), Samples(1, points))
    assert len(panel.points.generated.data) == 9


def test_data_without_modes_has_no_circles(panel):
    show(panel, started(images=False, modes=None), samples(1, images=False))
    assert len(panel.points.modes.getData()[0]) == 0


def test_circles_lie_three_standard_deviations_around_the_modes():
    modes = started(images=False).modes
    x, y = circles(modes)
    np.testing.assert_allclose(np.hypot(x[:CORNERS] - 1.0, y[:CORNERS]), 0.15)
    assert edges(2 * CORNERS).tolist() == ([1] * (CORNERS - 1) + [0]) * 2


@pytest.mark.parametrize("dark", [False, True])
def test_points_are_painted_in_the_colours_of_the_theme(panel, dark):
    panel.set_dark(dark)
    show(panel, started(images=False), samples(1, images=False, count=300))
    painted = colours_in(panel.points)
    assert painted.get(rgb(panel.colours.generated), 0) > 300
    assert painted.get(rgb(panel.colours.background), 0) > 10_000


def test_the_panel_changes_its_kind_with_the_data(panel):
    show(panel, started(images=False), samples(1, images=False))
    panel.reset(experiment())
    show(panel, started(), samples(2))
    assert panel.images.isVisible()
    assert not panel.points.isVisible()


def test_csv_holds_one_row_a_sample(panel):
    show(panel, started(images=False), samples(1, images=False, count=25))
    lines = panel.exported("csv").decode().splitlines()
    assert lines[0] == "x1,x2"
    assert len(lines) == 26
