"""Looking back in the window: by dragging on the loss plot, by the slider, by keys, and by a replay."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from stored_history import END, stored_session
from ui_fakes import tiny_experiment
from window_use import MakeWindow

from ganstudio.session import recorder
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.moments import travel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def every_move_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library leaves out moves of the mouse that follow within 10 ms, so a quick test would not drag."""
    monkeypatch.setitem(pg.CONFIG_OPTIONS, "mouseRateLimit", 0)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, make_window: MakeWindow) -> MainWindow:
    made = make_window()
    made.controller.open(stored_session(tmp_path / "run").path)
    losses = made.workspace.panels["losses"]
    qtbot.waitUntil(lambda: shown(made) == END and bool(losses.above.names()))
    return made


def shown(window: MainWindow) -> int:
    """The iteration whose samples are drawn."""
    words = window.workspace.panels["samples"]._where.text()
    return int(words.split()[-1].replace(",", "")) if words else -1


def words(window: MainWindow) -> str:
    return window.time_strip.words.text()


def button(window: MainWindow, name: str) -> QWidget:
    found = window.time_strip.findChild(QWidget, f"time:{name}")
    assert found is not None
    return found


def at(window: MainWindow, iteration: float) -> QPoint:
    """Where an iteration lies in the upper plot of the losses, in the canvas' pixels."""
    box = window.workspace.panels["losses"].above.item.getViewBox()
    middle = sum(box.viewRange()[1]) / 2
    return box.mapViewToScene(QPointF(iteration, middle)).toPoint()


def drag(qtbot: QtBot, window: MainWindow, *iterations: int) -> None:
    canvas = window.workspace.panels["losses"]._canvas.viewport()
    qtbot.mousePress(canvas, LEFT, pos=at(window, iterations[0]))
    for iteration in iterations:
        qtbot.mouseMove(canvas, at(window, iteration))
        canvas.window().repaint()
        _move(canvas, at(window, iteration))
    qtbot.mouseRelease(canvas, LEFT, pos=at(window, iterations[-1]))


def _move(canvas: QWidget, position: QPoint) -> None:
    """A move with the button held, which Qt's test functions do not make."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtGui import QMouseEvent

    place = QPointF(position)
    QCoreApplication.sendEvent(
        canvas,
        QMouseEvent(
            QEvent.Type.MouseMove, place, QPointF(canvas.mapToGlobal(position)),
            Qt.MouseButton.NoButton, LEFT, Qt.KeyboardModifier.NoModifier,
        ),
    )  # fmt: skip


def test_dragging_on_the_loss_plot_moves_all_panels_and_now_goes_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    assert words(window).startswith("Now.")
    drag(qtbot, window, 80, 60, 47)
    qtbot.waitUntil(lambda: shown(window) == 40)
    assert words(window).startswith("Looking at iteration 47 of 100")
    losses = window.workspace.panels["losses"]
    assert losses.above.moment.x == losses.below.moment.x == 47
    assert "At iteration 47: Critic 47, Generator -47." in losses.summary()
    assert window.workspace.panels["samples"].scrubber.slider.value() == 47
    qtbot.mouseClick(button(window, "look_at_now"), LEFT)
    qtbot.waitUntil(lambda: shown(window) == END)
    assert losses.above.moment.x is None
    assert words(window).startswith("Now")


def test_a_click_on_the_plot_looks_back_too_and_escape_goes_to_now(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.workspace.panels["losses"]._canvas.viewport(), LEFT, pos=at(window, 20))
    qtbot.waitUntil(lambda: shown(window) == 20)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown(window) == END)


def test_the_slider_and_its_keys_go_from_picture_to_picture(qtbot: QtBot, window: MainWindow) -> None:
    slider = window.workspace.panels["samples"].scrubber.slider
    for key, expected in (
        (Qt.Key.Key_Left, 90), (Qt.Key.Key_Left, 80), (Qt.Key.Key_Right, 90), (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 10), (Qt.Key.Key_End, END),
    ):  # fmt: skip
        qtbot.keyClick(slider, key)
        qtbot.waitUntil(lambda expected=expected: shown(window) == expected)
        assert slider.value() == expected


def test_the_keys_of_the_plot_do_the_same(qtbot: QtBot, window: MainWindow) -> None:
    canvas = window.workspace.panels["losses"]._canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: shown(window) == 0)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: shown(window) == 10)


def test_edits_until_the_moment_stand_in_the_strip(qtbot: QtBot, window: MainWindow) -> None:
    window.time_strip.travel.look(39)
    assert words(window) == "Looking at iteration 39 of 100"
    window.time_strip.travel.look(41)
    assert words(window) == "Looking at iteration 41 of 100  ·  lambda 0.1 → 1 at 40"


def test_a_damaged_picture_is_a_sentence_in_the_strip(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "run" / "samples" / "00000030.safetensors").write_bytes(b"no")
    window.time_strip.travel.look(30)
    qtbot.waitUntil(lambda: "is damaged" in words(window) or "samples" in words(window))
    assert shown(window) == END
    window.time_strip.travel.look(50)
    qtbot.waitUntil(lambda: shown(window) == 50)
    assert words(window).startswith("Looking at iteration 50 of 100")


def count_time(monkeypatch: pytest.MonkeyPatch, seconds: Callable[[], float]) -> None:
    """Let replays take the time from a clock of the test's own, which no busy machine makes jump."""
    monkeypatch.setattr(travel, "time", SimpleNamespace(monotonic=seconds))


