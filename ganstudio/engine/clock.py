"""The training time: it stands while training is paused."""

from __future__ import annotations

import time


class Clock:
    """Seconds of training since iteration 0, pauses left out."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._awake_since: float | None = None  # None while it stands

    def seconds(self) -> float:
        """Seconds until now."""
        running = 0.0 if self._awake_since is None else time.perf_counter() - self._awake_since
        return self._seconds + running

    def rest(self) -> None:
        """Let it stand: a pause begins."""
        self._seconds, self._awake_since = self.seconds(), None

    def wake(self) -> None:
        """Let it run again."""
        self._awake_since = time.perf_counter()
