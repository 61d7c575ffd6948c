"""Slow motion and single steps tell the stages of the algorithm and change nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ganstudio.engine.control import Control
from ganstudio.engine.events import Edited, Event, Finished, Metrics, StageReached, StateChanged
from ganstudio.engine.trainer import Trainer
from tests.engine.helpers import (
    CLASSIC,
    CLIPPED,
    assert_same_state,
    only,
    run,
    state,
    trainer,
)

CRITIC = ["draw_data", "draw_latents", "generate", "score_real", "score_fake", "objective"]
GENERATOR = ["draw_latents", "generate", "score_fake", "objective", "backward", "update"]
MATCHING = {**CLASSIC, "techniques.feature_matching": True}


@pytest.mark.parametrize(
    ("values", "critic", "generator"),
    [
        ({}, [*CRITIC, "penalty", "backward", "update"], GENERATOR),
        (CLIPPED, [*CRITIC, "backward", "update", "clip"], GENERATOR),
        (
            MATCHING,
            [*CRITIC, "backward", "update"],
            ["draw_latents", "generate", "draw_data", "objective", "backward", "update"],
        ),
    ],
    ids=["penalty", "clipping", "matching"],
)
def test_stages_come_in_the_order_of_the_algorithm(
    values: dict[str, Any], critic: list[str], generator: list[str]
) -> None:
    t = trainer(values)
    t.control.slow(0)
    reached = only(run(t, 2), StageReached)
    once = [("critic", 0, stage) for stage in critic] + [("critic", 1, stage) for stage in critic]
    once += [("generator", 2, stage) for stage in generator]
    assert [(e.network, e.critic_step, e.stage) for e in reached] == once * 2
    assert [e.iteration for e in reached] == [0] * len(once) + [1] * len(once)


def test_stages_bring_what_they_made() -> None:
    t = trainer({"schedule.n_critic": 1, "schedule.batch_size": 20})
    t.control.slow(0)
    events = run(t, 1)
    seen: dict[str, Any] = {f"{e.network} {e.stage}": e.values for e in only(events, StageReached)}
    scalars = {name: column[0] for name, column in only(events, Metrics)[0].values.items()}
    assert seen["critic draw_data"]["real"].shape == (16, 2)
    assert seen["critic draw_latents"]["latents"].shape == (16, 2)
    assert seen["critic generate"]["fake"].shape == (16, 2)
    assert seen["critic score_real"]["scores"].shape == (20,)
    assert seen["critic score_real"]["mean"] == pytest.approx(scalars["critic_real_mean"])
    assert seen["critic score_fake"]["mean"] == pytest.approx(scalars["critic_fake_mean"])
    assert seen["critic penalty"]["penalty"] == pytest.approx(scalars["gradient_penalty"])
    norms = seen["critic penalty"]["norms"]
    assert 10 * np.square(norms - 1).mean() == pytest.approx(scalars["gradient_penalty"], rel=1e-5)
    assert seen["critic backward"]["loss"] == pytest.approx(scalars["critic_loss"])
    assert seen["generator backward"]["loss"] == pytest.approx(scalars["generator_loss"])
    assert seen["generator backward"]["gradient_norm"] == pytest.approx(scalars["generator_gradient_norm"])


def test_at_full_speed_no_stage_is_told() -> None:
    assert not only(run(trainer(), 3), StageReached)


def until_paused(events: Iterator[Event]) -> list[Event]:
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, StateChanged) and event.state == "paused":
            return seen
    raise AssertionError("never paused")


def test_a_single_step_tells_its_stages() -> None:
    t = trainer()
    t.control.pause()
    events = t.run(3)
    until_paused(events)
    t.control.step("iteration")
    assert [e.network for e in only(until_paused(events), StageReached)] == ["critic"] * 18 + [
        "generator"
    ] * 6
    t.control.resume()
    assert not only(list(events), StageReached)


class Recorder(Control):
    """A control whose waits end at once; it knows how long they were to be."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, seconds: float | None = None) -> Any:
        self.waits.append(seconds)
        return self.take()


def test_every_stage_is_waited_at() -> None:
    control = Recorder()
    t = trainer({"schedule.n_critic": 1}, control=control)
    control.slow(2.0)
    run(t, 1)
    assert len(control.waits) == 9 + 6
    assert all(seconds is not None and 1.5 < seconds <= 2 for seconds in control.waits)


