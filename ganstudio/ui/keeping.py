"""Hands a training's events to the disk; where that refuses, training lives on in memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event as Flag

from ganstudio.engine.events import SAVE_ELSEWHERE, Evaluated, Event, Trouble
from ganstudio.errors import UserError
from ganstudio.session.recorder import Recorder
from ganstudio.ui.mailbox import Mailbox, SessionReady

# A folder in which a person wants training saved from now on; None: try again where it is; figures that a
# person asked for, to be kept with the others.
Wish = Path | Evaluated | None


class Keeper:
    """Used by the thread that trains. A person's wishes come through a queue."""

    def __init__(
        self, recorder: Recorder, mailbox: Mailbox, wishes: SimpleQueue[Wish], discarded: Flag
    ) -> None:
        self._recorder = recorder
        self._mailbox = mailbox
        self._wishes = wishes
        self._discarded = discarded
        self._iteration = 0
        self._told = ""

    def keep(self, event: Event) -> None:
        """Keep an event. What the disk refuses stays in memory, of which the person hears once."""
        self._iteration = event.iteration
        self._grant_all()
        try:
            self._recorder.handle(event)
        except UserError as error:
            self._tell(f"{error} Training goes on in memory: make room, or save it elsewhere.")
        else:
            if self._told and not self._recorder.is_behind:
                self._told = ""

    def settle(self) -> None:
        """Wait until all is on the disk; where that refuses, until the person has found a way."""
        self._grant_all()
        while not self._discarded.is_set():
            try:
                self._recorder.settle()
                return
            except UserError as error:
                self._told = ""
                self._tell(
                    f"{error} Training has ended and is kept in memory: make room and press Save, "
                    "or save it elsewhere."
                )
            self._grant(self._wishes.get())

    def _grant_all(self) -> None:
        with suppress(Empty):
            while True:
                self._grant(self._wishes.get_nowait())

    def _grant(self, wish: Wish) -> None:
        if wish is None:
            return
        if isinstance(wish, Evaluated):
            self._mailbox.put(wish)
            with suppress(UserError):  # of an earlier event, which the next one tells
                self._recorder.handle(wish)
            return
        try:
            self._recorder.move_to(wish)
        except UserError as error:
            self._told = ""
            self._tell(str(error))
        else:
            self._told = ""
            self._mailbox.put(SessionReady(self._iteration, self._recorder.session))

    def _tell(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            self._mailbox.put(Trouble(self._iteration, sentence, fatal=False, remedy=SAVE_ELSEWHERE))
