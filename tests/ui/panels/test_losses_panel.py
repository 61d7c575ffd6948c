import csv
import io

import numpy as np
import pytest
from panel_events import (
    clipped,
    colours_in,
    experiment,
    metrics,
    non_saturating,
    rgb,
    started,
    wgan_gp,
)
from PySide6.QtCore import QPoint, QPointF, Qt

from ganstudio.engine.events import Edited
from ganstudio.objectives import OBJECTIVES
from ganstudio.ui.panels.losses import LossesPanel
from ganstudio.ui.plots.chart import FEWEST
from ganstudio.ui.plots.series import POINTS


@pytest.fixture
def panel(show_in_frame):
    made = LossesPanel()
    show_in_frame(made, 640, 480)
    made.reset(experiment())
    return made


def levels(panel):
    return [words for _, words, _ in panel.above.levels]


def test_an_empty_panel_says_what_will_appear(panel):
    panel.refresh()
    assert panel.is_empty
    assert panel.summary() == ""


def test_curves_appear_for_scalars_that_apply_only(panel):
    panel.handle(started())
    panel.handle(metrics(1, 50, critic_loss=-1.0, generator_loss=2.0, wasserstein_estimate=1.5))
    panel.refresh()
    assert not panel.is_empty
    assert set(panel.above.names()) == {"critic_loss", "generator_loss", "wasserstein_estimate"}
    assert panel.below.names() == ()
    assert not panel.below.item.isVisible()
    assert "total_loss" not in panel.legend._buttons
    assert "gradient_penalty" not in panel.legend._buttons


def test_penalty_and_gradient_norm_have_a_plot_with_the_target(panel):
    panel.handle(wgan_gp(1, 50))
    panel.refresh()
    assert set(panel.below.names()) == {"gradient_penalty", "gradient_norm_mean"}
    assert panel.below.item.isVisible()
    assert [(y, words) for y, words, _ in panel.below.levels] == [(1.0, "target 1")]


def test_drawn_curves_hold_no_nan_even_where_values_come_now_and_then(panel):
    sparse = np.full(100, np.nan)
    sparse[9::10] = 1.0
    panel.handle(metrics(1, 100, critic_loss=1.0, gradient_norm_mean=sparse))
    panel.refresh()
    x, y = panel.below.drawn("gradient_norm_mean")
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(x, np.arange(10, 101, 10))


def test_classic_objectives_have_their_reference_levels_and_a_total(panel):
    panel.reset(non_saturating())
    panel.handle(metrics(1, 20, critic_loss=1.3, generator_loss=0.7, total_loss=2.0))
    panel.refresh()
    assert [(round(y, 4), words) for y, words, _ in panel.above.levels] == [
        (1.3863, "2 ln 2"),
        (0.6931, "ln 2"),
        (2.0794, "3 ln 2"),
    ]
    assert "total_loss" in panel.above.names()
    assert not panel.findChild(type(panel._note), "losses:note").isVisible()


@pytest.mark.parametrize(("kind", "words"), [("minimax", "saturating"), ("wasserstein", "Wasserstein")])
def test_where_there_is_no_total_the_panel_says_why(panel, kind, words):
    lipschitz = "none" if kind == "minimax" else "gradient-penalty"
    panel.reset(experiment(objective__kind=kind, lipschitz__kind=lipschitz))
    panel.handle(metrics(1, 20, critic_loss=1.3, generator_loss=-0.7))
    panel.refresh()
    assert panel._note.isVisible()
    assert words in panel._note.text()


def test_a_minimax_generator_is_compared_with_minus_ln_2(panel):
    panel.reset(experiment(objective__kind="minimax", lipschitz__kind="none"))
    panel.handle(metrics(1, 20, critic_loss=1.3, generator_loss=-0.7))
    panel.refresh()
    assert levels(panel) == ["2 ln 2", "-ln 2"]


def test_an_objective_of_another_room_is_drawn_by_its_traits(panel):
    OBJECTIVES.register("fake", title="Fake", help="For this test.", traits=("total",))
    try:
        panel.reset(experiment(objective__kind="fake", lipschitz__kind="none"))
        panel.handle(metrics(1, 20, critic_loss=1.3, generator_loss=0.7, total_loss=2.0))
        panel.refresh()
        assert "total_loss" in panel.above.names()
        assert not panel._note.isVisible()
    finally:
        OBJECTIVES.unregister("fake")


