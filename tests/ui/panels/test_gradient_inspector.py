"""The gradient inspector, as a person uses it."""

import time

import numpy as np
import pytest
from inspector_events import depth, eps, norms, places, weights
from panel_events import clipped, experiment, started, wgan_gp
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QToolButton

from ganstudio.engine.events import Edited, Metrics
from ganstudio.session.moments import Moment
from ganstudio.ui.inspector.bin_popover import NOT_KEPT, BinPopover
from ganstudio.ui.panels.gradient_norms import VIEWS, GradientNormsPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise, grab the keyboard


@pytest.fixture
def panel(show_in_frame):
    made = GradientNormsPanel()
    show_in_frame(made, 560, 400)
    made.reset(experiment())
    return made


def show(panel, *events):
    for event in events:
        panel.handle(event)
    panel.refresh()


def press(qtbot, panel, view):
    qtbot.mouseClick(panel.findChild(QToolButton, f"gradient_norms:choose:{view}"), Qt.MouseButton.LeftButton)
    return panel.view


def place_in_scene(view, x, y):
    """Where in the canvas a place of the plot is."""
    scene = view.plot.getViewBox().mapViewToScene(view.plot.getViewBox().viewRect().topLeft().__class__(x, y))
    return view.canvas.mapFromScene(scene)


def test_a_person_sees_the_main_histogram_first(panel):
    show(panel, norms(10, [0.9, 1.1]), eps(10))
    assert panel.view.name == "distribution"
    assert panel.view.bars.isVisible()


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.name)
def test_every_view_says_what_will_appear_explains_itself_and_has_words(qtbot, panel, kind):
    show(panel, started(), norms(10, [0.9, 1.1]), wgan_gp(1, 10))
    view = press(qtbot, panel, kind.name)
    assert view.summary() or len(view._empty.text()) > 40
    assert panel.explained() == kind.explanation
    assert kind.title in kind.explanation
    show(panel, places(10), eps(10), depth(10), depth(10, "generator-depth"), weights(10))
    assert len(panel.summary()) > 20
    assert panel.content.accessibleDescription() == panel.summary()


def test_real_and_generated_places_come_over_the_bars(qtbot, panel):
    show(panel, norms(10, [0.9, 1.1]), places(10))
    box = panel.findChild(QCheckBox, "gradient_norms:at:real")
    assert not panel.view.curves["real"].isVisible()
    box.click()
    assert panel.view.curves["real"].isVisible()
    assert "at real 0.5" in panel.summary()
    assert [name for name, _ in panel.table()] == ["gradient_norm", "gradient_norm_real"]


def click_bar(qtbot, panel, x):
    view = panel.view
    at = place_in_scene(view, x, 1.0)
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at.x(), at.y()))
    return panel.findChild(BinPopover)


def test_a_click_on_a_bar_shows_its_images_with_their_norms(qtbot, panel):
    show(panel, norms(10, [0.51, 1.51, 1.52, 1.53], points="images"))
    popover = click_bar(qtbot, panel, 1.52)
    assert "3 of 4 points have a gradient norm from 1.5 to 1.55" in popover.heading.text()
    shown = [popover.points.item(i).text() for i in range(popover.points.count())]
    assert shown == ["1.510", "1.520", "1.530"]
    qtbot.keyClick(popover, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.findChildren(BinPopover))


def test_the_keyboard_walks_over_the_bars_and_opens_one(qtbot, panel):
    show(panel, norms(10, [0.51, 0.52, 1.51], points="plane"))
    canvas = panel.view.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)  # the highest bar
    assert "2 points from 0.5 to 0.55" in panel.summary()
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert "0 points from 0.55" in panel.summary()
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    popover = panel.findChild(BinPopover)
    assert popover.points.count() == 2
    assert popover.points.item(0).text().endswith("norm 0.51")
    popover.close()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert "Chosen" not in panel.summary()


def test_points_that_are_not_kept_are_said_to_be_not_kept(qtbot, panel):
    show(panel, norms(10, [0.51, 1.51]))
    popover = click_bar(qtbot, panel, 1.52)
    assert popover.points is None
    assert NOT_KEPT in [label.text() for label in popover.findChildren(type(popover.heading))]
    popover.close()


