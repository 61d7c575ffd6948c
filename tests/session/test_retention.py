"""Which checkpoints stay."""

from __future__ import annotations

import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from session_events import checkpoint, experiment, metrics, record, started

from ganstudio.engine.events import Evaluated, Event
from ganstudio.session.retention import best_of, kept
from ganstudio.session.session import Session

iterations = st.lists(st.integers(0, 3000), unique=True, max_size=40).map(sorted)
newest = st.integers(1, 8)
every = st.one_of(st.just(0), st.integers(1, 1000))


@given(iterations, newest, every, st.sets(st.integers(0, 3000)), st.one_of(st.none(), st.integers(0, 3000)))
def test_what_stays_is_what_was_asked_for(
    there: list[int], count: int, step: int, pinned: set[int], best: int | None
) -> None:
    stay = kept(there, newest=count, every=step, pinned=pinned, best=best)
    firsts = {
        min(at for at in there if at // step == block)
        for block in ({at // step for at in there} - {0} if step else ())
    }
    assert stay == set(there[-count:]) | firsts | ((pinned | {best}) & set(there))


@given(iterations, newest, every, st.sets(st.integers(0, 3000)))
def test_pruning_after_each_checkpoint_keeps_what_pruning_once_keeps(
    there: list[int], count: int, step: int, pinned: set[int]
) -> None:
    figures = {at: float((at * 7919) % 13) for at in there}
    left: list[int] = []
    for at in there:
        left = sorted(
            kept(
                [*left, at],
                newest=count,
                every=step,
                pinned=pinned,
                best=best_of({i: figures[i] for i in [*left, at]}, higher_is_better=False),
            )
        )
    best = best_of(figures, higher_is_better=False)
    assert left == sorted(kept(there, newest=count, every=step, pinned=pinned, best=best))


@given(st.dictionaries(st.integers(0, 50), st.one_of(st.none(), st.floats())))
def test_the_best_is_the_least_or_greatest_that_is_finite(figures: dict[int, float | None]) -> None:
    finite = {at: value for at, value in figures.items() if value is not None and math.isfinite(value)}
    for higher, extreme in ((True, max), (False, min)):
        best = best_of(figures, higher_is_better=higher)
        if not finite:
            assert best is None
            continue
        value = extreme(finite.values())
        assert best == max(at for at, each in finite.items() if each == value)


def test_one_every_so_many_iterations_stays_for_good(tmp_path: Path) -> None:
    settings = experiment(saving__keep=2, saving__keep_every=100)
    made = Session.create(tmp_path / "run", settings)
    record(made, [started(), *(checkpoint(i, settings) for i in range(30, 400, 30))])
    # The first at or after 100, 200 and 300; and the newest two.
    assert made.checkpoints() == [120, 210, 300, 360, 390]


def test_the_best_by_a_scalar_stays(tmp_path: Path) -> None:
    settings = experiment(saving__keep=1, saving__best_by="wasserstein_estimate")
    made = Session.create(tmp_path / "run", settings)
    course = {10: 3.0, 20: 1.0, 30: 2.0, 40: 1.5}
    events: list[Event] = [started()]
    for at, value in course.items():
        events += [metrics(at - 9, at, wasserstein_estimate=value), checkpoint(at, settings)]
    record(made, events)
    assert made.checkpoints() == [20, 40]
    entries = made.checkpoint_entries()
    assert [(e.iteration, e.figure, e.best) for e in entries] == [(20, 1.0, True), (40, 1.5, False)]


def test_the_best_by_a_figure_of_quality_stays(tmp_path: Path) -> None:
    settings = experiment(saving__keep=1, saving__best_by="w1")
    made = Session.create(tmp_path / "run", settings)
    events: list[Event] = [started(), checkpoint(5, settings)]
    for at, value in ((10, 3.0), (20, 1.0), (30, 2.0)):
        events += [Evaluated(at, {"w1": value}, {}), checkpoint(at + 2, settings)]
    record(made, events)
    entries = made.checkpoint_entries()
    assert [(e.iteration, e.figure, e.best) for e in entries] == [(22, 1.0, True), (32, 2.0, False)]


def test_settings_of_saving_may_change_while_training(tmp_path: Path) -> None:
    made = Session.create(tmp_path / "run", experiment(saving__keep=3))
    later = experiment(saving__keep=1)
    record(made, [started(), *(checkpoint(i) for i in (1, 2, 3)), checkpoint(4, later)])
    assert made.checkpoints() == [4]
