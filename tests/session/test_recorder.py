"""What events leave on disk, and what comes back of it."""

from __future__ import annotations

import errno
import gc
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import weakref
from contextlib import closing
from pathlib import Path

import numpy as np
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

from ganstudio.engine.events import (
    Edited,
    Event,
    Finished,
    GradientNorms,
    Metrics,
    Samples,
    Started,
    StateChanged,
    Trouble,
)
from ganstudio.errors import UserError
from ganstudio.session import checkpoints, files
from ganstudio.session import lock as locks
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session.create(tmp_path / "run", experiment())


def ask(session: Session, question: str) -> list[tuple[object, ...]]:
    """Read the metrics with plain SQLite, as any tool would."""
    with closing(sqlite3.connect(session.path / "metrics.sqlite")) as connection:
        return connection.execute(question).fetchall()


def of_kind(events: list[Event], kind: type[Event]) -> list[Event]:
    return [event for event in events if type(event) is kind]


def test_scalars_are_rows_that_any_tool_reads(session: Session) -> None:
    before = time.time()
    record(session, [started(), metrics(1, 3), metrics(4, 5, new_measure=7.0), checkpoint(5)])
    rows = ask(
        session, "SELECT iteration, training_seconds, critic_loss, total_loss, new_measure FROM scalars"
    )
    assert rows == [(i, i * 0.5, i / 10, None, 7.0 if i > 3 else None) for i in range(1, 6)]
    (wall,) = ask(session, "SELECT min(wall_time) FROM scalars")[0]
    assert before <= wall <= time.time()
    assert ask(session, "PRAGMA journal_mode") == [("wal",)]


def test_events_are_rows_in_words(session: Session) -> None:
    record(
        session,
        [
            started(),
            Edited(3, "lipschitz.weight", 0.1, 2.0),
            checkpoint(3, experiment(lipschitz__weight=2.0)),
            Trouble(4, "The loss became infinite.", "Traceback ..."),
            Finished(4, "failed"),
        ],
    )
    kinds = [row[0] for row in ask(session, "SELECT kind FROM events ORDER BY id")]
    assert kinds == ["started", "edited", "checkpoint", "trouble", "finished"]


def test_replay_gives_back_what_was_shown(session: Session) -> None:
    given = [
        *history(20, 10),
        Edited(20, "lipschitz.weight", 0.1, 2.0),
        Trouble(20, "A sentence.", "detail", fatal=False),
    ]
    record(session, [*given, checkpoint(20, experiment(lipschitz__weight=2.0))])
    back = list(Session.open(session.path).replay())
    (begun,) = of_kind(back, Started)
    assert isinstance(begun, Started)
    reference = started()
    assert (begun.sample_shape, begun.skipped, begun.device_title) == (
        (2,),
        reference.skipped,
        reference.device_title,
    )
    assert np.array_equal(begun.real, reference.real)
    assert begun.modes is not None
    assert reference.modes is not None
    assert np.array_equal(begun.modes.centres, reference.modes.centres)
    (scalars,) = of_kind(back, Metrics)
    assert isinstance(scalars, Metrics)
    assert scalars.iterations.tolist() == list(range(1, 21))
    assert np.array_equal(scalars.values["critic_loss"], np.arange(1, 21) / 10)
    assert np.isnan(scalars.values["total_loss"]).all()
    for event, iteration in zip(of_kind(back, GradientNorms), (10, 20), strict=True):
        assert isinstance(event, GradientNorms)
        assert np.array_equal(event.norms, norms(iteration).norms)
        assert event.target == 1.0
    assert of_kind(back, Edited) == [Edited(20, "lipschitz.weight", 0.1, 2.0)]
    assert of_kind(back, Trouble) == [Trouble(20, "A sentence.", "detail", fatal=False)]
    (shown,) = of_kind(back, Samples)
    assert isinstance(shown, Samples)
    assert shown.iteration == 20
    assert np.array_equal(shown.generated, samples(20).generated)


def test_images_come_back_from_their_picture(session: Session) -> None:
    record(session, [started(images=True), samples(4, images=True)])
    (shown,) = of_kind(list(session.replay()), Samples)
    assert isinstance(shown, Samples)
    assert shown.generated.dtype == np.float32
    assert np.abs(shown.generated - samples(4, images=True).generated).max() <= 0.5 / 127.5 + 1e-6


