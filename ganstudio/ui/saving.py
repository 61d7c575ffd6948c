"""What of a training lies on the disk, since when, and what would be lost without saving."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ganstudio.engine.events import Checkpoint, Event, Metrics, Started, StateChanged
from ganstudio.errors import UserError
from ganstudio.session.checkpoints import folder_name, read_numbers
from ganstudio.session.places import CHECKPOINTS
from ganstudio.session.session import Session


@dataclass(frozen=True)
class Loss:
    """Training that is in memory only: iterations and, where there is none, critic steps of the next one."""

    iterations: int = 0
    critic_steps: int = 0
    saved: int | None = None  # iteration of the newest checkpoint; None where there is none

    def __bool__(self) -> bool:
        """Whether anything would be lost."""
        return self.iterations > 0 or self.critic_steps > 0

    @property
    def words(self) -> str:
        """For example "the 14 iterations since the checkpoint at iteration 1,200"."""
        count, what = (
            (self.iterations, "iteration") if self.iterations else (self.critic_steps, "critic step")
        )
        amount = f"{count:,} {what}s" if count != 1 else f"one {what}"
        since = "the beginning" if self.saved is None else f"the checkpoint at iteration {self.saved:,}"
        return f"the {amount} since {since}"


class SaveWatch:
    """Follows the events of a training and the checkpoints that reach the disk."""

    def __init__(self) -> None:
        self._wants = False
        self._wanted: int | None = None
        self.begin(None)

    def begin(self, session: Session | None) -> None:
        """Another session is worked on, or none."""
        found = session.checkpoints() if session else []
        self.saved: int | None = found[-1] if found else None
        self.saved_at: datetime | None = _written(session, found[-1]) if session and found else None
        self._session = session
        self._progress = self._covered = (self.saved or 0, 0)  # iteration and critic steps of the next one
        self._pending: dict[int, tuple[int, int]] = {}

    def want(self) -> None:
        """The person waits for the next checkpoint."""
        self._wants = True

    def take(self, event: Event) -> None:
        """Learn from an event."""
        if isinstance(event, Started):
            self._progress = self._covered = (event.iteration, 0)
            self._pending.clear()
        elif isinstance(event, Metrics) and len(event.iterations):
            self._progress = max(self._progress, (int(event.iterations[-1]), 0))
        elif isinstance(event, StateChanged) and event.state == "paused":
            self._progress = max(self._progress, (event.iteration, event.critic_step))
        elif isinstance(event, Checkpoint):
            held = event.iteration, int(event.snapshot.numbers["critic_step"])
            self._progress = max(self._progress, held)
            self._pending[event.iteration] = held
            if self._wants:
                self._wants, self._wanted = False, event.iteration

    def arrived(self) -> list[int]:
        """Iterations of which a checkpoint has reached the disk since the last call."""
        if not self._pending or self._session is None:
            return []
        there = set(self._session.checkpoints()) & self._pending.keys()
        found = [iteration for iteration in sorted(there) if self._is_there(iteration)]
        for iteration in found:
            self._covered = max(self._covered, self._pending.pop(iteration))
            self.saved, self.saved_at = iteration, datetime.now(UTC)
        # One that a newer one has pushed out already will never be seen.
        self._pending = {i: p for i, p in self._pending.items() if self.saved is None or i >= self.saved}
        return found

    def answers(self, iteration: int) -> bool:
        """Whether what the person waits for is in this checkpoint; says so once."""
        if self._wanted is None or iteration < self._wanted:
            return False
        self._wanted = None
        return True

    def _is_there(self, iteration: int) -> bool:
        """Whether what lies on the disk is the pending state, not an earlier one of the same iteration."""
        assert self._session is not None, "nothing is pending without a session"  # noqa: S101
        try:
            numbers = read_numbers(self._session.path / CHECKPOINTS, iteration)
        except UserError:  # it is being replaced, or retired just now
            return False
        return self._pending[iteration] == (iteration, numbers.get("critic_step"))

    @property
    def loss(self) -> Loss:
        """What would be lost if training ended without saving."""
        iterations = self._progress[0] - self._covered[0]
        steps = self._progress[1] - (self._covered[1] if iterations == 0 else 0)
        return Loss(max(0, iterations), max(0, steps), self.saved)


def _written(session: Session, iteration: int) -> datetime | None:
    try:
        folder = session.path / CHECKPOINTS / folder_name(iteration)
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except OSError:
        return None


def ago(moment: datetime, now: datetime) -> str:
    """How long ago something was: "just now", "20 s ago", "3 min ago", "2 h ago", "5 days ago"."""
    seconds = max(0, int((now - moment).total_seconds()))
    for limit, size, unit in ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h")):
        if seconds < limit:
            return f"{seconds // size} {unit} ago" if seconds >= 5 else "just now"
    days = seconds // 86400
    return f"{days:,} days ago" if days > 1 else "1 day ago"
