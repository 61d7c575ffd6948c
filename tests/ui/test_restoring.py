"""A window that was killed while it trained, and the next one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from window_use import PATIENCE, button, click, close, message, settling

from ganstudio.session.recent import interrupted_sessions
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory

TRAINING = """
import sys
from PySide6.QtCore import QSettings, QTimer
from ganstudio.ui.app import make_application
from ganstudio.ui.controller import Controller
from ganstudio.ui.mailbox import Saved
from ganstudio.ui.main_window import MainWindow

app = make_application()
window = MainWindow(Controller(), QSettings(sys.argv[1], QSettings.Format.IniFormat), dark=False)
window.show()

def tell(events):
    for event in events:
        if isinstance(event, Saved) and event.iteration:
            print(event.iteration, flush=True)

window.controller.received.connect(tell)
window.commands.train_preset("ring-wgan-gp", 1000000)
timer = QTimer(interval=700)
timer.timeout.connect(window.controller.save)
timer.start()
app.exec()
"""


def killed(tmp_path: Path) -> int:
    """Train in a window of another process and kill it as soon as it has saved; returns that iteration."""
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(tmp_path / "other.ini")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        return int(process.stdout.readline())
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        process.stdout.close()


def test_what_was_killed_is_offered_by_the_next_window_and_restored_or_dismissed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    saved = killed(tmp_path)
    (interrupted,) = interrupted_sessions()
    assert interrupted.iteration >= saved
    other = interrupted.path.with_name("another")
    shutil.copytree(interrupted.path, other)
    settings = QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Controller(memory=Memory()), settings, dark=False)
    qtbot.addWidget(window, before_close_func=lambda w: close(qtbot, w))
    window.resize(1200, 800)
    with qtbot.waitExposed(window):
        window.show()

    def offered(name: str) -> dict[str, QPushButton]:
        found = window.start_page.findChildren(QPushButton, name)
        return {found_one.property("session"): found_one for found_one in found}

    qtbot.waitUntil(lambda: len(offered("dismiss")) == 2, timeout=PATIENCE)
    click(qtbot, offered("dismiss")[str(other)])
    qtbot.waitUntil(lambda: list(offered("dismiss")) == [str(interrupted.path)], timeout=PATIENCE)
    assert [entry.path for entry in interrupted_sessions()] == [interrupted.path]
    assert other.exists()
    restore = offered("train")[str(interrupted.path)]
    assert restore.text() == "Restore"
    qtbot.waitUntil(restore.isVisible, timeout=PATIENCE)
    with settling(qtbot, window.controller):
        click(qtbot, restore)
    assert message(window).startswith("Opened")
    assert window.controller.saves.saved == interrupted.iteration
    window.toolbar.iterations.setValue(2)
    with qtbot.waitSignal(window.controller.ended, timeout=PATIENCE):
        click(qtbot, button(window, "train"))
    session = window.controller.session
    assert session is not None
    assert session.checkpoints()[-1] == interrupted.iteration + 2
    assert interrupted_sessions() == []
