"""What is on disk: made, opened, refused in words, copied."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from session_events import checkpoint, equal, experiment, history, record, samples, snapshot, started

from ganstudio.engine.events import SCALARS
from ganstudio.errors import UserError
from ganstudio.session import places, schema
from ganstudio.session import session as session_module
from ganstudio.session.places import default_session_path
from ganstudio.session.session import Session


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of 20 iterations, not to be changed."""
    made = Session.create(tmp_path_factory.mktemp("recorded") / "run", experiment())
    record(made, history(20, 10))
    return made.path


@pytest.fixture
def session(recorded: Path, tmp_path: Path) -> Session:
    return Session.open(Path(shutil.copytree(recorded, tmp_path / "run")))


def newest(session: Session) -> Path:
    return session.path / "checkpoints" / "00000020"


def is_one_sentence(error: BaseException) -> bool:
    text = str(error)
    return "\n" not in text and text.endswith(".") and "Traceback" not in text


def test_a_new_session_has_its_experiment_and_no_state(tmp_path: Path) -> None:
    Session.create(tmp_path / "a" / "b" / "run", experiment(seed=7))
    opened = Session.open(tmp_path / "a" / "b" / "run")
    assert opened.experiment == opened.current_experiment == experiment(seed=7)
    assert opened.name == "run"
    assert opened.latest_snapshot() is None
    assert opened.checkpoints() == []
    assert list(opened.replay()) == []


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert Session.create(tmp_path, experiment()).path == tmp_path


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UserError, match="a folder with files in it already") as refused:
        Session.create(tmp_path, experiment())
    assert is_one_sentence(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_existing_session_is_refused(session: Session) -> None:
    with pytest.raises(UserError, match="is a session already"):
        Session.create(session.path, experiment())


@pytest.mark.parametrize("tail", ["", "deeper/run"])
def test_a_file_in_the_way_is_refused(tmp_path: Path, tail: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError) as refused:
        Session.create(tmp_path / "file" / tail, experiment())
    assert is_one_sentence(refused.value)


def test_a_full_disk_leaves_nothing_of_a_new_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, record: schema.Record) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(session_module, "write_record", full)
    with pytest.raises(UserError, match="the disk is full") as refused:
        Session.create(tmp_path / "deep" / "run", experiment())
    assert is_one_sentence(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_session_is_refused(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none", "There is no session"), (tmp_path, "is not a session")):
        with pytest.raises(UserError, match=words) as refused:
            Session.open(path)
        assert is_one_sentence(refused.value)


def change_record(**changes: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **changes})


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: text[: len(text) // 2], "not valid JSON"),
        (lambda text: "", "not valid JSON"),
        (lambda text: "[" * 100_000, "not valid JSON"),
        (lambda text: "[]", "does not hold what it should"),
        (change_record(schema=99), "newer GAN Studio"),
        (change_record(schema="1"), "does not say which format"),
        (change_record(schema=True), "does not say which format"),
        (change_record(experiment={"seed": -1}), "seed must be at least 0"),
        (change_record(experiment={"nonsense": 1}), "nonsense is not a setting"),
        (change_record(experiment=None), "is damaged"),
        (change_record(edits=[{"iteration": 1}]), "does not hold what it should"),
        (
            change_record(edits=[{"iteration": 1, "path": "no.such", "old": 1, "new": 2}]),
            "no.such is not a setting",
        ),
        (change_record(edits=3), "does not hold what it should"),
    ],
)
def test_a_damaged_record_is_one_sentence_and_stays_as_it_is(
    session: Session, damage: Callable[[str], str], words: str
) -> None:
    path = session.path / "session.json"
    path.write_text(damage(path.read_text()))
    before = path.read_bytes()
    with pytest.raises(UserError, match=words) as refused:
        Session.open(session.path)
    assert is_one_sentence(refused.value)
    assert path.read_bytes() == before


def test_an_older_schema_is_migrated_step_by_step(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "SCHEMA", schema.SCHEMA + 2)
    for number, word in ((2, "one "), (3, "two")):
        step = lambda raw, word=word: {**raw, "notes": raw["notes"] + word}  # noqa: E731
        monkeypatch.setitem(schema.MIGRATIONS, number, step)
    assert Session.open(session.path).record.notes == "one two"