def test_a_million_iterations_are_drawn_with_few_points_and_keep_the_tail(panel):
    for first in range(1, 1_000_001, 100_000):
        values = np.linspace(first, first + 99_999, 100_000)
        panel.handle(metrics(first, first + 99_999, critic_loss=values, wasserstein_estimate=-values))
    panel.refresh()
    for name in ("critic_loss", "wasserstein_estimate"):
        x, _ = panel.above.drawn(name)
        assert FEWEST / 2 <= len(x) <= POINTS + 4
        assert x[-1] == 1_000_000


def test_without_smoothing_the_curve_is_drawn_as_measured(panel):
    panel.handle(metrics(1, 30, critic_loss=np.arange(30.0)))
    panel.view.slider.setValue(0)
    panel.refresh()
    assert panel.view.weight == 0
    np.testing.assert_array_equal(panel.above.drawn("critic_loss")[1], np.arange(30.0))


def test_the_smoothing_slider_reaches_0_999(panel):
    panel.view.slider.setValue(panel.view.slider.maximum())
    assert panel.view.weight == 0.999


def test_the_legend_hides_and_shows_a_curve(panel, qtbot):
    panel.handle(wgan_gp(1, 50))
    panel.refresh()
    qtbot.mouseClick(panel.legend.button("critic_loss"), Qt.MouseButton.LeftButton)
    assert "critic_loss" not in panel.above.names()
    panel.handle(wgan_gp(51, 60))
    panel.refresh()
    assert "critic_loss" not in panel.above.names()
    qtbot.mouseClick(panel.legend.button("critic_loss"), Qt.MouseButton.LeftButton)
    assert "critic_loss" in panel.above.names()


def test_live_edits_and_resuming_are_marked_on_both_axes(panel):
    panel.handle(started())
    panel.handle(wgan_gp(1, 100))
    panel.handle(Edited(100, "lipschitz.weight", 10.0, 0.01))
    panel.refresh()
    assert panel.above.marks == ((100.0, "lambda 10 → 0.01"),)
    assert panel.below.marks == ((100.0, ""),)
    panel.view.x.setCurrentIndex(panel.view.x.findData("seconds"))
    assert panel.above.marks == ((50.0, "lambda 10 → 0.01"),)
    panel.handle(started(iteration=100))
    panel.refresh()
    assert panel.above.marks[1] == (50.0, "resumed")


def test_training_time_on_the_horizontal_axis(panel):
    panel.handle(wgan_gp(1, 100))
    panel.view.x.setCurrentIndex(panel.view.x.findData("seconds"))
    panel.refresh()
    assert panel.above.drawn("critic_loss")[0][-1] == 50.0


def test_symlog_shows_negative_values(panel):
    panel.handle(metrics(1, 100, critic_loss=np.linspace(-1000, 10, 100), generator_loss=0.5))
    panel.view.y.setCurrentIndex(panel.view.y.findData("symlog"))
    _, y = panel.above.drawn("critic_loss")
    assert len(y) == 100
    assert np.isfinite(y).all()
    assert y[0] < -2
    panel.view.y.setCurrentIndex(panel.view.y.findData("linear"))
    assert panel.above.drawn("critic_loss")[1][0] == pytest.approx(-1000)


def test_the_plot_follows_until_a_person_moves_it(panel):
    panel.handle(wgan_gp(1, 100))
    panel.refresh()
    box = panel.above.item.getViewBox()
    assert box.viewRange()[0][1] >= 100
    box.setXRange(10, 20, padding=0)
    box.sigRangeChangedManually.emit([True, True])
    panel.handle(wgan_gp(101, 200))
    panel.refresh()
    assert not panel.view.follows
    assert box.viewRange()[0] == pytest.approx([10, 20])
    panel.view.follow.click()
    assert box.viewRange()[0][1] >= 200


def test_the_legend_shows_the_values_under_the_pointer(panel):
    panel.handle(metrics(1, 100, critic_loss=np.arange(1.0, 101.0)))
    panel.refresh()
    assert panel.legend.button("critic_loss").text().endswith("100")
    position = panel.above.item.getViewBox().mapViewToScene(QPointF(40.0, 50.0))
    panel._canvas.scene().sigMouseMoved.emit(position)
    assert float(panel.legend.button("critic_loss").text().split()[-1]) == pytest.approx(40, abs=1)
    panel._point_at(None)
    assert panel.legend.button("critic_loss").text().endswith("100")


def test_a_spike_at_the_start_does_not_flatten_the_rest(panel):
    values = np.ones(2000)
    values[3] = 1e6
    panel.view.slider.setValue(0)
    panel.handle(metrics(1, 2000, critic_loss=values))
    panel.refresh()
    low, high = panel.above.item.getViewBox().viewRange()[1]
    assert high < 100
    assert low < 1 < high


