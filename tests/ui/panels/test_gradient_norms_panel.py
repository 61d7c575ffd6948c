import numpy as np
import pytest
from panel_events import clipped, colours_in, experiment, non_saturating, norms, rgb

from ganstudio.engine.events import Edited, GradientNorms
from ganstudio.ui import theme
from ganstudio.ui.panels.gradient_norms import GradientNormsPanel


@pytest.fixture
def panel(show_in_frame):
    made = GradientNormsPanel()
    show_in_frame(made, 500, 400)
    made.reset(experiment())
    return made


def show(panel, *events):
    for event in events:
        panel.handle(event)
    panel.refresh()


def test_an_empty_panel_says_what_will_appear(panel):
    panel.refresh()
    assert panel.is_empty
    assert "gradient norms" in panel._empty.text()


def test_mean_spread_and_share_above_the_target_are_told(panel):
    show(panel, norms(120, [0.5, 0.5, 1.5, 1.5]))
    assert panel.summary() == "Mean 1, spread 0.5; 50 % above the target 1. 4 points at iteration 120."
    assert panel.view.text.text() == panel.summary()
    assert panel.view.line.value() == 1.0
    assert "target 1" in panel.view.line.label.format


def test_bars_hold_the_shares_of_the_batch(panel):
    show(panel, norms(1, np.linspace(0.8, 1.2, 64)))
    assert sum(panel.view.bars.opts["height"]) == pytest.approx(100)


def test_an_edit_of_the_target_moves_the_line(panel):
    show(panel, norms(1, [1.0, 1.1]), Edited(2, "lipschitz.target", 1.0, 0.5))
    assert panel.view.line.value() == 0.5
    show(panel, norms(3, [1.0, 1.1], target=2.0))
    assert panel.view.line.value() == 2.0


def test_weight_clipping_is_compared_with_lipschitz_1(panel):
    panel.reset(clipped())
    show(panel, norms(1, [0.5, 2.0, 2.0, 2.0], target=None))
    assert panel.view.line.isVisible()
    assert "Lipschitz 1" in panel.view.line.label.format
    assert "75 % above 1" in panel.summary()


def test_no_line_for_an_objective_to_which_slope_does_not_matter(panel):
    panel.reset(non_saturating())
    show(panel, norms(1, [0.5, 2.0], target=None))
    assert not panel.view.line.isVisible()
    assert "above" not in panel.summary()


def test_tiny_norms_of_a_clipped_critic_fill_the_plot_without_the_line(panel):
    panel.reset(clipped())
    show(panel, norms(1, np.full(32, 1e-4), target=None))
    assert panel.view.plot.getViewBox().viewRange()[0][1] < 1e-3
    assert not panel.view.line.isVisible()


def test_the_range_does_not_jump_from_batch_to_batch(panel):
    rng = np.random.default_rng(3)
    ends = set()
    for iteration in range(60):
        show(panel, norms(iteration, np.abs(1 + 0.1 * rng.normal(size=64))))
        ends.add(round(panel.view.plot.getViewBox().viewRange()[0][1], 6))
    assert len(ends) == 1


def test_norms_beyond_the_plot_are_told(panel):
    show(panel, norms(1, [*np.ones(999), 500.0]))
    assert "0.1 % beyond the plot" in panel.summary()


@pytest.mark.parametrize("dark", [False, True])
def test_bars_below_and_above_the_target_differ_in_colour(panel, dark):
    panel.set_dark(dark)
    show(panel, norms(1, np.linspace(0.2, 1.8, 200)))
    painted = colours_in(panel.view.canvas)
    for name in ("critic", "penalty", "target", "background"):
        assert painted.get(rgb(getattr(panel.colours, name)), 0) > 100, name


def test_only_the_newest_norms_are_drawn(panel):
    show(panel, norms(1, [5.0]), norms(2, [1.0, 1.0]))
    assert "iteration 2" in panel.summary()
    assert panel.table() == [("gradient_norm", [1.0, 1.0])]


def test_svg_holds_the_bars(panel):
    show(panel, norms(1, np.linspace(0.2, 1.8, 200)))
    assert b"target 1" in panel.exported("svg")


def test_the_axis_names_where_the_norms_were_taken(panel):
    label = panel.view.plot.getAxis("bottom")
    assert label.labelText == "gradient norm at interpolates"
    panel.reset(experiment(objective__kind="non-saturating", lipschitz__kind="r1", generator__norm="none"))
    assert label.labelText == "gradient norm at real samples"
    show(panel, GradientNorms(1, np.array([0.1, 0.2], np.float32), 0.0, "fake"))
    assert label.labelText == "gradient norm at generated samples"
    assert "above" not in panel.summary()  # all norms lie above 0


def test_all_views_can_be_chosen_in_one_row_of_a_window_of_1280_pixels(show_in_frame):
    panel = GradientNormsPanel()
    theme.dress(panel, dark=False)
    show_in_frame(panel, 497, 330)
    buttons = panel._buttons.buttons()
    assert len(buttons) == 6
    assert len({button.y() for button in buttons}) == 1
