"""When the state is saved: by iterations, by training time, and never in the way of what is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from helpers import assert_same_state, state, trainer

from ganstudio.engine.control import Control
from ganstudio.engine.events import Checkpoint, StateChanged
from ganstudio.engine.trainer import Trainer


class MinuteAnIteration:
    """A clock by which every iteration takes a minute."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def seconds(self) -> float:
        players = getattr(self._trainer, "players", None)
        return 60.0 * players.iteration if players else 0.0

    def rest(self) -> None: ...

    def wake(self) -> None: ...


@pytest.fixture(autouse=True)
def a_minute_an_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = property(MinuteAnIteration, lambda _trainer, _clock: None)
    monkeypatch.setattr(Trainer, "clock", clock, raising=False)


def saved(values: dict[str, Any], iterations: int = 12) -> list[int]:
    """Iterations of the checkpoints; the last is that of the end."""
    return [e.iteration for e in trainer(values).run(iterations) if isinstance(e, Checkpoint)]


@pytest.mark.parametrize(
    ("every", "minutes", "expected"),
    [
        (1000, 0, [12]),
        (5, 0, [5, 10, 12]),
        (1000, 3, [3, 6, 9, 12]),
        (1000, 2.5, [3, 6, 9, 12]),
        (4, 3, [3, 4, 7, 8, 11, 12]),  # the time counts from the last checkpoint, whatever it was for
        (1000, 13, [12]),
    ],
)
def test_a_checkpoint_is_due_by_iterations_or_by_time(
    every: int, minutes: float, expected: list[int]
) -> None:
    settings = {"saving.checkpoint_every": every, "saving.autosave_minutes": minutes}
    assert saved(settings) == expected


def test_saving_by_time_changes_no_weight() -> None:
    often, never = trainer({"saving.autosave_minutes": 1}), trainer({"saving.autosave_minutes": 0})
    for each in (often, never):
        list(each.run(6))
    one, other = (
        replace(each, numbers={**each.numbers, "experiment": None}) for each in (state(often), state(never))
    )
    assert_same_state(one, other)


def test_the_time_goes_on_where_training_does() -> None:
    settings = {"saving.autosave_minutes": 3}
    first = trainer(settings)
    list(first.run(4))
    again = trainer(settings, snapshot=first.snapshot())
    assert [e.iteration for e in again.run(5) if isinstance(e, Checkpoint)] == [7, 9]


def test_saving_by_hand_counts_too_and_its_settings_are_live() -> None:
    control = Control()
    t = trainer({"saving.autosave_minutes": 3}, control=control)
    control.pause()
    found, steps = [], 0
    for event in t.run(9):
        if isinstance(event, Checkpoint):
            found.append(event.iteration)
        if isinstance(event, StateChanged) and event.state == "paused":
            steps += 1
            if steps == 3:  # after two iterations
                control.save()
            if steps == 7:
                control.edit("saving.autosave_minutes", 0)
            control.step("iteration")
    assert found == [2, 5, 9]
