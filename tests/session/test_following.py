"""Watching a session from beside it: everything once, then only what is new, all anew after going back."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from ganstudio.engine.events import (
    Edited,
    Evaluated,
    Event,
    GradientNorms,
    Measured,
    Metrics,
    Samples,
    Started,
)
from ganstudio.errors import UserError
from ganstudio.session.following import Follower
from ganstudio.session.recorder import Recorder
from ganstudio.session.replaying import STARTED
from ganstudio.session.session import Session
from tests.session.session_events import checkpoint, experiment, metrics, norms, samples, started


def record(session: Session, events: Iterable[Event]) -> None:
    with Recorder(session) as recorder:
        for event in events:
            recorder.handle(event)


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def append(session: Session, *events: Event) -> None:
    """Write as a training that goes on does, without beginning again."""
    kept = (session.path / STARTED).stat()
    record(session, [started(), *events])
    os.utime(session.path / STARTED, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "run", experiment())
    follower = Follower(session.path)
    assert follower.read() == []
    record(session, [started(), metrics(1, 10), norms(10), samples(10), Evaluated(10, {"w1": 0.5}, {})])
    first = follower.read()
    assert kinds(first) == [Started, Metrics, Evaluated, GradientNorms, Samples]
    assert first[1].iteration == 10
    assert follower.read() == []
    append(session, metrics(11, 14), norms(14), samples(14), Edited(12, "lipschitz.weight", 0.1, 1.0))
    later = follower.read()
    assert kinds(later) == [Metrics, Edited, GradientNorms, Samples]
    assert isinstance(later[0], Metrics)
    assert later[0].iterations.tolist() == [11, 12, 13, 14]
    assert later[0].values["critic_loss"].tolist() == [1.1, 1.2, 1.3, 1.4]


def test_a_measurement_comes_once(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "run", experiment())
    measured = Measured(5, "eps", {"eps": norms(5).norms})
    record(session, [started(), metrics(1, 5), measured])
    follower = Follower(session.path)
    assert Measured in kinds(follower.read())
    append(session, metrics(6, 7))
    assert kinds(follower.read()) == [Metrics]


def test_all_comes_anew_after_going_back(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "run", experiment())
    record(session, [started(), metrics(1, 10), checkpoint(10), metrics(11, 20), checkpoint(20)])
    follower = Follower(session.path, curves_only=True)
    assert follower.read()[1].iteration == 20
    session.revert(10)
    again = follower.read()
    assert kinds(again) == [Started, Metrics]
    assert again[1].iteration == 10


def test_a_folder_that_is_gone_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no session"):
        Follower(tmp_path / "nowhere").read()
