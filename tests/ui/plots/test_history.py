import sys
from pathlib import Path

import numpy as np

from ganstudio.engine.events import Edited
from ganstudio.ui.plots.history import Happening, History

sys.path.insert(0, str(Path(__file__).parents[1] / "panels"))

from panel_events import metrics, started


def words(history):
    return [(h.iteration, h.words) for h in history.happenings]


def test_scalars_that_do_not_apply_leave_no_series():
    history = History()
    history.handle(metrics(1, 5, critic_loss=1.0))
    assert {name for name, series in history.series.items() if len(series)} == {"critic_loss"}


def test_edits_are_named_in_short_words():
    history = History()
    history.handle(Edited(5, "lipschitz.weight", 10.0, 0.01))
    history.handle(Edited(7, "lipschitz.side", "two-sided", "one-sided"))
    assert words(history) == [(5, "lambda 10 → 0.01"), (7, "penalty side two-sided → one-sided")]


def test_the_edits_of_one_drag_become_one():
    history = History()
    for iteration, old, new in ((100, 10.0, 5.0), (104, 5.0, 1.0), (109, 1.0, 0.1)):
        history.handle(Edited(iteration, "lipschitz.weight", old, new))
    history.handle(Edited(500, "lipschitz.weight", 0.1, 10.0))
    assert words(history) == [(100, "lambda 10 → 0.1"), (500, "lambda 0.1 → 10")]


def test_going_on_from_a_checkpoint_forgets_what_came_after_it():
    history = History()
    history.handle(started())
    history.handle(metrics(1, 100, critic_loss=1.0))
    history.handle(Edited(80, "lipschitz.weight", 10.0, 1.0))
    history.handle(started(iteration=50))
    history.handle(metrics(51, 60, critic_loss=2.0))
    np.testing.assert_array_equal(history.series["critic_loss"].iterations.values, np.arange(1, 61))
    assert words(history) == [(50, "resumed")]


def test_training_time_is_known_between_rows():
    history = History()
    history.handle(metrics(1, 10, critic_loss=1.0))
    assert history.seconds_at(3.5) == 1.75


def test_only_the_scalars_that_are_asked_for_are_kept():
    history = History(("critic_loss",))
    history.handle(metrics(1, 5, critic_loss=2.0, generator_loss=1.0))
    assert list(history.series) == ["critic_loss"]
    assert len(history.series["critic_loss"]) == 5


def test_settings_that_both_networks_have_are_told_apart():
    words = {
        Happening(3, f"{network}_optimizer.{name}", 0.0, 1.0).words
        for network in ("critic", "generator")
        for name in ("clip_norm", "learning_rate")
    }
    assert len(words) == 4


def test_scalars_of_many_events_are_all_there_whenever_somebody_looks():
    history = History()
    for first in range(1, 1001, 5):
        history.handle(metrics(first, first + 4, critic_loss=float(first)))
        if first == 501:
            assert len(history.series["critic_loss"]) == 505
    assert history.iteration == 1000
    assert history.series["critic_loss"].iterations.values.tolist() == list(range(1, 1001))
    assert history.series["critic_loss"].raw.values[-1] == 996.0


def test_a_scalar_that_only_some_events_tell_of_keeps_its_iterations():
    history = History()
    history.handle(metrics(1, 5, critic_loss=1.0))
    history.handle(metrics(6, 10, generator_loss=2.0))
    history.handle(metrics(11, 15, critic_loss=3.0))
    found = history.series["critic_loss"].iterations.values.tolist()
    assert found == [*range(1, 6), *range(11, 16)]
