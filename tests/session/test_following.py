"""Following a session that is being written: in the end it is the history that is replayed."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from session_events import experiment, metrics, norms, samples, snapshot, started

from ganstudio.diagnosis.findings import Diagnosed, Finding
from ganstudio.engine.events import (
    Checkpoint,
    Edited,
    EditRefused,
    Evaluated,
    Event,
    Finished,
    GradientNorms,
    Measured,
    Metrics,
    Samples,
    Started,
    Trouble,
)
from ganstudio.errors import UserError
from ganstudio.experiment.parse import with_values
from ganstudio.session import following, mirror
from ganstudio.session.following import Follower, Look
from ganstudio.session.lock import STALE, Lock
from ganstudio.session.metrics_reader import MetricsReader
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


def told(event: Event) -> tuple[Any, ...]:
    """What an event says, as something that can be compared."""
    match event:
        case GradientNorms():
            return ("norms", event.iteration, event.norms.tobytes())
        case Evaluated():
            return ("figures", event.iteration, tuple(event.figures.items()))
        case Edited():
            return ("edited", event.iteration, event.path, event.new)
        case Diagnosed():
            return ("diagnosed", event.iteration, event.finding.kind, event.resolved)
        case Trouble():
            return ("trouble", event.iteration, event.sentence)
    raise TypeError(event)


class Shown:
    """What a window shows of the events: all of a history, of pictures and measurements the newest."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.scalars: list[tuple[int, ...]] = []
        self.listed: list[tuple[Any, ...]] = []
        self.newest: dict[str, tuple[int, bytes]] = {}

    def take(self, look: Look) -> None:
        if look.anew:
            self.clear()
        self.add(look.events)

    def add(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case Started():
                    self.newest["started"] = (event.iteration, event.real.tobytes())
                case Metrics():
                    columns = (event.iterations, event.seconds, event.values["critic_loss"])
                    self.scalars += zip(*(column.tolist() for column in columns), strict=True)
                case GradientNorms() | Evaluated() | Edited() | Trouble() | Diagnosed():
                    self.listed.append(told(event))
                case Measured():
                    self.newest[event.probe] = (event.iteration, event.arrays["a"].tobytes())
                case Samples():
                    self.newest["samples"] = (event.iteration, event.generated.tobytes())

    def all(self) -> tuple[Any, ...]:
        kinds = ("norms", "figures", "edited", "trouble", "diagnosed")
        return self.scalars, [[e for e in self.listed if e[0] == kind] for kind in kinds], self.newest


class Writing:
    """A training that a test leads by the hand."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.iteration = 0
        self.experiment = session.experiment
        self.states = {0: self.experiment}
        self.recorder = Recorder(session)
        self.recorder.handle(started())
        self.recorder.handle(Checkpoint(0, snapshot(0, self.experiment)))

    def do(self, what: str) -> None:
        i = self.iteration
        arrays = {"a": np.full(3, i, np.float32)}
        events: dict[str, list[Event]] = {
            "train": [metrics(i + 1, i + 3)],
            "norms": [norms(i)],
            "measure": [Measured(i, "weights", arrays), Measured(i, "depth", arrays)],
            "measure one": [Measured(i, "surface", arrays)],
            "evaluate": [Evaluated(i, {"fid": 1.0 + i, "kid": 0.5}, {"n": 3})],
            "sample": [samples(i)],
            "trouble": [Trouble(i, f"Trouble {i}.", fatal=False)],
            "diagnose": [Diagnosed(i, Finding("collapse", i, "It collapsed.", "Much.", "Bad."))],
            "save": [Checkpoint(i, snapshot(i, self.experiment))],
            "edit": [Edited(i, "lipschitz.weight", 10.0, float(i + 1))],
        }
        if what == "train":
            self.iteration += 3
        if what == "edit":
            self.experiment = with_values(self.experiment, {"lipschitz.weight": float(i + 1)})
        if what == "save":
            self.states[i] = self.experiment
        if what == "settle":
            self.recorder.settle()
        if what == "resume":
            self.resume()
        for event in events.get(what, ()):
            self.recorder.handle(event)

    def resume(self) -> None:
        """Another program goes on from the newest checkpoint."""
        self.recorder.close()
        self.iteration = max(self.session.checkpoints())
        self.experiment = self.states[self.iteration]
        self.session = Session.open(self.session.path)
        self.recorder = Recorder(self.session)
        self.recorder.handle(started(self.iteration))

    def end(self) -> None:
        self.do("save")
        self.recorder.handle(Finished(self.iteration, "finished"))
        self.recorder.close()


MOVES = (
    *("train", "train", "look", "look", "settle", "settle", "resume", "save", "edit"),
    *("norms", "measure", "measure one", "evaluate", "sample", "trouble", "diagnose"),
)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_following_shows_in_the_end_what_a_replay_shows(
    elsewhere: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On another machine the history is read through a copy.
    monkeypatch.setattr(mirror, "is_written_elsewhere", lambda _: elsewhere)
    monkeypatch.setattr("ganstudio.session.metrics_reader.is_written_elsewhere", lambda _: elsewhere)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(MOVES), max_size=30))
    def follows(moves: list[str]) -> None:
        folder = Path(tempfile.mkdtemp())
        try:
            writing = Writing(Session.create(folder / "run", experiment()))
            follower, shown = Follower(folder / "run"), Shown()
            for move in moves:
                if move == "look":
                    shown.take(follower.look())
                else:
                    writing.do(move)
            writing.end()
            shown.take(last := follower.look())
            assert last.holder is None
            assert last.saved == writing.iteration
            assert last.experiment == writing.experiment
            replayed = Shown()
            replayed.add(Session.open(folder / "run").replay())
            assert shown.all() == replayed.all()
            again = follower.look()
            assert (again.anew, again.events) == (False, ())
        finally:
            shutil.rmtree(folder)

    follows()


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session.create(tmp_path / "run", experiment())


def test_a_look_brings_only_what_is_new(session: Session) -> None:
    writing = Writing(session)
    follower = Follower(session.path)
    for move in ("train", "sample", "settle"):
        writing.do(move)
    first = follower.look()
    assert first.anew
    assert first.lives
    assert first.holder is not None
    assert first.holder.state == "running"
    writing.do("train")
    writing.do("edit")
    writing.recorder.handle(EditRefused(6, "lipschitz.weight", "No."))
    writing.do("settle")
    look = follower.look()
    assert [type(event) for event in look.events] == [Edited, Metrics, EditRefused]
    assert not look.anew
    assert look.events[1].iteration == 6
    assert follower.look().events == ()
    writing.end()
    assert isinstance(follower.look().events[-1], Finished)


def test_a_session_that_has_not_begun_has_nothing_yet(session: Session) -> None:
    with Recorder(session):
        look = Follower(session.path).look()
    assert (look.anew, look.events, look.lives) == (False, (), True)


def test_what_is_half_there_is_a_sentence_until_it_is_whole(session: Session) -> None:
    writing = Writing(session)
    writing.do("settle")
    whole = (session.path / "started.json").read_text()
    (session.path / "started.json").write_text(whole[: len(whole) // 2])
    follower = Follower(session.path)
    with pytest.raises(UserError, match="damaged"):
        follower.look()
    (session.path / "started.json").write_text(whole)
    assert follower.look().anew
    writing.end()


def test_a_session_that_vanishes_is_a_sentence(session: Session) -> None:
    writing = Writing(session)
    writing.end()
    follower = Follower(session.path)
    follower.look()
    shutil.rmtree(session.path)
    with pytest.raises(UserError, match="moved or deleted"):
        follower.look()


def test_a_writer_elsewhere_is_dead_once_it_is_silent_for_long_by_our_clock(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = Lock(session.path)
    now = [0.0]
    monkeypatch.setattr(following.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(following.socket, "gethostname", lambda: "desk")
    # Its clock goes an hour wrong: that alone says nothing.
    path = session.path / "lock"
    path.write_text(json.dumps({**json.loads(path.read_text()), "heartbeat": time.time() - 3600}))
    follower = Follower(session.path)
    assert follower.look().lives
    now[0] = STALE - 1
    assert follower.look().lives
    assert follower.look().silent == STALE - 1
    now[0] = STALE
    assert not follower.look().lives
    lock.release()


def test_a_copy_is_renewed_only_where_something_has_changed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Path] = []
    whole = shutil.copyfile
    monkeypatch.setattr(mirror.shutil, "copyfile", lambda *a, **k: (copied.append(a[0]), whole(*a, **k))[1])
    writing = Writing(session)
    writing.do("settle")
    copy = mirror.Mirror(session.path / "metrics.sqlite")
    copy.renew()
    writing.do("train")
    writing.do("settle")
    place = copy.renew()
    assert len(copied) == 1  # the log has grown; the main file is as it was
    assert MetricsReader(place).newest_iteration() == 3
    writing.end()
    copy.renew()
    assert len(copied) == 2
    del copy
    assert not place.exists()


def test_of_curves_only_what_has_a_time_axis_is_read(session: Session) -> None:
    writing = Writing(session)
    follower = Follower(session.path, curves_only=True)
    for move in ("train", "norms", "measure", "evaluate", "sample", "settle"):
        writing.do(move)
    assert [type(event) for event in follower.look().events] == [Started, Metrics, Evaluated]
    for move in ("edit", "train", "norms", "sample", "trouble", "save"):
        writing.do(move)
    writing.end()
    assert [type(event) for event in follower.look().events] == [Edited, Metrics]
    session.revert(0)
    again = follower.look()
    assert again.anew
    assert [type(event) for event in again.events] == [Started]


def test_a_folder_that_is_none_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no session"):
        Follower(tmp_path / "nowhere").look()