def test_norms_of_a_large_batch_keep_their_histogram(session: Session) -> None:
    record(session, [started(), norms(1, 5000)])
    (event,) = of_kind(list(session.replay()), GradientNorms)
    assert isinstance(event, GradientNorms)
    true = norms(1, 5000).norms
    assert len(event.norms) == 256
    assert event.norms.min() == true.min()
    assert event.norms.max() == true.max()
    assert abs(np.mean(event.norms > 2) - np.mean(true > 2)) < 1 / 128
    assert ask(session, "SELECT count FROM gradient_norms") == [(5000,)]


def test_what_says_nothing_for_the_disk_is_let_pass(session: Session) -> None:
    record(session, [started(), StateChanged(0, "running", "critic", 0)])
    assert [row[0] for row in ask(session, "SELECT kind FROM events")] == ["started"]


def test_going_on_drops_what_came_after_the_state(session: Session) -> None:
    record(session, [*history(20, 10), metrics(21, 25), norms(24), samples(25)])
    record(session, [started(20), metrics(21, 22), Finished(22, "stopped")])
    assert ask(session, "SELECT max(iteration), count(*) FROM scalars") == [(22, 22)]
    assert ask(session, "SELECT max(iteration) FROM gradient_norms") == [(20,)]
    assert [int(path.stem) for path in session.samples()] == [0, 10, 20]
    assert [row[0] for row in ask(session, "SELECT kind FROM events ORDER BY id DESC LIMIT 2")] == [
        "finished",
        "resumed",
    ]


def test_going_on_from_an_earlier_state_drops_the_later_one(session: Session) -> None:
    record(session, history(30, 10))
    record(session, [started(10)])
    assert session.checkpoints() == [10]
    assert {path.stem for path in (session.path / "samples").iterdir()} == {"00000000", "00000010"}


def test_replay_ends_where_training_would_go_on(session: Session) -> None:
    record(
        session, [*history(20, 10), metrics(21, 25), samples(25), Edited(24, "lipschitz.weight", 0.1, 2.0)]
    )
    back = list(session.replay())
    assert max(event.iteration for event in back) == 20
    assert not of_kind(back, Edited)


def test_edits_belong_to_the_states_that_hold_them(session: Session) -> None:
    first, second = experiment(lipschitz__weight=1.0), experiment(lipschitz__weight=1.0, schedule__n_critic=2)
    record(
        session,
        [
            started(),
            Edited(3, "lipschitz.weight", 0.1, 1.0),
            checkpoint(5, first),
            Edited(5, "schedule.n_critic", 5, 2),  # after the state of iteration 5 was saved
            Edited(6, "lipschitz.target", 1.0, 3.0),
        ],
    )
    opened = Session.open(session.path)
    assert len(opened.record.edits) == 3
    assert opened.experiment == experiment()
    assert opened.current_experiment == first
    with Recorder(opened) as recorder:
        recorder.handle(started(5))
        recorder.handle(Edited(7, "schedule.n_critic", 5, 2))
        recorder.handle(checkpoint(8, second))
        recorder.handle(started(8))  # the same recorder sees the next run
    reopened = Session.open(session.path)
    assert [(edit.iteration, edit.path) for edit in reopened.record.edits] == [
        (3, "lipschitz.weight"),
        (7, "schedule.n_critic"),
    ]
    assert reopened.current_experiment == second


def test_a_second_writer_is_refused(session: Session) -> None:
    with Recorder(session), pytest.raises(UserError, match=f"in use by process {os.getpid()}") as refused:
        Recorder(Session.open(session.path))
    assert str(refused.value).count(".") >= 1
    Recorder(session).close()


def write_lock(session: Session, **changes: object) -> None:
    mine = {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "process": "1",
        "token": "t",
        "heartbeat": time.time(),
    }
    (session.path / "lock").write_text(json.dumps({**mine, **changes}))


def test_a_dead_writers_lock_is_taken_over(session: Session) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write_lock(session, pid=ended.pid)
    Recorder(session).close()
    assert not (session.path / "lock").exists()


@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="/proc: only there the start of a process is known"
)
def test_another_process_with_the_dead_ones_number_does_not_hold_the_lock(session: Session) -> None:
    write_lock(session, pid=os.getpid(), process="1")
    Recorder(session).close()


