"""Writes what events say into a session."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ganstudio.engine.events import (
    Checkpoint,
    Edited,
    Evaluated,
    Event,
    Finished,
    GradientNorms,
    Measured,
    Metrics,
    Samples,
    Snapshot,
    Started,
    Trouble,
)  # fmt: skip
from ganstudio.errors import UserError
from ganstudio.session import checkpoints
from ganstudio.session.files import PART, reason, remove
from ganstudio.session.lock import BEAT, Lock
from ganstudio.session.metrics import MetricsWriter, Rows
from ganstudio.session.pictures import Floats
from ganstudio.session.replaying import write_samples, write_started
from ganstudio.session.schema import Edit, Record, write_record
from ganstudio.session.session import CHECKPOINTS, METRICS, RECORD, SAMPLES, Session, default_session_path
from ganstudio.session.writer import Writer

__all__ = ["Recorder", "default_session_path"]

FLUSH_SECONDS = 1.0  # a crash loses at most the rows of this long
FLUSH_ROWS = 2000


class Recorder:
    """The only writer of a session while it exists; used by the thread that trains.

    Everything is written by a thread of its own, in the order of the events. Where writing fails (disk
    full, folder deleted), the next ``handle`` or ``close`` raises a UserError that says so; what was on disk
    stays good.
    """

    def __init__(self, session: Session) -> None:
        """Take the lock. Raises UserError where another program holds it, or nothing can be written."""
        self._session = session
        self._path = session.path
        self._lock = Lock(session.path)
        try:
            self._store = _open_store(session.path)
        except BaseException:
            self._lock.release()
            raise
        self._rows = Rows()
        self._row_count = 0
        self._flushed_at = time.monotonic()
        self._unsaved: list[Rows] = []  # the writer's thread only: what a full disk refused is tried again
        self._saved: dict[
            int, Mapping[str, Any]
        ] = {}  # experiment of each checkpoint of this recorder, by iteration
        self._real: Floats | None = None
        self._closed = False
        self._writer = Writer(session.path, beat=self._lock.beat, every=BEAT)

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

    def handle(self, event: Event) -> None:
        """Keep what an event says. Raises UserError where that of an earlier one could not be written."""
        match event:
            case Metrics():
                self._rows.scalars.append(event)
                self._row_count += len(event.iterations)
            case GradientNorms() | Measured() | Evaluated():
                self._rows.add(event)
            case Samples():
                folder, real = self._path / SAMPLES, self._real
                self._writer.put(lambda: write_samples(folder, event, real))
            case Started():
                self._begin(event)
            case Checkpoint():
                self._save(event.snapshot)
            case Edited():
                self._edit(event)
            case Trouble():
                data = {"detail": event.detail, "fatal": event.fatal}
                self._rows.add_event(event.iteration, "trouble", event.sentence, data)
            case Finished():
                self._rows.add_event(event.iteration, "finished", event.reason)
                self._flush()
            case _:
                pass
        if self._row_count >= FLUSH_ROWS or time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self._flush()
        self._writer.raise_failure()

    def close(self) -> None:
        """Write what is left and release the session, once. Raises UserError where a write failed."""
        if self._closed:
            return
        self._closed = True
        self._flush()
        self._writer.put(self._store.close)
        self._writer.finish()
        self._lock.release()
        self._writer.raise_failure()

    def _begin(self, event: Started) -> None:
        """Training begins, or goes on from a state: what came after that state leaves the history."""
        iteration = event.iteration
        record = self._session.record
        edits = record.edits_in(self._experiment_at(iteration), iteration)
        self._flush()
        self._writer.put(lambda: self._drop_after(iteration))
        if edits != record.edits:
            self._put_record(record.with_edits(edits))
        self._real = event.real if event.real.ndim == 2 else None
        self._writer.put(lambda: write_started(self._path, event))
        kind = "resumed" if iteration else "started"
        self._rows.add_event(
            iteration, kind, f"{kind.capitalize()} on {event.device_title}.", {"device": event.device}
        )

    def _save(self, snapshot: Snapshot) -> None:
        self._rows.add_event(snapshot.iteration, "checkpoint", "Saved.")
        self._flush()
        self._saved[snapshot.iteration] = snapshot.numbers["experiment"]
        folder, keep = self._path / CHECKPOINTS, self._session.experiment.saving.keep

        def job() -> None:
            self._lock.check()
            checkpoints.write_checkpoint(folder, snapshot)
            checkpoints.prune(folder, keep)

        self._writer.put(job)

    def _edit(self, event: Edited) -> None:
        edit = Edit(event.iteration, event.path, event.old, event.new)
        self._put_record(self._session.record.with_edits((*self._session.record.edits, edit)))
        text = f"{event.path}: {event.old} became {event.new}."
        self._rows.add_event(
            event.iteration, "edited", text, {"path": event.path, "old": event.old, "new": event.new}
        )
        self._flush()

    def _put_record(self, record: Record) -> None:
        self._session.record = record
        self._writer.put(lambda: write_record(self._path / RECORD, record))

    def _experiment_at(self, iteration: int) -> Mapping[str, Any] | None:
        """The experiment of an iteration's checkpoint as nested tables; None where there is none to read."""
        if iteration in self._saved:
            return self._saved[iteration]
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

    def _write_rows(self, rows: Rows) -> None:
        self._unsaved.append(rows)
        self._lock.check()
        while self._unsaved:
            self._store.write(self._unsaved[0])
            del self._unsaved[0]

    def _drop_after(self, iteration: int) -> None:
        self._lock.check()
        self._store.drop_after(iteration)
        checkpoints.drop_after(self._path / CHECKPOINTS, iteration)
        for path in (self._path / SAMPLES).iterdir():
            if path.name.startswith(PART) or (path.stem.isdecimal() and int(path.stem) > iteration):
                remove(path)


def _open_store(session: Path) -> MetricsWriter:
    """Open what is written to and put right what a crash left behind. Raises UserError."""
    import sqlite3

    metrics = session / METRICS
    if not metrics.is_file():
        raise UserError(f"{metrics} is missing; the session can still be sampled from, but not trained on.")
    try:
        for folder in (session / SAMPLES, session / CHECKPOINTS):
            folder.mkdir(exist_ok=True)
        checkpoints.tidy(session / CHECKPOINTS)
        for path in session.iterdir():
            if path.name.startswith(PART) and not path.name.endswith("lock"):
                remove(path)
        return MetricsWriter(metrics)
    except OSError as error:
        raise UserError(f"The session {session} cannot be written to: {reason(error)}.") from None
    except sqlite3.Error as error:
        raise UserError(f"{metrics} is damaged: {error}.") from None
