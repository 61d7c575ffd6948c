"""Following a session that another program, or another machine on a shared folder, is writing."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ganstudio.engine.events import Edited, EditRefused, Event, Finished, Reason, Samples, Trouble
from ganstudio.errors import UserError
from ganstudio.experiment.model import Experiment
from ganstudio.session import replaying
from ganstudio.session.checkpoints import folder_name
from ganstudio.session.files import DIGITS, gone
from ganstudio.session.lock import STALE, Holder, holder_of
from ganstudio.session.metrics_reader import MetricsReader, StoredEvent
from ganstudio.session.mirror import Mirror
from ganstudio.session.places import METRICS, RECORD, SAMPLES
from ganstudio.session.schema import Record
from ganstudio.session.session import Session

Numbered = tuple[int, float, StoredEvent]  # row of a table, wall time, event

BEGINS = ("started", "resumed", "reverted")  # after these, what came later is no longer there


@dataclass(frozen=True)
class Look:
    """What is new. With ``anew`` the events are the whole history: what was seen before no longer counts."""

    anew: bool = False
    events: tuple[Event, ...] = ()
    record: Record | None = None  # with all edits; None before there is any history
    holder: Holder | None = None  # who writes; None where nobody does
    lives: bool = False  # whether the holder may still be writing
    silent: float = 0.0  # seconds since its last sign of life was seen here
    saved: int | None = None  # iteration of the newest checkpoint

    @property
    def experiment(self) -> Experiment | None:
        """The experiment as it is now."""
        return None if self.record is None else self.record.edited()

    @property
    def writer(self) -> str:
        """Who trains, for example "Process 4711 on node7"."""
        return "Nobody" if self.holder is None else f"Process {self.holder.pid} on {self.holder.host}"


class Follower:
    """Reads what a session says since the last look. Used by one thread at a time; nothing is ever written.

    With ``curves_only`` it reads what has a time axis: Started, Metrics, Evaluated and Edited.
    """

    def __init__(self, path: Path, *, curves_only: bool = False) -> None:
        """The first look will bring the whole history."""
        self.path = path
        self._curves_only = curves_only
        self._metrics = MetricsReader(path / METRICS, Mirror(path / METRICS))
        self._record: Record | None = None
        self._event = (0, 0.0)  # number and wall time of the last row of events that was seen; 0: none yet
        self._iteration = self._norms_at = -1
        self._measured = self._figures = 0  # last rows
        self._picture = -1
        self._heart: tuple[str, float] | None = None
        self._heard_at = time.monotonic()

    def look(self, check: Callable[[], object] = bool) -> Look:
        """What is new; where training began again or went back, all of it anew, from a Started on.

        ``check`` is called now and then; what it raises ends the look, as if there had been none. Raises
        UserError where it cannot be read now, which the next look may mend.
        """
        holder = holder_of(self.path)  # before the rest: once nobody writes, all is there
        lives = self._lives(holder)
        if self._record is not None and not (self.path / RECORD).exists():
            raise UserError(gone(self.path))
        session = Session.open(self.path)
        anew, events = False, list[Event]()
        if (self.path / replaying.STARTED).exists():
            with self._metrics.at_once():
                happened = self._metrics.events_from(self._event[0])
                record = Session.open(self.path).record
                anew = self._is_changed(record, happened)
                if anew and lives and not self._has_begun():
                    return Look(holder=holder, lives=lives, silent=self._silence())
                known, self._record = self._record, None  # until all is read: else it comes anew
                for event in self._everything(record) if anew else self._news(record, happened, known):
                    events.append(event)
                    check()
            self._record = record
        saved = max(session.checkpoints(), default=None)
        return Look(anew, tuple(events), self._record, holder, lives, self._silence(), saved)

    def _has_begun(self) -> bool:
        """Whether the history says so, too, which reaches the disk a little later."""
        return any(event.kind in BEGINS for _, _, event in self._metrics.events_from(0))

    def _is_changed(self, record: Record, happened: list[Numbered]) -> bool:
        """Whether something that was seen is no longer there."""
        if self._record is None or (happened[0][:2] if happened else (0, 0.0)) != self._event:
            return True
        if any(event.kind in BEGINS for _, _, event in happened[1:]):
            return True
        return record.edits[: len(self._record.edits)] != self._record.edits

    def _everything(self, record: Record) -> Iterator[Event]:
        newest = _newest_picture(self.path / SAMPLES)
        pictures = [] if newest is None else [newest]
        edits = (*record.inherited, *record.edits)
        if self._curves_only:
            yield replaying.read_started(self.path)
            yield from self._metrics.scalar_parts()
            yield from self._metrics.figures()
            yield from (Edited(edit.iteration, edit.path, edit.old, edit.new) for edit in edits)
        else:
            yield from replaying.replay(self.path, pictures, self._metrics, edits, None)
        happened = self._metrics.events_from(0)
        self._event = happened[-1][:2] if happened else (0, 0.0)
        self._iteration = self._metrics.newest_iteration()
        self._picture = -1 if newest is None else int(newest.stem)
        self._count()
        norms = self._metrics.norms_at(2**62)
        self._norms_at = -1 if norms is None else norms.iteration

    def _news(self, record: Record, happened: list[Numbered], before: Record | None) -> Iterator[Event]:
        metrics = self._metrics
        known = len(before.edits) if before else 0
        for edit in record.edits[known:]:
            yield Edited(edit.iteration, edit.path, edit.old, edit.new)
        scalars = metrics.scalars(after=self._iteration)
        yield from () if scalars is None else (scalars,)
        yield from metrics.figures(after_row=self._figures)
        if not self._curves_only:
            yield from self._views([event for _, _, event in happened[1:]])
        self._iteration = self._iteration if scalars is None else scalars.iteration
        self._count()
        self._event = happened[-1][:2] if happened else (0, 0.0)

    def _views(self, happened: list[StoredEvent]) -> Iterator[Event]:
        norms = self._metrics.gradient_norms(after=self._norms_at)
        yield from norms
        yield from self._metrics.measured(after_row=self._measured)
        samples = self._new_samples()
        yield from () if samples is None else (samples,)
        for event in happened:
            yield from _retold(event)
        self._norms_at = norms[-1].iteration if norms else self._norms_at
        self._picture = self._picture if samples is None else samples.iteration

    def _count(self) -> None:
        self._measured = self._metrics.last_row("measurements")
        self._figures = self._metrics.last_row("figures")

    def _new_samples(self) -> Samples | None:
        newest = _newest_picture(self.path / SAMPLES)
        if newest is None or int(newest.stem) <= self._picture:
            return None
        return replaying.read_samples(newest)

    def _lives(self, holder: Holder | None) -> bool:
        """Whether the writer lives; by our own clock, for another machine's may be wrong."""
        if holder is None:
            return False
        if self._heart != (holder.token, holder.heartbeat):
            self._heart, self._heard_at = (holder.token, holder.heartbeat), time.monotonic()
        return holder.is_alive() if holder.host == socket.gethostname() else self._silence() < STALE

    def _silence(self) -> float:
        return time.monotonic() - self._heard_at


def _retold(event: StoredEvent) -> Iterator[Event]:
    """A row as the event that made it; nothing for what training does not tell."""
    match event.kind:
        case "trouble":
            yield replaying.trouble(event)
        case "diagnosed":
            yield from replaying.diagnoses([event])
        case "finished" if event.text in {"finished", "stopped", "failed"}:
            yield Finished(event.iteration, cast("Reason", event.text))
        case "refused" if event.data.get("path"):
            yield EditRefused(event.iteration, str(event.data["path"]), event.text)
        case "refused":
            yield Trouble(event.iteration, event.text, fatal=False)
        case _:
            pass


def _newest_picture(folder: Path) -> Path | None:
    """The picture of the highest iteration; looks at names only."""
    newest = -1
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                stem, dot, kind = entry.name.partition(".")
                if dot and kind == "png" and stem.isdecimal() and len(stem) <= DIGITS:
                    newest = max(newest, int(stem))
    except OSError:
        return None
    return folder / f"{folder_name(newest)}.png" if newest >= 0 else None
