"""A session is read beside the window, which goes on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest
from pytestqt.qtbot import QtBot
from stored_history import END, stored_session
from ui_fakes import tiny_experiment
from window_use import PATIENCE, MakeWindow, button, card, click, close, editor, message, problems, settling

from ganstudio.errors import UserError
from ganstudio.experiment.parse import with_values
from ganstudio.session.session import Session
from ganstudio.ui import opening
from ganstudio.ui.opening import BRIEF_MS, Stored


class Gate:
    """Holds the reading of sessions up until it is opened, or the reading is cancelled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.way = Flag()
        self.asked: list[str] = []
        self.error: Exception | None = None
        read = opening.read

        def held(path: Path, progress: opening.Progress) -> Stored:
            self.asked.append(path.name)
            while not self.way.wait(0.01):
                progress("Reading", 1, 4)
            if self.error:
                raise self.error
            return read(path, progress)

        monkeypatch.setattr(opening, "read", held)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate(monkeypatch)
    yield made
    made.way.set()


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return stored_session(tmp_path / "run")


def test_the_window_says_what_it_opens_and_trains_nothing_meanwhile(
    qtbot: QtBot, make_window: MakeWindow, gate: Gate, session: Session
) -> None:
    window = make_window()
    click(qtbot, card(window, "ring-wgan-gp"))
    assert button(window, "train").isEnabled()
    with settling(qtbot, window.controller):
        window.commands.open_session(session.path)
        assert not button(window, "train").isEnabled()
        window.controller.start(10)
        assert not window.controller.is_active
        qtbot.waitUntil(lambda: window.status.job.isVisible() and window.status.job.bar.value() == 250)
        assert window.controller.session is None
        gate.way.set()
    assert not window.status.job.isVisible()
    assert button(window, "train").isEnabled()
    assert window.controller.session
    assert window.controller.session.path == session.path
    assert window.controller.meter.pace.iteration == END
    assert message(window) == f"Opened {session.name}. Press Train to go on."


def test_a_cancelled_opening_leaves_all_as_it_was(
    qtbot: QtBot, make_window: MakeWindow, gate: Gate, session: Session
) -> None:
    window = make_window()
    click(qtbot, card(window, "ring-wgan-gp"))
    experiment = window.controller.experiment
    with settling(qtbot, window.controller):
        window.commands.open_session(session.path)
        qtbot.waitUntil(window.status.job.isVisible, timeout=PATIENCE + BRIEF_MS)
        click(qtbot, window.status.job.cancel)
    assert window.controller.session is None
    assert window.controller.experiment == experiment
    assert message(window) == "Opening run was cancelled."
    assert button(window, "train").isEnabled()


def test_the_newest_wish_counts(
    qtbot: QtBot, make_window: MakeWindow, gate: Gate, session: Session, tmp_path: Path
) -> None:
    other = stored_session(tmp_path / "other", 50)
    window = make_window()
    window.commands.open_session(session.path)
    qtbot.waitUntil(lambda: gate.asked == ["run"], timeout=PATIENCE)
    with settling(qtbot, window.controller):
        window.commands.open_session(other.path)
        gate.way.set()
    assert window.controller.session
    assert window.controller.session.path == other.path
    assert window.controller.meter.pace.iteration == 50


def test_a_preset_that_is_chosen_meanwhile_is_what_is_shown(
    qtbot: QtBot, make_window: MakeWindow, gate: Gate, session: Session
) -> None:
    window = make_window()
    with settling(qtbot, window.controller):
        window.commands.open_session(session.path)
        click(qtbot, card(window, "ring-wgan-gp"))
    gate.way.set()
    assert window.controller.session is None
    assert window.controller.experiment
    assert window.controller.experiment.name == "ring-wgan-gp"
    assert button(window, "train").isEnabled()


def test_settings_that_are_typed_meanwhile_are_not_lost(
    qtbot: QtBot, make_window: MakeWindow, gate: Gate, session: Session
) -> None:
    window = make_window()
    click(qtbot, card(window, "ring-wgan-gp"))
    experiment = window.controller.experiment
    assert experiment
    with settling(qtbot, window.controller):
        window.commands.open_session(session.path)
        editor(window, "critic.width").setText("33")
        editor(window, "critic.width").editingFinished.emit()
    assert window.controller.session is None
    assert window.controller.experiment == with_values(experiment, {"critic.width": 33})
    assert message(window) == "Opening run was given up, for the settings were changed meanwhile."
    window.form.set_experiment(experiment, experiment)  # nothing is to be asked at the end


def test_a_window_that_closes_waits_for_the_thread(
    qtbot: QtBot, make_window: MakeWindow, gate: Gate, session: Session
) -> None:
    window = make_window()
    window.commands.open_session(session.path)
    qtbot.waitUntil(lambda: gate.asked == ["run"], timeout=PATIENCE)
    close(qtbot, window)
    assert not window.controller.is_opening
    assert window.controller.session is None


@pytest.mark.parametrize(
    ("error", "sentence", "has_detail"),
    [
        (UserError("The tape is torn."), "The tape is torn.", False),
        (ZeroDivisionError("planted"), "fault in the program (ZeroDivisionError: planted)", True),
    ],
)
def test_what_goes_wrong_while_reading_is_a_problem(
    qtbot: QtBot,
    make_window: MakeWindow,
    gate: Gate,
    session: Session,
    error: Exception,
    sentence: str,
    has_detail: bool,
) -> None:
    window = make_window()
    gate.error = error
    found = []
    window.controller.received.connect(found.extend)
    gate.way.set()
    with settling(qtbot, window.controller):
        window.commands.open_session(session.path)
    assert sentence in problems(window)
    assert window.controller.session is None
    (trouble,) = found
    assert bool(trouble.detail) == has_detail


def test_a_history_is_read_as_it_was_written(session: Session) -> None:
    told = []
    stored = opening.read(session.path, lambda *words: told.append(words))
    assert stored.experiment == tiny_experiment()
    assert [type(event) for event in stored.history] == [type(event) for event in session.replay()]
    assert ("Opening run", END, END) in told


def test_notes_of_an_opened_session_can_be_read(
    qtbot: QtBot, make_window: MakeWindow, session: Session
) -> None:
    session.annotate(notes="The penalty held.", tags=())
    window = make_window()
    with settling(qtbot, window.controller):
        window.commands.open_session(session.path)
    window.workspace.show_dock("notes")
    notes = window.workspace.panels["notes"]
    assert not notes.is_empty
    assert "The penalty held." in notes.summary()
