import pytest
from panel_events import evaluated, experiment, started
from PySide6.QtCore import Qt

from ganstudio.engine.events import Evaluated
from ganstudio.metrics import FIGURES
from ganstudio.session.moments import Moment
from ganstudio.ui.panels.metrics import MetricsPanel


@pytest.fixture
def panel(show_in_frame):
    made = MetricsPanel()
    show_in_frame(made, 640, 560)
    made.reset(experiment(data__source="ring", latent__dimension=2))
    return made


def show(panel, *events):
    for event in events:
        panel.handle(event)
    panel.refresh()
    while panel._layout != panel._wanted_layout():  # plots come one by one
        panel.refresh()


def row(panel, line):
    return [panel.values.item(line, column).text() for column in range(panel.values.columnCount())]


def test_an_empty_panel_says_when_figures_come(panel):
    panel.refresh()
    assert panel.is_empty
    assert "every 500 iterations" in panel._empty.text()


def test_a_figure_has_a_plot_a_row_and_a_floor(panel):
    show(panel, evaluated(10, w1=0.2, w1_real=0.1), evaluated(20, w1=0.3, w1_real=0.1))
    assert panel._layout[0] == ("w1",)
    small = panel._plots["w1"]
    assert small.curve.getData()[1].tolist() == [0.2, 0.3]
    assert small.floor.getData()[1].tolist() == [0.1, 0.1]
    assert small.level.isVisible()
    assert small.level.value() == 0.1
    assert row(panel, 0) == ["Exact Wasserstein distance (W1)", "0.3", "0.1", "0.2 (10)", "20"]


def test_figures_that_come_later_just_appear(panel):
    show(panel, evaluated(10, w1=0.2))
    FIGURES.register("cuteness", title="Cuteness", help="How cute samples are.", traits=("higher",))
    try:
        show(panel, evaluated(20, cuteness=3.0, unheard_of=1.0), evaluated(30, cuteness=2.0))
        assert panel._layout[0] == ("w1", "cuteness", "unheard_of")
        assert row(panel, 1) == ["Cuteness", "2", "", "3 (20)", "30"]
        assert row(panel, 2)[0] == "unheard_of"
        panel.values.selectRow(1)
        assert "higher is better" in panel._facts.text()
        assert "How cute samples are." in panel._facts.text()
    finally:
        FIGURES.unregister("cuteness")


def test_facts_say_what_a_figure_was_computed_from(panel):
    show(panel, Evaluated(10, {"js": 0.1}, {"generated samples": 4096, "reference": "training data"}))
    assert "generated samples: 4,096; reference: training data" in panel._facts.text()


def test_facts_within_facts_are_words_too(panel):
    show(panel, Evaluated(10, {"js": 0.1}, {"classifier": {"layers": 2, "size": 12345}}))
    assert "classifier: (layers 2, size 12,345)" in panel._facts.text()


def test_a_long_title_leaves_the_plot_its_width(panel):
    show(panel, evaluated(10, **{"x" * 80: 1.0}))
    assert len(panel._plots["x" * 80].plot.titleLabel.text) < 40


def test_a_plot_is_hidden_with_its_tick(panel):
    show(panel, evaluated(10, w1=0.2, js=0.1))
    panel.values.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert panel._layout[0] == ("js",)
    panel.values.item(0, 0).setCheckState(Qt.CheckState.Checked)
    assert panel._layout[0] == ("w1", "js")


def test_a_moment_tells_the_values_of_its_time(panel):
    show(panel, evaluated(10, w1=0.2), evaluated(20, w1=0.3))
    panel.show_moment(Moment(15, None, None, {}, None))
    panel.refresh()
    assert row(panel, 0)[1] == "0.2"
    assert panel._plots["w1"].mark.value() == 15
    assert panel._plots["w1"].mark.isVisible()
    assert panel.summary() == "Exact Wasserstein distance (W1) 0.2 at iteration 10."
    panel.show_moment(None)
    panel.refresh()
    assert row(panel, 0)[1] == "0.3"


def test_what_training_went_back_behind_is_forgotten(panel):
    show(panel, evaluated(10, w1=0.2), evaluated(20, w1=0.3), started(images=False, iteration=15))
    assert panel.history.points("w1")[0].tolist() == [10.0]


def test_what_is_not_a_number_is_left_out(panel):
    show(panel, evaluated(10, w1=float("nan"), js=0.1))
    assert panel._layout[0] == ("js",)


def test_csv_holds_iterations_and_values(panel):
    show(panel, evaluated(10, w1=0.2, w1_real=0.1), evaluated(20, w1=0.3))
    assert panel.exported("csv").decode().splitlines() == [
        "w1_iteration,w1,w1_real_iteration,w1_real", "10,0.2,10,0.1", "20,0.3,,",
    ]  # fmt: skip


def test_what_was_asked_for_is_marked_apart_with_its_spread(panel):
    show(panel, evaluated(10, w1=0.2), evaluated(20, w1=0.3))
    show(panel, Evaluated(20, {"w1": 0.15}, {"on_request": True, "spread": {"w1": 0.01}, "seeds": [0, 1]}))
    small = panel._plots["w1"]
    assert small.curve.getData()[1].tolist() == [0.2, 0.3]
    assert small.asked.getData()[1].tolist() == [0.15]
    assert small.bars.isVisible()
    assert small.bars.opts["height"].tolist() == [0.02]
    assert row(panel, 0) == ["Exact Wasserstein distance (W1)", "0.15 ± 0.01", "", "0.2 (10)", "20"]
    assert "seeds: 0, 1" in panel._facts.text()
    assert panel.exported("csv").decode().splitlines() == [
        "w1_iteration,w1,w1_asked_iteration,w1_asked,w1_asked_spread", "10,0.2,20,0.15,0.01", "20,0.3,,,",
    ]  # fmt: skip


def test_figures_of_images_have_titles_and_facts(panel):
    facts = {"samples": 500, "classifier": {"features": "local", "weights_sha256": "ab" * 32}}
    show(panel, Evaluated(500, {"classifier_fid": 12.5, "recall": 0.4}, facts))
    assert row(panel, 1)[0] == "Classifier FID (not comparable)"
    panel.values.selectRow(1)
    words = panel._facts.text()
    assert "lower is better" in words
    assert "not comparable with published figures" in words
    assert "samples: 500" in words
    assert "weights sha256 abababababab…" in words
