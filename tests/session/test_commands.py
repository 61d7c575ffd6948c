"""Commands through a session's folder: obeyed by the program that trains, and by nobody else."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from session_events import checkpoint, experiment, metrics, started

from ganstudio.engine.control import Control, Edit, Pause, Resume, Save, Stop
from ganstudio.engine.events import EditRefused, Finished, StateChanged
from ganstudio.errors import UserError
from ganstudio.session import pulse
from ganstudio.session.commands import FOLDER, LIMIT, MOST, Command, Inbox, send
from ganstudio.session.lock import Lock, holder_of
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session.create(tmp_path / "run", experiment())


def write(session: Session, name: str, **values: Any) -> Path:
    """A command as a stranger or another program might write it."""
    holder = holder_of(session.path)
    assert holder is not None
    whole = {"to": holder.token, "action": "pause", "path": "", "value": None, "user": "u", "host": "h"}
    path = session.path / FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**whole, **values}))
    return path


def test_what_is_sent_reaches_training_in_order_and_the_history(session: Session) -> None:
    control = Control()
    with Recorder(session, control) as recorder:
        recorder.handle(started())
        recorder.handle(metrics(1, 3))
        for action in ("pause", "resume", "save", "stop"):
            send(session.path, action)
        send(session.path, "edit", "lipschitz.weight", 5.0)
        got = [control.wait(20) for _ in range(5)]
        assert got == [Pause(), Resume(), Save(), Stop(), Edit("lipschitz.weight", 5.0)]
        recorder.handle(EditRefused(3, "lipschitz.weight", "No."))
        recorder.handle(checkpoint(3))
    rows = session.metrics.events()
    asked = [row for row in rows if row.kind == "command"]
    assert [row.data["action"] for row in asked] == ["pause", "resume", "save", "stop", "edit"]
    assert asked[-1].data["path"] == "lipschitz.weight"
    assert asked[-1].data["value"] == 5.0
    assert asked[-1].data["host"]
    assert asked[-1].text.endswith("asked: edit lipschitz.weight = 5.0.")
    assert [(row.text, row.iteration) for row in rows if row.kind == "refused"] == [("No.", 3)]
    assert not (session.path / FOLDER).exists()


def test_nothing_is_sent_where_nobody_trains(session: Session) -> None:
    with pytest.raises(UserError, match="Nobody trains"):
        send(session.path, "stop")
    assert not (session.path / FOLDER).exists()


def test_what_lay_there_before_is_removed_unread(session: Session, tmp_path: Path) -> None:
    (session.path / FOLDER).mkdir()
    (session.path / FOLDER / "0.json").write_text(json.dumps({"action": "stop"}))
    elsewhere = tmp_path / "precious"
    elsewhere.write_text("mine")
    (session.path / FOLDER / "1.json").symlink_to(elsewhere)
    control = Control()
    with Recorder(session, control) as recorder:
        recorder.handle(started())
        recorder.settle()
        assert not (session.path / FOLDER).exists()
        assert control.take() is None
    assert elsewhere.read_text() == "mine"


def test_commands_for_another_writer_are_removed_and_ignored(session: Session) -> None:
    lock = Lock(session.path)
    inbox = Inbox(session.path, lock.token)
    write(session, "0.json", to="another")
    write(session, "1.json", action="resume")
    assert [c.action for c in inbox.take() if isinstance(c, Command)] == ["resume"]
    assert list((session.path / FOLDER).iterdir()) == []
    lock.release()


@pytest.mark.parametrize(
    "values",
    [
        {"action": "delete"},
        {"action": ["stop"]},
        {"path": "p" * 81},
        {"path": 3},
        {"value": {"nested": 1}},
        {"value": [1]},
        {"value": float("nan")},
        {"value": "v" * LIMIT},
        {"user": "\x1b[2J"},
    ],
)
def test_what_is_no_command_is_a_sentence(session: Session, values: dict[str, Any]) -> None:
    lock = Lock(session.path)
    inbox = Inbox(session.path, lock.token)
    path = write(session, "0.json", **values)
    (said,) = inbox.take()
    assert isinstance(said, str)
    assert str(path) in said
    assert not path.exists()
    lock.release()


def test_links_folders_and_floods_are_borne(session: Session, tmp_path: Path) -> None:
    lock = Lock(session.path)
    inbox = Inbox(session.path, lock.token)
    precious = write(session, "0.json").rename(tmp_path / "valid.json")
    (session.path / FOLDER / "1.json").symlink_to(precious)
    (session.path / FOLDER / "2.json").mkdir()
    assert [isinstance(found, str) for found in inbox.take()] == [True]  # the link: not followed
    assert precious.exists()
    for number in range(MOST + 1):
        write(session, f"{number + 10}.json")
    assert len(inbox.take()) == MOST
    assert len(inbox.take()) == 1
    inbox.close()
    assert (session.path / FOLDER / "2.json").is_dir()  # no command; and not ours to remove
    lock.release()


def test_a_folder_of_commands_that_is_a_link_is_not_entered(session: Session, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / "elsewhere" / "0.json"
    kept.write_text("{}")
    (session.path / FOLDER).symlink_to(tmp_path / "elsewhere")
    lock = Lock(session.path)
    assert Inbox(session.path, lock.token).take() == []
    assert kept.exists()
    lock.release()


def test_copies_have_no_commands(session: Session, tmp_path: Path) -> None:
    (session.path / FOLDER).mkdir()
    (session.path / FOLDER / "0.json").write_text("{}")
    assert not (session.save_as(tmp_path / "copy").path / FOLDER).exists()


def test_the_lock_says_what_training_does_and_beats_while_there_is_much_to_write(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "BEAT", 0.0)

    def holder() -> Any:
        return holder_of(session.path)

    with Recorder(session) as recorder:
        assert holder().state == "preparing"
        recorder.handle(started())
        recorder.settle()
        assert holder().state == "running"
        recorder.handle(StateChanged(1, "paused", "critic", 0))
        recorder.settle()
        before = holder()
        assert before.state == "paused"

        ends = time.monotonic() + 20
        while holder().heartbeat == before.heartbeat and time.monotonic() < ends:
            recorder.settle()  # jobs, one upon the other
        assert holder().heartbeat > before.heartbeat
        assert holder().state == "paused"
        recorder.handle(Finished(1, "stopped"))


def test_while_training_is_paused_all_of_it_is_on_the_disk(session: Session) -> None:
    with Recorder(session) as recorder:
        recorder.handle(started())
        recorder.handle(metrics(1, 3))
        recorder.handle(StateChanged(3, "paused", "critic", 0))
        recorder._writer.wait()
        assert session.metrics.newest_iteration() == 3
