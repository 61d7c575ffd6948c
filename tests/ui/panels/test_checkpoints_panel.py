"""The strip of checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import made_session, tiny_experiment

from ganstudio.session.places import CHECKPOINTS
from ganstudio.session.session import Session
from ganstudio.ui import filmstrip
from ganstudio.ui.mailbox import Opened, Saved
from ganstudio.ui.panels.checkpoints import CheckpointsPanel
from ganstudio.ui.picture_view import PictureView

ShowInFrame = Callable[[QWidget, int, int], None]
PATIENCE = 10000

of_the_offscreen_screen = pytest.mark.qt_log_ignore("This plugin does not support")


def shown(qtbot: QtBot, show_in_frame: ShowInFrame, session: Session | None) -> CheckpointsPanel:
    panel = CheckpointsPanel()
    panel.reset(tiny_experiment())
    show_in_frame(panel, 1100, 180)
    panel.handle(Opened(0, session))
    if session is not None and session.checkpoints():
        qtbot.waitUntil(lambda: not panel.is_empty, timeout=PATIENCE)
    return panel


def iterations(panel: CheckpointsPanel) -> list[int]:
    return [entry.iteration for entry in panel.strip.cards.entries]


def press(qtbot: QtBot, panel: CheckpointsPanel, name: str) -> None:
    found = panel.findChild(QToolButton, f"checkpoints:{name}:button")
    assert isinstance(found, QToolButton)
    assert found.isEnabled()
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def test_checkpoints_are_listed_newest_first_and_followed(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    session = made_session(tmp_path / "one", 5, 1200)
    panel = shown(qtbot, show_in_frame, session)
    assert iterations(panel) == [1200, 5]
    assert panel.summary() == "2 checkpoints, the newest of iteration 1,200."
    words = panel.strip.cards.data(panel.strip.cards.index(0))
    assert "Iteration 1,200" in str(words)
    assert "trained 2 min 00 s" in str(words)
    panel.strip.setCurrentIndex(panel.strip.cards.index(1))
    made_session(tmp_path / "two", 1300).path.joinpath(CHECKPOINTS, "00001300").rename(
        session.path / CHECKPOINTS / "00001300"
    )
    panel.handle(Saved(1300))
    qtbot.waitUntil(lambda: iterations(panel) == [1300, 1200, 5], timeout=PATIENCE)
    entry = panel.strip.current()
    assert entry is not None
    assert entry.iteration == 5  # the one that was chosen
    panel.handle(Opened(0, None))
    assert panel.is_empty


def test_thumbnails_come_from_a_thread_and_only_for_what_is_seen(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def note(path: Path, side: int) -> object:
        read.append(path)
        return original(path, side)

    original = filmstrip.read_picture
    monkeypatch.setattr(filmstrip, "read_picture", note)
    session = made_session(tmp_path / "one", 1, 200)
    panel = shown(qtbot, show_in_frame, session)
    entries = list(panel.strip.cards.entries)
    newest = entries[0]
    qtbot.waitUntil(lambda: panel.strip.cards.picture(newest) is not None, timeout=PATIENCE)
    image = panel.strip.cards.picture(newest)
    assert image is not None
    assert image.width() == filmstrip.LOADED
    assert image.pixelColor(9, 9).red() == 200
    many = [
        replace(newest, iteration=i, picture=session.path / "samples" / f"{i:08d}.png")
        for i in range(1000, 1500)
    ]
    read.clear()
    begun = time.perf_counter()
    panel.strip.show_entries(many)
    panel.strip.grab()
    assert time.perf_counter() - begun < 1.0  # all five hundred read in this thread would take longer
    qtbot.waitUntil(lambda: len(read) > 5, timeout=PATIENCE)
    qtbot.wait(100)
    assert len(read) < 100


def test_each_action_is_for_the_chosen_checkpoint(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    panel = shown(qtbot, show_in_frame, made_session(tmp_path / "one", 5, 9))
    asked: list[tuple[str, int]] = []
    panel.asked.connect(lambda what, iteration: asked.append((what, iteration)))
    panel.strip.setCurrentIndex(panel.strip.cards.index(1))
    for name in ("revert", "fork", "sample", "export"):
        press(qtbot, panel, name)
    assert asked == [("revert", 5), ("fork", 5), ("sample", 5), ("export", 5)]
    asked.clear()
    panel.strip.setFocus()
    for key in (Qt.Key.Key_R, Qt.Key.Key_F, Qt.Key.Key_S, Qt.Key.Key_E):
        qtbot.keyClick(panel.strip, key)
    assert [what for what, _ in asked] == ["revert", "fork", "sample", "export"]
    with qtbot.waitSignal(panel.pin_asked) as pinned:
        qtbot.keyClick(panel.strip, Qt.Key.Key_P)
    assert pinned.args == [5, True]
    assert [action.text() for action in panel.strip.actions()][:2] == ["Look", "Pin"]  # the context menu


def test_a_damaged_checkpoint_says_so_and_cannot_be_used(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    session = made_session(tmp_path / "one", 5, 9)
    (session.path / CHECKPOINTS / "00000009" / "generator.safetensors").write_bytes(b"")
    session.pin(9)
    panel = shown(qtbot, show_in_frame, session)
    entry = panel.strip.cards.entries[0]
    assert filmstrip.marks(entry) == ["damaged", "pinned"]
    tip = panel.strip.cards.data(panel.strip.cards.index(0), Qt.ItemDataRole.ToolTipRole)
    assert "is missing or was cut off" in str(tip)
    enabled = {a.objectName(): a.isEnabled() for a in panel.strip.actions()}
    assert not enabled["checkpoints:revert"]
    assert not enabled["checkpoints:fork"]
    assert enabled["checkpoints:pin"]


@of_the_offscreen_screen
def test_samples_are_looked_at_and_gone_through_with_arrows(
    qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path
) -> None:
    panel = shown(qtbot, show_in_frame, made_session(tmp_path / "one", 5, 9))
    panel.look()
    view = panel.findChild(PictureView)
    assert isinstance(view, PictureView)
    assert view.windowTitle() == "Iteration 9"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.windowTitle() == "Iteration 5"
    qtbot.keyClick(view, Qt.Key.Key_Right)  # there is none beyond
    assert view.windowTitle() == "Iteration 5"
    assert view.picture.grab().toImage().pixelColor(200, 200).red() == 5
    with qtbot.waitSignal(view.destroyed):
        qtbot.keyClick(view, Qt.Key.Key_Escape)
    panel.look()
    view = panel.findChild(PictureView)
    assert view.windowTitle() == "Iteration 5"
    with qtbot.waitSignal(view.destroyed):
        panel.handle(Opened(0, None))


def test_a_fork_names_its_parent(qtbot: QtBot, show_in_frame: ShowInFrame, tmp_path: Path) -> None:
    parent = made_session(tmp_path / "one", 5)
    panel = shown(qtbot, show_in_frame, parent)
    label = panel.findChild(QLabel, "checkpoints:parent")
    assert isinstance(label, QLabel)
    assert not label.isVisible()
    panel.handle(Opened(5, parent.fork(tmp_path / "two", 5)))
    qtbot.waitUntil(label.isVisible, timeout=PATIENCE)
    assert label.text() == "Fork of one at iteration 5"


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (4_100_000, "4.1 MB"), (123_456_789_000, "123 GB")],
)
def test_sizes_are_short(size: int, words: str) -> None:
    assert filmstrip.size_words(size) == words
