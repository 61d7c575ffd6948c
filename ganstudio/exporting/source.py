"""What exports read: one state, or the history up to an iteration, even while training writes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from ganstudio.engine.events import Evaluated, GradientNorms, Metrics, Snapshot
from ganstudio.errors import UserError
from ganstudio.session import checkpoints
from ganstudio.session.places import CHECKPOINTS
from ganstudio.session.session import Session

ATTEMPTS = 3  # a checkpoint may retire while it is read; the next look finds a newer one


class Source:
    """A session as it is on disk now; ``at`` is a checkpoint's iteration, or None for the newest."""

    def __init__(self, path: Path, at: int | None = None) -> None:
        """Raise UserError where there is no session."""
        self.session = Session.open(path)
        self.at = at

    @cached_property
    def snapshot(self) -> Snapshot:
        """The state at the chosen checkpoint. Raises UserError where there is none or it is damaged."""
        if self.at is None:
            return self._newest()
        known = self.session.checkpoints()
        if self.at not in known:
            there = ", ".join(map(str, known)) or "none yet"
            raise UserError(f"There is no checkpoint of iteration {self.at}; there are: {there}.")
        return checkpoints.read_checkpoint(self.session.path / CHECKPOINTS, self.at)

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each damaged checkpoint that was passed over."""
        return self.session.problems

    def scalars(self) -> Metrics:
        """All scalars. Raises UserError where there are none yet."""
        found = self.session.metrics.scalars(self.at)
        if found is None:
            raise UserError(f"{self.session.path} has no history yet; train it first.")
        return found

    def gradient_norms(self) -> list[GradientNorms]:
        """The gradient norms of every probed batch."""
        return self.session.metrics.gradient_norms(self.at)

    def figures(self) -> list[Evaluated]:
        """All figures of quality."""
        return self.session.metrics.figures(self.at)

    def pictures(self) -> list[Path]:
        """The sample pictures, oldest first; the stem of each is its iteration."""
        return [path for path in self.session.samples() if self.at is None or int(path.stem) <= self.at]

    def _newest(self) -> Snapshot:
        for session in self._looks():
            seen = session.checkpoints()
            try:
                snapshot = session.latest_snapshot()
            except UserError:
                if session.checkpoints() == seen:
                    raise
                continue
            if snapshot is not None:
                self.session = session
                return snapshot
        raise UserError(f"{self.session.path} has no checkpoint yet; train it first, or save.")

    def _looks(self) -> Iterator[Session]:
        yield self.session
        for _ in range(ATTEMPTS - 1):
            yield Session.open(self.session.path)