def test_a_replay_walks_through_the_history_and_ends_at_now(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    count_time(monkeypatch, lambda: len(seen) / 20)
    window.time_strip.travel.shown.connect(
        lambda moment: seen.append(END if moment is None else moment.iteration)
    )
    window.time_strip.travel.speed = 4  # two seconds of training in half a second of that clock
    qtbot.mouseClick(button(window, "replay"), LEFT)
    assert words(window).startswith("Replaying iteration 0 of 100")
    qtbot.waitUntil(lambda: not window.time_strip.travel.place.is_playing)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == END
    assert len(set(seen)) == pytest.approx(10, abs=1)
    assert words(window).startswith("Now")


def test_pressing_replay_again_pauses_where_it_is_and_a_drag_takes_over(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()
    count_time(monkeypatch, lambda: next(ticks) / 20)
    window.time_strip.travel.speed = 1
    window.time_strip.travel.look(20)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.time_strip.travel.place.is_playing
    qtbot.waitUntil(lambda: (window.time_strip.travel.place.at or 0) > 20)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert not window.time_strip.travel.place.is_playing
    assert 20 < (window.time_strip.travel.place.at or 0) < END
    window.time_strip.travel.play()
    drag(qtbot, window, 70, 60)
    qtbot.waitUntil(lambda: window.time_strip.travel.place.at == 60)
    assert not window.time_strip.travel.place.is_playing


def test_without_a_history_there_is_nothing_to_look_back_to(qtbot: QtBot, window: MainWindow) -> None:
    window.time_strip.travel.look(20)
    window.commands.open_preset("ring-wgan-gp")
    assert words(window) == ""
    assert not button(window, "replay").isEnabled()
    assert window.workspace.panels["losses"].when.at is None


def test_what_did_not_lie_on_the_disk_yet_is_shown_once_it_does(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = Event()
    write = recorder.write_samples

    def late(*arguments: Any) -> None:
        assert goes_on.wait(60)
        write(*arguments)

    monkeypatch.setattr(recorder, "write_samples", late)
    window = make_window()
    window.controller.choose(tiny_experiment())
    window.controller.start(10**6)
    journey = window.time_strip.travel
    qtbot.waitUntil(lambda: journey.cursor.newest > 30)
    with qtbot.waitSignal(journey.shown):
        journey.look(25)
    before = shown(window)
    journey.look(25)  # once more, which reads nothing
    goes_on.set()
    assert before != 20
    qtbot.waitUntil(lambda: shown(window) == 20)
    assert window.controller.is_active


def test_one_looks_back_while_training_goes_on(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    window.controller.choose(tiny_experiment())
    window.controller.start(100_000)
    journey = window.time_strip.travel
    qtbot.waitUntil(lambda: journey.cursor.newest > 60, timeout=30000)
    session = window.controller.session
    assert session is not None
    qtbot.waitUntil(lambda: session.metrics.newest_iteration() > 25, timeout=30000)  # it lies on the disk
    journey.look(25)
    qtbot.waitUntil(lambda: shown(window) == 20, timeout=30000)
    newest = journey.cursor.newest
    qtbot.waitUntil(lambda: journey.cursor.newest > newest + 20, timeout=30000)
    assert shown(window) == 20
    assert words(window).startswith("Looking at iteration 25 of")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown(window) > newest, timeout=30000)
    window.controller.stop()
    qtbot.waitUntil(lambda: not window.controller.is_active, timeout=30000)
