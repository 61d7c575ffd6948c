"""Looking back: what a session holds of one iteration."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ganstudio.engine.events import Edited, Evaluated, Event, GradientNorms, Measured, Samples
from ganstudio.errors import UserError
from ganstudio.experiment.parse import with_values
from ganstudio.session.metrics import MetricsWriter
from ganstudio.session.moments import moment_of
from ganstudio.session.recorder import Recorder
from ganstudio.session.schema import Edit, new_record
from ganstudio.session.session import Session
from tests.session.session_events import experiment, metrics, started

RNG = np.random.default_rng(3)


def _history() -> list[Event]:
    events: list[Event] = [started()]
    for iteration in (10, 20, 30):
        events += [
            Samples(iteration, RNG.normal(size=(4, 2)).astype(np.float32)),
            GradientNorms(iteration, np.full(6, iteration, np.float32), 1.0),
            Measured(iteration, "places", {"real": np.full(3, iteration, np.float32), "empty": np.zeros(0)}),
            Measured(iteration + 1, "other", {"grid": np.full((2, 3), iteration, np.int64)}),
            Evaluated(iteration, {"w1": iteration / 100, "kl": 0.5}, {"samples": 128}),
        ]
    return events


def _recorded(path: Path) -> Session:
    session = Session.create(path, experiment())
    with Recorder(session) as recorder:
        for event in _history():
            recorder.handle(event)
    return session


def test_a_moment_holds_the_newest_of_everything_until_then(tmp_path: Path) -> None:
    moment = moment_of(_recorded(tmp_path / "run"), 29)
    assert moment.samples is not None
    assert moment.samples.iteration == 20
    assert moment.norms is not None
    assert moment.norms.iteration == 20
    assert {probe: event.iteration for probe, event in moment.measured.items()} == {"places": 20, "other": 21}
    assert np.array_equal(moment.measured["other"].arrays["grid"], np.full((2, 3), 20))
    assert moment.measured["places"].arrays["empty"].shape == (0,)
    assert moment.evaluated == Evaluated(20, {"w1": 0.2, "kl": 0.5}, {"samples": 128})


def test_a_moment_holds_its_scalars_and_the_settings_it_was_taken_with(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "run", experiment())
    with Recorder(session) as recorder:
        recorder.handle(started())
        recorder.handle(metrics(1, 10))
        recorder.handle(Edited(10, "lipschitz.weight", experiment().lipschitz.weight, 3.0))
        recorder.handle(metrics(11, 20))
        recorder.handle(Edited(20, "schedule.n_critic", experiment().schedule.n_critic, 2))
        recorder.handle(Edited(20, "lipschitz.weight", 3.0, 4.0))
    moments = {at: moment_of(session, at) for at in (0, 10, 11, 20, 21)}
    weights = {at: moment.experiment.lipschitz.weight for at, moment in moments.items()}
    assert weights == {0: 0.1, 10: 0.1, 11: 3.0, 20: 3.0, 21: 4.0}
    assert [moments[at].experiment.schedule.n_critic for at in (20, 21)] == [5, 2]
    assert moments[0].scalars is None
    assert {at: moments[at].scalars.iterations.tolist() for at in (10, 11, 21)} == {
        10: [10],
        11: [11],
        21: [20],
    }


def test_a_fork_knows_the_settings_of_before_it_began(tmp_path: Path) -> None:
    parent = new_record(experiment())
    changed = with_values(experiment(), {"generator.width": 7})
    width = experiment().generator.width
    fork = replace(
        new_record(changed),
        inherited=(Edit(5, "lipschitz.weight", 0.1, 3.0), Edit(9, "generator.width", width, 7)),
        edits=(Edit(12, "lipschitz.weight", 3.0, 1.0),),
    )
    fork = replace(fork, experiment=with_values(changed, {"lipschitz.weight": 3.0}))
    assert fork.before(5) == parent.experiment
    assert fork.before(9) == with_values(parent.experiment, {"lipschitz.weight": 3.0})
    assert fork.before(12) == fork.experiment
    assert fork.before(13) == fork.edited()


def test_settings_that_make_no_experiment_are_not_known(tmp_path: Path) -> None:
    session = _recorded(tmp_path / "run")
    session.record = session.record.with_edits((Edit(9, "lipschitz.weight", -5.0, 0.1),))
    assert moment_of(session, 5).experiment is None
    assert moment_of(session, 10).experiment == session.experiment


def test_before_the_first_picture_there_is_nothing_to_see(tmp_path: Path) -> None:
    moment = moment_of(_recorded(tmp_path / "run"), 5)
    assert (moment.samples, moment.norms, dict(moment.measured), moment.evaluated) == (None, None, {}, None)


def test_replay_holds_all_figures_and_the_newest_measurements(tmp_path: Path) -> None:
    session = _recorded(tmp_path / "run")
    events = list(session.replay())
    assert [e.iteration for e in events if isinstance(e, Evaluated)] == [10, 20, 30]
    assert {e.probe: e.iteration for e in events if isinstance(e, Measured)} == {"places": 30, "other": 31}
    assert [m.iteration for m in session.metrics.measurements_of("places")] == [10, 20, 30]


def test_going_on_from_an_earlier_state_drops_later_measurements(tmp_path: Path) -> None:
    session = _recorded(tmp_path / "run")
    with closing(MetricsWriter(session.path / "metrics.sqlite")) as writer:
        writer.drop_after(20)
    assert [m.iteration for m in session.metrics.measured()] == [11, 20]  # other, places
    assert [e.iteration for e in session.metrics.figures()] == [10, 20]


def test_a_file_of_an_earlier_release_has_no_measurements(tmp_path: Path) -> None:
    session = _recorded(tmp_path / "run")
    with closing(sqlite3.connect(session.path / "metrics.sqlite")) as connection:
        connection.executescript("DROP TABLE measurements; DROP TABLE figures; PRAGMA user_version = 1;")
    moment = moment_of(session, 30)
    assert (dict(moment.measured), moment.evaluated) == ({}, None)
    assert moment.norms is not None


def test_a_damaged_measurement_is_one_sentence(tmp_path: Path) -> None:
    session = _recorded(tmp_path / "run")
    with closing(sqlite3.connect(session.path / "metrics.sqlite")) as connection:
        connection.execute("UPDATE measurements SET arrays = x'ffffffffffffffff00'")
        connection.commit()
    with pytest.raises(UserError, match="is damaged"):
        moment_of(session, 30)
