"""A place that takes no more: training goes on in memory, is written later, or elsewhere."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest
from session_events import (
    checkpoint,
    equal,
    experiment,
    history,
    metrics,
    norms,
    record,
    samples,
    snapshot,
    started,
)

from ganstudio.engine.events import Edited, Event, Finished, GradientNorms, Metrics, Samples, Started
from ganstudio.errors import UserError
from ganstudio.session import files
from ganstudio.session import recorder as recorders
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


class Disk:
    """A disk that takes nothing below a folder while it is full; small files of the database pass."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> None:
        self.full = False
        sync = files.sync

        def refuse(path: Path) -> None:
            if self.full and path.is_relative_to(folder):
                raise OSError(number, os.strerror(number), str(path))
            sync(path)

        monkeypatch.setattr(files, "sync", refuse)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session.create(tmp_path / "run", experiment())


def told(recorder: Recorder, events: list[Event]) -> set[str]:
    """Hand over events, and have each looked at; returns what was complained of."""
    sentences = set()
    for event in events:
        try:
            recorder.handle(event)
            recorder._writer.wait()
            recorder._writer.raise_failure()
        except UserError as error:
            sentences.add(str(error))
    return sentences


def newest(path: Path) -> int:
    restored = Session.open(path).latest_snapshot()
    assert restored is not None
    assert equal(restored, snapshot(restored.iteration))
    return restored.iteration


def same_history(left: Path, right: Path) -> bool:
    """Whether two sessions show the same, from the first iteration on."""
    one, other = ([e for e in Session.open(p).replay() if not isinstance(e, Started)] for p in (left, right))
    assert {Metrics, GradientNorms, Samples} <= {type(event) for event in one}
    return [repr(event) for event in one] == [repr(event) for event in other]


def test_what_a_full_disk_refused_is_written_once_there_is_room(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(session.path, monkeypatch)
    with Recorder(session) as recorder:
        assert told(recorder, history(10, 10)) == set()
        disk.full = True
        (sentence,) = told(
            recorder, [metrics(11, 20), norms(20), samples(20), checkpoint(20), metrics(21, 22)]
        )
        assert sentence == f"The session {session.path} could not be saved: the disk is full."
        with pytest.raises(UserError, match="the disk is full"):
            recorder.settle()
        assert newest(session.path) == 10
        disk.full = False
        recorder.settle()
        assert newest(session.path) == 20
    plain = Session.create(tmp_path / "plain", experiment())
    record(plain, [*history(20, 10), metrics(21, 22)])
    assert same_history(session.path, plain.path)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_the_next_state_supersedes_one_that_was_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    disk = Disk(session.path, monkeypatch, number)
    with Recorder(session) as recorder:
        disk.full = True
        assert told(recorder, [started(), checkpoint(1), checkpoint(2)])
        disk.full = False
        assert told(recorder, [checkpoint(3)]) == set()
    assert session.checkpoints() == [3]


def test_training_goes_on_elsewhere_with_all_that_it_holds(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = experiment(lipschitz__weight=2.0)
    disk = Disk(session.path, monkeypatch)
    with Recorder(session) as recorder:
        told(recorder, history(10, 10))
        disk.full = True
        edit = Edited(12, "lipschitz.weight", 0.1, 2.0)
        told(recorder, [metrics(11, 20), edit, norms(20), samples(20), checkpoint(20, edited)])
        recorder.move_to(tmp_path / "new" / "place")
        assert recorder.session.path == tmp_path / "new" / "place"
        assert not (session.path / "lock").exists()
        assert told(recorder, [metrics(21, 30), samples(30), checkpoint(30, edited)]) == set()
    assert newest(session.path) == 10  # what was good stays where it was
    moved = Session.open(tmp_path / "new" / "place")
    assert moved.checkpoints() == [20, 30]
    assert moved.current_experiment == edited
    assert [int(path.stem) for path in moved.samples()] == [0, 10, 30]
    scalars = moved.metrics.scalars()
    assert scalars is not None
    assert scalars.iterations.tolist() == list(range(1, 31))
    assert not (moved.path / "lock").exists()


def test_a_deleted_folder_loses_pictures_only(session: Session, tmp_path: Path) -> None:
    with Recorder(session) as recorder:
        told(recorder, history(10, 10))
        shutil.rmtree(session.path)
        (sentence,) = told(recorder, [metrics(11, 20), norms(20), checkpoint(20)])
        assert "moved or deleted" in sentence
        recorder.move_to(tmp_path / "again")
        told(recorder, [samples(20), Finished(20, "finished")])
    assert not session.path.exists()
    plain = Session.create(tmp_path / "plain", experiment())
    record(plain, history(20, 10))
    assert same_history(tmp_path / "again", plain.path)
    assert newest(tmp_path / "again") == 20


def test_a_place_that_takes_nothing_either_changes_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(tmp_path, monkeypatch)
    (tmp_path / "file").write_text("")
    with Recorder(session) as recorder:
        told(recorder, history(10, 10))
        disk.full = True
        told(recorder, [checkpoint(20)])
        with pytest.raises(UserError, match=r"in .*/deep/place either: the disk is full\.$"):
            recorder.move_to(tmp_path / "deep" / "place")
        assert not (tmp_path / "deep").exists()
        for bad, words in ((session.path / "in", "lies in the session"), (tmp_path / "file", "is a file")):
            with pytest.raises(UserError, match=words):
                recorder.move_to(bad)
        disk.full = False
        recorder.settle()
    assert newest(session.path) == 20


def test_what_was_to_be_dropped_goes_before_anything_new_comes(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(session, history(30, 10))
    drop = recorders.checkpoints.drop_after
    refusals = iter([True])

    def refuse_once(folder: Path, iteration: int) -> None:
        if next(refusals, False):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        drop(folder, iteration)

    monkeypatch.setattr(recorders.checkpoints, "drop_after", refuse_once)
    with Recorder(session) as recorder:
        assert told(recorder, [started(10)])
        assert told(recorder, [metrics(11, 15), checkpoint(15)]) == set()
    assert session.checkpoints() == [10, 15]
    scalars = session.metrics.scalars()
    assert scalars is not None
    assert scalars.iterations[-1] == 15


def test_only_so_many_states_wait_for_a_slow_disk(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    let_go, waiting = threading.Event(), []
    write = recorders.checkpoints.write_checkpoint

    def slow(folder: Path, state: object) -> None:
        waiting.append(state)
        assert let_go.wait(30)
        write(folder, state)  # type: ignore[arg-type]

    monkeypatch.setattr(recorders.checkpoints, "write_checkpoint", slow)
    handed: list[int] = []

    def train() -> None:
        with Recorder(session) as recorder:
            recorder.handle(started())
            for iteration in range(1, 5):
                recorder.handle(checkpoint(iteration))
                handed.append(iteration)

    thread = threading.Thread(target=train)
    thread.start()
    while len(handed) < recorders.SNAPSHOTS:
        assert thread.is_alive()
    thread.join(0.2)
    assert handed == [1, 2]  # one is being written, one waits; the third is held back
    let_go.set()
    thread.join(30)
    assert handed == [1, 2, 3, 4]
    assert session.checkpoints()[-1] == 4
