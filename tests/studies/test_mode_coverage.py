"""Who takes part, and how samples are judged."""

import numpy as np
import pytest

from ganstudio.data import DATASETS
from ganstudio.objectives import OBJECTIVES
from ganstudio.studies import mode_coverage
from ganstudio.studies.contenders import (
    COVERAGE_SAMPLES,
    DATA,
    REAL,
    Score,
    contenders,
    experiment,
    fresh_data,
    judge,
)
from ganstudio.studies.mode_coverage import FULL


def test_every_registered_objective_takes_part() -> None:
    assert [c.objective for c in contenders() if c.control in ("none", "gradient penalty")] == list(
        OBJECTIVES
    )


def test_a_new_objective_takes_part_without_being_named() -> None:
    OBJECTIVES.register("new", title="New", help="", target="ganstudio.objectives.hinge:Hinge")
    try:
        assert "new" in {c.objective for c in contenders()}
        assert experiment(contenders()[-1], "ring", 0, FULL).objective.kind == "new"
    finally:
        OBJECTIVES.unregister("new")


@pytest.mark.parametrize("source", DATA)
def test_every_contender_is_an_experiment_that_makes_sense(source: str) -> None:
    for contender in contenders():
        made = experiment(contender, source, 3, FULL)
        assert (made.seed, made.data.source, made.objective.kind) == (3, source, contender.objective)
        assert FULL.steps % (made.schedule.n_critic + 1) == 0  # all have equally many steps


@pytest.mark.parametrize("source", DATA)
def test_the_truth_scores_best_and_one_mode_scores_one(source: str) -> None:
    real = fresh_data(source, 7, COVERAGE_SAMPLES)
    truth = judge(REAL, source, 0, 0, real.array.astype(np.float32), 500)
    assert truth.covered == DATA[source]
    assert truth.good_share > 0.98
    assert real.modes is not None
    collapsed = np.repeat(real.modes.centres[:1], len(real), axis=0).astype(np.float32)
    one = judge(REAL, source, 0, 0, collapsed, 500)
    assert (one.covered, one.good_share) == (1, 1.0)
    assert one.w1 > 5 * truth.w1


def test_the_table_has_a_row_for_each_contender() -> None:
    here, there = contenders()[:2]
    empty = np.zeros((2, 2), np.float32)
    scores = [
        Score(contender, "ring", seed, 10, empty, covered=seed, good_share=0.5, w1=seed + extra)
        for contender, extra in ((here, 0), (there, 1))
        for seed in (1, 2)
    ]
    table = mode_coverage._table(scores, "ring")
    assert table.rows == (
        (here.title, here.control, "1 2", "0.50 (0.50 to 0.50)", "1.500 (1.000 to 2.000)"),
        (there.title, there.control, "1 2", "0.50 (0.50 to 0.50)", "2.500 (2.000 to 3.000)"),
    )
    assert DATASETS["ring"].title == table.title
