"""Notes, tags and pins: cleaned, bounded, kept while another program trains."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_events import checkpoint, experiment, history, record, started

from ganstudio.errors import UserError
from ganstudio.session.annotations import Annotations, clean_tags
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Session.create(tmp_path_factory.mktemp("recorded") / "run", experiment())
    record(made, history(20, 10))
    return made.path


@pytest.fixture
def session(recorded: Path, tmp_path: Path) -> Session:
    return Session.open(Path(shutil.copytree(recorded, tmp_path / "run")))


def test_a_session_has_none_at_first(session: Session) -> None:
    assert session.annotations == Annotations("", (), frozenset())
    assert not (session.path / "annotations.json").exists()


def test_notes_and_tags_are_cleaned_and_kept(session: Session) -> None:
    session.annotate(notes="\n first line\r\nsecond \n", tags=[" good ", "", "two  words", "Good", "数字"])
    session.pin(10)
    session.annotate(tags=[*session.annotations.tags, "more"])
    session.annotate(notes=session.annotations.notes + "!")
    expected = Annotations("first line\nsecond!", ("good", "two words", "数字", "more"), frozenset({10}))
    assert Session.open(session.path).annotations == expected
    known = session.info()
    assert (known["notes"], known["tags"], known["pinned"]) == (expected.notes, list(expected.tags), [10])
    session.annotate(notes="", tags=[])
    session.pin(10, pinned=False)
    session.pin(10, pinned=False)  # nothing to do
    assert session.annotations == Annotations()


@given(st.lists(st.text(max_size=12), max_size=10))
def test_clean_tags_stay_as_they_are(tags: list[str]) -> None:
    once = clean_tags(tags)
    assert clean_tags(once) == once
    assert all(tag and tag == tag.strip() for tag in once)
    assert len({tag.casefold() for tag in once}) == len(once)
    assert {tag.casefold() for tag in once} == {" ".join(t.split()).casefold() for t in tags if t.strip()}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"notes": "x" * 20_001}, "20,000 characters; these have 20,001"),
        ({"tags": ["x" * 41]}, "40 characters"),
        ({"tags": [f"tag {i}" for i in range(31)]}, "30 tags; these are 31"),
    ],
)
def test_too_much_is_refused_and_changes_nothing(
    session: Session, changes: dict[str, object], words: str
) -> None:
    session.annotate(notes="before", tags=["before"])
    with pytest.raises(UserError, match=words):
        session.annotate(**changes)  # type: ignore[arg-type]
    assert session.annotations == Annotations("before", ("before",))


def test_only_what_is_there_is_pinned(session: Session) -> None:
    with pytest.raises(UserError, match="no checkpoint of iteration 15; there are 10, 20"):
        session.pin(15)
    assert session.annotations.pinned == frozenset()


def test_they_change_while_another_program_trains(session: Session) -> None:
    keep_one = experiment(saving__keep=1)
    with Recorder(Session.open(session.path)) as recorder:
        recorder.handle(started(20))
        session.annotate(notes="while it trains", tags=["running"])
        session.pin(10)
        for iteration in (30, 40):
            recorder.handle(checkpoint(iteration, keep_one))
        recorder.settle()
        assert session.checkpoints() == [10, 40]
        session.pin(10, pinned=False)
        recorder.handle(checkpoint(50, keep_one))
    assert session.checkpoints() == [50]
    assert session.annotations == Annotations("while it trains", ("running",))


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        json.dumps({"notes": 3, "tags": [], "pinned": []}),
        json.dumps({"notes": "", "tags": 3, "pinned": []}),
        json.dumps({"notes": "", "tags": [3], "pinned": []}),
        json.dumps({"notes": "", "tags": [], "pinned": ["10"]}),
        json.dumps({"notes": "", "tags": [], "pinned": [-1]}),
        json.dumps({"notes": "", "tags": [], "pinned": [True]}),
    ],
)
def test_damaged_ones_are_a_sentence_and_stay_as_they_are(session: Session, content: str) -> None:
    path = session.path / "annotations.json"
    path.write_text(content)
    for action in (lambda: session.annotations, lambda: session.pin(10), lambda: session.annotate(notes="")):
        with pytest.raises(UserError, match=r"annotations\.json is damaged"):
            action()
    assert path.read_text() == content
    (problem,) = session.problems
    assert "no checkpoint retires" in problem
    assert session.info()["problems"] == [problem]
    assert [entry.pinned for entry in session.checkpoint_entries()] == [False, False]
    assert session.latest_snapshot() is not None


def test_without_knowing_the_pins_nothing_is_removed(session: Session) -> None:
    (session.path / "annotations.json").write_text("{")
    record(session, [started(20), checkpoint(30, experiment(saving__keep=1))])
    assert session.checkpoints() == [10, 20, 30]
