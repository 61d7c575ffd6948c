"""A window that shows a session which another program trains."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from ui_fakes import made_session, metrics, started, tiny_experiment
from window_use import PATIENCE, MakeWindow, button, click, message, problems, wait_for

from ganstudio.experiment.files import experiment_toml
from ganstudio.session import pulse
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.training import RunState


@pytest.fixture
def training(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A tiny training of the command line that goes on until it is stopped."""
    (tmp_path / "tiny.toml").write_text(experiment_toml(tiny_experiment(**{"saving.checkpoint_every": 100})))
    path = tmp_path / "run"
    words = ["--experiment", tmp_path / "tiny.toml", "--iterations", 10**7, "--session", path]
    process = subprocess.Popen(
        [sys.executable, "-m", "ganstudio", "train", *map(str, words), "--device", "cpu", "--threads", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while "Training on" not in process.stdout.readline():
        assert process.poll() is None
    try:
        yield path, process
    finally:
        process.kill()
        process.communicate()


def follow(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.commands.open_session(path)
    wait_for(qtbot, window, RunState.RUNNING)
    qtbot.waitUntil(lambda: window.controller.meter.pace.iteration > 100, timeout=PATIENCE)


def said(window: MainWindow) -> str:
    label = window.status.findChild(QLabel, "following")
    assert isinstance(label, QLabel)
    return label.text() if label.isVisible() else ""


def test_a_training_elsewhere_is_followed_edited_paused_and_stopped(
    qtbot: QtBot, make_window: MakeWindow, training: tuple[Path, subprocess.Popen[str]]
) -> None:
    path, process = training
    window = make_window()
    follow(qtbot, window, path)
    holder = json.loads((path / "lock").read_text())
    assert said(window) == f"Following: trained by {holder['host']} (pid {process.pid}), read-only"
    assert not button(window, "train").isEnabled()
    assert not button(window, "step").isEnabled()

    before = window.controller.meter.pace.iteration
    qtbot.waitUntil(lambda: window.controller.meter.pace.iteration > before, timeout=PATIENCE)
    assert window.controller.meter.pace.rate > 0

    window.form.live_edited.emit("lipschitz.weight", 3.0)
    qtbot.waitUntil(lambda: window.controller.kept.lipschitz.weight == 3.0, timeout=PATIENCE)
    click(qtbot, button(window, "pause"))
    wait_for(qtbot, window, RunState.PAUSED)
    assert said(window).endswith("; paused")
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.RUNNING)
    click(qtbot, button(window, "stop"))
    wait_for(qtbot, window, RunState.IDLE)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")

    # It is a session like any other now.
    session = Session.open(path)
    assert [(edit.path, edit.new) for edit in session.record.edits] == [("lipschitz.weight", 3.0)]
    end = session.checkpoints()[-1]
    assert f"Stopped and saved at iteration {end}." in out
    assert window.controller.meter.pace.iteration == end
    assert window.controller.saves.saved == end
    assert said(window) == ""
    assert window.form.experiment() == session.current_experiment
    assert button(window, "train").isEnabled()
    assert problems(window) == ""


def test_a_training_that_dies_is_told_and_can_be_gone_on_with(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse, "BEAT", inf)  # the lock stays as this test writes it
    window = make_window()
    session = made_session(tmp_path / "run")
    with Recorder(session) as recorder:  # as if another program did
        recorder.handle(started(0, 1000))
        recorder.handle(metrics(*range(1, 200)))
        recorder.settle()
        follow(qtbot, window, session.path)
        assert said(window)
        lock = session.path / "lock"
        alive = lock.read_text()
        lock.write_text(json.dumps({**json.loads(alive), "pid": 2**22 + 1}))  # there is no such process
        wait_for(qtbot, window, RunState.IDLE)
        assert f"Process {2**22 + 1} on" in problems(window)
        assert "has not closed it; it was never saved" in problems(window)
        assert said(window) == ""
        assert button(window, "train").isEnabled()
        lock.write_text(alive)  # another run goes on: it is followed again
        wait_for(qtbot, window, RunState.RUNNING)
        assert said(window)
    wait_for(qtbot, window, RunState.IDLE)
    assert "The training has ended" in message(window)