def test_the_history_shows_norms_over_iterations_with_marks_and_follows(qtbot, panel):
    events = [norms(i, np.full(8, 1.0 if i < 500 else 0.1)) for i in range(10, 1010, 10)]
    show(panel, *events, Edited(500, "lipschitz.weight", 10.0, 0.1))
    view = press(qtbot, panel, "history")
    assert panel.summary().startswith("Mean norm 1 at first, 0.1 now; least 0.1, greatest 1")
    assert view.chart.marks == ((500.0, "lambda 10 → 0.1"),)
    low, high = view.plot.getViewBox().viewRange()[1]
    assert low < -1 < 0 < high < 1  # log10: both norms are in sight, and not much else
    assert view.line.value() == 0.0  # the target 1
    x, _ = view.plot.getViewBox().viewRange()
    assert x[1] == pytest.approx(1000, rel=0.05)
    with qtbot.waitSignal(panel.time_chosen) as chosen:
        view.time_chosen.emit(500)
    assert chosen.args == [500]


def test_a_click_on_the_history_looks_back(qtbot, panel):
    show(panel, *[norms(i, [1.0, 0.9]) for i in range(10, 1010, 10)])
    view = press(qtbot, panel, "history")
    at = place_in_scene(view, 400, 0.0)
    with qtbot.waitSignal(panel.time_chosen) as chosen:
        qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args[0] == pytest.approx(400, abs=10)


def test_a_long_history_is_drawn_within_the_budget(qtbot, panel):
    rng = np.random.default_rng(0)
    drawn = np.abs(1 + 0.2 * rng.normal(size=(100, 64))).astype(np.float32)
    view = press(qtbot, panel, "history")
    for i in range(20_000):
        view.history.add(10 * i, drawn[i % 100])
    show(panel, norms(200_000, drawn[0]))
    assert view.image.image.shape[1] <= 1024 + 1
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        view.draw(panel.seen)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.02


def test_eps_depth_and_weights_say_what_was_measured(qtbot, panel):
    panel.reset(clipped())
    show(panel, norms(10, [0.9], target=None), eps(20), depth(20), weights(20, clip=0.01, stuck=(0.2, 0.95)))
    press(qtbot, panel, "eps")
    assert "steepest at ε = 0.5 with 2" in panel.summary()
    assert "iteration 20" in panel.summary()
    view = press(qtbot, panel, "depth")
    assert panel.summary().startswith("Critic: 0.01 at the first, 1 at the last of 3 layers.")
    assert view.curves["depth"].getData()[1] == pytest.approx([-2, -1, 0])
    view = press(qtbot, panel, "weights")
    assert panel.summary().startswith("50 % of all weights are stuck at the bounds, -0.01 and 0.01.")
    assert [line.value() for line in view.bounds] == pytest.approx([-0.01, 0.01])
    assert [note.toPlainText() for note in view._notes] == ["20 % stuck", "95 % stuck"]


def test_without_clipping_there_are_no_bounds(qtbot, panel):
    show(panel, norms(10, [0.9]), weights(20))
    view = press(qtbot, panel, "weights")
    assert not any(line.isVisible() for line in view.bounds)
    assert panel.summary().startswith("20 weights in 2 layers.")


def test_a_moment_is_shown_and_now_comes_back(qtbot, panel):
    show(panel, norms(100, [0.9, 1.1]), eps(100))
    panel.show_moment(Moment(40, None, norms(40, [3.0, 5.0]), {"eps": eps(40)}, None))
    panel.refresh()
    assert "Mean 4" in panel.summary()
    assert "iteration 40" in panel.summary()
    assert panel._when.text() == "Iteration 40"
    show(panel, norms(110, [1.0, 1.0]))  # training goes on meanwhile
    assert "Mean 4" in panel.summary()
    press(qtbot, panel, "eps")
    assert "iteration 40" in panel.summary()
    press(qtbot, panel, "history")
    assert panel.view.chart.moment.x == 40
    panel.show_moment(None)
    press(qtbot, panel, "distribution")
    assert "iteration 110" in panel.summary()
    assert panel._when.isHidden()


def test_curves_are_drawn_once_they_are_measured(qtbot, panel):
    show(panel, norms(10, [1.0]))
    view = press(qtbot, panel, "curves")
    assert "will be drawn here" in panel.summary()
    if "generator_gradient_norm" not in view.history.series:
        pytest.skip("the engine does not measure it yet")
    rows = np.arange(1, 21)
    show(panel, Metrics(20, rows, rows * 0.1, {"generator_gradient_norm": 10.0 ** (-rows / 5.0)}))
    assert "generator gradient norm 0.0001" in panel.summary()


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.name)
def test_every_view_exports_its_picture_and_its_numbers(qtbot, panel, kind, tmp_path):
    show(panel, norms(10, [0.9, 1.1]), places(10), eps(10), depth(10), weights(10))
    press(qtbot, panel, kind.name)
    for ending in panel.export_kinds:
        path = tmp_path / f"view.{ending}"
        panel.export(path)
        assert path.stat().st_size > (0 if kind.name == "curves" else 20)
