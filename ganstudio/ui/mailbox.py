"""Where training leaves its events for the window, which collects them when it has time.

A queued signal per event would stall the window for as long as training is faster than drawing; a mailbox
that a timer empties does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

from ganstudio.engine.events import (
    Checkpoint,
    Evaluated,
    EvaluationDue,
    Event,
    GradientNorms,
    Measured,
    Metrics,
    Samples,
)  # fmt: skip
from ganstudio.session.session import Session


@dataclass(frozen=True)
class Loading(Event):
    """Data are being loaded: what is done, how much of it so far, and of how much (0 where unknown)."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class SessionReady(Event):
    """Training writes into this session from now on."""

    session: Session


@dataclass(frozen=True)
class Opened(Event):
    """Another session is looked at from now on, or a copy of it; None: there is none yet."""

    session: Session | None


@dataclass(frozen=True)
class Saved(Event):
    """The checkpoint of this iteration lies on the disk."""


# Only the latest of each of these (of each probe) matters: a picture that was never drawn is no loss. Older
# gradient norms lose their points, which are the greater part, and stay for the sake of their history.
LATEST_ONLY = (Samples, GradientNorms, Measured, Loading)

# What comes all the time while training runs; whatever else comes is to be seen at once.
ROUTINE = (
    Metrics, GradientNorms, Measured, Samples, EvaluationDue, Evaluated, Checkpoint, Loading, Saved
)  # fmt: skip


class Mailbox:
    """Events in order; nothing is lost but outdated pictures. Any thread may call its methods.

    ``ring`` is called, in the thread that leaves it, for the first event since the last look that is not of
    the ``ROUTINE``: somebody waits for that.
    """

    def __init__(self, ring: Callable[[], object] = lambda: None) -> None:
        self._lock = Lock()
        self._ring = ring
        self._has_rung = False
        self._count = 0
        self._events: dict[int, Event] = {}  # by the order of arrival
        self._latest: dict[tuple[type[Event], str], int] = {}  # number of the latest of its kind

    def put(self, event: Event) -> None:
        """Leave an event."""
        with self._lock:
            self._count += 1
            if isinstance(event, LATEST_ONLY):
                kind = (type(event), event.probe if isinstance(event, Measured) else "")
                before = self._latest.get(kind, 0)
                outdated = self._events.pop(before, None)
                if isinstance(outdated, GradientNorms):  # part of a history, but for its points
                    self._events[before] = replace(outdated, points=None)
                self._latest[kind] = self._count
            self._events[self._count] = event
            rings = not self._has_rung and not isinstance(event, ROUTINE)
            self._has_rung |= rings
        if rings:
            self._ring()

    def drain(self) -> list[Event]:
        """Take everything out, oldest first."""
        with self._lock:
            events, self._events = self._events, {}
            self._latest.clear()
            self._has_rung = False
        return [events[number] for number in sorted(events)]
