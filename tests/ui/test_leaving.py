"""Nothing that a person made is lost without a question."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from ui_fakes import tiny_experiment
from window_use import (
    PATIENCE,
    MakeWindow,
    button,
    card,
    click,
    editor,
    message,
    open_ring,
    problems,
    stepping,
    wait_for,
)

from ganstudio.experiment.files import preset, read_experiment
from ganstudio.session.session import Session
from ganstudio.ui import questions
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.questions import Answer
from ganstudio.ui.training import RunState

Answers = list[Answer]


def type_width(qtbot: QtBot, window: MainWindow, text: str) -> None:
    width = editor(window, "critic.width")
    width.setFocus()
    width.selectAll()
    qtbot.keyClicks(width, text)
    qtbot.keyClick(width, Qt.Key.Key_Return)


def train(qtbot: QtBot, window: MainWindow) -> Session:
    """Train until there is a checkpoint, and some iterations more, then pause."""
    window.controller.choose(tiny_experiment())
    window.toolbar.iterations.setValue(10**6)  # as many as a busy machine cannot do meanwhile
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.RUNNING)
    window.actions_by_name["save"].trigger()
    qtbot.waitUntil(lambda: window.controller.saves.saved is not None, timeout=PATIENCE)
    click(qtbot, button(window, "pause"))
    wait_for(qtbot, window, RunState.PAUSED)
    before = window.controller.meter.pace.iteration
    with stepping(qtbot, window):
        click(qtbot, button(window, "step"))
    assert window.controller.meter.pace.iteration == before + 1
    assert window.controller.saves.loss
    session = window.controller.session
    assert session is not None
    return session


def test_nothing_is_asked_where_nothing_would_be_lost(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    type_width(qtbot, window, "64")
    type_width(qtbot, window, str(preset("ring-wgan-gp").experiment.critic.width))
    window.toolbar.iterations.setValue(2)
    click(qtbot, button(window, "train"))
    qtbot.waitUntil(lambda: window.controller.session is not None, timeout=PATIENCE)
    wait_for(qtbot, window, RunState.IDLE)
    window.close()  # a job of the background may still have to end
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)


def test_a_pause_right_after_saving_loses_nothing(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    train(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.controller.saves.loss, timeout=PATIENCE)
    assert window.controller.state is RunState.PAUSED
    assert not window.leaving.would_lose
    saved = window.statusBar().findChild(QLabel, "saved")
    assert isinstance(saved, QLabel)
    window.status.show_saved()
    assert saved.text() == f"Saved at iteration {window.controller.saves.saved:,}, just now"


def test_closing_without_saving_keeps_the_newest_checkpoint(
    qtbot: QtBot, make_window: MakeWindow, answers: Answers
) -> None:
    window = make_window()
    session = train(qtbot, window)
    kept = window.controller.saves.saved
    answers.append(Answer.CANCEL)
    assert not window.close()
    assert window.controller.state is RunState.PAUSED
    answers.append(Answer.DROP)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    again = Session.open(session.path)
    assert again.checkpoints()[-1] == kept
    assert again.info()["iteration"] == kept
    assert not (session.path / "lock").exists()


def test_a_session_that_was_never_saved_leaves_nothing_behind(
    qtbot: QtBot, make_window: MakeWindow, answers: Answers
) -> None:
    window = make_window()
    window.controller.choose(tiny_experiment())
    window.actions_by_name["step_iteration"].trigger()
    wait_for(qtbot, window, RunState.PAUSED)
    qtbot.waitUntil(lambda: bool(window.controller.saves.loss), timeout=PATIENCE)
    session = window.controller.session
    assert session is not None
    answers.append(Answer.DROP)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not session.path.exists()
    assert not problems(window).count(str(session.path))


def test_another_preset_asks_first_and_can_be_refused(
    qtbot: QtBot, make_window: MakeWindow, answers: Answers
) -> None:
    window = make_window()
    session = train(qtbot, window)
    reached = window.controller.meter.pace.iteration
    click(qtbot, button(window, "start_page"))
    answers.append(Answer.CANCEL)
    click(qtbot, card(window, "digits-gan"))
    assert window.controller.state is RunState.PAUSED
    answers.append(Answer.KEEP)
    click(qtbot, card(window, "digits-gan"))
    wait_for(qtbot, window, RunState.IDLE)
    assert window.controller.experiment == preset("digits-gan").experiment
    assert Session.open(session.path).checkpoints()[-1] == reached


def test_changed_settings_are_kept_in_a_file_or_dropped(
    qtbot: QtBot, make_window: MakeWindow, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    open_ring(qtbot, window)
    type_width(qtbot, window, "64")
    answers.append(Answer.CANCEL)
    assert not window.close()
    answers.append(Answer.KEEP)
    monkeypatch.setattr(questions, "ask_settings_file", lambda parent, name: None)  # thought better of it
    assert not window.close()
    answers.append(Answer.KEEP)
    monkeypatch.setattr(questions, "ask_settings_file", lambda parent, name: Path("/nowhere/at/all.toml"))
    assert not window.close()
    assert "/nowhere/at/all.toml could not be written" in problems(window)
    answers.append(Answer.KEEP)
    monkeypatch.setattr(questions, "ask_settings_file", lambda parent, name: tmp_path / "mine.toml")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert read_experiment(tmp_path / "mine.toml").critic.width == 64


def test_settings_that_cannot_be_right_can_only_be_dropped(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def ask(*_: object, valid: bool) -> Answer:
        asked.append(valid)
        return Answer.DROP

    monkeypatch.setattr(questions, "ask_settings", ask)
    window = make_window()
    open_ring(qtbot, window)
    type_width(qtbot, window, "0")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert asked == [False]


def test_an_experiment_file_is_saved_and_opened_again(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    open_ring(qtbot, window)
    type_width(qtbot, window, "64")
    monkeypatch.setattr(questions, "ask_settings_file", lambda parent, name: tmp_path / "mine.toml")
    window.actions_by_name["save_settings"].trigger()
    assert message(window) == f"The settings are saved in {tmp_path / 'mine.toml'}."
    window.commands.open_preset("digits-gan")  # and nothing is asked
    monkeypatch.setattr(questions, "ask_file", lambda parent: tmp_path / "mine.toml")
    window.actions_by_name["open_file"].trigger()
    assert editor(window, "critic.width").text() == "64"
    assert button(window, "train").isEnabled()
    (tmp_path / "mine.toml").write_text("[critic]\nwidth = -1\n")
    window.actions_by_name["open_file"].trigger()
    assert "critic.width" in problems(window)


def test_reverting_goes_back_to_the_newest_checkpoint(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    session = train(qtbot, window)
    kept, lost = window.controller.saves.saved, window.controller.saves.loss.iterations
    asked: list[tuple[object, ...]] = []

    def ask(_parent: object, iteration: int, dropped: list[str]) -> bool:
        asked.append((iteration, *dropped))
        return len(asked) > 1

    monkeypatch.setattr(questions, "ask_revert", ask)
    window.actions_by_name["revert"].trigger()
    assert window.controller.state is RunState.PAUSED
    window.actions_by_name["revert"].trigger()
    qtbot.waitUntil(lambda: message(window).startswith("Opened"), timeout=PATIENCE)
    count = "one iteration" if lost == 1 else f"{lost} iterations"
    assert asked[0] == (kept, f"You lose the {count} since the checkpoint at iteration {kept:,}.")
    assert session.checkpoints()[-1] == kept
    assert window.controller.meter.pace.iteration == kept
