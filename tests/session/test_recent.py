"""The list of sessions that were used last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from session_events import experiment, history, metrics, record, started

from ganstudio.engine.events import Finished, Reason
from ganstudio.session import recent
from ganstudio.session.archive import export_zip, import_zip
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(recent, "sessions_folder", lambda: tmp_path / "own")
    monkeypatch.setattr(recent, "_file", lambda: tmp_path / "state" / "recent.json")
    return tmp_path


def aged(session: Session, seconds: int) -> Session:
    for path in (session.path, *session.path.rglob("*")):
        os.utime(path, (1_700_000_000 - seconds, 1_700_000_000 - seconds))
    return session


def test_nothing_is_recent_at_first() -> None:
    assert recent.recent_sessions() == []


def test_own_and_opened_sessions_are_listed_newest_first(tmp_path: Path) -> None:
    for name, place, age in (("old", "own", 500), ("new", "elsewhere", 10), ("middle", "own", 100)):
        session = Session.create(tmp_path / place / name, experiment())
        record(session, history(20, 10))
        aged(session, age)
    recent.remember(tmp_path / "elsewhere" / "new")
    recent.remember(tmp_path / "own" / "old")  # listed once
    found = recent.recent_sessions()
    assert [(entry.name, entry.iteration) for entry in found] == [("new", 20), ("middle", 20), ("old", 20)]
    assert found[0].thumbnail == tmp_path / "elsewhere" / "new" / "samples" / "00000020.png"
    assert [entry.name for entry in recent.recent_sessions(2)] == ["new", "middle"]
    recent.forget(tmp_path / "elsewhere" / "new")
    assert [entry.name for entry in recent.recent_sessions()] == ["middle", "old"]


def test_tags_and_notes_are_listed_and_what_is_missing_is_known(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "own" / "one", experiment())
    session.annotate(notes="It diverged.", tags=("clip",))
    recent.remember(session.path)
    recent.remember(tmp_path / "gone")
    (entry,) = recent.recent_sessions()
    assert (entry.tags, entry.notes) == (("clip",), "It diverged.")
    assert recent.missing_sessions() == [tmp_path / "gone"]
    recent.forget(tmp_path / "gone")
    assert recent.missing_sessions() == []


def test_what_is_gone_or_broken_is_left_out(tmp_path: Path) -> None:
    Session.create(tmp_path / "own" / "fresh", experiment())
    (tmp_path / "own" / "no session").mkdir()
    (tmp_path / "own" / "a file").write_text("")
    recent.remember(tmp_path / "gone")
    assert [(entry.name, entry.iteration, entry.thumbnail) for entry in recent.recent_sessions()] == [
        ("fresh", 0, None)
    ]
    (tmp_path / "state" / "recent.json").write_text("{")
    assert len(recent.recent_sessions()) == 1
    recent.remember(tmp_path / "gone")
    assert len(recent.recent_sessions()) == 1


def test_a_list_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    recent.remember(tmp_path / "some")
    assert recent.recent_sessions() == []


def test_it_shows_who_is_written_and_who_was_interrupted(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "own" / "run", experiment())
    with Recorder(session):
        (entry,) = recent.recent_sessions()
        assert (entry.running, entry.interrupted) == (True, False)
        lock = (session.path / "lock").read_text()
    (session.path / "lock").write_text(
        lock.replace('"host": "', '"host": "elsewhere').replace('"heartbeat": ', '"heartbeat": -')
    )
    (entry,) = recent.recent_sessions()
    assert (entry.running, entry.interrupted) == (False, True)


def interrupted() -> list[tuple[str, int, int]]:
    return [(each.name, each.iteration, each.reached) for each in recent.interrupted_sessions()]


def dies(session: Session) -> None:
    """Train, and end as a program ends that is killed: without a last event, the lock still there."""
    with Recorder(session) as recorder:
        for event in [*history(20, 10), metrics(21, 25)]:
            recorder.handle(event)
        recorder.settle()
        lock = (session.path / "lock").read_text()
    (session.path / "lock").write_text(lock.replace('"host": "', '"host": "elsewhere').replace(": 1", ": -1"))


def test_a_training_that_died_is_offered_until_it_is_settled(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "own" / "run", experiment())
    assert interrupted() == []
    dies(session)
    assert interrupted() == [("run", 20, 25)]
    (session.path / "lock").unlink()  # it says so by its history too
    assert interrupted() == [("run", 20, 25)]
    with Recorder(Session.open(session.path)):
        assert interrupted() == []  # now it is trained
    Session.open(session.path).settle()
    assert interrupted() == []


@pytest.mark.parametrize("reason", ["finished", "stopped", "failed"])
def test_a_training_that_ended_is_not_offered(tmp_path: Path, reason: Reason) -> None:
    session = Session.create(tmp_path / "own" / "run", experiment())
    record(session, [*history(20, 10), Finished(20, reason)])
    assert interrupted() == []
    record(session, [started(20), metrics(21, 22)])
    assert interrupted() == [("run", 20, 22)]
    session.revert(20)
    assert interrupted() == []


def test_what_is_made_of_a_running_training_is_not_offered(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "own" / "run", experiment())
    dies(session)
    (session.path / "lock").unlink()
    session.save_as(tmp_path / "own" / "copy")
    session.fork(tmp_path / "own" / "fork", 10)
    export_zip(session, tmp_path / "session.zip")
    import_zip(tmp_path / "session.zip", tmp_path / "own" / "unpacked")
    assert [each[0] for each in interrupted()] == ["run"]


def test_of_a_session_with_a_damaged_history_the_state_is_offered(tmp_path: Path) -> None:
    session = Session.create(tmp_path / "own" / "run", experiment())
    dies(session)
    (session.path / "metrics.sqlite").write_bytes(b"nonsense" * 100)
    assert interrupted() == [("run", 20, 20)]
    (session.path / "lock").unlink()
    assert interrupted() == []
