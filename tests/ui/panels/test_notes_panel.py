"""Notes and tags are saved as one types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import made_session, tiny_experiment

from ganstudio.session.annotations import FILE
from ganstudio.session.session import Session
from ganstudio.ui.mailbox import Opened
from ganstudio.ui.panels.notes import TAGS_WIDTH, NotesPanel

ShowInFrame = Callable[[QWidget, int, int], None]


def shown(show_in_frame: ShowInFrame, session: Session | None) -> NotesPanel:
    panel = NotesPanel()
    panel.reset(tiny_experiment())
    show_in_frame(panel, 900, 200)
    panel.handle(Opened(0, session))
    return panel


def test_what_is_typed_is_told_once_the_person_rests(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    session = made_session(tmp_path / "one")
    panel = shown(show_in_frame, session)
    assert not panel.is_empty
    with qtbot.waitSignal(panel.edited, timeout=5000) as edited:
        qtbot.keyClicks(panel.tags, "clip, base")
        qtbot.keyClicks(panel.notes, "It works.")
    assert edited.args[1:] == ["It works.", ("clip", " base")]
    panel.show_saved(session)
    assert "Notes: It works." in panel.summary()


def test_another_session_has_its_own_notes_and_nothing_typed_is_lost(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    one, two = made_session(tmp_path / "one"), made_session(tmp_path / "two")
    two.annotate(notes="Of the second.", tags=("b",))
    panel = shown(show_in_frame, one)
    qtbot.keyClicks(panel.notes, "Of the first.")
    with qtbot.waitSignal(panel.edited) as edited:
        panel.handle(Opened(0, two))
    assert edited.args == [one, "Of the first.", ("",)]
    assert panel.notes.toPlainText() == "Of the second."
    assert panel.tags.text() == "b"
    panel.handle(Opened(0, None))
    assert panel.is_empty
    assert panel.summary() == ""


def test_the_notes_stay_when_the_history_of_the_session_begins_anew(
    show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    session = made_session(tmp_path / "one")
    session.annotate(notes="It worked.", tags=("base",))
    panel = shown(show_in_frame, session)
    panel.reset(tiny_experiment())
    assert not panel.is_empty
    assert panel.notes.isVisible()
    assert panel.summary() == "Tags: base. Notes: It worked.."


def test_the_field_for_tags_is_as_wide_as_there_is_room(show_in_frame: ShowInFrame, tmp_path: Path) -> None:
    panel = shown(show_in_frame, made_session(tmp_path / "one"))
    assert panel.tags.width() == TAGS_WIDTH
    narrow = shown(show_in_frame, made_session(tmp_path / "two"))
    narrow.resize(280, 200)
    assert narrow.minimumSizeHint().width() <= 280
    assert narrow.tags.geometry().right() < narrow.findChild(QWidget, "notes:help").x()


def test_damaged_notes_are_shown_as_such_and_left_alone(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    session = made_session(tmp_path / "one")
    (session.path / FILE).write_text("{")
    panel = shown(show_in_frame, session)
    qtbot.keyClicks(panel.notes, "never")
    panel.flush()
    assert panel.notes.isReadOnly()
    assert (session.path / FILE).read_text() == "{"


def test_a_failure_keeps_the_text_and_says_why(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    session = made_session(tmp_path / "one")
    panel = shown(show_in_frame, session)
    qtbot.keyClicks(panel.notes, "kept")
    panel.flush()
    panel.show_saved(session, "The disk is full.")
    assert panel.notes.toPlainText() == "kept"
    assert panel.findChild(QWidget, "notes:state").text() == "Not saved"
