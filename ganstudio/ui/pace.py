"""How often panels are drawn, so that training hardly notices."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable
from math import sqrt
from typing import Generic, TypeVar

SHARE = 0.015  # of one core's time is spent on drawing while training runs
HASTE_SHARE = 0.25  # while a person waits for something to be seen
HASTE = 1.5  # seconds for which that is so
LEAST, MOST = 0.05, 1.0  # seconds between two drawings of the same panel
NEWEST = 0.3  # weight of the newest cost in the mean

Name = TypeVar("Name", bound=Hashable)


class Pace(Generic[Name]):
    """Says what is to be drawn next, and when, from what drawing it took before.

    Python runs one thread at a time: while the window draws, training stands still. So drawing gets a share
    of the time. Each panel is drawn at intervals in proportion to the square root of its cost: among all
    ways to spend that share, this one shows what is least out of date on average. What costs little is
    drawn often then, and what costs much still about once a second.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._costs: dict[Name, float] = {}  # seconds of this thread
        self._drawn: dict[Name, float] = {}  # when
        self._hasty_until = clock() + HASTE

    def hurry(self) -> None:
        """Draw as often as the window can for a while: a person has just done something."""
        self._hasty_until = self._clock() + HASTE

    def drawn(self, name: Name) -> None:
        """Note that something is drawn now."""
        self._drawn[name] = self._clock()

    def took(self, name: Name, seconds: float) -> None:
        """Note what drawing it took."""
        before = self._costs.get(name, seconds)
        self._costs[name] = before + NEWEST * (seconds - before)

    def next(self, waiting: Collection[Name], shown: Collection[Name]) -> tuple[Name, float]:
        """Of those that wait, one at least of what is ``shown``, say what is next and in how many seconds."""
        now = self._clock()
        share = HASTE_SHARE if now < self._hasty_until else SHARE
        scale = sum(sqrt(self._costs.get(name, 0.0)) for name in shown) / share

        def left(name: Name) -> float:
            interval = min(max(LEAST, scale * sqrt(self._costs.get(name, 0.0))), MOST)
            return self._drawn.get(name, now - interval) + interval - now

        first = min(waiting, key=left)
        return first, max(0.0, left(first))
