import numpy as np
import pytest
from panel_events import clipped, experiment, metrics

from ganstudio.engine.events import Edited, StageReached, Started
from ganstudio.experiment.algorithm import lines
from ganstudio.session.moments import Moment
from ganstudio.ui.panels.algorithm import AlgorithmPanel


@pytest.fixture
def panel(show_in_frame):
    made = AlgorithmPanel()
    show_in_frame(made, 560, 400)
    made.reset(experiment())
    return made


def reached(stage, network="critic", iteration=3, critic_step=1, **values):
    return StageReached(
        iteration, stage, network, critic_step, {n: np.asarray(v, np.float64) for n, v in values.items()}
    )


def show(panel, *events):
    for event in events:
        panel.handle(event)
    panel.refresh()


def lit(panel):
    return [(row.line.network, row.line.stage) for row in panel.rows if row.is_lit]


def test_lines_are_those_of_the_experiment(panel):
    show(panel, metrics(1, 2))
    assert [row.line for row in panel.rows] == list(lines(experiment()))
    assert (
        panel.rows[6].line.text
        == "L_D <- L_D + lambda E[(||grad D(x^)|| - 1)^2] at x^ = eps x + (1 - eps) G(z), lambda = 10"
    )
    panel.reset(clipped())
    assert [row.line.stage for row in panel.rows if row.line.network == "critic"][-1] == "clip"


def test_the_stage_that_is_reached_lights_up_alone_with_its_values(panel):
    show(panel, reached("score_real", scores=[1.0, 3.0], mean=2.0))
    assert lit(panel) == [("critic", "score_real")]
    assert panel._where.text() == "Iteration 4, critic step 2 of 5"
    show(panel, reached("penalty", penalty=0.5, norms=[1.0, 2.0]), reached("update"))
    assert lit(panel) == [("critic", "update")]
    found = {row.line.stage: row.found.text() for row in panel.rows if row.line.network == "critic"}
    assert found["score_real"] == "mean score 2"
    assert found["penalty"] == "penalty 0.5, mean norm 1.5"
    show(panel, reached("backward", "generator", loss=-1.0, gradient_norm=0.25))
    assert lit(panel) == [("generator", "backward")]
    assert panel._where.text() == "Iteration 4, generator step"
    assert "gradient norm 0.25" in {row.found.text() for row in panel.rows}


def test_at_full_speed_no_line_pretends_to_be_current(panel):
    show(panel, reached("update"), metrics(4, 4))
    assert lit(panel) == [("critic", "update")]
    show(panel, metrics(5, 60))
    assert lit(panel) == []
    assert not any(row.found.text() for row in panel.rows)
    assert panel._where.text() == "Iteration 60"


def test_the_formula_has_the_newest_value_under_each_term(panel):
    show(
        panel,
        metrics(
            1, 5, critic_loss=-1.5, critic_real_mean=2.25, critic_fake_mean=0.5, gradient_penalty=0.25,
            generator_loss=-0.5, generator_objective=-0.5,
        ),
    )  # fmt: skip
    assert panel.summary() == (
        "Iteration 5. L_D = -1.5: E[D(G(z))] is 0.5, E[D(x)] is 2.25, "
        "lambda E[(||grad D(x^)|| - 1)^2] is 0.25. L_G = -0.5: E[D(G(z))] is 0.5."
    )
    shown = panel.formulas[0].text()
    assert "&minus; 2.25" in shown
    assert "+ 0.25" in shown
    assert "&lambda; = 10" in panel.formulas[0].toolTip()
    table = dict(panel.table())
    assert table["value"][:3] == [0.5, -2.25, 0.25]


def test_stages_renew_the_formula_in_slow_motion(panel):
    show(panel, reached("score_real", mean=3.0), reached("score_fake", mean=1.0))
    show(panel, reached("backward", loss=-2.0))
    assert "L_D = -2: E[D(G(z))] is 1, E[D(x)] is 3." in panel.summary()


def test_a_live_edit_changes_the_lines_and_the_formula(panel):
    rows = list(panel.rows)
    show(panel, Started(0, 9, "cpu", "CPU", (2,), 1, 1, 1, np.zeros((1, 2), np.float32), None, ()))
    show(panel, Edited(3, "lipschitz.weight", 10.0, 0.5))
    assert panel.rows == rows
    assert "&lambda; = 0.5" in panel.formulas[0].toolTip()
    assert any("lambda = 0.5" in row.line.text for row in panel.rows)
    show(panel, Edited(4, "schedule.n_critic", 5, 2), reached("update", critic_step=1))
    assert panel._where.text().endswith("critic step 2 of 2")


def moment(iteration, settings, **known):
    return Moment(iteration, None, None, {}, None, metrics(iteration, iteration, **known), settings)


def test_looking_back_shows_the_settings_and_values_of_then(panel):
    show(panel, metrics(1, 50, critic_loss=-9.0, critic_real_mean=1.0))
    show(panel, Edited(40, "lipschitz.weight", 10.0, 0.5), Edited(45, "schedule.n_critic", 5, 2))
    show(panel, reached("update", iteration=50))
    then = experiment()
    panel.show_moment(moment(40, then, critic_loss=-2.5, critic_real_mean=4.0, gradient_penalty=0.25))
    panel.refresh()
    assert panel._then.isVisible()
    assert panel._then.text() == "Settings of iteration 40: lambda 10 (now 0.5), n_critic 5 (now 2)."
    assert "&lambda; = 10" in panel.formulas[0].toolTip()
    assert [row.line for row in panel.rows] == list(lines(then))
    assert "5 times" in panel._headings["critic"].text()
    assert panel._where.text() == "Iteration 40, looking back"
    assert "L_D = -2.5" in panel.summary()
    assert "E[D(x)] is 4" in panel.summary()
    assert lit(panel) == []
    show(panel, Edited(51, "lipschitz.weight", 0.5, 7.0))  # training goes on meanwhile
    assert "&lambda; = 10" in panel.formulas[0].toolTip()
    assert "(now 7)" in panel._then.text()
    panel.show_moment(None)
    panel.refresh()
    assert not panel._then.isVisible()
    assert "&lambda; = 7" in panel.formulas[0].toolTip()
    assert "2 times" in panel._headings["critic"].text()
    assert "L_D = -9" in panel.summary()


def test_looking_back_says_where_the_settings_are_the_same_or_not_known(panel):
    show(panel, metrics(1, 50, critic_loss=-9.0))
    panel.show_moment(moment(7, experiment()))
    panel.refresh()
    assert panel._then.text() == "Settings of iteration 7: the same as now."
    panel.show_moment(moment(7, None))
    panel.refresh()
    assert panel._then.text().startswith("The session does not tell the settings of iteration 7")
    panel.show_moment(moment(7, clipped()))  # of a fork
    panel.refresh()
    assert [row.line.stage for row in panel.rows if row.line.network == "critic"][-1] == "clip"
    assert "weight clipping (now gradient penalty" in panel._then.text()
