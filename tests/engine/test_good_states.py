"""A state is looked through while training goes on, and only a good one is ever kept."""

import math
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engine.helpers import only, run, trainer

from ganstudio.engine import good_states
from ganstudio.engine import trainer as trainer_module
from ganstudio.engine.events import Checkpoint, Finished, Snapshot, StateChanged, Trouble
from ganstudio.engine.good_states import GoodStates, NonFiniteError
from ganstudio.engine.state import PIECE, all_finite


def snapshot(iteration: int, value: float = 0.0) -> Snapshot:
    return Snapshot(iteration, {"critic": {"weight": np.full(3, value, np.float32)}}, {})


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_state_that_is_not_finite_is_refused_and_the_last_good_one_stays(bad: float) -> None:
    states = GoodStates(snapshot(1))
    states.offer(snapshot(2))
    taken = states.take(wait=True)
    assert taken is not None
    assert taken.iteration == states.last.iteration == 2
    states.offer(snapshot(3, bad))
    with pytest.raises(NonFiniteError, match="After iteration 3 a weight"):
        states.take(wait=True)
    assert states.last.iteration == 2
    assert states.take(wait=True) is None


@pytest.mark.parametrize("at", [0, PIECE - 1, PIECE, 2 * PIECE])
def test_one_number_among_very_many_is_found(at: int) -> None:
    array = np.zeros((2 * PIECE + 1, 1), np.float32)
    tensors = {"critic": {"weight": array, "count": np.array(3), "none": np.zeros(0, np.float32)}}
    assert all_finite(tensors)
    array[at] = np.nan
    assert not all_finite(tensors)


def test_training_goes_on_while_a_state_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    may_look = threading.Event()
    looked = good_states.all_finite

    def slowly(tensors: Any) -> bool:
        assert may_look.wait(30)
        return looked(tensors)

    monkeypatch.setattr(good_states, "all_finite", slowly)
    t = trainer({"saving.checkpoint_every": 2, "probes.samples_every": 1})
    seen = []
    for event in t.run(5):
        seen.append(event)
        if t.iteration == 3 and not may_look.is_set():
            assert not only(seen, Checkpoint)  # the state of iteration 2 is still looked through
            may_look.set()
    assert [c.iteration for c in only(seen, Checkpoint)] == [2, 4, 5]
    assert [c.snapshot.numbers["iteration"] for c in only(seen, Checkpoint)] == [2, 4, 5]


def test_a_pause_waits_for_the_state_that_was_due() -> None:
    t = trainer({"saving.checkpoint_every": 1})
    events = t.run(10)
    t.control.step("iteration")
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, StateChanged) and event.state == "paused":
            break
    assert [c.iteration for c in only(seen, Checkpoint)] == [1]
    events.close()  # type: ignore[attr-defined]


def test_a_moment_that_overflows_stops_training_though_the_losses_are_fine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    t = trainer({"saving.checkpoint_every": 3})
    generator_stages = trainer_module.generator_stages

    def overflow(players: Any) -> Any:
        step = yield from generator_stages(players)
        if t.iteration == 4:
            weight = next(players.critic.parameters())
            players.critic_optimizer.state[weight]["exp_avg_sq"].view(-1)[0] = math.inf
        return step

    monkeypatch.setattr(trainer_module, "generator_stages", overflow)
    events = run(t, 12)
    (trouble,) = only(events, Trouble)
    assert "After iteration 6 a weight became infinite or NaN" in trouble.sentence
    assert "iteration 3 is kept" in trouble.sentence
    assert [c.iteration for c in only(events, Checkpoint)] == [3, 3]
    assert events[-1] == Finished(3, "failed")


def test_a_good_state_that_is_still_looked_through_is_not_lost_to_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    troubled = threading.Event()
    looked = good_states.all_finite

    def after_trouble(tensors: Any) -> bool:
        assert troubled.wait(30)
        return looked(tensors)

    monkeypatch.setattr(good_states, "all_finite", after_trouble)
    t = trainer({"saving.checkpoint_every": 2})
    generator_stages = trainer_module.generator_stages

    def poisoned(players: Any) -> Any:
        step = yield from generator_stages(players)
        if t.iteration == 2:
            troubled.set()
            return replace(step, loss=step.loss * math.nan)
        return step

    monkeypatch.setattr(trainer_module, "generator_stages", poisoned)
    events = run(t, 10)
    assert "iteration 2 is kept" in only(events, Trouble)[0].sentence
    assert only(events, Checkpoint)[-1].iteration == 2
