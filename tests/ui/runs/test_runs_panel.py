"""The runs panel and the curves of other sessions, used as a person uses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from stored_history import stored_session
from ui_fakes import sound_numbers, tiny_experiment
from window_use import PATIENCE, MakeWindow, click

from ganstudio.engine.events import Evaluated, Snapshot
from ganstudio.session.checkpoints import write_checkpoint
from ganstudio.session.places import CHECKPOINTS
from ganstudio.session.recent import _look_at
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui import dialogs
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.panels.losses import LossesPanel
from ganstudio.ui.panels.runs import RunsPanel


def session(path: Path, w1: float, weight: float, end: int = 100) -> Session:
    """A stored history with a checkpoint and a figure."""
    made = stored_session(path, end)
    experiment = tiny_experiment(**{"lipschitz.weight": weight})
    numbers = sound_numbers(experiment, end)
    write_checkpoint(path / CHECKPOINTS, Snapshot(end, {"generator": {"w": np.zeros(3)}}, numbers))
    with Recorder(made) as recorder:
        recorder.handle(Evaluated(end, {"w1": w1}, {}))
    return made


@pytest.fixture
def window(qtbot: QtBot, make_window: MakeWindow, tmp_path: Path) -> MainWindow:
    paths = [tmp_path / name for name in ("mild", "strong", "long", "fourth")]
    for at, path in enumerate(paths):
        session(path, 0.5 - at / 10, 0.1 * 10**at, 100 + 50 * at)
    made = make_window(recent=lambda: [entry for path in paths if (entry := _look_at(path))])
    made.controller.open(paths[0])
    made.workspace.show_dock("runs")
    qtbot.waitUntil(lambda: table(made).rowCount() == 4, timeout=PATIENCE)
    return made


def runs(window: MainWindow) -> RunsPanel:
    panel = window.workspace.panels["runs"]
    assert isinstance(panel, RunsPanel)
    return panel


def losses(window: MainWindow) -> LossesPanel:
    panel = window.workspace.panels["losses"]
    assert isinstance(panel, LossesPanel)
    return panel


def table(window: MainWindow):
    return runs(window).values


def row(window: MainWindow, name: str) -> int:
    values = table(window)
    return next(at for at in range(values.rowCount()) if values.item(at, 0).text() == name)


def headings(window: MainWindow) -> list[str]:
    values = table(window)
    return [values.horizontalHeaderItem(at).text() for at in range(values.columnCount())]


def tick(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Go to the row and press the space bar."""
    values = table(window)
    values.setCurrentCell(row(window, name), 0)
    qtbot.keyClick(values, Qt.Key.Key_Space)


def button(window: MainWindow, name: str) -> QToolButton:
    found = window.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def test_the_table_shows_sessions_and_where_they_differ(window: MainWindow, tmp_path: Path) -> None:
    assert headings(window)[:5] == [
        "Session",
        "State",
        "Iterations",
        "Time (s)",
        "Exact Wasserstein distance (W1)",
    ]
    assert any("λ" in title or "eight" in title for title in headings(window)[5:])
    cells = [table(window).item(row(window, "strong"), at).text() for at in range(5)]
    assert cells == ["strong", "saved", "150", "15.0", "0.4"]
    assert table(window).item(row(window, "mild"), 1).text() == "saved, this one"
    for kind in ("csv", "md"):
        runs(window).export(tmp_path / f"table.{kind}")
    assert (tmp_path / "table.md").read_text().startswith("| Session | Iterations |")
    assert len((tmp_path / "table.csv").read_text().splitlines()) == 5


def test_ticks_lay_curves_over_the_losses_and_take_them_away(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("strong", "long"):
        tick(qtbot, window, name)
    panel = losses(window)
    qtbot.waitUntil(lambda: len(panel.above.names()) == 6, timeout=PATIENCE)
    over = [name for name in panel.above.names() if "critic_loss of" in name]
    assert [name.rpartition("/")[2] for name in over] == ["strong", "long"]
    assert panel.above.drawn(over[1])[0][-1] == 200
    assert panel.above.item.getViewBox().viewRange()[0][1] > 200  # the longest is in sight
    assert "Over it the curves of strong and long" in panel.summary()
    assert "strong: critic_loss" in dict(panel.table())
    tick(qtbot, window, "fourth")  # a third is refused, and the tick goes away again
    assert "take one away first" in window.statusBar().currentMessage()
    assert table(window).item(row(window, "fourth"), 0).checkState() == Qt.CheckState.Unchecked
    click(qtbot, button(window, "losses:sessions:strong"))
    qtbot.waitUntil(lambda: len(panel.above.names()) == 4, timeout=PATIENCE)
    assert table(window).item(row(window, "strong"), 0).checkState() == Qt.CheckState.Unchecked


def test_a_session_that_is_written_is_followed(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    tick(qtbot, window, "strong")
    overlays = window.workspace.overlays
    qtbot.waitUntil(lambda: len(overlays.shown[0].curves.series["critic_loss"]) == 150, timeout=PATIENCE)
    with Recorder(Session.open(tmp_path / "strong")) as recorder:
        recorder.handle(Evaluated(160, {"w1": 0.01}, {}))
    overlays.read()
    qtbot.waitUntil(lambda: overlays.shown[0].figures.at("w1").value == 0.01, timeout=PATIENCE)
    click(qtbot, runs(window).only)  # this session and the ticked one
    assert table(window).rowCount() == 2
    assert len(runs(window).compared().runs) == 2


def test_a_folder_of_sessions_is_added_and_one_opened(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere" / "broken").mkdir(parents=True)
    (tmp_path / "elsewhere" / "broken" / "session.json").write_text("{")
    session(tmp_path / "elsewhere" / "far", 0.3, 5.0)
    monkeypatch.setattr(dialogs, "ask_session", lambda _: tmp_path / "elsewhere")
    window.workspace.resize(1400, 800)
    click(qtbot, button(window, "runs:add:button"))
    qtbot.waitUntil(lambda: table(window).rowCount() == 6, timeout=PATIENCE)
    broken = table(window).item(row(window, "broken"), 0)
    assert "damaged" in broken.toolTip() or "could not be read" in broken.toolTip()
    table(window).setCurrentCell(row(window, "far"), 0)
    click(qtbot, button(window, "runs:open:button"))
    qtbot.waitUntil(lambda: window.windowTitle().startswith("far"), timeout=PATIENCE)
