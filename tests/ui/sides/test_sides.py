"""Two sessions side by side, used as a person uses them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from stored_history import stored_session
from ui_fakes import ScriptedTrainer, metrics, samples, scripted, started
from window_use import PATIENCE, MakeWindow, click

from ganstudio.engine.control import Stop
from ganstudio.engine.events import Event, Finished, GradientNorms
from ganstudio.session.recent import _look_at
from ganstudio.session.recorder import Recorder
from ganstudio.ui.card import Card
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.sides.side import Side
from ganstudio.ui.sides.window import SidesWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise, size hints


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    for name, end in (("short", 100), ("long", 200)):
        stored_session(tmp_path / name, end)
    return [tmp_path / "short", tmp_path / "long"]


@pytest.fixture
def window(make_window: MakeWindow, paths: list[Path]) -> MainWindow:
    return make_window(recent=lambda: [entry for path in paths if (entry := _look_at(path))])


def shown(window: MainWindow) -> SidesWindow:
    assert window.runs.sides.shown is not None
    return window.runs.sides.shown


def stands_at(side: Side, iteration: int) -> bool:
    """Whether the side shows the samples of that iteration, all of whose points lie at (iteration, 0)."""
    found = side.samples.shown
    return found is not None and bool(np.all(found.generated[:, 0] == iteration))


def offers(side: Side, path: Path) -> bool:
    return side.choice.findData(str(path)) >= 0


def open_two(qtbot: QtBot, window: MainWindow, paths: list[Path]) -> SidesWindow:
    """Press the shortcut, then choose a session on either side."""
    qtbot.waitUntil(window.menus.recent.isEnabled, timeout=PATIENCE)
    window.actions_by_name["side_by_side"].trigger()
    sides = shown(window)
    for side, path in zip(sides.sides, paths, strict=True):
        qtbot.waitUntil(partial(offers, side, path), timeout=PATIENCE)
        at = side.choice.findData(str(path))
        side.choice.setCurrentIndex(at)
        side.choice.activated.emit(at)
    qtbot.waitUntil(lambda: [side.newest for side in sides.sides] == [100, 200], timeout=PATIENCE)
    boxes = [side.losses.above.item.getViewBox() for side in sides.sides]
    qtbot.waitUntil(lambda: boxes[0].viewRange()[0][1] >= 200, timeout=PATIENCE)
    qtbot.waitUntil(lambda: sides.time.scrubber.slider.maximum() == 200, timeout=PATIENCE)
    return sides


def test_axes_are_linked(qtbot: QtBot, window: MainWindow, paths: list[Path]) -> None:
    sides = open_two(qtbot, window, paths)
    boxes = [side.losses.above.item.getViewBox() for side in sides.sides]
    assert boxes[0].viewRange() == boxes[1].viewRange()
    assert boxes[0].viewRange()[0][1] >= 200
    sides.left.losses.above.item.setXRange(10, 20, padding=0)
    boxes[0].sigRangeChangedManually.emit([True, True])  # as a wheel or a drag does
    a_side, b_side = sides.sides
    assert boxes[0].viewRange() == boxes[1].viewRange()
    assert not a_side.losses.view.follows
    assert not b_side.losses.view.follows
    qtbot.waitUntil(lambda: all(not side.norms.is_empty for side in sides.sides), timeout=PATIENCE)
    norms = [side.norms.views[0].plot.getViewBox().viewRange() for side in sides.sides]
    assert norms[0] == norms[1]
    assert norms[0][0][1] > 200  # the longer one's norms reach so far
    for _ in range(20):  # the shorter one alone goes on: the longer one stays in sight
        sides.left.norms.handle(GradientNorms(101, np.full(8, 1.0, np.float32), 1.0))
        sides.left.norms.refresh()
    assert sides.right.norms.views[0].plot.getViewBox().viewRange()[0][1] > 200
    sides.left.norms.choose("history")
    assert sides.right.norms.view.name == "history"
    a_side.surface.kind.setCurrentIndex(1)
    assert b_side.surface.kind.currentIndex() == 1


def test_one_slider_looks_back_in_both(qtbot: QtBot, window: MainWindow, paths: list[Path]) -> None:
    sides = open_two(qtbot, window, paths)
    sides.time.scrubber.slider.setValue(50)
    qtbot.waitUntil(lambda: stands_at(sides.left, 50) and stands_at(sides.right, 50), timeout=PATIENCE)
    sides.time.scrubber.slider.setValue(150)  # beyond the shorter one, which shows its newest then
    qtbot.waitUntil(lambda: stands_at(sides.left, 100) and stands_at(sides.right, 150), timeout=PATIENCE)
    sides.time.by.setCurrentIndex(1)
    sides.time.scrubber.slider.setValue(100)
    qtbot.waitUntil(lambda: stands_at(sides.left, 50) and stands_at(sides.right, 100), timeout=PATIENCE)
    sides.left.losses.time_chosen.emit(80)  # a drag on one side's plot moves the other side, too
    qtbot.waitUntil(lambda: stands_at(sides.left, 80) and stands_at(sides.right, 160), timeout=PATIENCE)
    click(qtbot, sides.time.now)
    qtbot.waitUntil(lambda: stands_at(sides.left, 100) and stands_at(sides.right, 200), timeout=PATIENCE)


def test_a_session_that_is_written_is_followed(
    qtbot: QtBot, window: MainWindow, paths: list[Path], tmp_path: Path
) -> None:
    sides = open_two(qtbot, window, paths)
    with Recorder(stored_session(tmp_path / "fourth", 40)) as recorder:
        sides.show_left(tmp_path / "fourth")
        qtbot.waitUntil(lambda: sides.left.newest == 40, timeout=PATIENCE)
        recorder.handle(samples(60))
    qtbot.waitUntil(lambda: sides.left.newest == 60, timeout=PATIENCE)
    sides.show_right(tmp_path / "nothing")
    assert "There is no session" in sides.right.problem.text()


def test_one_click_trains_a_pair_and_closing_saves_both(qtbot: QtBot, make_window: MakeWindow) -> None:
    def script(trainer: ScriptedTrainer, iterations: int) -> Iterator[Event]:
        yield started(0, iterations)
        yield samples(0)
        yield metrics(1, 2)
        while not isinstance(trainer.control.wait(), Stop):
            pass
        yield Finished(2, "stopped")

    window = make_window(scripted(script))
    card = next(c for c in window.start_page.findChildren(Card) if c.property("pair"))
    button = card.findChild(QPushButton, "train")
    click(qtbot, button)
    sides = shown(window)
    sources = [side.source for side in sides.sides]
    assert all(isinstance(source, Controller) for source in sources)
    qtbot.waitUntil(lambda: all(side.newest == 2 for side in sides.sides), timeout=PATIENCE)
    assert sides.words.text().startswith("Same seed, latents z and data order. They differ in: Lipschitz")
    folders = [source.session.path for source in sources]
    assert len(set(folders)) == 2
    window.close()  # the main window waits for both
    qtbot.waitUntil(lambda: not window.isVisible() and window.runs.sides.shown is None, timeout=PATIENCE)
    assert not any((folder / "lock").exists() for folder in folders)


def test_the_window_fits_on_the_screen(qtbot: QtBot, window: MainWindow, paths: list[Path]) -> None:
    sides = open_two(qtbot, window, paths)
    room = window.screen().availableSize()
    assert room.width() < 1440
    assert sides.width() <= max(room.width(), sides.minimumSizeHint().width()) < 950
    assert sides.height() <= room.height()
