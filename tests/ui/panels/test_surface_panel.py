import numpy as np
import pytest
from panel_events import bowl, colours_in, evaluated, experiment, rgb
from PySide6.QtCore import Qt

from ganstudio.session.moments import Moment
from ganstudio.ui.panels.surface import SurfacePanel
from ganstudio.ui.surface.contours import LEVELS, between, contour_pairs, enlarged, round_levels
from ganstudio.ui.surface.plane import arrow_pairs, grid_pairs
from ganstudio.ui.surface.reading import Surface

RING = {"data__source": "ring", "latent__dimension": 2}


@pytest.fixture
def panel(show_in_frame):
    made = SurfacePanel()
    show_in_frame(made, 460, 520)
    made.reset(experiment(**RING))
    return made


def show(panel, *events):
    for event in events:
        panel.handle(event)
    panel.refresh()


def test_contours_of_a_bowl_are_circles():
    x, y = np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-2, 2, 81))
    pairs = contour_pairs((x**2 + y**2) / 2, np.array([0.5, 1.0]))
    radii = np.hypot(*((pairs * 0.05 - 2).reshape(-1, 2).T))
    found = np.minimum(np.abs(radii - 1.0), np.abs(radii - np.sqrt(2)))
    assert found.max() < 0.001
    length = np.hypot(*(pairs[:, 1] - pairs[:, 0]).T).sum() * 0.05
    assert length == pytest.approx(2 * np.pi * (1 + np.sqrt(2)), rel=0.01)  # closed, and nothing twice


def test_a_level_that_no_value_crosses_has_no_contour():
    assert contour_pairs(np.zeros((5, 5)), np.array([1.0])).shape == (0, 2, 2)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.001, 0.0173), (-340.0, 21.0)])
def test_levels_are_round_and_few(low, high):
    levels = round_levels(low, high)
    assert 4 <= len(levels) <= LEVELS + 1
    assert low < levels.min() < levels.max() < high
    assert round_levels(1.0, 1.0).size == 0


def test_between_grid_points_values_are_bilinear_and_pixels_agree():
    x, y = np.meshgrid(np.arange(5.0), np.arange(4.0))
    values = 2 * x - 3 * y + x * y
    assert between(values, 1.25, 2.5) == pytest.approx(2 * 1.25 - 3 * 2.5 + 1.25 * 2.5)
    assert between(values, 99.0, -5.0) == values[0, 4]
    pixels = enlarged(values, 3)
    assert pixels.shape == (12, 15)
    assert pixels[7, 4] == pytest.approx(between(values, 4.5 / 15 * 4, 7.5 / 12 * 3))


def test_arrows_are_in_proportion_and_the_grid_has_all_its_edges():
    surface = Surface.of(bowl(1))
    pairs = arrow_pairs(surface)
    shafts = np.hypot(*(pairs[:2, 1] - pairs[:2, 0]).T)
    assert shafts[0] == pytest.approx(2 * shafts[1], rel=0.06)
    assert pairs[0, 1, 0] > pairs[0, 0, 0]
    assert len(grid_pairs(surface.latent)) == 2 * 3 * 2


def test_before_the_first_measurement_the_panel_says_when_it_comes(panel):
    panel.refresh()
    assert panel.is_empty
    assert "iteration 100" in panel._empty.text()


def test_for_images_it_says_why_there_is_nothing(panel):
    panel.reset(experiment())
    assert "2-D data" in panel._empty.text()


def test_values_are_read_under_the_pointer_and_by_arrow_keys(panel, qtbot):
    show(panel, bowl(20, height=3.0))
    panel._point_at((1.0, -0.5))
    assert "D = 3.625" in panel._read.text()
    assert "||grad D|| = 1.118" in panel._read.text()
    panel._point_at(None)
    qtbot.keyClick(panel.plane.canvas, Qt.Key.Key_Right)
    assert "(0.500, 0.000)" in panel._read.text()
    qtbot.keyClick(panel.plane.canvas, Qt.Key.Key_Up)
    assert "(0.500, 0.500)" in panel._read.text()
    assert panel.plane.cross.isVisible()


def test_the_estimate_is_divided_by_the_slope_and_held_against_the_exact_distance(panel):
    show(panel, bowl(20), evaluated(20))
    assert panel.summary() == (
        "Iteration 20: critic's difference 0.5, steepest slope 2; divided: 0.25. "
        "Exact W1 0.3 (two real samples: 0.1)."
    )


def test_the_view_has_equal_scales_and_stays(panel, qtbot):
    show(panel, bowl(20))
    box = panel.plane.plot.getViewBox()
    qtbot.waitUntil(lambda: box.width() > 100)
    before = box.viewRange()
    pixel_x, pixel_y = box.viewPixelSize()
    assert pixel_x == pytest.approx(pixel_y, rel=0.02)
    show(panel, bowl(40, height=9.0))
    assert box.viewRange() == before


def test_switches_show_and_hide(panel, qtbot):
    show(panel, bowl(20))
    plane = panel.plane
    items = {
        "contours": plane.contours, "real": plane.real, "fake": plane.fake, "arrows": plane.arrows,
        "latent": plane.latent,
    }  # fmt: skip
    for name, item in items.items():
        was = item.isVisible()
        qtbot.mouseClick(panel.switches[name], Qt.MouseButton.LeftButton)
        assert item.isVisible() is not was, name


def test_norms_have_a_bold_line_at_one(panel):
    show(panel, bowl(20))
    assert not panel.plane.unit.isVisible()
    panel.kind.setCurrentIndex(1)
    assert panel.plane.unit.isVisible()
    x, y = panel.plane.unit.getData()
    np.testing.assert_allclose(np.hypot(x, y), 1.0, atol=0.08)
    assert panel.plane.image.levels[0] == 0


@pytest.mark.parametrize("dark", [False, True])
def test_points_are_painted_in_the_colours_of_the_theme(panel, dark):
    panel.set_dark(dark)
    show(panel, bowl(20))
    painted = colours_in(panel.plane)
    assert painted.get(rgb(panel.colours.real), 0) > 5
    assert painted.get(rgb(panel.colours.generated), 0) > 5


def test_a_moment_of_the_past_is_shown_until_now_comes_back(panel):
    show(panel, bowl(40, height=4.0), evaluated(40))
    panel.show_moment(Moment(20, None, None, {"surface": bowl(20, height=2.0)}, evaluated(20, w1=0.7)))
    panel.refresh()
    assert panel.summary().startswith("Iteration 20")
    assert "Exact W1 0.7" in panel.summary()
    show(panel, bowl(60))
    assert panel.summary().startswith("Iteration 20")
    panel.show_moment(Moment(5, None, None, {}, None))
    panel.refresh()
    assert panel.is_empty
    panel.show_moment(None)
    panel.refresh()
    assert panel.summary().startswith("Iteration 60")


def test_csv_holds_one_row_a_grid_point(panel):
    show(panel, bowl(20, height=1.0))
    lines = panel.exported("csv").decode().splitlines()
    assert lines[0] == "x,y,D,dD_dx,dD_dy,gradient_norm"
    assert len(lines) == 82
    first = [float(cell) for cell in lines[1].split(",")]
    assert first == pytest.approx([-2, -2, 5, -2, -2, np.sqrt(8)], abs=1e-3)
