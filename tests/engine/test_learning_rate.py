"""Schedules in closed form, and combined with live edits."""

import math

import pytest
from engine.helpers import only, run, trainer
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.engine.events import Edited
from ganstudio.engine.learning_rate import learning_rate
from ganstudio.experiment.training_groups import OptimizerSettings

begin, length = st.integers(0, 500), st.integers(1, 500)


def rate(schedule: str, iteration: int, **values: float) -> float:
    return learning_rate(OptimizerSettings(schedule=schedule, learning_rate=0.4, **values), iteration)


@given(begin, length, st.integers(0, 2000))
@settings(deadline=None)
def test_schedules_in_closed_form(start: int, over: int, iteration: int) -> None:
    told = {"decay_from": start, "decay_over": over}
    p = min(1.0, max(0.0, (iteration - start) / over))
    assert rate("constant", iteration, **told) == 0.4
    assert rate("linear", iteration, **told) == pytest.approx(0.4 * (1 - p), abs=1e-12)
    assert rate("cosine", iteration, **told) == pytest.approx(0.2 * (1 + math.cos(math.pi * p)), abs=1e-12)
    drops = max(0, iteration - start) // over
    assert rate("step", iteration, **told, decay_factor=0.5) == pytest.approx(0.4 * 0.5**drops, rel=1e-12)


@pytest.mark.parametrize("schedule", ["linear", "cosine", "step"])
def test_nothing_changes_before_the_beginning(schedule: str) -> None:
    assert {rate(schedule, i, decay_from=100, decay_over=10) for i in range(101)} == {0.4}


def test_the_steps_take_the_rate_of_their_iteration_and_of_live_edits() -> None:
    values = {
        "generator_optimizer.schedule": "linear",
        "generator_optimizer.decay_over": 10,
        "generator_optimizer.learning_rate": 0.01,
        "critic_optimizer.schedule": "step",
        "critic_optimizer.decay_over": 2,
        "critic_optimizer.decay_factor": 0.1,
        "critic_optimizer.learning_rate": 0.01,
    }
    t = trainer(values)
    seen = []
    for _ in range(4 * 3):
        list(t.advance())
        seen.append(
            (
                t.stage,
                t.players.critic_optimizer.param_groups[0]["lr"],
                t.players.generator_optimizer.param_groups[0]["lr"],
            )
        )
    ended = [(c, g) for stage, c, g in seen[2::3]]
    assert [c for c, _ in ended] == pytest.approx([0.01, 0.01, 0.001, 0.001])
    assert [g for _, g in ended] == pytest.approx([0.01, 0.009, 0.008, 0.007])
    t.control.edit("generator_optimizer.learning_rate", 0.1)  # the base: the schedule goes on from it
    assert only(run(t, 1), Edited)
    assert t.players.generator_optimizer.param_groups[0]["lr"] == pytest.approx(0.1 * 0.6)
