"""The export dialog, used as a person uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import metrics, sound_numbers, started, tiny_experiment
from window_use import settling

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import Checkpoint, Samples, Snapshot
from ganstudio.errors import UserError
from ganstudio.experiment.fields import Settings, setting
from ganstudio.exporting import EXPORTS
from ganstudio.exporting.source import Source
from ganstudio.registry import Choice
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui.controller import Controller
from ganstudio.ui.export_dialog import ExportDialog
from ganstudio.ui.jobs import Jobs
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory

# Dialogs have a least size, and Qt's offscreen screen says of each that it cannot tell a window manager.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PATIENCE = 20000  # ms
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Two checkpoints and three pictures; the states hold no networks."""
    experiment = tiny_experiment()
    made = Session.create(tmp_path / "run", experiment)
    with Recorder(made) as recorder:
        recorder.handle(started(0, 20))
        for end in (10, 20):
            recorder.handle(metrics(*range(end - 9, end + 1)))
            recorder.handle(Samples(end, np.zeros((4, 1, 8, 8), np.float32)))
            numbers = sound_numbers(experiment, end)
            recorder.handle(Checkpoint(end, Snapshot(end, {"generator": {"w": np.ones(2)}}, numbers)))
    return made


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.cancel_all()
    qtbot.waitUntil(lambda: not made.is_active, timeout=PATIENCE)


@pytest.fixture
def dialog(qtbot: QtBot, jobs: Jobs, session: Session) -> Iterator[ExportDialog]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ExportDialog(parent, jobs)
    made.set_session(session)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    parent.close()


