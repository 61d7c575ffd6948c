"""The list of checkpoints."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from session_events import experiment, history, record, samples, started

from ganstudio.session import checkpoints
from ganstudio.session.session import Session


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three checkpoints, and samples of other iterations."""
    made = Session.create(tmp_path_factory.mktemp("recorded") / "run", experiment())
    record(made, [*history(30, 10), samples(25)])
    (made.path / "samples" / "00000010.png").unlink()
    (made.path / "samples" / "00000030.png").unlink()
    return made.path


@pytest.fixture
def session(recorded: Path, tmp_path: Path) -> Session:
    return Session.open(Path(shutil.copytree(recorded, tmp_path / "run")))


def test_each_checkpoint_is_an_entry(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "read_tensors", None)  # a list reads none
    session.pin(20)
    entries = session.checkpoint_entries()
    assert [entry.iteration for entry in entries] == [10, 20, 30]
    assert [entry.pinned for entry in entries] == [False, True, False]
    assert [entry.seconds for entry in entries] == [5.0, 10.0, 15.0]
    assert [entry.picture and entry.picture.stem for entry in entries] == ["00000000", "00000020", "00000025"]
    assert not any(entry.best or entry.problem or entry.figure is not None for entry in entries)
    for entry in entries:
        folder = session.path / "checkpoints" / f"{entry.iteration:08d}"
        assert entry.size == sum(path.stat().st_size for path in folder.iterdir())
        saved = datetime.fromisoformat(entry.saved)
        assert timedelta() <= datetime.now().astimezone() - saved < timedelta(minutes=5)


def test_a_session_without_any_has_no_entries(tmp_path: Path) -> None:
    assert Session.create(tmp_path / "run", experiment()).checkpoint_entries() == []


def test_an_entry_says_what_is_wrong_with_it(session: Session) -> None:
    folder = session.path / "checkpoints"
    (folder / "00000010" / "state.json").write_text("{")
    (folder / "00000030" / "critic.safetensors").write_bytes(b"")
    problems = [entry.problem for entry in session.checkpoint_entries()]
    assert "is not valid JSON" in problems[0]
    assert problems[1] == ""
    assert "was cut off" in problems[2]


def test_of_an_early_release_the_time_is_that_of_the_file(session: Session) -> None:
    path = session.path / "checkpoints" / "00000020" / "state.json"
    state = json.loads(path.read_text())
    del state["saved"]
    path.write_text(json.dumps(state))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    (_, entry, _) = session.checkpoint_entries()
    assert datetime.fromisoformat(entry.saved).timestamp() == 1_700_000_000
    state["saved"] = "yesterday"
    path.write_text(json.dumps(state))
    assert session.checkpoint_entries()[1].saved == ""


def test_one_state_is_read_by_its_iteration(session: Session) -> None:
    assert session.snapshot(20).iteration == 20
    record(session, [started(20)])
    assert session.checkpoints() == [10, 20]
