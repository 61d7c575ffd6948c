"""The sessions that a person used last, looked up beside the window: disks can be slow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from ganstudio.session.recent import InterruptedSession, RecentSession
from ganstudio.ui.background import Reader
from ganstudio.ui.filmstrip import read_picture
from ganstudio.ui.memory import Memory

SIDE = 228  # pixels: three for each on the screen


@dataclass(frozen=True)
class Recents:
    """What there is to go on with; ``missing`` are paths at which there is no session any more."""

    sessions: tuple[RecentSession, ...] = ()
    interrupted: tuple[InterruptedSession, ...] = ()
    missing: tuple[Path, ...] = ()
    pictures: Mapping[Path, QImage] = field(default_factory=dict)  # thumbnails by their path

    def picture(self, path: Path | None) -> QImage | None:
        """The thumbnail at a path; None where there is none that can be read."""
        return None if path is None else self.pictures.get(path)

    def matching(self, words: str) -> tuple[RecentSession, ...]:
        """Sessions in whose name, tags and notes every one of the words stands."""
        wanted = words.casefold().split()
        return tuple(
            entry
            for entry in self.sessions
            if all(word in " ".join((entry.name, *entry.tags, entry.notes)).casefold() for word in wanted)
        )


class RecentWatch(QObject):
    """Looks them up whenever ``refresh`` is called; the answer comes by a signal."""

    found = Signal(object)  # Recents

    def __init__(self, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self._asked = 0
        self._reader = Reader(self)
        self._reader.answered.connect(self._on_answered)

    @Slot()
    def refresh(self) -> None:
        """Look them up anew."""
        self._asked += 1
        self._reader.clear()
        self._reader.ask(self._asked, lambda: look_up(self._memory))

    @Slot(object, object)
    def _on_answered(self, number: int, recents: Recents) -> None:
        if number == self._asked:
            self.found.emit(recents)


def look_up(memory: Memory) -> Recents:
    """Read all of it from the disk; called in another thread."""
    sessions = tuple(memory.recent())
    interrupted = tuple(memory.interrupted())
    paths = {entry.thumbnail for entry in sessions} | {entry.thumbnail for entry in interrupted}
    pictures = {path: image for path in paths if path and not (image := read_picture(path, SIDE)).isNull()}
    return Recents(sessions, interrupted, tuple(memory.missing()), pictures)