@pytest.mark.parametrize(("age", "refused"), [(5.0, True), (3600.0, False)])
def test_a_writer_on_another_machine_lives_by_its_heartbeat(
    session: Session, age: float, refused: bool
) -> None:
    write_lock(session, host="elsewhere", heartbeat=time.time() - age)
    if refused:
        with pytest.raises(UserError, match="on elsewhere"):
            Recorder(session)
    else:
        Recorder(session).close()


@pytest.mark.parametrize(("age", "refused"), [(0.0, True), (3600.0, False)])
def test_a_lock_that_cannot_be_read_counts_for_a_minute(session: Session, age: float, refused: bool) -> None:
    (session.path / "lock").write_text("{")
    os.utime(session.path / "lock", (time.time() - age, time.time() - age))
    if refused:
        with pytest.raises(UserError, match="in use by another program"):
            Recorder(session)
    else:
        Recorder(session).close()


def test_a_writer_shows_that_it_lives(session: Session) -> None:
    lock = locks.Lock(session.path)
    before = locks.holder_of(session.path)
    lock.beat()
    after = locks.holder_of(session.path)
    assert before is not None
    assert after is not None
    assert after.heartbeat > before.heartbeat
    assert after.is_alive()
    lock.release()
    assert locks.holder_of(session.path) is None


def drain(recorder: Recorder) -> None:
    """Wait until the writer has done what it was given."""
    done = threading.Event()
    recorder._writer.put(done.set)
    assert done.wait(30)


