"""Pictures of the running window: for people, for the README, and for looking at it in tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from ganstudio.engine.events import Event, Trouble
from ganstudio.errors import UserError
from ganstudio.ui.controller import Controller
from ganstudio.ui.worker import Outcome

SETTLE_MS = 100  # what layouts and plots need after the last event


def check_target(path: Path) -> None:
    """Raise UserError where no picture can be saved, before a long training that would end in vain."""
    if path.suffix.lower() != ".png":
        raise UserError(f"{path} does not end in .png; pictures of the window are PNG files.")
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file for the picture.")
    if not path.absolute().parent.is_dir():
        raise UserError(f"The folder {path.absolute().parent} does not exist.")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise UserError(f"{path} may not be written.")


def save_picture(window: QWidget, path: Path) -> None:
    """Save a PNG of the window. Raises UserError; no half picture is left behind."""
    check_target(path)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(bytes(buffer.data().data()))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UserError(f"{path} could not be written: {error.strerror}.") from None


class Photographer(QObject):
    """Runs a preset in the window and takes a picture of it when training has ended."""

    done = Signal(str, str)  # a sentence that says why there is no picture ("": there is), and its traceback

    def __init__(self, window: QWidget, controller: Controller) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._path: Path | None = None
        self._troubles: list[Trouble] = []
        self._settle = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._shoot)
        controller.received.connect(self._listen)
        controller.ended.connect(self._on_ended)

    def shoot_trained(self, train: Callable[[], None], path: Path) -> None:
        """Call ``train``, and save a picture when training has ended. Raises UserError for a bad path."""
        check_target(path)

        def begin() -> None:
            self._troubles = []
            self._path = path
            train()
            if not self._controller.is_active:
                self._path = None
                self.done.emit("The preset needs settings that it does not have yet.", "")

        self._controller.when_idle(begin)

    def shoot(self, path: Path) -> None:
        """Save a picture as soon as everything is drawn. Raises UserError for an impossible path."""
        check_target(path)
        self._path = path
        self._settle.start()

    @Slot(object)
    def _listen(self, events: list[Event]) -> None:
        if self._path is not None:
            self._troubles += [e for e in events if isinstance(e, Trouble)]

    @Slot(object)
    def _on_ended(self, outcome: Outcome) -> None:
        if self._path is None:
            return
        if outcome.reason == "finished":
            self._settle.start()
        else:
            self._path = None
            sentence = " ".join(t.sentence for t in self._troubles)
            detail = "\n".join(t.detail for t in self._troubles if t.detail)
            self.done.emit(sentence or "Training was stopped before the picture could be taken.", detail)

    @Slot()
    def _shoot(self) -> None:
        if self._controller.is_opening:
            self._settle.start()
            return
        path, self._path = self._path, None
        if path is None:
            return
        try:
            save_picture(self._window, path)
        except UserError as error:
            self.done.emit(str(error), "")
        else:
            self.done.emit("", "")
