"""How a person reaches into training: a thread-safe queue that the engine reads between two steps."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from queue import Empty, SimpleQueue
from threading import Event as Flag
from typing import Any, Literal

StepSize = Literal["critic", "generator", "iteration"]


@dataclass(frozen=True)
class Pause:
    """Wait between two steps."""


@dataclass(frozen=True)
class Resume:
    """Go on."""


@dataclass(frozen=True)
class Step:
    """While paused.

    Go on to the end of the next critic step, generator step or full iteration, then pause again.
    """

    size: StepSize


@dataclass(frozen=True)
class Stop:
    """Finish the step, save, and end."""


@dataclass(frozen=True)
class Edit:
    """Change a live setting."""

    path: str
    value: Any


@dataclass(frozen=True)
class Save:
    """Yield a Checkpoint now."""


@dataclass(frozen=True)
class Slow:
    """Wait at every stage of a step; None: go at full speed."""

    seconds_per_stage: float | None


@dataclass(frozen=True)
class Nudge:
    """While paused, let others tell what they have found meanwhile."""


Command = Nudge | Pause | Resume | Step | Stop | Edit | Save | Slow


class Control:
    """The queue. Any thread may call its methods; only the engine calls ``take`` and ``wait``."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Command] = SimpleQueue()
        self.stop_wanted = Flag()  # stays set

    def pause(self) -> None:
        """Ask training to wait between two steps."""
        self._queue.put(Pause())

    def resume(self) -> None:
        """Ask training to go on."""
        self._queue.put(Resume())

    def step(self, size: StepSize) -> None:
        """Ask for a single step, after which training is paused (it pauses a running training first)."""
        self._queue.put(Step(size))

    def stop(self) -> None:
        """Ask training to finish the step, save, and end."""
        self.stop_wanted.set()
        self._queue.put(Stop())

    def edit(self, path: str, value: Any) -> None:
        """Ask for a live setting to be changed between two steps."""
        self._queue.put(Edit(path, value))

    def slow(self, seconds_per_stage: float | None) -> None:
        """Ask for slow motion: a wait at each stage of every step; None ends it.

        Raises ValueError for a time that is not finite or below 0.
        """
        if seconds_per_stage is not None and not 0 <= seconds_per_stage < inf:
            raise ValueError(f"{seconds_per_stage} is no time to wait")
        self._queue.put(Slow(seconds_per_stage))

    def save(self) -> None:
        """Ask for a checkpoint between two steps."""
        self._queue.put(Save())

    def nudge(self) -> None:
        """Have a paused training say once more that it is paused, so that listeners get their turn."""
        self._queue.put(Nudge())

    def take(self) -> Command | None:
        """The oldest command, or None where there is none; never waits."""
        try:
            return self._queue.get_nowait()
        except Empty:
            return None

    def wait(self, seconds: float | None = None) -> Command | None:
        """The oldest command; waits until there is one, or None where there is none within the time."""
        try:
            return self._queue.get(timeout=seconds)
        except Empty:
            return None
