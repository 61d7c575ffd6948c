"""Hands a training's events to the disk; where that refuses, training lives on in memory or elsewhere."""

from __future__ import annotations

from pathlib import Path

from ganstudio.cli.say import complain
from ganstudio.engine.events import Event
from ganstudio.errors import UserError
from ganstudio.session.places import default_session_path
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


class Keeper:
    """Keeps events; a person hears once of what the disk refuses."""

    def __init__(self, recorder: Recorder, rescue: Path | None) -> None:
        """Use ``rescue``, a folder that does not exist yet, as soon as the session's own takes no more."""
        self.moved = False  # whether training ended in another folder than it was meant to
        self._recorder = recorder
        self._rescue = rescue
        self._told = ""

    @property
    def session(self) -> Session:
        """What is written to."""
        return self._recorder.session

    def keep(self, event: Event) -> None:
        """Keep an event; what cannot be written now stays in memory."""
        try:
            self._recorder.handle(event)
        except UserError as error:
            if str(error) != self._told and not self._go_to_rescue(str(error)):
                self._told = str(error)
                complain(f"{error} Training goes on in memory, and is saved as soon as there is room.")
        else:
            if not self._recorder.is_behind:
                self._told = ""

    def settle(self) -> None:
        """Wait until all is on the disk, if need be among the person's other sessions.

        Raises UserError where nothing can be written there either.
        """
        try:
            self._recorder.settle()
        except UserError as error:
            if not self._go_to_rescue(str(error)):
                self._go_to_own_place(str(error))

    def _go_to_rescue(self, sentence: str) -> bool:
        """Go on in the place that the person named, once; whether that was possible."""
        place, self._rescue = self._rescue, None
        if place is None:
            return False
        try:
            self._move(place)
        except UserError as error:
            complain(str(error))
            return False
        complain(f"{sentence} Training goes on in {place}.")
        return True

    def _go_to_own_place(self, sentence: str) -> None:
        place = default_session_path(f"{self._recorder.session.name} rescued")
        try:
            self._move(place)
        except UserError as error:
            raise UserError(f"{sentence} {error}") from None
        complain(f"{sentence} It is saved in {place} instead.")

    def _move(self, place: Path) -> None:
        self._recorder.move_to(place)
        self.moved = True
