"""Writes what events say into a session."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore
from types import TracebackType
from typing import Any, Self

from ganstudio.diagnosis.findings import Diagnosed, to_json
from ganstudio.engine.control import Control
from ganstudio.engine.events import (
    Checkpoint,
    Edited,
    EditRefused,
    Evaluated,
    Event,
    Finished,
    GradientNorms,
    Measured,
    Metrics,
    Samples,
    Snapshot,
    Started,
    State,
    StateChanged,
    Trouble,
)  # fmt: skip
from ganstudio.errors import UserError
from ganstudio.experiment.parse import parse
from ganstudio.session import checkpoints
from ganstudio.session.entries import prune
from ganstudio.session.history import drop_after, open_store
from ganstudio.session.lock import Lock
from ganstudio.session.metrics import Rows
from ganstudio.session.pictures import Floats
from ganstudio.session.places import CHECKPOINTS, RECORD, SAMPLES
from ganstudio.session.pulse import TICK, Pulse
from ganstudio.session.replaying import write_samples, write_started
from ganstudio.session.rescue import Held, rescue
from ganstudio.session.schema import Edit, Record, write_record
from ganstudio.session.session import Session
from ganstudio.session.writer import Job, Writer

FLUSH_SECONDS = 1.0  # a crash loses at most the rows of this long
FLUSH_ROWS = 2000
SNAPSHOTS = 2  # states on their way to the disk; for a third training waits, so that the memory stays bounded


class Recorder:
    """The only writer of a session while it exists; used by the thread that trains.

    Everything is written by a thread of its own, in the order of the events. Where writing fails (disk
    full, folder deleted), a later ``handle``, ``settle`` or ``close`` raises a UserError that says so. What
    was on disk stays good, what could not be written stays in memory: ``settle`` tries it again, ``move_to``
    writes it elsewhere.
    """

    def __init__(self, session: Session, control: Control | None = None) -> None:
        """Take the lock; commands that are sent through the folder go to ``control``.

        Raises UserError where another program holds the lock, or nothing can be written.
        """
        self._session = session
        self._path = session.path
        self._lock = Lock(session.path)
        try:
            self._store = open_store(session.path)
        except BaseException:
            self._lock.release()
            raise
        self._rows = Rows()
        self._row_count = 0
        self._flushed_at = time.monotonic()
        # The writer's thread only: what a full disk refused, to be tried again.
        self._unsaved: list[Rows] = []
        self._refused: dict[str, Job] = {}
        self._room = BoundedSemaphore(SNAPSHOTS)
        self._started: Started | None = None
        self._latest: Snapshot | None = None
        self._drop_to: int | None = None  # what came after this iteration has yet to leave the disk
        self._real: Floats | None = None
        self._closed = False
        self._iteration = 0  # of the last event
        self._control = control
        self._pulse = Pulse(session, self._lock, control, self._happened)
        self._writer = Writer(session.path, beat=self._pulse.tick, every=TICK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except UserError as failure:
            if error is None:
                raise
            error.add_note(str(failure))  # the first error matters more

    @property
    def session(self) -> Session:
        """What is written to; another one after ``move_to``."""
        return self._session

    @property
    def is_behind(self) -> bool:
        """Whether something that the disk refused is still in memory only."""
        return bool(self._unsaved or self._refused)

    def handle(self, event: Event) -> None:
        """Keep what an event says. Raises UserError where that of an earlier one could not be written."""
        self._iteration = event.iteration
        match event:
            case Metrics():
                self._rows.scalars.append(event)
                self._row_count += len(event.iterations)
            case GradientNorms() | Measured() | Evaluated():
                self._rows.add(event)
            case Samples():
                self._put("samples", lambda: self._write_samples(event))
            case Started():
                self._begin(event)
            case Checkpoint():
                self._save(event.snapshot)
            case Edited():
                self._edit(event)
            case Trouble() | Diagnosed() | EditRefused() | Finished():
                self._note(event)
            case StateChanged():
                self._flush()  # nothing more may come for long, and others look on
                self._show(event.state)
            case _:
                pass
        if self._row_count >= FLUSH_ROWS or time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self._flush()
        self._writer.raise_failure()

    def settle(self) -> None:
        """Wait until everything is on the disk; what was refused before is tried again.

        Raises UserError where it is refused still: it stays in memory.
        """
        self._flush()
        self._writer.wait()
        self._writer.forget_failure()
        self._writer.put(self._try_again)
        self._writer.wait()
        self._writer.raise_failure()

    def move_to(self, path: Path) -> None:
        """Go on in a new session with all that this one holds: for when its own place takes no more.

        Raises UserError where that place cannot be used either; nothing has changed then.
        """
        self._flush()
        self._writer.wait()
        held = Held(self._session, self._store, self._started, self._latest)
        session, lock, store = rescue(path, held)
        with suppress(sqlite3.Error):
            self._store.close()
        self._lock.release()
        self._session, self._path, self._lock, self._store = session, session.path, lock, store
        self._pulse = Pulse(session, lock, self._control, self._happened)
        self._writer.move_to(self._pulse.tick, session.path)
        self._refused.clear()
        self.settle()

    def close(self) -> None:
        """Write what is left and release the session, once. Raises UserError where a write failed."""
        if self._closed:
            return
        self._closed = True
        try:
            self.settle()
        finally:
            self._writer.put(self._store.close)
            self._writer.put(self._pulse.close)
            self._writer.finish()
            self._lock.release()
        self._writer.raise_failure()

    def _begin(self, event: Started) -> None:
        """Training begins, or goes on from a state: what came after that state leaves the history."""
        iteration = event.iteration
        record = self._session.record
        edits = record.edits_in(self._experiment_at(iteration), iteration)
        self._flush()
        self._writer.put(lambda: self._drop(iteration))
        if edits != record.edits:
            self._put_record(record.with_edits(edits))
        self._real = event.real if event.real.ndim == 2 else None
        self._started = event
        self._put("started", lambda: write_started(self._path, event))
        self._show("running")
        kind = "resumed" if iteration else "started"
        self._rows.add_event(
            iteration, kind, f"{kind.capitalize()} on {event.device_title}.", {"device": event.device}
        )

    def _save(self, snapshot: Snapshot) -> None:
        self._rows.add_event(snapshot.iteration, "checkpoint", "Saved.")
        self._flush()
        self._latest = snapshot
        self._room.acquire()
        self._put("state", lambda: self._write_state(snapshot), self._room.release)

    def _edit(self, event: Edited) -> None:
        edit = Edit(event.iteration, event.path, event.old, event.new)
        self._put_record(self._session.record.with_edits((*self._session.record.edits, edit)))
        text = f"{event.path}: {event.old} became {event.new}."
        self._rows.add_event(
            event.iteration, "edited", text, {"path": event.path, "old": event.old, "new": event.new}
        )
        self._flush()

    def _note(self, event: Trouble | Diagnosed | EditRefused | Finished) -> None:
        match event:
            case Diagnosed():
                self._rows.add_event(event.iteration, "diagnosed", event.finding.sentence, to_json(event))
            case Trouble():
                data = {"detail": event.detail, "fatal": event.fatal}
                self._rows.add_event(event.iteration, "trouble", event.sentence, data)
            case EditRefused():
                self._rows.add_event(event.iteration, "refused", event.sentence, {"path": event.path})
                self._flush()  # training may be paused, and nothing else come
            case Finished():
                self._rows.add_event(event.iteration, "finished", event.reason)
                self._flush()

    def _put_record(self, record: Record) -> None:
        self._session.record = record
        self._put("record", lambda: write_record(self._path / RECORD, record))

    def _experiment_at(self, iteration: int) -> Mapping[str, Any] | None:
        """The experiment of an iteration's checkpoint as nested tables; None where there is none to read."""
        if self._latest is not None and self._latest.iteration == iteration:  # perhaps not on disk yet
            latest: Mapping[str, Any] = self._latest.numbers["experiment"]
            return latest
        if iteration == 0 and 0 not in self._session.checkpoints():
            return self._session.experiment.model_dump()
        try:
            experiment: Mapping[str, Any] = checkpoints.read_numbers(self._path / CHECKPOINTS, iteration)[
                "experiment"
            ]
        except UserError:
            return None
        return experiment

    def _flush(self) -> None:
        rows, self._rows = self._rows, Rows()
        self._row_count, self._flushed_at = 0, time.monotonic()
        rows.wall_time = time.time()
        if rows:
            self._writer.put(lambda: self._write_rows(rows))

    def _put(self, what: str, write: Job, done: Job | None = None) -> None:
        """Have something written; of what the disk refuses, the latest of its kind is kept."""

        def job() -> None:
            self._refused[what] = write
            try:
                write()
                del self._refused[what]
            finally:
                if done is not None:
                    done()

        self._writer.put(job)

    def _show(self, state: State) -> None:
        self._put("state of training", lambda: self._lock.beat(state))

    def _happened(self, kind: str, words: str, values: Mapping[str, Any]) -> None:
        """Keep what happened beside training; in the writer's thread."""
        rows = Rows(wall_time=time.time())
        rows.add_event(self._iteration, kind, words, values)
        self._write_rows(rows)

    def _try_again(self) -> None:
        self._write_unsaved()
        for what, write in list(self._refused.items()):
            write()
            del self._refused[what]

    def _write_state(self, snapshot: Snapshot) -> None:
        self._drop()
        checkpoints.write_checkpoint(self._path / CHECKPOINTS, snapshot)
        # The settings as they are now: they may change while training.
        prune(self._session, parse(snapshot.numbers["experiment"]).saving)

    def _write_samples(self, event: Samples) -> None:
        self._drop()
        # A pause looks once more after the same iteration: the picture that was there first stays.
        if not (self._path / SAMPLES / f"{checkpoints.folder_name(event.iteration)}.png").exists():
            write_samples(self._path / SAMPLES, event, self._real)

    def _write_rows(self, rows: Rows) -> None:
        self._unsaved.append(rows)
        self._write_unsaved()

    def _write_unsaved(self) -> None:
        self._drop()
        while self._unsaved:
            self._store.write(self._unsaved[0])
            del self._unsaved[0]

    def _drop(self, iteration: int | None = None) -> None:
        """Remove what came after an iteration, before anything is added; where refused, later."""
        self._lock.check()
        self._drop_to = self._drop_to if iteration is None else iteration
        if self._drop_to is not None:
            drop_after(self._path, self._store, self._drop_to)
            self._drop_to = None
