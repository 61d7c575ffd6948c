"""What lies on the disk, and what would be lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ui_fakes import metrics, sound_numbers, started, tiny_experiment

from ganstudio.engine.events import Checkpoint, Snapshot, StateChanged
from ganstudio.session import checkpoints
from ganstudio.session.places import CHECKPOINTS
from ganstudio.session.session import Session
from ganstudio.ui.saving import Loss, SaveWatch, ago


def snapshot(iteration: int, critic_step: int = 0) -> Snapshot:
    numbers = {**sound_numbers(tiny_experiment(), iteration), "critic_step": critic_step}
    return Snapshot(iteration, {}, numbers)


def test_a_checkpoint_counts_once_it_lies_on_the_disk(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "one", tiny_experiment())
    watch = SaveWatch()
    watch.begin(session)
    watch.take(started(0, 100))
    assert not watch.loss
    watch.take(metrics(1, 2, 3))
    assert watch.loss == Loss(3, 0, None)
    watch.want()
    watch.take(Checkpoint(3, snapshot(3)))
    assert watch.arrived() == []
    assert watch.loss.iterations == 3
    checkpoints.write_checkpoint(session.path / CHECKPOINTS, snapshot(3))
    assert watch.arrived() == [3]
    assert watch.answers(3)
    assert not watch.answers(3)
    assert not watch.loss
    assert watch.saved == 3
    watch.take(StateChanged(3, "paused", "critic", 2))
    assert watch.loss == Loss(0, 2, 3)
    watch.take(metrics(4))
    assert watch.loss == Loss(1, 0, 3)


def test_a_state_within_an_iteration_is_not_taken_for_the_one_before_it(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "one", tiny_experiment())
    folder = session.path / CHECKPOINTS
    watch = SaveWatch()
    watch.begin(session)
    watch.take(started(0, 100))
    watch.take(Checkpoint(3, snapshot(3)))
    checkpoints.write_checkpoint(folder, snapshot(3))
    assert watch.arrived() == [3]
    watch.take(StateChanged(3, "paused", "critic", 1))
    watch.take(Checkpoint(3, snapshot(3, 1)))
    assert watch.arrived() == watch.arrived() == []
    assert watch.loss == Loss(0, 1, 3)
    checkpoints.write_checkpoint(folder, snapshot(3, 1))
    assert watch.arrived() == [3]
    assert not watch.loss
    watch.take(StateChanged(3, "paused", "critic", 2))
    assert watch.loss == Loss(0, 1, 3)


def test_a_newer_checkpoint_answers_for_one_that_it_has_pushed_out(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "one", tiny_experiment())
    watch = SaveWatch()
    watch.begin(session)
    watch.take(started(0, 100))
    assert not watch.answers(2)  # nobody waits
    watch.want()
    watch.take(Checkpoint(3, snapshot(3)))
    watch.take(Checkpoint(5, snapshot(5)))
    assert not watch.answers(2)
    checkpoints.write_checkpoint(session.path / CHECKPOINTS, snapshot(5))
    assert watch.arrived() == [5]
    assert watch.answers(5)
    assert not watch.answers(5)
    assert watch.arrived() == []


def test_a_state_saved_while_training_goes_on_covers_its_critic_steps(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "one", tiny_experiment())
    watch = SaveWatch()
    watch.begin(session)
    watch.take(started(0, 100))
    watch.take(metrics(1))
    watch.take(Checkpoint(1, snapshot(1, 2)))
    checkpoints.write_checkpoint(session.path / CHECKPOINTS, snapshot(1, 2))
    assert watch.arrived() == [1]
    assert not watch.loss
    watch.take(StateChanged(1, "paused", "critic", 2))
    assert not watch.loss


def test_a_session_that_is_opened_knows_when_it_was_saved(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "one", tiny_experiment())
    checkpoints.write_checkpoint(session.path / CHECKPOINTS, snapshot(7))
    watch = SaveWatch()
    watch.begin(session)
    assert watch.saved == 7
    assert watch.saved_at is not None
    assert ago(watch.saved_at, datetime.now(UTC)) == "just now"
    assert not watch.loss
    watch.begin(None)
    assert watch.saved is None


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (Loss(14, 0, 1200), "the 14 iterations since the checkpoint at iteration 1,200"),
        (Loss(1, 3, 5), "the one iteration since the checkpoint at iteration 5"),
        (Loss(0, 2, 5), "the 2 critic steps since the checkpoint at iteration 5"),
        (Loss(1234, 0, None), "the 1,234 iterations since the beginning"),
    ],
)
def test_a_loss_is_told_in_words(loss: Loss, words: str) -> None:
    assert loss.words == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "just now"),
        (4, "just now"),
        (5, "5 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (86400, "1 day ago"),
        (500 * 86400, "500 days ago"),
    ],
)
def test_an_age_is_as_short_as_it_can_be(seconds: float, words: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert ago(now - timedelta(seconds=seconds), now) == words
