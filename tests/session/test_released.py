"""Sessions of every released schema open, replay and train on, and are left as they are by reading."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from session_training import same_end, tiny, train

from ganstudio.engine.events import Edited, Evaluated, Measured, Metrics, Samples, Started
from ganstudio.session import schema
from ganstudio.session.archive import export_zip, import_zip
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

RELEASED = Path(__file__).parent / "released"
# For each schema: edits as plots hear of them, the newest iteration and the critic steps within the next.
EXPECTED = {
    1: ([(5, "lipschitz.weight", 2.0), (6, "schedule.n_critic", 4)], 6, 2),
    2: (
        [
            (2, "lipschitz.weight", 2.0),
            (4, "name", "fork"),
            (4, "objective.kind", "hinge"),
            (4, "ema.decay", 0.9),
            (6, "schedule.n_critic", 2),
        ],
        6,
        2,
    ),
}


def test_every_schema_has_its_session() -> None:
    assert sorted(path.name for path in RELEASED.iterdir()) == [
        f"schema-{number}" for number in range(1, schema.SCHEMA + 1)
    ]
    assert list(EXPECTED) == list(range(1, schema.SCHEMA + 1))
    assert set(schema.MIGRATIONS) == set(range(1, schema.SCHEMA))


@pytest.fixture(params=EXPECTED)
def number(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def session(number: int, tmp_path: Path) -> Session:
    copied = Path(shutil.copytree(RELEASED / f"schema-{number}", tmp_path / "run"))
    assert json.loads((copied / "session.json").read_text())["schema"] == number
    return Session.open(copied)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_opens_and_replays_and_stays_as_it_is(session: Session, number: int) -> None:
    edits, iteration, critic_step = EXPECTED[number]
    before = contents(session.path)
    events = list(session.replay())
    assert [(e.iteration, e.path, e.new) for e in events if isinstance(e, Edited)] == edits
    assert [type(e) for e in events if isinstance(e, (Started, Metrics, Samples))] == [
        Started,
        Metrics,
        Samples,
    ]
    (scalars,) = [e for e in events if isinstance(e, Metrics)]
    assert scalars.iterations.tolist() == list(range(1, iteration + 1))
    state = session.latest_snapshot()
    assert state is not None
    assert (state.iteration, state.numbers["critic_step"]) == (iteration, critic_step)
    assert session.current_experiment.schedule.n_critic == edits[-1][2]
    assert session.current_experiment.saving.autosave_minutes == 10
    assert session.checkpoints() == [4, 6]
    assert all(entry.saved and not entry.problem for entry in session.checkpoint_entries())
    assert session.info()["iteration"] == iteration
    assert bool(session.metrics.figures()) == bool(session.metrics.measured()) == (number > 1)
    assert not session.problems
    assert contents(session.path) == before


def test_it_trains_on(session: Session, number: int, tmp_path: Path) -> None:
    """As one that never stopped would: two runs of two are one of four."""
    edits = EXPECTED[number][0]
    other = Session.open(Path(shutil.copytree(session.path, tmp_path / "other")))
    train(session, 4)
    train(other, 2)
    train(other, 2)
    assert same_end(session, other)
    trained = Session.open(session.path)
    assert [(e.iteration, e.path, e.new) for e in trained.replay() if isinstance(e, Edited)] == edits
    assert trained.checkpoints() == ([6, 8, 10] if number == 1 else [4, 6, 8, 10])


def test_going_on_from_the_earlier_state_forgets_the_later_edits(session: Session, number: int) -> None:
    train(session, 1, at=4)
    kept = [edit for edit in EXPECTED[number][0] if edit[0] <= 4]
    assert [(e.iteration, e.path, e.new) for e in session.replay() if isinstance(e, Edited)] == kept


def test_a_history_without_the_newer_tables_takes_what_is_new(session: Session) -> None:
    with Recorder(session) as recorder:
        recorder.handle(Evaluated(6, {"w1": 0.5}, {"samples": 10}))
        recorder.handle(Measured(6, "new probe", {"values": np.arange(3.0)}))
    assert session.metrics.figures()[-1].figures == {"w1": 0.5}
    assert session.metrics.values_at("w1", [6])[6] == 0.5
    (measured,) = session.metrics.measurements_of("new probe")
    assert measured.arrays["values"].tolist() == [0, 1, 2]


def test_the_first_release_has_no_newer_table(tmp_path: Path) -> None:
    """So that the test before this one tests something."""
    path = Path(shutil.copy(RELEASED / "schema-1" / "metrics.sqlite", tmp_path))
    with closing(sqlite3.connect(path)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == {"scalars", "gradient_norms", "events"}
    assert Session.open(RELEASED / "schema-1").metrics.values_at("w1", [6]) == {6: None}


def test_what_can_be_done_with_a_session_can_be_done_with_it(session: Session, tmp_path: Path) -> None:
    session.annotate(notes="old", tags=["old"])
    session.pin(4)
    fork = session.fork(tmp_path / "fork", 4)
    assert json.loads((fork.path / "session.json").read_text())["schema"] == schema.SCHEMA
    export_zip(session, tmp_path / "session.zip")
    back = import_zip(tmp_path / "session.zip", tmp_path / "back")
    assert back.annotations == session.annotations
    session.revert(4)
    assert session.checkpoints() == [4]
    assert json.loads((session.path / "session.json").read_text())["schema"] == schema.SCHEMA
    assert session.annotations.notes == "old"


def test_migrations_leave_what_they_are_given_as_it_is() -> None:
    raw = json.loads((RELEASED / "schema-1" / "session.json").read_text())
    before = json.dumps(raw)
    migrated = schema.migrate(raw, RELEASED)
    assert json.dumps(raw) == before
    assert (migrated["schema"], migrated["parent"], migrated["inherited"]) == (2, None, [])
    assert migrated["experiment"] == raw["experiment"]
    assert migrated["edits"] == raw["edits"]


def test_a_state_that_lacks_later_settings_tells_its_edits_all_the_same() -> None:
    """Both were at iteration 10, the edit after the state was saved or before: only its settings tell."""
    record = schema.new_record(tiny()).with_edits((schema.Edit(10, "lipschitz.weight", 0.1, 2.0),))
    held = tiny().model_dump()
    del held["saving"]["keep_every"], held["saving"]["best_by"]
    assert record.edits_in(held, 10) == ()
    held["lipschitz"]["weight"] = 2.0
    assert record.edits_in(held, 10) == record.edits
    assert record.edits_in(held, 9) == ()
    assert record.edits_in(None, 10) == record.edits
    assert record.edits_in({"no": "experiment"}, 10) == record.edits


def test_notes_of_the_first_schema_are_not_lost(tmp_path: Path) -> None:
    path = Path(shutil.copytree(RELEASED / "schema-1", tmp_path / "run"))
    raw = json.loads((path / "session.json").read_text())
    (path / "session.json").write_text(json.dumps({**raw, "notes": "by hand"}))
    session = Session.open(path)
    assert session.annotations.notes == "by hand"
    session.pin(4)
    assert session.annotations.notes == "by hand"
