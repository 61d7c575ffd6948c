"""Going back to a checkpoint, and settling a training that was cut short."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from session_events import checkpoint, equal, experiment, history, metrics, record, samples, snapshot, started
from session_training import same_end, tiny, train

from ganstudio.engine.events import Edited
from ganstudio.errors import UserError
from ganstudio.session import checkpoints as of_checkpoints
from ganstudio.session import history as of_history
from ganstudio.session.recorder import Recorder
from ganstudio.session.reverting import remove_unsaved
from ganstudio.session.session import Session

WEIGHT = "lipschitz.weight"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checkpoints at 10, 20 and 30, edits after 5 and 25, and more after the last checkpoint."""
    made = Session.create(tmp_path_factory.mktemp("recorded") / "run", experiment())
    first, second = experiment(lipschitz__weight=1.0), experiment(lipschitz__weight=2.0)
    events = history(10, 10, first)
    events[2:2] = [Edited(5, WEIGHT, 0.1, 1.0)]
    events += [metrics(11, 20), samples(20), checkpoint(20, first), Edited(25, WEIGHT, 1.0, 2.0)]
    record(made, [*events, metrics(21, 33), samples(30), checkpoint(30, second), samples(33)])
    return made.path


@pytest.fixture
def session(recorded: Path, tmp_path: Path) -> Session:
    return Session.open(Path(shutil.copytree(recorded, tmp_path / "run")))


def names(path: Path) -> list[str]:
    return sorted(str(each.relative_to(path)) for each in path.rglob("*"))


def test_what_came_after_is_gone(session: Session) -> None:
    session.pin(10)
    session.pin(30)
    session.revert(20)
    for seen in (session, Session.open(session.path)):
        assert seen.checkpoints() == [10, 20]
        assert [int(path.stem) for path in seen.samples()] == [0, 10, 20]
        assert [edit.iteration for edit in seen.record.edits] == [5]
        assert seen.annotations.pinned == {10}
        scalars = seen.metrics.scalars()
        assert scalars is not None
        assert scalars.iterations.tolist() == list(range(1, 21))
        assert max(event.iteration for event in seen.replay()) == 20
        assert seen.metrics.events()[-1].kind == "reverted"
    state = session.latest_snapshot()
    assert state is not None
    assert equal(state, snapshot(20, experiment(lipschitz__weight=1.0)))
    assert not (session.path / "lock").exists()


def test_going_back_to_the_newest_removes_what_no_state_holds(session: Session) -> None:
    session.revert(30)
    assert session.checkpoints() == [10, 20, 30]
    assert [int(path.stem) for path in session.samples()] == [0, 10, 20, 30]
    assert len(session.record.edits) == 2


def test_training_goes_on_from_there_exactly(tmp_path: Path) -> None:
    sessions = [Session.create(tmp_path / name, tiny()) for name in ("one", "other")]
    for each in sessions:
        train(each, 6)
    sessions[0].revert(2)
    train(sessions[0], 3)
    train(sessions[1], 3, at=2)
    assert sessions[0].checkpoints() == sessions[1].checkpoints() == [2, 4, 5]
    assert same_end(*sessions)


def test_while_training_it_is_refused(session: Session) -> None:
    with Recorder(Session.open(session.path)):
        before = names(session.path)
        with pytest.raises(UserError, match=f"in use by process {os.getpid()} on "):
            session.revert(10)
        with pytest.raises(UserError, match="in use by process"):
            session.settle()
        assert names(session.path) == before
    assert session.checkpoints() == [10, 20, 30]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda folder: shutil.rmtree(folder / "00000010"),
            "no checkpoint of iteration 10; there are 20, 30",
        ),
        (lambda folder: (folder / "00000010" / "critic.safetensors").write_bytes(b"x"), "cut off"),
        (lambda folder: (folder / "00000010" / "state.json").unlink(), "could not be read"),
        (lambda folder: (folder.parent / "annotations.json").write_text("{"), "not valid JSON"),
    ],
)
def test_where_there_is_nothing_to_go_back_to_nothing_is_removed(
    session: Session, spoil: object, words: str
) -> None:
    spoil(session.path / "checkpoints")  # type: ignore[operator]
    before = names(session.path)
    with pytest.raises(UserError, match=words):
        session.revert(10)
    assert names(session.path) == before


@pytest.mark.parametrize("at", range(4))
def test_a_revert_that_ends_half_way_leaves_a_session_that_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Wherever it ends, no half checkpoint is left, and the history reaches as far as the newest."""
    removed = 0

    def remove(path: Path) -> None:
        nonlocal removed
        if removed == at:
            raise KeyboardInterrupt
        removed += 1
        files_remove(path)

    files_remove = of_history.remove
    for module in (of_history, of_checkpoints):
        monkeypatch.setattr(module, "remove", remove)
    with pytest.raises(KeyboardInterrupt):
        session.revert(10)
    monkeypatch.undo()
    opened = Session.open(session.path)
    state = opened.latest_snapshot()
    assert state is not None
    assert not opened.problems
    scalars = opened.metrics.scalars(state.iteration)
    assert scalars is not None
    assert scalars.iteration == state.iteration
    Recorder(opened).close()
    opened.revert(10)
    assert opened.checkpoints() == [10]


def test_a_training_cut_short_is_settled_once(session: Session) -> None:
    session.settle()
    (last,) = session.metrics.events()[-1:]
    assert (last.iteration, last.kind) == (33, "interrupted")
    assert session.checkpoints() == [10, 20, 30]


def test_what_was_never_saved_can_be_removed_and_nothing_else(session: Session, tmp_path: Path) -> None:
    assert not remove_unsaved(session)
    begun = Session.create(tmp_path / "begun", experiment())
    with Recorder(begun) as recorder:
        recorder.handle(started())
        assert not remove_unsaved(begun)  # in use
    begun.annotate(notes="Mine.")
    assert not remove_unsaved(begun)
    begun.annotate(notes="")
    assert remove_unsaved(begun)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]
    assert session.checkpoints() == [10, 20, 30]


def test_going_on_from_an_earlier_state_forgets_later_edits_and_pins(session: Session) -> None:
    for iteration in (10, 20):
        session.pin(iteration)
    record(session, [started(10)])
    assert session.annotations.pinned == {10}
    assert session.checkpoints() == [10]
    assert [edit.iteration for edit in Session.open(session.path).record.edits] == [5]