def test_a_folder_that_goes_while_its_lock_is_read_was_not_taken_over(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = locks.Lock(session.path)

    def read_too_late(path: Path) -> None:
        shutil.rmtree(path)

    monkeypatch.setattr(locks, "holder_of", read_too_late)
    with pytest.raises(UserError, match="moved or deleted"):
        lock.check()


class Settings(dict[str, object]):
    """Settings of a state; unlike a plain dict it can be watched."""


def test_of_states_on_disk_nothing_but_the_newest_stays_in_memory(session: Session) -> None:
    watched = []
    with Recorder(session) as recorder:
        recorder.handle(started())
        for iteration in range(10, 60, 10):
            event = checkpoint(iteration)
            event.snapshot.numbers["experiment"] = Settings(event.snapshot.numbers["experiment"])
            watched.append(weakref.ref(event.snapshot.numbers["experiment"]))
            recorder.handle(event)
            del event
        drain(recorder)
        drain(recorder)  # the writer holds its last job until the next one
        gc.collect()
        assert [settings() is not None for settings in watched] == [False] * 4 + [True]


def finish(recorder: Recorder, *events: Event) -> None:
    """Hand over events and close, as a training does."""
    with recorder:
        for event in events:
            recorder.handle(event)


def test_who_lost_the_lock_writes_no_more(session: Session) -> None:
    recorder = Recorder(session)
    recorder.handle(started())
    drain(recorder)
    write_lock(session, token="another")  # noqa: S106 - no secret
    with pytest.raises(UserError, match="taken over"):
        finish(recorder, checkpoint(1))
    assert (session.path / "lock").exists()
    assert session.checkpoints() == []


def full_for(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the disk be full whenever a file of that name is brought to it."""
    sync = files.sync

    def full(path: Path) -> None:
        if path.name.endswith(name):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        sync(path)

    monkeypatch.setattr(files, "sync", full)


def test_a_full_disk_is_said_and_spoils_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    record(session, history(10, 10))
    recorder = Recorder(session)
    recorder.handle(started(10))
    full_for(monkeypatch, "critic.safetensors")
    with pytest.raises(UserError, match="could not be saved: the disk is full") as failed:
        finish(recorder, checkpoint(20))
    assert str(failed.value).endswith("full.")
    assert sorted(path.name for path in (session.path / "checkpoints").iterdir()) == ["00000010"]
    restored = Session.open(session.path).latest_snapshot()
    assert restored is not None
    assert equal(restored, snapshot(10))
    assert not (session.path / "lock").exists()


def test_a_state_is_replaced_whole_or_not_at_all(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = session.path / "checkpoints"
    checkpoints.write_checkpoint(folder, snapshot(10))
    other = snapshot(10, experiment(lipschitz__weight=3.0))
    with monkeypatch.context() as full:
        full_for(full, "state.json")
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            checkpoints.write_checkpoint(folder, other)
    assert equal(checkpoints.read_checkpoint(folder, 10), snapshot(10))
    checkpoints.write_checkpoint(folder, other)
    assert equal(checkpoints.read_checkpoint(folder, 10), other)
    assert [path.name for path in folder.iterdir()] == ["00000010"]


def test_rows_that_a_busy_file_refused_are_written_later(session: Session) -> None:
    recorder = Recorder(session)
    recorder._store._connection.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(session.path / "metrics.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder._rows.scalars.append(metrics(1, 2))
        recorder._flush()
        drain(recorder)
        with pytest.raises(UserError, match=r"history of the session .* could not be saved"):
            recorder.handle(StateChanged(2, "running", "critic", 0))
        other.execute("ROLLBACK")
    finish(recorder, metrics(3, 3))
    assert ask(session, "SELECT iteration FROM scalars") == [(1,), (2,), (3,)]


def test_a_deleted_folder_is_said_and_not_made_again(session: Session) -> None:
    recorder = Recorder(session)
    recorder.handle(started())
    drain(recorder)
    shutil.rmtree(session.path)
    with pytest.raises(UserError, match="moved or deleted"):
        finish(recorder, checkpoint(1))
    assert not session.path.exists()


def fail_after_losing(session: Session) -> None:
    with Recorder(session) as recorder:
        recorder.handle(started())
        drain(recorder)
        shutil.rmtree(session.path)
        recorder._save(snapshot(1))
        raise ZeroDivisionError


def test_a_failed_write_does_not_hide_what_went_wrong_before(session: Session) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        fail_after_losing(session)
    assert any("moved or deleted" in note for note in raised.value.__notes__)


def test_closing_twice_is_closing(session: Session) -> None:
    recorder = Recorder(session)
    recorder.close()
    recorder.close()


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"\xff" * 500, b"nonsense" * 1000])
def test_a_damaged_history_is_one_sentence(session: Session, content: bytes) -> None:
    record(session, history(10, 10))
    (session.path / "metrics.sqlite").write_bytes(content)
    with pytest.raises(UserError, match=r"metrics\.sqlite is damaged") as refused:
        list(session.replay())
    assert "\n" not in str(refused.value)
    restored = session.latest_snapshot()
    assert restored is not None


def test_a_history_with_foreign_values_is_one_sentence(session: Session) -> None:
    record(session, history(10, 10))
    with closing(sqlite3.connect(session.path / "metrics.sqlite")) as connection:
        connection.execute("UPDATE scalars SET critic_loss = 'much'")
        connection.commit()
    with pytest.raises(UserError, match="does not hold what it should"):
        list(session.replay())


@pytest.mark.parametrize(
    "name", ["started.json", "real.safetensors", "samples/00000010.safetensors", "metrics.sqlite"]
)
def test_any_damaged_file_is_one_sentence(session: Session, name: str) -> None:
    record(session, history(10, 10))
    path = session.path / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(UserError, match="damaged") as refused:
        list(session.replay())
    assert "\n" not in str(refused.value)


def test_without_its_history_a_session_is_not_trained_on(session: Session) -> None:
    record(session, history(10, 10))
    (session.path / "metrics.sqlite").unlink()
    with pytest.raises(UserError, match=r"metrics\.sqlite is missing"):
        Recorder(session)
    assert not (session.path / "lock").exists()


def test_reading_leaves_nothing_behind(session: Session) -> None:
    record(session, history(10, 10))
    before = sorted(session.path.rglob("*"))
    list(session.replay())
    session.info()
    session.latest_snapshot()
    assert sorted(session.path.rglob("*")) == before


def test_reading_goes_on_while_writing(session: Session) -> None:
    with Recorder(session) as recorder:
        for event in history(10, 10):
            recorder.handle(event)
        drain(recorder)
        reader = Session.open(session.path)
        assert reader.info()["iteration"] == 10
        assert of_kind(list(reader.replay()), Metrics)[0].iteration == 10
        copied = reader.save_as(session.path.parent / "copy")
    assert copied.checkpoints() == [10]
    assert copied.metrics.scalars() is not None
