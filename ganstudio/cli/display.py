"""How training looks in a terminal, and in a file or pipe."""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from ganstudio.cli.say import tell
from ganstudio.engine.events import Event, FloatArray, Metrics, Started

if TYPE_CHECKING:
    from rich.console import Group

LINES = 20  # of plain progress, about, unless training is slow
LINE_SECONDS = 10.0
PACE_SECONDS = 10.0  # the time over which the pace is taken

SHOWN = {
    "critic_loss": "critic",
    "generator_loss": "generator",
    "wasserstein_estimate": "Wasserstein",
    "gradient_norm_mean": "gradient norm",
}


class Pace:
    """Iterations per second of the last seconds, and what that means for the rest."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()

    def add(self, iteration: int) -> None:
        """Note that an iteration was reached now."""
        now = time.monotonic()
        self._points.append((now, iteration))
        while len(self._points) > 2 and now - self._points[1][0] > PACE_SECONDS:
            self._points.popleft()

    def per_second(self) -> float | None:
        """Iterations per second; None while it is not known."""
        if len(self._points) < 2:
            return None
        (t0, i0), (t1, i1) = self._points[0], self._points[-1]
        return (i1 - i0) / (t1 - t0) if t1 > t0 and i1 > i0 else None

    def words(self, left: int) -> str:
        """Such as "45.2 it/s, 0:01:10 left"."""
        rate = self.per_second()
        return "" if rate is None else f"{rate:.1f} it/s, {timedelta(seconds=round(left / rate))} left"


def figures(values: Mapping[str, FloatArray]) -> str:
    """The newest finite value of each scalar that people want to follow."""
    found = []
    for name, title in SHOWN.items():
        finite = [value for value in values.get(name, ())[-1:] if math.isfinite(value)]
        found += [f"{title} {finite[0]:.4g}"] if finite else []
    return "  ".join(found)


class Display(Protocol):
    """What shows training; entered for as long as it is shown."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def loading(self, what: str, done: int, total: int) -> None:
        """Show how far the data are; the signature of Progress."""

    def handle(self, event: Event) -> None:
        """Show what an event says."""

    def note(self, text: str) -> None:
        """Show a line."""


class Silence:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def loading(self, what: str, done: int, total: int) -> None:
        """Show nothing."""

    def handle(self, event: Event) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""


class Lines(Silence):
    """A line now and then, for files and pipes."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._told = ("", -1)
        self._target = self._next = self._step = 0
        self._next_time = 0.0

    def loading(self, what: str, done: int, total: int) -> None:
        """Print each quarter of the way."""
        quarter = 4 * done // total if total else 0
        if (what, quarter) != self._told:
            self._told = (what, quarter)
            tell(f"{what}: {25 * quarter} %" if total else what)

    def handle(self, event: Event) -> None:
        """Print a line about each twentieth of the way, and every ten seconds."""
        if isinstance(event, Started):
            self._target = event.target_iteration
            self._step = max(1, (self._target - event.iteration) // LINES)
            self._next = event.iteration + self._step
            self._next_time = time.monotonic() + LINE_SECONDS
            self._pace.add(event.iteration)
            tell(about(event))
        elif isinstance(event, Metrics):
            self._pace.add(event.iteration)
            if event.iteration >= self._next or time.monotonic() >= self._next_time:
                self._next = event.iteration + self._step
                self._next_time = time.monotonic() + LINE_SECONDS
                pace = self._pace.words(self._target - event.iteration)
                tell(
                    "  ".join(
                        filter(None, (f"{event.iteration}/{self._target}", pace, figures(event.values)))
                    )
                )

    def note(self, text: str) -> None:
        """Print it."""
        tell(text)


class Bar(Silence):
    """A bar with the figures under it, for terminals."""

    def __init__(self) -> None:
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
        )
        self._progress = Progress(*columns, auto_refresh=False)
        self._task = self._progress.add_task("Preparing", total=None, pace="")
        self._figures = ""
        self._pace = Pace()
        self._live = Live(get_renderable=self._render, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def loading(self, what: str, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, description=what, completed=done, total=total or None)

    def handle(self, event: Event) -> None:
        """Move the bar and renew the figures."""
        if isinstance(event, Started):
            self._pace.add(event.iteration)
            self.note(about(event))
            self._progress.update(
                self._task, description="Training", completed=event.iteration, total=event.target_iteration
            )
        elif isinstance(event, Metrics):
            self._pace.add(event.iteration)
            left = int(self._progress.tasks[0].total or 0) - event.iteration
            self._progress.update(self._task, completed=event.iteration, pace=self._pace.words(left))
            self._figures = figures(event.values)

    def note(self, text: str) -> None:
        """Print a line above the bar."""
        self._live.console.print(text, highlight=False, markup=False)

    def _render(self) -> Group:
        from rich.console import Group
        from rich.text import Text

        return Group(self._progress, Text(self._figures))


def choose(*, quiet: bool) -> Display:
    """The display that fits where the output goes."""
    if quiet:
        return Silence()
    return Bar() if sys.stdout.isatty() else Lines()


def about(event: Started) -> str:
    """What is trained, in one line."""
    size = f"{event.generator_parameters:,} + {event.critic_parameters:,} parameters (generator + critic)"
    held = f" ({event.held_out_size:,} more held out)" if event.held_out_size else ""
    line = f"Training on {event.dataset_size:,} samples{held} with {event.device_title}, {size}."
    if event.skipped:
        name, why = event.skipped[0]
        line += f" Left out: {len(event.skipped):,}, the first {name} ({why})."
    return line