def test_a_state_comes_back_to_the_last_bit(session: Session) -> None:
    restored = Session.open(session.path).latest_snapshot()
    assert restored is not None
    assert equal(restored, snapshot(20))
    assert all(array.flags.writeable for file in restored.tensors.values() for array in file.values())


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def claim_escape(path: Path) -> None:
    state = json.loads(path.read_text())
    state["files"]["../../../real"] = {"bytes": 1, "crc32": 1}
    path.write_text(json.dumps(state))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("generator.safetensors", cut),
        ("critic.safetensors", flip),
        ("random.safetensors", Path.unlink),
        ("state.json", Path.unlink),
        ("state.json", cut),
        ("state.json", claim_escape),
        ("state.json", lambda path: path.write_text('{"format": 1, "numbers": {}, "files": {}}')),
        ("state.json", lambda path: path.write_text('{"format": 2}')),
    ],
)
def test_a_damaged_checkpoint_is_passed_over_and_that_is_said(
    session: Session, name: str, damage: Callable[[Path], None]
) -> None:
    damage(newest(session) / name)
    opened = Session.open(session.path)
    restored = opened.latest_snapshot()
    assert restored is not None
    assert equal(restored, snapshot(10))
    assert len(opened.problems) == 1
    assert "iteration 20" in opened.problems[0]
    assert opened.info()["iteration"] == 10


def test_where_all_checkpoints_are_damaged_it_does_not_start_anew(session: Session) -> None:
    for folder in (session.path / "checkpoints").iterdir():
        flip(folder / "generator.safetensors")
    with pytest.raises(UserError, match=r"No checkpoint of .* can be used") as refused:
        Session.open(session.path).latest_snapshot()
    assert is_one_sentence(refused.value)


def test_a_state_that_was_set_aside_when_the_power_went_is_found(session: Session) -> None:
    newest(session).rename(newest(session).with_suffix(".old"))
    (session.path / "checkpoints" / ".part-1234-00000030").mkdir()
    opened = Session.open(session.path)
    restored = opened.latest_snapshot()
    assert restored is not None
    assert restored.iteration == 20
    record(opened, [started(20)])
    assert sorted(p.name for p in (session.path / "checkpoints").iterdir()) == ["00000010", "00000020"]


def test_info_tells_the_state_in_plain_json(session: Session) -> None:
    known = json.loads(json.dumps(session.info(), allow_nan=False))
    assert known["iteration"] == 20
    assert known["critic_steps"] == 100
    assert known["device"] == "cpu"
    assert known["experiment"] == experiment().model_dump()
    assert set(SCALARS) <= set(known["last"])
    assert known["last"]["critic_loss"] == 0.1
    assert known["last"]["generator_loss"] is None
    assert known["modes"] == [[1.0, 0.0], [0.0, 1.0]]
    assert known["mode_std"] == 0.05
    assert known["checkpoints"] == [10, 20]
    assert known["sample_grid"].endswith("00000020.png")


def test_a_copy_is_whole_and_has_no_lock(session: Session, tmp_path: Path) -> None:
    shutil.copy(session.path / "session.json", session.path / "lock")
    copied = session.save_as(tmp_path / "elsewhere" / "copy")
    restored = copied.latest_snapshot()
    assert restored is not None
    assert equal(restored, snapshot(20))
    assert len(list(copied.replay())) == len(list(session.replay()))
    assert not (copied.path / "lock").exists()
    assert [p.name for p in (tmp_path / "elsewhere").iterdir()] == ["copy"]


def test_a_copy_goes_nowhere_where_something_is(session: Session, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    for target in (tmp_path / "full", session.path / "inside", session.path):
        with pytest.raises(UserError) as refused:
            session.save_as(target)
        assert is_one_sentence(refused.value)
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["letter.txt"]
    assert not (session.path / "inside").exists()


def test_a_copy_that_fails_leaves_nothing(session: Session, tmp_path: Path) -> None:
    (session.path / "metrics.sqlite").write_bytes(b"nonsense" * 100)
    with pytest.raises(UserError, match="damaged"):
        session.save_as(tmp_path / "elsewhere" / "copy")
    assert not (tmp_path / "elsewhere").exists()


def test_retention_keeps_the_newest(tmp_path: Path) -> None:
    two = experiment(saving__keep=2)
    made = Session.create(tmp_path / "run", two)
    record(made, [started(), *(checkpoint(i, two) for i in (1, 2, 3, 4))])
    assert made.checkpoints() == [3, 4]


@pytest.mark.parametrize("name", ["digits-wgan-gp", "../../etc/passwd", " ..", "a/b\\c:d", "x" * 100, "数字"])
def test_a_default_path_is_fresh_and_stays_among_the_sessions(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(places, "sessions_folder", lambda: tmp_path)
    first = default_session_path(name)
    Session.create(first, experiment())
    second = default_session_path(name)
    assert first.parent == second.parent == tmp_path
    assert not second.exists()


def test_sample_pictures_come_in_order(session: Session) -> None:
    record(session, [started(20), samples(99_999_999), samples(100_000_000)])
    assert [int(path.stem) for path in session.samples()] == [0, 10, 20, 99_999_999, 100_000_000]
