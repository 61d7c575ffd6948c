"""Reads moments from disk in a thread of its own; of many wishes only the newest is read."""

from __future__ import annotations

import traceback
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from PySide6.QtCore import QObject, QThread, Signal

from ganstudio.errors import UserError
from ganstudio.session.moments import Moment, moment_of
from ganstudio.session.session import Session

KEPT = 32  # moments in memory; one of 64 colour images of 64 px takes 3 MB


class Wish(NamedTuple):
    """A moment to read."""

    session: Session
    iteration: int


class MomentReader(QObject):
    """``found`` brings what was wished for last; a wish that a newer one overtakes is dropped."""

    found = Signal(object, object, bool)  # Wish, Moment, whether all of it lay on the disk already
    failed = Signal(object, str, str)  # Wish, a sentence, and the traceback of a fault of the program

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = Lock()
        self._wish: Wish | None = None
        self._is_reading = False
        self._kept: OrderedDict[tuple[str, int], Moment] = OrderedDict()
        self._age = 0  # counts how often everything that was kept was forgotten
        self._thread: _Thread | None = None

    def read(self, session: Session, iteration: int) -> None:
        """Wish for a moment; this never waits for the disk."""
        with self._lock:
            self._wish = Wish(session, iteration)
            begins, self._is_reading = not self._is_reading, True
        if begins:
            self.wait()  # for a thread that has nothing left to do
            self._thread = _Thread(self)
            self._thread.start()

    def forget(self) -> None:
        """Drop the wish and what is kept: the history changes."""
        with self._lock:
            self._wish = None
            self._kept.clear()
            self._age += 1

    def wait(self) -> None:
        """Wait for the end of what is being read."""
        if self._thread is not None:
            self._thread.wait()

    def work(self) -> None:
        """Read what is wished for until nothing is; called in the thread."""
        while (taken := self._take()) is not None:
            wish, age = taken
            try:
                self.found.emit(wish, *self._moment(wish, age))
            except UserError as error:
                self.failed.emit(wish, str(error), "")
            except Exception as error:  # noqa: BLE001 - whatever it is, the window must hear of it
                sentence = f"There is a fault in the program ({type(error).__name__}: {error})."
                self.failed.emit(wish, sentence, traceback.format_exc())

    def _take(self) -> tuple[Wish, int] | None:
        with self._lock:
            wish, self._wish = self._wish, None
            self._is_reading = wish is not None
            return None if wish is None else (wish, self._age)

    def _moment(self, wish: Wish, age: int) -> tuple[Moment, bool]:
        key = (str(wish.session.path), wish.iteration)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key], True
        # Rows reach the disk together: what came up to an iteration is there once its scalars are.
        is_settled = wish.session.metrics.newest_iteration() > wish.iteration
        moment = moment_of(wish.session, wish.iteration)
        with self._lock:
            if is_settled and age == self._age:
                self._kept[key] = moment
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return moment, is_settled


class _Thread(QThread):
    """Reads until nothing is wished for."""

    def __init__(self, reader: MomentReader) -> None:
        super().__init__()
        self._reader = reader

    def run(self) -> None:
        """Read."""
        self._reader.work()
