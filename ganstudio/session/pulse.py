"""What a writer does about once a second beside training: signs of life, and hearing what was sent to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from ganstudio.engine.control import Control
from ganstudio.session.commands import Inbox
from ganstudio.session.lock import BEAT, Lock
from ganstudio.session.session import Session

TICK = 1.0  # seconds between two looks at what was sent

Note = Callable[[str, str, Mapping[str, Any]], None]  # kind, words and values of something that happened


class Pulse:
    """Used by the writer's thread. ``note`` keeps in the history who asked for what."""

    def __init__(self, session: Session, lock: Lock, control: Control | None, note: Note) -> None:
        """With ``control`` None commands are left unread."""
        self._lock = lock
        self._control = control
        self._note = note
        self._inbox = Inbox(session.path, lock.token)
        self._beat_at = time.monotonic()

    def tick(self) -> None:
        """Raise UserError where the session is no longer ours, and OSError."""
        if time.monotonic() - self._beat_at >= BEAT:
            self._beat_at = time.monotonic()
            self._lock.beat()
        if self._control is None:
            return
        for sent in self._inbox.take():
            if isinstance(sent, str):
                self._note("refused", sent, {})
            else:
                sent.give(self._control)
                self._note("command", sent.words, asdict(sent))

    def close(self) -> None:
        """Remove what came too late."""
        self._inbox.close()
