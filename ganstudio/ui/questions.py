"""What the window asks before something would be lost. Nothing here does anything but ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QPushButton, QWidget

from ganstudio.paths import sessions_folder
from ganstudio.ui.dialogs import documents, existing

FOLLOW_MS = 500  # how often a question tells anew what would be lost, since training goes on meanwhile
LISTED = 6  # names of settings


class Answer(Enum):
    """What a person wants done with what is not kept yet."""

    KEEP = "keep"
    DROP = "drop"
    CANCEL = "cancel"


def ask_unsaved(parent: QWidget, loss: Callable[[], str], verb: str) -> Answer:
    """Ask what to do with training that is not saved; ``loss`` says what it is, ``verb`` what follows."""
    box = _box(parent, "Save the training?", "The newest training is not saved yet.")

    def tell() -> None:
        words = loss()
        text = f"Without saving, you lose {words}." if words else "By now everything is saved."
        box.setInformativeText(text)

    follow = QTimer(box, interval=FOLLOW_MS)
    follow.timeout.connect(tell)
    tell()
    follow.start()
    return _ask(box, f"Save and {verb}", f"{verb.capitalize()} without saving")


def ask_settings(parent: QWidget, names: Sequence[str], verb: str, *, valid: bool) -> Answer:
    """Ask what to do with settings that were changed and never trained; invalid ones cannot be kept."""
    box = _box(parent, "Keep the settings?", "You changed settings that were never trained.")
    listed = ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")
    if valid:
        box.setInformativeText(f"Changed: {listed}. An experiment file keeps them for later.")
        return _ask(box, "Keep in a file…", f"{verb.capitalize()} without them")
    box.setInformativeText("Some of them cannot be right as they are, so there is nothing to keep in a file.")
    return _ask(box, "", f"{verb.capitalize()} without them")


def ask_revert(parent: QWidget, iteration: int, dropped: Sequence[str]) -> bool:
    """Ask whether to go back to a checkpoint; ``dropped`` says line by line what will be gone."""
    box = _box(parent, "Go back?", f"Go back to the checkpoint at iteration {iteration:,}?")
    box.setInformativeText("\n".join(dropped))
    return _ask(box, "", "Go back") is Answer.DROP


def ask_settings_file(parent: QWidget, name: str) -> Path | None:
    """Ask where an experiment file shall lie."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent,
        "Save the settings as an experiment file",
        str(documents() / f"{name}.toml"),
        "Experiment (*.toml)",
    )
    if not chosen:
        return None
    return Path(chosen) if chosen.lower().endswith(".toml") else Path(f"{chosen}.toml")


def ask_name(parent: QWidget, title: str, words: str, suggestion: str) -> str:
    """Ask for a name; "" where the person gives none."""
    dialog = QInputDialog(parent)
    dialog.setObjectName("question")
    dialog.setWindowTitle(title)
    dialog.setLabelText(words)
    dialog.setTextValue(suggestion)
    dialog.resize(460, dialog.sizeHint().height())
    accepted = dialog.exec() == QInputDialog.DialogCode.Accepted
    name = dialog.textValue().strip() if accepted else ""
    dialog.deleteLater()
    return name


def ask_import_target(parent: QWidget, name: str) -> Path | None:
    """Ask which new folder an exported session shall be unpacked into."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent,
        "Unpack the session as",
        str(existing(sessions_folder()) / name),
        options=QFileDialog.Option.ShowDirsOnly,
    )
    return Path(chosen) if chosen else None


def ask_file(parent: QWidget) -> Path | None:
    """Ask for a file to open: a session that was exported, or an experiment."""
    chosen, _ = QFileDialog.getOpenFileName(
        parent, "Open a file", str(documents()), "Exported session or experiment (*.zip *.toml)"
    )
    return Path(chosen) if chosen else None


def _box(parent: QWidget, title: str, text: str) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName("question")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(text)
    return box


def _ask(box: QMessageBox, keep: str, drop: str) -> Answer:
    """Show the question with these buttons; the first is the default, Escape cancels."""
    role = QMessageBox.ButtonRole
    kept: QPushButton | None = box.addButton(keep, role.AcceptRole) if keep else None
    dropped = box.addButton(drop, role.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    for button, name in ((kept, "keep"), (dropped, "drop"), (cancel, "cancel")):
        if button is not None:
            button.setObjectName(name)
            button.setAccessibleName(button.text())
    box.setDefaultButton(cancel if kept is None else kept)
    box.setEscapeButton(cancel)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    if clicked is dropped:
        return Answer.DROP
    return Answer.KEEP if kept is not None and clicked is kept else Answer.CANCEL
