"""How fast training is and when it will be done."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ganstudio.engine.events import Metrics

WINDOW_SECONDS = 5.0  # of training time over which the speed is averaged


@dataclass(frozen=True)
class Pace:
    """Where training stands.

    Iterations done, where this run ends, iterations per second (0 where not known yet).
    """

    iteration: int = 0
    start: int = 0
    target: int = 0
    rate: float = 0.0

    @property
    def eta(self) -> float | None:
        """Seconds of training that are left, or None where nobody knows yet."""
        return (self.target - self.iteration) / self.rate if self.rate > 0 else None


class PaceMeter:
    """Measures the pace from the training time of the latest seconds, so pauses do not count."""

    def __init__(self) -> None:
        self.pace = Pace()
        self._marks: deque[tuple[float, int]] = deque()

    def start(self, iteration: int, target: int) -> None:
        """Begin a run at ``iteration`` that ends at ``target``."""
        self._marks.clear()
        self.pace = Pace(iteration, iteration, target)

    def add(self, event: Metrics) -> None:
        """Take in the newest iterations."""
        if not len(event.iterations):
            return
        if not self._marks:
            self._marks.append((float(event.seconds[0]), int(event.iterations[0])))
        self._marks.append((float(event.seconds[-1]), int(event.iterations[-1])))
        while len(self._marks) > 2 and self._marks[-1][0] - self._marks[1][0] > WINDOW_SECONDS:
            self._marks.popleft()
        (first, done), (last, now) = self._marks[0], self._marks[-1]
        rate = (now - done) / (last - first) if last > first else 0.0
        self.pace = Pace(now, self.pace.start, max(self.pace.target, now), rate)


def duration(seconds: float) -> str:
    """A duration in words as short as they can be: "8 s", "2 min 05 s", "3 h 20 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
