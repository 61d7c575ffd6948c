"""States worth keeping: one with an infinite or NaN weight never takes the place of a good one."""

from __future__ import annotations

from threading import Thread

from ganstudio.engine.events import Snapshot
from ganstudio.engine.state import all_finite


class NonFiniteError(Exception):
    """A loss or a weight is infinite or NaN; training cannot go on from here. The text names it."""


class GoodStates:
    """The last good state, and a newer one that another thread looks through while training goes on."""

    def __init__(self, good: Snapshot) -> None:
        self.last = good
        self._offered: Snapshot | None = None
        self._is_good = False
        self._thread: Thread | None = None

    @property
    def is_looking(self) -> bool:
        """Whether a state was offered whose answer was not taken yet."""
        return self._offered is not None

    def offer(self, snapshot: Snapshot) -> None:
        """Have a state looked through; the one before must have been taken."""
        self._offered, self._is_good = snapshot, False
        self._thread = Thread(target=self._look, args=(snapshot,), name="state check", daemon=True)
        self._thread.start()

    def take(self, *, wait: bool) -> Snapshot | None:
        """The state that was offered, once it is known to be good; None where it is not known yet.

        Raises NonFiniteError where it is not good.
        """
        snapshot, thread = self._offered, self._thread
        if snapshot is None or thread is None or (thread.is_alive() and not wait):
            return None
        thread.join()
        self._offered = self._thread = None
        if not self._is_good:
            raise NonFiniteError(f"After iteration {snapshot.iteration} a weight")
        self.last = snapshot
        return snapshot

    def _look(self, snapshot: Snapshot) -> None:
        self._is_good = all_finite(snapshot.tensors)