def test_constant_values_still_have_a_range(panel):
    panel.reset(clipped())
    panel.handle(metrics(1, 5, critic_loss=0.0, wasserstein_estimate=0.0))
    panel.refresh()
    low, high = panel.above.item.getViewBox().viewRange()[1]
    assert low < 0 < high


def test_csv_holds_every_value(panel):
    panel.handle(metrics(1, 5000, critic_loss=np.arange(5000.0), gradient_norm_mean=1.0))
    panel.refresh()
    rows = list(csv.DictReader(io.StringIO(panel.exported("csv").decode())))
    assert len(rows) == 5000
    assert float(rows[4321]["critic_loss"]) == 4321
    assert float(rows[4321]["critic_loss_seconds"]) == 4322 * 0.5


def test_svg_is_a_drawing_of_both_plots(panel):
    panel.handle(wgan_gp(1, 50))
    panel.handle(Edited(30, "lipschitz.weight", 10.0, 0.5))
    panel.refresh()
    drawing = panel.exported("svg").decode()
    assert drawing.count("<path") > 5
    assert "lambda 10" in drawing


@pytest.mark.parametrize("dark", [False, True])
def test_curves_are_painted_in_the_colours_of_the_theme(panel, qtbot, dark):
    panel.set_dark(dark)
    panel.handle(wgan_gp(1, 400))
    panel.refresh()
    painted = colours_in(panel._canvas)
    for name in ("critic", "wasserstein", "penalty", "background"):
        assert painted.get(rgb(getattr(panel.colours, name)), 0) > 50, name


def test_the_summary_names_the_latest_values(panel):
    panel.handle(metrics(1, 1200, critic_loss=np.arange(1200.0)))
    panel.refresh()
    assert panel.summary() == "At iteration 1,200: Critic 1199."
    assert panel.content.accessibleDescription() == panel.summary()


def test_reset_forgets_curves_and_marks(panel):
    panel.handle(wgan_gp(1, 50))
    panel.handle(Edited(50, "lipschitz.weight", 10.0, 0.5))
    panel.refresh()
    panel.reset(non_saturating())
    panel.refresh()
    assert panel.is_empty
    assert panel.above.names() == panel.below.names() == ()
    assert panel.above.marks == ()


def test_hovering_an_empty_panel_is_harmless(panel, qtbot):
    panel._canvas.scene().sigMouseMoved.emit(QPointF(QPoint(5, 5)))
    assert panel.is_empty


def test_levels_follow_label_smoothing_and_least_squares(panel):
    panel.reset(experiment(objective__kind="least-squares", lipschitz__kind="none"))
    panel.handle(metrics(1, 20, critic_loss=0.3, generator_loss=0.2))
    panel.refresh()
    assert levels(panel) == ["0.25", "0.125"]
    panel.reset(
        experiment(objective__kind="non-saturating", objective__real_target=0.9, lipschitz__kind="none")
    )
    panel.handle(metrics(1, 20, critic_loss=0.3, generator_loss=0.2))
    panel.refresh()
    assert levels(panel) == ["1.38", "0.799"]


def test_hovering_before_what_came_is_drawn_is_harmless(panel):
    panel.handle(metrics(1, 100, critic_loss=np.arange(1.0, 101.0)))
    panel._canvas.scene().sigMouseMoved.emit(QPointF(QPoint(5, 5)))
    panel.refresh()
    assert panel.legend.button("critic_loss").text().split()[-1] != "–"


def test_in_a_window_of_1280_pixels_controls_take_one_row_and_the_legend_two(show_in_frame):
    panel = LossesPanel()
    show_in_frame(panel, 497, 330)
    panel.reset(experiment())
    panel.handle(wgan_gp(1, 50))
    panel.refresh()
    legend = [panel.legend.button(name) for name in panel.legend.names]
    assert len(legend) == 5
    assert len({button.y() for button in legend}) == 2
    parts = (panel.view.follow, panel.view.x, panel.view.y, panel.view.slider.parentWidget())
    assert len({part.geometry().center().y() // 8 for part in parts}) == 1
    for button in legend:  # whole words and values, and what they are short for
        words = button.fontMetrics().horizontalAdvance(button.text())
        assert words + button.iconSize().width() < button.width()
    norm = panel.legend.button("gradient_norm_mean")
    assert norm.text().startswith("Gradient norm ")
    assert "Mean gradient norm" in norm.toolTip()
    assert norm.accessibleName().startswith("Show mean gradient norm, now ")
