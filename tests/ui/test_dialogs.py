from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ganstudio.experiment.files import presets
from ganstudio.ui import dialogs, questions

# Dialogs have a least size, and Qt's offscreen screen says of each that it cannot tell a window manager.
of_the_offscreen_screen = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def answer(act: Callable[[QDialog], None]) -> None:
    """Do something in the dialog that opens next."""

    def find() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        act(dialog)

    QTimer.singleShot(0, find)


def choose(monkeypatch: pytest.MonkeyPatch, name: str, chosen: str) -> list[tuple[object, ...]]:
    asked: list[tuple[object, ...]] = []

    def ask(*arguments: object, **options: object) -> object:
        asked.append(arguments)
        return chosen if name == "getExistingDirectory" else (chosen, "")

    monkeypatch.setattr(QFileDialog, name, ask)
    return asked


def test_a_session_is_asked_for_where_sessions_lie(parent: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = choose(monkeypatch, "getExistingDirectory", "/sessions/one")
    assert dialogs.ask_session(parent) == Path("/sessions/one")
    assert Path(str(asked[0][2])).is_dir()
    choose(monkeypatch, "getExistingDirectory", "")
    assert dialogs.ask_session(parent) is None


def test_a_copy_is_suggested_beside_the_session(parent: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = choose(monkeypatch, "getSaveFileName", "/sessions/other")
    assert dialogs.ask_copy(parent, Path("/sessions/one")) == Path("/sessions/other")
    assert dialogs.ask_elsewhere(parent, "one") == Path("/sessions/other")
    assert asked[0][2] == "/sessions/one copy"


@pytest.mark.parametrize(
    ("typed", "path"),
    [("/pictures/a.png", Path("/pictures/a.png")), ("/pictures/a", Path("/pictures/a.png")), ("", None)],
)
def test_a_picture_ends_in_png(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch, typed: str, path: Path | None
) -> None:
    choose(monkeypatch, "getSaveFileName", typed)
    assert dialogs.ask_picture(parent, "window") == path


@of_the_offscreen_screen
def test_a_preset_its_iterations_and_a_file_are_asked_for(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(dialog: QDialog) -> None:
        combo, spin = dialog.findChild(QComboBox), dialog.findChild(QSpinBox)
        buttons = dialog.findChild(QDialogButtonBox)
        assert combo
        assert spin
        assert buttons
        combo.setCurrentIndex(combo.findText(presets()["ring-wgan"].title))
        assert spin.value() == presets()["ring-wgan"].iterations
        spin.setValue(12)
        buttons.button(QDialogButtonBox.StandardButton.Ok).click()

    choose(monkeypatch, "getSaveFileName", "/pictures/a.png")
    answer(act)
    order = dialogs.ask_preset_picture(parent)
    assert order == dialogs.PictureOrder(presets()["ring-wgan"], 12, Path("/pictures/a.png"))
    answer(lambda dialog: dialog.reject())
    assert dialogs.ask_preset_picture(parent) is None


@of_the_offscreen_screen
def test_about_names_the_version(parent: QWidget) -> None:
    from ganstudio import __version__

    seen: list[str] = []

    def act(dialog: QDialog) -> None:
        seen.append(dialog.property("text"))
        dialog.accept()

    answer(act)
    dialogs.show_about(parent)
    assert __version__ in seen[0]


def test_files_are_first_offered_among_the_persons_own(
    parent: QWidget, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "program").mkdir()
    monkeypatch.chdir(tmp_path / "program")  # where the program was started from
    saved = choose(monkeypatch, "getSaveFileName", "")
    assert dialogs.ask_picture(parent, "window") is None
    assert questions.ask_settings_file(parent, "ring") is None
    opened = choose(monkeypatch, "getOpenFileName", "")
    assert questions.ask_file(parent) is None
    folder = dialogs.documents()
    assert folder.is_dir()
    assert [str(asked[2]) for asked in (*saved, *opened)] == [
        str(folder / "window.png"),
        str(folder / "ring.toml"),
        str(folder),
    ]