class Options(Settings):
    size: int = setting(3, title="Size", help="How large.", ge=1, le=9)
    name: str = setting("", title="Name", help="What it is called.")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A kind of export whose work a test fills in; register before the dialog is made."""
    module = SimpleNamespace(Options=Options, export=None)
    load = Choice.load
    monkeypatch.setattr(Choice, "load", lambda c: module if c.name == "fake" else load(c))
    EXPORTS.register("fake", title="A fake", help="For a test.", traits=("state", ".txt"))
    yield module
    EXPORTS.unregister("fake")


def child(dialog: QWidget, name: str) -> QWidget:
    found = dialog.findChild(QWidget, f"export:{name}")
    assert isinstance(found, QWidget), name
    return found


def click(qtbot: QtBot, dialog: QWidget, name: str) -> None:
    button = child(dialog, name)
    assert isinstance(button, QPushButton)
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, LEFT)


def choose(dialog: ExportDialog, name: str) -> None:
    dialog.kinds.setCurrentRow(list(EXPORTS).index(name))


def type_into(qtbot: QtBot, dialog: ExportDialog, name: str, text: str) -> None:
    line = child(dialog, name)
    assert isinstance(line, QLineEdit)
    line.clear()
    qtbot.keyClicks(line, text)


def wait_idle(qtbot: QtBot, jobs: Jobs) -> None:
    qtbot.waitUntil(lambda: not jobs.is_active, timeout=PATIENCE)


def test_every_kind_has_its_form_and_everything_has_a_name(dialog: ExportDialog) -> None:
    for name, kind in EXPORTS.items():
        choose(dialog, name)
        assert kind.help in [label.text() for label in dialog.findChildren(QLabel)]
        assert dialog.form.kind is kind
        for row in dialog.form.rows:
            assert row.editor.accessibleName()
            assert row.toolTip()
    for button in dialog.findChildren(QPushButton):
        assert button.accessibleName()
        assert button.toolTip()


def test_a_film_is_written_from_choice_to_file(
    qtbot: QtBot, dialog: ExportDialog, jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    choose(dialog, "gif")
    type_into(qtbot, dialog, "rate", "5")
    type_into(qtbot, dialog, "target", str(tmp_path / "film.gif"))
    assert not child(dialog, "show").isVisible()
    click(qtbot, dialog, "start")
    assert child(dialog, "progress").isVisible()
    assert not dialog.kinds.isEnabled()
    wait_idle(qtbot, jobs)
    assert dialog.message.text() == f"Written at iteration 20: {tmp_path / 'film.gif'}"
    with Image.open(tmp_path / "film.gif") as film:
        assert film.info["duration"] == 200
    click(qtbot, dialog, "show")
    assert shown == [str(tmp_path)]
    click(qtbot, dialog, "start")  # the same name again
    wait_idle(qtbot, jobs)
    assert "is there already" in dialog.message.text()
    assert not child(dialog, "show").isVisible()
    dialog.form.overwrite.setChecked(True)
    click(qtbot, dialog, "start")
    wait_idle(qtbot, jobs)
    assert dialog.message.text().startswith("Written")


def test_the_checkpoint_and_the_options_that_were_chosen_are_taken(
    fake: SimpleNamespace, qtbot: QtBot, dialog: ExportDialog, jobs: Jobs, tmp_path: Path
) -> None:
    seen: list[object] = []

    def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
        seen.extend((source.at, options))
        out.write_text("done")
        return source.snapshot.iteration

    fake.export = export
    choose(dialog, "fake")
    combo = dialog.form.checkpoint
    assert [combo.itemText(i) for i in range(combo.count())] == ["Newest", "20", "10"]
    combo.setCurrentIndex(2)
    type_into(qtbot, dialog, "size", "7")
    type_into(qtbot, dialog, "target", str(tmp_path / "a.txt"))
    click(qtbot, dialog, "start")
    wait_idle(qtbot, jobs)
    assert seen == [10, Options(size=7)]
    assert dialog.message.text().startswith("Written at iteration 10")


def test_a_mistake_in_an_option_stands_under_it_and_nothing_begins(
    fake: SimpleNamespace, qtbot: QtBot, dialog: ExportDialog, jobs: Jobs
) -> None:
    choose(dialog, "fake")
    type_into(qtbot, dialog, "size", "12")
    click(qtbot, dialog, "start")
    assert not jobs.is_active
    message = child(dialog, "error:size")
    assert isinstance(message, QLabel)
    assert message.text() == "Size must be at most 9; 12 is not."
    type_into(qtbot, dialog, "size", "9")
    type_into(qtbot, dialog, "target", "")
    click(qtbot, dialog, "start")
    assert message.text() == ""
    assert dialog.message.text() == "Choose where to write."


def test_cancelling_leaves_nothing(
    fake: SimpleNamespace, qtbot: QtBot, dialog: ExportDialog, jobs: Jobs, tmp_path: Path
) -> None:
    begun = threading.Event()

    def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
        out.write_text("half")
        while True:
            progress("Counting", 3, 4)
            begun.set()

    fake.export = export
    choose(dialog, "fake")
    type_into(qtbot, dialog, "target", str(tmp_path / "deep" / "a.txt"))
    click(qtbot, dialog, "start")
    assert begun.wait(30)
    qtbot.waitUntil(lambda: dialog.message.text() == "Counting…", timeout=PATIENCE)
    assert dialog.bar.value() == 750
    click(qtbot, dialog, "cancel")
    assert not child(dialog, "cancel").isEnabled()
    wait_idle(qtbot, jobs)
    assert dialog.message.text() == "Cancelled; nothing was written."
    assert not (tmp_path / "deep").exists()
    assert child(dialog, "start").isVisible()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UserError("The class is unknown."), "The class is unknown."),
        (KeyError("x"), "fault in the program (KeyError: 'x'). The Problems panel shows the details."),
    ],
)
def test_failures_are_told_in_the_dialog(
    fake: SimpleNamespace,
    qtbot: QtBot,
    dialog: ExportDialog,
    jobs: Jobs,
    tmp_path: Path,
    error: Exception,
    words: str,
) -> None:
    faults: list[str] = []
    jobs.faulted.connect(lambda sentence, detail: faults.append(detail))

    def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
        raise error

    fake.export = export
    choose(dialog, "fake")
    type_into(qtbot, dialog, "target", str(tmp_path / "a.txt"))
    click(qtbot, dialog, "start")
    wait_idle(qtbot, jobs)
    assert dialog.message.text().endswith(words)
    assert len(faults) == isinstance(error, KeyError)
    assert not (tmp_path / "a.txt").exists()


def test_a_dialog_that_was_closed_says_at_the_end_what_happened(
    fake: SimpleNamespace, qtbot: QtBot, dialog: ExportDialog, jobs: Jobs, tmp_path: Path
) -> None:
    go = threading.Event()

    def export(source: Source, out: Path, options: Options, progress: Progress) -> int:
        assert go.wait(30)
        out.write_text("done")
        return 20

    said: list[str] = []
    dialog.said.connect(said.append)
    fake.export = export
    choose(dialog, "fake")
    type_into(qtbot, dialog, "target", str(tmp_path / "a.txt"))
    click(qtbot, dialog, "start")
    click(qtbot, dialog, "close")
    assert jobs.is_active
    go.set()
    wait_idle(qtbot, jobs)
    assert said == [f"Written at iteration 20: {tmp_path / 'a.txt'}"]


def test_browsing_gives_the_right_ending(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **o: (str(tmp_path / "film"), ""))
    for name, wanted in {"gif": "film.gif", "plots": "film"}.items():
        choose(dialog, name)
        dialog.form.ask_target()
        assert dialog.form.target.text() == str(tmp_path / wanted)


def test_new_checkpoints_are_offered_and_the_choice_stays(dialog: ExportDialog, session: Session) -> None:
    dialog.form.checkpoint.setCurrentIndex(2)
    (session.path / "checkpoints" / "00000020").rename(session.path / "checkpoints" / "00000030")
    dialog.show_checkpoints()
    combo = dialog.form.checkpoint
    assert [combo.itemData(i) for i in range(combo.count())] == [None, 30, 10]
    assert combo.currentData() == 10


def test_without_a_session_there_is_nothing_to_export(dialog: ExportDialog) -> None:
    dialog.set_session(None)
    assert not child(dialog, "start").isEnabled()


def test_a_missing_package_is_said_before_anything_is_asked(
    dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganstudio.exporting.kinds.find_spec", lambda name: None)
    choose(dialog, "mp4")
    assert "pip install imageio-ffmpeg" in dialog.message.text()
    assert not child(dialog, "start").isEnabled()
    choose(dialog, "gif")
    assert child(dialog, "start").isEnabled()


def test_the_window_opens_it_and_goes_on_beside_it(qtbot: QtBot, tmp_path: Path, session: Session) -> None:
    memory = Memory(lambda name: tmp_path / name, list, lambda _: None)
    window = MainWindow(
        Controller(memory=memory), QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat), dark=True
    )
    qtbot.addWidget(window)
    window.show()
    assert not window.actions_by_name["export"].isEnabled()
    with settling(qtbot, window.controller):
        window.controller.open(session.path)
    window.actions_by_name["export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    choose(dialog, "scalars")
    type_into(qtbot, dialog, "target", str(tmp_path / "scalars.csv"))
    click(qtbot, dialog, "start")
    wait_idle(qtbot, window.jobs)
    assert (tmp_path / "scalars.csv").read_text().count("\n") == 21
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
