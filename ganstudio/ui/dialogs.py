"""What the window asks a person. Nothing here does anything but ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QMessageBox,
    QSpinBox,
    QWidget,
)

from ganstudio import __version__
from ganstudio.experiment.files import Preset, presets
from ganstudio.paths import sessions_folder


@dataclass(frozen=True)
class PictureOrder:
    """A preset to run and to take a picture of."""

    preset: Preset
    iterations: int
    path: Path


def documents() -> Path:
    """Where a person keeps files, which is offered first: where a program is started from says nothing."""
    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.DocumentsLocation)
    return next((Path(place) for place in places if Path(place).is_dir()), Path.home())


def ask_session(parent: QWidget) -> Path | None:
    """Ask which session's folder to open."""
    chosen = QFileDialog.getExistingDirectory(parent, "Open a session", str(existing(sessions_folder())))
    return Path(chosen) if chosen else None


def ask_copy(parent: QWidget, session: Path) -> Path | None:
    """Ask where a copy of the session shall lie: a folder that does not exist yet."""
    suggestion = str(session.with_name(f"{session.name} copy"))
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Save the session as", suggestion, options=QFileDialog.Option.ShowDirsOnly
    )
    return Path(chosen) if chosen else None


def ask_elsewhere(parent: QWidget, name: str) -> Path | None:
    """Ask where a training goes on whose session cannot be written: a folder that does not exist yet."""
    suggestion = str(Path.home() / name)
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Save the training elsewhere", suggestion, options=QFileDialog.Option.ShowDirsOnly
    )
    return Path(chosen) if chosen else None


def ask_picture(parent: QWidget, name: str) -> Path | None:
    """Ask where a picture shall lie."""
    suggestion = str(documents() / f"{name}.png")
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save a picture", suggestion, "Picture (*.png)")
    if not chosen:
        return None
    return Path(chosen) if chosen.lower().endswith(".png") else Path(f"{chosen}.png")


def ask_preset_picture(parent: QWidget) -> PictureOrder | None:
    """Ask which preset to run, for how long, and where its picture shall lie."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Run a preset and take its picture")
    form = QFormLayout(dialog)
    preset = QComboBox()
    for known in presets().values():
        preset.addItem(known.title, known)
    iterations = QSpinBox(minimum=1, maximum=10_000_000, value=presets()[next(iter(presets()))].iterations)
    iterations.setGroupSeparatorShown(True)
    preset.currentIndexChanged.connect(lambda: iterations.setValue(preset.currentData().iterations))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    form.addRow("Preset", preset)
    form.addRow("Iterations", iterations)
    form.addRow(buttons)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    path = ask_picture(parent, preset.currentData().name) if accepted else None
    return PictureOrder(preset.currentData(), iterations.value(), path) if path else None


def show_about(parent: QWidget) -> None:
    """Say what this program is."""
    QMessageBox.about(
        parent,
        "About GAN Studio",
        f"<h3>GAN Studio {__version__}</h3><p>Train GANs, WGANs and WGAN-GPs by pointing and clicking, "
        "and see what happens inside.</p><p>Built on PyTorch, Qt for Python and pyqtgraph. "
        "The icons are Material Design Icons.</p>",
    )


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(f for f in (folder, *folder.parents) if f.is_dir())
