"""Starting the window, and pictures of it from the command line."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_fakes import metrics, started
from window_use import close

from ganstudio import paths
from ganstudio.engine.trainer import Trainer
from ganstudio.errors import UserError
from ganstudio.session.recent import recent_sessions
from ganstudio.ui import app
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow


def own_settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "ganstudio", "ganstudio")


def test_a_picture_of_a_trained_preset_leaves_nothing_else_behind(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, scratch = tmp_path / "ring.png", tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = recent_sessions()
    status = app.run(screenshot=picture, preset="ring-wgan-gp", iterations=5, dark=True, size=(1200, 800))
    assert status == 0
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1200, 800)
    assert image.pixelColor(5, 790).lightness() < 80  # dark
    assert {p.name for p in tmp_path.iterdir()} == {"ring.png", "scratch"}
    assert list(scratch.glob("ganstudio-*")) == []
    assert not paths.sessions_folder().exists()
    assert recent_sessions() == before
    assert own_settings().allKeys() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"preset": "no-such"}, "There is no preset 'no-such'"),
        ({"preset": "folder-dcgan-64", "iterations": 1}, "needs settings"),
        ({"screenshot": Path("/nowhere/at/all.png")}, "does not exist"),
        ({"session": Path("/nowhere")}, "There is no session"),
        ({"iterations": 5}, "Iterations are for a picture of a preset"),
    ],
)
def test_what_cannot_be_pictured_is_one_sentence(
    qapp: QApplication, tmp_path: Path, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        app.run(**{"screenshot": tmp_path / "x.png", **arguments})
    assert list(tmp_path.iterdir()) == []


def test_a_fault_while_picturing_is_told_with_its_traceback(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(trainer: Trainer, iterations: int) -> object:
        yield started(0, iterations)
        yield metrics(1)
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Trainer, "run", run)
    assert app.run(screenshot=tmp_path / "x.png", preset="ring-wgan-gp", iterations=5) == 1
    assert "ZeroDivisionError: planted" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_window_opens_a_preset_and_ctrl_c_closes_it(qapp: QApplication) -> None:
    seen: list[str] = []

    def interrupt() -> None:
        (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        assert window.controller.experiment
        seen.append(window.controller.experiment.name)
        os.kill(os.getpid(), signal.SIGINT)

    QTimer.singleShot(300, interrupt)
    before = signal.getsignal(signal.SIGINT)
    assert app.run(preset="digits-gan", dark=False) == 0
    assert seen == ["digits-gan"]
    assert signal.getsignal(signal.SIGINT) is before
    assert "window/geometry" in own_settings().allKeys()
    own_settings().clear()


def test_nothing_looks_for_garbage_while_the_window_is_destroyed(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    class Watched(MainWindow):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.destroyed.connect(lambda: seen.append(gc.isenabled()))

    class Run(app.Run):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.destroyed.connect(lambda: seen.append(gc.isenabled()))

    gc.enable()
    monkeypatch.setattr(app, "MainWindow", Watched)
    monkeypatch.setattr(app, "Run", Run)
    app.run(preset="ring-wgan-gp", iterations=1, screenshot=tmp_path / "ring.png")
    assert seen == [False, False]
    assert gc.isenabled()


def test_a_fresh_program_looks_for_garbage_and_says_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from ganstudio.ui import app, garbage\n"
        "clocks = []; start = garbage._Clock.start\n"
        "garbage._Clock.start = lambda clock: (start(clock), clocks.append(clock.isActive()))\n"
        "from pathlib import Path; app.run(screenshot=Path(sys.argv[1])); print(clocks)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x.png")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[True]"
    assert "QObject" not in done.stderr


def test_an_exception_that_nobody_caught_reaches_the_problems(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Controller(), settings, dark=False)
    qtbot.addWidget(window)
    showing = app.Run(window, app.Plan(None, None, None, None, None, None))
    try:
        raise KeyError("planted")
    except KeyError as error:
        showing.hook(type(error), error, error.__traceback__)
    assert "KeyError: 'planted'" in capsys.readouterr().err
    assert "planted" in window.workspace.panels["problems"].summary()
    assert showing.sentence == ""  # nobody waits for a picture


def test_the_start_page_is_shown_before_there_is_a_workspace(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Controller(), settings, dark=False, furnished=False)
    qtbot.addWidget(window)
    painted = app.FirstPaint(window)
    with qtbot.waitSignal(painted.happened):
        window.show()
    assert window.pages.count() == 1
    painted.happened.connect(window.furnish)
    painted.happened.emit()
    painted.happened.emit()  # changes nothing
    assert window.pages.count() == 2
    assert window.pages.currentWidget() is window.start_page
    window.start_page.preset_chosen.emit("ring-gan")
    assert window.pages.currentWidget() is window.workspace


def test_a_window_that_is_closed_at_once_remembers_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Controller(), settings, dark=False, furnished=False)
    qtbot.addWidget(window)
    assert window.close()
    assert "window/geometry" in settings.allKeys()
    assert "layout/learn" not in settings.allKeys()  # nobody saw one


def test_docks_are_as_wide_as_when_the_window_was_closed(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    widths = []
    for turn in range(3):
        window = MainWindow(Controller(), settings, dark=False, furnished=False)
        qtbot.addWidget(window)
        window.resize(1440, 900)
        window.show()
        qtbot.waitExposed(window)
        window.furnish()
        if turn == 1:  # closed from its start page: nothing is forgotten
            close(qtbot, window)
            continue
        window.start_page.preset_chosen.emit("ring-gan")
        qtbot.waitUntil(lambda w=window: 0 < w.form.width() < 380)  # type: ignore[misc]
        widths.append([window.workspace.docks[name].width() for name in ("form", "samples", "losses")])
        close(qtbot, window)
    assert widths[0] == widths[1]


def test_the_window_is_imported_without_what_takes_long() -> None:
    code = (
        "import sys, ganstudio.ui.app;"
        "slow = {'torch', 'torchvision', 'sklearn', 'scipy', 'rich', 'pyqtgraph'} & set(sys.modules);"
        "print(sorted(slow))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
