"""The window, used as a person uses it: by clicks and keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import ScriptedTrainer, metrics, scripted, started
from window_use import (
    PATIENCE,
    MakeWindow,
    button,
    card,
    click,
    close,
    editor,
    message,
    open_ring,
    problems,
    settling,
    stepping,
    wait_for,
)

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import Event, StateChanged
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.session.session import Session
from ganstudio.ui import dialogs, questions
from ganstudio.ui.training import RunState


def test_a_card_opens_its_preset_and_one_click_trains_it(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    assert not button(window, "train").isEnabled()
    train = card(window, "ring-wgan-gp").findChild(QPushButton, "train")
    assert isinstance(train, QPushButton)
    click(qtbot, train)
    wait_for(qtbot, window, RunState.RUNNING)
    assert window.pages.currentWidget() is window.workspace
    assert window.controller.session
    assert window.controller.session.experiment.name == "ring-wgan-gp"
    qtbot.waitUntil(lambda: not window.workspace.panels["losses"].is_empty, timeout=PATIENCE)
    click(qtbot, button(window, "stop"))
    wait_for(qtbot, window, RunState.IDLE)
    assert message(window).startswith("Stopped at iteration")
    assert str(window.controller.session.path) in [
        label.text() for label in window.statusBar().findChildren(QLabel)
    ]


def test_panels_work_with_the_jobs_that_closing_waits_for(make_window: MakeWindow) -> None:
    window = make_window()
    assert {panel.jobs for panel in window.workspace.panels.values()} == {window.jobs}


def test_train_pause_step_save_open_elsewhere_and_go_on(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.RUNNING)
    assert not editor(window, "critic.width").isEnabled()
    assert editor(window, "critic_optimizer.learning_rate").isEnabled()
    click(qtbot, button(window, "pause"))
    wait_for(qtbot, window, RunState.PAUSED)
    assert message(window).startswith("Paused at iteration")
    assert button(window, "train").text() == "Go on"
    before = window.controller.meter.pace.iteration
    with stepping(qtbot, window):
        click(qtbot, button(window, "step"))
    assert window.controller.meter.pace.iteration == before + 1
    assert window.controller.state is RunState.PAUSED
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: message(window).startswith("Saved at iteration"), timeout=PATIENCE)
    click(qtbot, button(window, "stop"))
    wait_for(qtbot, window, RunState.IDLE)
    session = window.controller.session
    assert session
    reached = session.checkpoints()[-1]
    assert reached >= before + 1

    other = make_window()
    with settling(qtbot, other.controller):
        other.controller.open(session.path)
    assert other.pages.currentWidget() is other.workspace
    qtbot.waitUntil(lambda: not other.workspace.panels["losses"].is_empty, timeout=PATIENCE)
    other.toolbar.iterations.setValue(3)
    click(qtbot, button(other, "train"))
    qtbot.waitUntil(lambda: session.checkpoints()[-1] == reached + 3, timeout=PATIENCE)
    wait_for(qtbot, other, RunState.IDLE)
    assert other.toolbar.bar.text().startswith(f"{reached + 3:,} of {reached + 3:,}")


def test_a_bad_value_is_explained_and_cannot_be_trained(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    assert button(window, "train").isEnabled()
    width = editor(window, "critic.width")
    width.setFocus()
    width.selectAll()
    qtbot.keyClicks(width, "0")
    qtbot.keyClick(width, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not button(window, "train").isEnabled(), timeout=PATIENCE)
    error = window.form.findChild(QLabel, "error:critic.width")
    assert isinstance(error, QLabel)
    assert error.isVisible()
    assert "at least 1" in error.text()
    width.selectAll()
    qtbot.keyClicks(width, "64")
    qtbot.keyClick(width, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: button(window, "train").isEnabled(), timeout=PATIENCE)


def test_a_live_edit_reaches_the_session(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.RUNNING)
    n_critic = editor(window, "schedule.n_critic")
    n_critic.selectAll()
    qtbot.keyClicks(n_critic, "2")
    qtbot.keyClick(n_critic, Qt.Key.Key_Return)
    session = window.controller.session
    assert session
    qtbot.waitUntil(lambda: len(session.record.edits) == 1, timeout=PATIENCE)
    click(qtbot, button(window, "stop"))
    wait_for(qtbot, window, RunState.IDLE)
    assert Session.open(session.path).current_experiment.schedule.n_critic == 2


def test_closing_while_training_saves_first(
    qtbot: QtBot, make_window: MakeWindow, answers: list[questions.Answer]
) -> None:
    window = make_window()
    answers.append(questions.Answer.KEEP)
    open_ring(qtbot, window)
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.RUNNING)
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not window.controller.is_active
    assert window.controller.session
    assert window.controller.session.checkpoints()


def test_a_fault_in_the_worker_reaches_the_problems(qtbot: QtBot, make_window: MakeWindow) -> None:
    def script(trainer: ScriptedTrainer, iterations: int) -> Iterator[Event]:
        yield started(0, iterations)
        yield metrics(1)
        raise ZeroDivisionError("planted")

    window = make_window(scripted(script))
    open_ring(qtbot, window)
    click(qtbot, button(window, "train"))
    qtbot.waitUntil(lambda: "planted" in problems(window), timeout=PATIENCE)
    wait_for(qtbot, window, RunState.IDLE)
    assert window.workspace.panels["problems"].isVisible()
    assert button(window, "train").isEnabled()


def test_a_folder_that_is_no_session_is_a_problem_not_a_box(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    window.controller.open(tmp_path)
    qtbot.waitUntil(lambda: "is not a session" in problems(window), timeout=PATIENCE)
    shown = window.start_page.findChild(QLabel, "problem")
    assert isinstance(shown, QLabel)
    assert shown.isVisible()
    assert "is not a session" in shown.text()


def test_a_preset_that_needs_a_folder_asks_for_it_in_the_form(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    train = card(window, "folder-dcgan-64").findChild(QPushButton, "train")
    assert isinstance(train, QPushButton)
    window.start_page.ensureWidgetVisible(train)
    click(qtbot, train)
    assert window.pages.currentWidget() is window.workspace
    assert window.controller.state is RunState.IDLE
    assert not button(window, "train").isEnabled()
    open_ring_again = window.commands.open_preset
    open_ring_again("ring-wgan-gp")
    assert button(window, "train").isEnabled()


def test_save_as_asks_and_goes_on_in_the_copy(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    open_ring(qtbot, window)
    window.toolbar.iterations.setValue(2)
    click(qtbot, button(window, "train"))
    qtbot.waitUntil(lambda: window.controller.session is not None, timeout=PATIENCE)
    wait_for(qtbot, window, RunState.IDLE)
    monkeypatch.setattr(dialogs, "ask_copy", lambda parent, session: tmp_path / "copy")
    window.actions_by_name["save_as"].trigger()
    qtbot.waitUntil(lambda: window.windowTitle().startswith("copy"), timeout=PATIENCE)
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.LOADING)
    wait_for(qtbot, window, RunState.IDLE)
    assert Session.open(tmp_path / "copy").checkpoints()[-1] == 4


def test_the_layout_comes_back_and_can_be_reset(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    dock = window.workspace.docks["losses"]
    dock.hide()
    close(qtbot, window)
    other = make_window()
    open_ring(qtbot, other)
    assert not other.workspace.docks["losses"].isVisible()
    other.actions_by_name["reset_layout"].trigger()
    assert other.workspace.docks["losses"].isVisible()
    assert other.workspace.panels["samples"].isVisible()


def test_the_theme_changes_everywhere_and_is_remembered(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    light = window.palette().window().color().lightness()
    window.actions_by_name["dark"].trigger()
    assert window.palette().window().color().lightness() < light
    assert window.settings.value("window/theme") == "dark"
    assert window.workspace.panels["losses"].colours.background == "#1b1e25"
    window.actions_by_name["light"].trigger()
    assert window.palette().window().color().lightness() == light


def test_every_control_has_a_name(make_window: MakeWindow) -> None:
    window = make_window()
    window.commands.open_preset("ring-wgan-gp")
    controls = [w for w in window.toolbar.children() if isinstance(w, QWidget) and w.isVisible()]
    assert {"train", "pause", "stop", "step", "iterations", "device", "progress"} <= {
        w.objectName() for w in controls
    }
    assert all(
        w.accessibleName() for w in controls if w.objectName() and not w.objectName().startswith("qt_")
    )


def test_devices_are_offered_once_torch_is_there(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    assert window.toolbar.chosen_device() == "auto"
    with qtbot.waitSignal(window.loader.finished, timeout=60000):
        window.loader.start()
    qtbot.waitUntil(lambda: window.toolbar.device.findData("cpu") > 0, timeout=PATIENCE)
    assert window.toolbar.chosen_device() == "auto"


def test_a_card_opens_by_keyboard(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    chosen = card(window, "digits-gan")
    chosen.setFocus()
    qtbot.keyClick(chosen, Qt.Key.Key_Return)
    assert window.controller.experiment
    assert window.controller.experiment.name == "digits-gan"


def test_a_stopped_window_has_no_running_timer(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    window.toolbar.iterations.setValue(1)
    click(qtbot, button(window, "train"))
    qtbot.waitUntil(lambda: window.controller.session is not None, timeout=PATIENCE)
    wait_for(qtbot, window, RunState.IDLE)
    assert not any(t.isActive() and not t.isSingleShot() for t in window.controller.findChildren(QTimer))


def test_a_picture_of_the_window_is_not_blank(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PySide6.QtGui import QImage

    window = make_window()
    monkeypatch.setattr(dialogs, "ask_picture", lambda parent, name: tmp_path / "window.png")
    with qtbot.waitSignal(window.photographer.done, timeout=PATIENCE) as done:
        window.actions_by_name["screenshot"].trigger()
    assert done.args == ["", ""]
    picture = QImage(str(tmp_path / "window.png"))
    assert picture.width() == window.width()
    assert len({picture.pixel(x, y) for x in range(0, 600, 7) for y in range(0, 500, 7)}) > 20
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_paused_training_says_where_it_stands(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    window.controller.received.emit([StateChanged(7, "paused", "critic", 2)])
    assert message(window) == "Paused at iteration 7; next is critic step 3."
    window.controller.received.emit([StateChanged(7, "paused", "generator", 5)])
    assert message(window) == "Paused at iteration 7; next is the generator's step."


def test_one_goes_to_the_start_page_and_back_while_training_goes_on(
    qtbot: QtBot, make_window: MakeWindow, answers: list[questions.Answer]
) -> None:
    window = make_window()
    assert not button(window, "start_page").isEnabled()
    open_ring(qtbot, window)
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.RUNNING)
    click(qtbot, button(window, "start_page"))
    assert window.pages.currentWidget() is window.start_page
    assert window.controller.state is RunState.RUNNING
    click(qtbot, button(window, "start_page"))
    assert window.pages.currentWidget() is window.workspace
    click(qtbot, button(window, "start_page"))
    answers.append(questions.Answer.KEEP)
    click(qtbot, card(window, "digits-gan"))  # another preset stops and saves this one first
    qtbot.waitUntil(
        lambda: (
            window.controller.experiment is not None and window.controller.experiment.name == "digits-gan"
        ),
        timeout=PATIENCE,
    )
    assert not window.controller.is_active
    assert window.controller.session is None


def test_training_is_driven_by_keys(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    open_ring(qtbot, window)
    qtbot.keyClick(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)  # one critic step
    wait_for(qtbot, window, RunState.PAUSED)
    assert message(window) == "Paused at iteration 0; next is critic step 2."
    qtbot.keyClick(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)  # one generator step
    qtbot.waitUntil(
        lambda: message(window) == "Paused at iteration 1; next is critic step 1.", timeout=PATIENCE
    )
    qtbot.keyClick(window, Qt.Key.Key_F8)  # one iteration
    qtbot.waitUntil(
        lambda: message(window) == "Paused at iteration 2; next is critic step 1.", timeout=PATIENCE
    )
    qtbot.keyClick(window, Qt.Key.Key_F5)
    wait_for(qtbot, window, RunState.RUNNING)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    wait_for(qtbot, window, RunState.PAUSED)
    qtbot.keyClick(window, Qt.Key.Key_F7)
    wait_for(qtbot, window, RunState.IDLE)


def test_a_preset_is_run_and_pictured_from_the_menu(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    order = dialogs.PictureOrder(preset("ring-gan"), 4, tmp_path / "ring.png")
    monkeypatch.setattr(dialogs, "ask_preset_picture", lambda parent: order)
    with qtbot.waitSignal(window.photographer.done, timeout=PATIENCE) as done:
        window.actions_by_name["picture_of_preset"].trigger()
    assert done.args == ["", ""]
    assert (tmp_path / "ring.png").stat().st_size > 10_000
    assert window.controller.session
    assert window.controller.session.checkpoints() == [4]
    assert message(window) == "The picture is saved."


def test_a_picture_that_cannot_be_saved_is_a_problem(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    monkeypatch.setattr(dialogs, "ask_picture", lambda parent, name: Path("/nowhere/at/all.png"))
    window.actions_by_name["screenshot"].trigger()
    assert "/nowhere/at does not exist" in problems(window)


def test_closing_while_everything_still_loads_leaves_no_thread_and_no_session(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    asked = threading.Event()

    def slow(*arguments: Any, **options: Any) -> Trainer:
        assert asked.wait(PATIENCE / 1e3)
        return Trainer(*arguments, **options)

    window = make_window(slow)
    window.loader.start()
    open_ring(qtbot, window)
    click(qtbot, button(window, "train"))
    assert window.controller.state is RunState.LOADING
    window.close()
    asked.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not window.loader.isRunning()
    assert not window.controller.is_active
    assert not (tmp_path / "window-0").exists()


def test_closing_cancels_jobs_and_waits_for_them(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    begun = threading.Event()

    def work(progress: Progress) -> None:
        while True:
            begun.set()
            progress("Counting", 1, 0)

    job = window.jobs.start("Export", work)
    assert begun.wait(30)
    window.close()
    assert window.isVisible()
    assert job.is_cancelled
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert not window.jobs.is_active


def test_a_fault_of_a_job_stands_among_the_problems(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()

    def work(progress: Progress) -> None:
        raise ZeroDivisionError

    window.jobs.start("Export", work)
    qtbot.waitUntil(lambda: "ZeroDivisionError" in problems(window), timeout=PATIENCE)


def test_a_long_message_ends_in_dots_beside_a_short_place(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    session = Session.create(tmp_path / ("a" * 60) / ("b" * 60) / "run", preset("ring-wgan-gp").experiment)
    window.status.show_session(session)
    window.status.showMessage("The training was paused. " * 20)
    qtbot.waitUntil(lambda: window.status._place.shown.endswith("/run"))
    assert window.status._place.text() == str(session.path)
    assert window.status._place.width() < window.width() / 3
    assert window.status.shown.startswith("The training was paused.")
    assert window.status.shown.endswith("…")
    assert window.status.fontMetrics().horizontalAdvance(window.status.shown) > window.width() / 3
    assert window.status.toolTip() == message(window)
    window.status.showMessage("Paused.")
    assert window.status.shown == "Paused."
