"""Where one looks: at a moment of the history, or at now."""

from __future__ import annotations

from ganstudio.engine.events import Event, Metrics, Samples, Started
from ganstudio.experiment.model import Experiment


class TimeCursor:
    """An iteration between 0 and the newest, and the steps from one stored picture to the next."""

    def __init__(self) -> None:
        self.at: int | None = None  # None: now
        self.newest = 0
        self.every = 1  # iterations between two stored pictures

    def reset(self, experiment: Experiment) -> None:
        """Begin afresh, at now."""
        self.at, self.newest = None, 0
        self.every = experiment.probes.samples_every

    def handle(self, event: Event) -> None:
        """Learn how far training is."""
        if isinstance(event, Started):
            self.newest = event.iteration
        elif isinstance(event, Metrics | Samples):
            self.newest = max(self.newest, event.iteration)

    @property
    def iteration(self) -> int:
        """The iteration that is looked at."""
        return self.newest if self.at is None else self.at

    def wish(self, iteration: float) -> int | None:
        """The iteration to look at where a person points at one: from the newest on it is now (None)."""
        return None if iteration >= self.newest else max(0, round(iteration))

    def stepped(self, direction: int) -> int | None:
        """The stored picture before (-1) or after (1) what is looked at."""
        here = self.iteration
        if direction < 0:
            return max(0, (here - 1) // self.every * self.every) if self.newest else None
        return self.wish((here // self.every + 1) * self.every)