def test_the_training_time_stands_while_a_stage_is_shown() -> None:
    run(trainer({"schedule.n_critic": 1}), 1)  # a process is slow at first
    t = trainer({"schedule.n_critic": 1})
    t.control.slow(0.1)
    events = run(t, 1)
    assert only(events, Metrics)[0].seconds[0] < 0.7  # fifteen stages take 1.5 s


@pytest.mark.parametrize("command", ["stop", "pause", "full speed"])
def test_a_wait_ends_with_a_command_and_the_step_is_finished(command: str) -> None:
    t = trainer()
    t.control.slow(3600)
    events = t.run(3)
    for event in events:
        if isinstance(event, StageReached):
            break
    if command == "stop":
        threading.Timer(0.05, t.control.stop).start()
        assert list(events)[-1] == Finished(0, "stopped")
        assert t.critic_step == 1
    elif command == "pause":
        threading.Timer(0.05, t.control.pause).start()
        assert until_paused(events)[-1] == StateChanged(0, "paused", "critic", 1)
        t.control.slow(None)
        t.control.resume()
        assert list(events)[-1] == Finished(3, "finished")
    else:
        threading.Timer(0.05, t.control.slow, (None,)).start()
        assert list(events)[-1] == Finished(3, "finished")


def test_an_edit_in_slow_motion_waits_for_the_end_of_the_step() -> None:
    control = Recorder()
    t = trainer(control=control)
    control.slow(1.0)
    events = t.run(1)
    for event in events:
        if isinstance(event, StageReached):
            control.edit("lipschitz.weight", 3.0)
            break
    rest = list(events)
    at = next(number for number, event in enumerate(rest) if isinstance(event, Edited))
    assert [e.critic_step for e in rest[:at] if isinstance(e, StageReached)] == [0] * 8
    assert next(e.critic_step for e in rest[at:] if isinstance(e, StageReached)) == 1


def test_a_time_that_is_none_is_refused() -> None:
    for seconds in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="no time to wait"):
            Control().slow(seconds)


def test_fewer_critic_steps_than_were_taken_end_the_iteration_with_the_generator() -> None:
    t = trainer({"schedule.n_critic": 4})
    for _ in range(3):
        list(t.advance())
    t.control.edit("schedule.n_critic", 2)
    t.control.step("iteration")
    events = t.run(2)
    seen = until_paused(events)
    assert only(seen, Edited)[0].new == 2
    assert seen[-1] == StateChanged(1, "paused", "generator", 2)  # its generator step, and two of the critic
    assert t.critic_steps == 5


def test_an_edit_within_a_single_step_moves_its_end() -> None:
    t = trainer({"schedule.n_critic": 2})
    t.control.pause()
    events = t.run(2)
    until_paused(events)
    t.control.step("generator")
    for event in events:
        if isinstance(event, StageReached):
            t.control.edit("schedule.n_critic", 3)
            break
    assert until_paused(events)[-1] == StateChanged(1, "paused", "critic", 0)
    assert t.critic_steps == 3


def test_an_edit_back_is_an_edit_of_its_own_and_undoes_the_first() -> None:
    edited, left_alone = trainer(), trainer()
    edited.control.edit("lipschitz.weight", 3.0)
    edited.control.edit("lipschitz.weight", 10.0)
    events = only(run(edited, 2), Edited)
    assert [(event.old, event.new) for event in events] == [(10.0, 3.0), (3.0, 10.0)]
    run(left_alone, 2)
    assert_same_state(state(edited), state(left_alone))


def test_a_state_within_an_iteration_keeps_all_that_is_looked_at() -> None:
    first = trainer()
    list(first.advance())
    again = Trainer(first.experiment, device="cpu", threads=1, snapshot=first.snapshot())
    one, other = (t.observer.last_critic for t in (first, again))
    assert one is not None
    assert other is not None
    for name in ("points", "norms", "real_mean", "fake_mean", "real_term", "fake_term", "penalty"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_state_of_an_earlier_release_within_an_iteration_goes_on() -> None:
    first = trainer({"probes.gradient_norms_every": 1})
    for _ in range(2):
        list(first.advance())
    snapshot = first.snapshot()
    kept = ("loss", "wasserstein_estimate", "real", "fake", "penalty", "norms")
    old = {name: snapshot.tensors["last_critic_step"][name] for name in kept}
    earlier = type(snapshot)(
        snapshot.iteration, {**snapshot.tensors, "last_critic_step": old}, snapshot.numbers
    )
    again = Trainer(first.experiment, device="cpu", threads=1, snapshot=earlier)
    run(first, 3)
    run(again, 3)
    assert_same_state(state(first), state(again))
