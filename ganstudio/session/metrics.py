"""metrics.sqlite written: scalars, measurements, figures and events, for plots and for any SQLite tool."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ganstudio.engine.events import SCALARS, Evaluated, GradientNorms, Measured, Metrics
from ganstudio.session.database import require_tables_only
from ganstudio.session.files import pack

VERSION = 2  # of the tables
NORMS_KEPT = 256  # of a larger batch this many quantiles are kept, which make the same histogram

_TABLES = f"""
CREATE TABLE IF NOT EXISTS scalars (iteration INTEGER PRIMARY KEY, training_seconds REAL, wall_time REAL,
    {", ".join(f"{name} REAL" for name in SCALARS)});
CREATE TABLE IF NOT EXISTS gradient_norms (iteration INTEGER PRIMARY KEY, count INTEGER, target REAL,
    place TEXT, norms BLOB);
CREATE TABLE IF NOT EXISTS measurements (iteration INTEGER, probe TEXT, arrays BLOB,
    PRIMARY KEY (iteration, probe));
CREATE TABLE IF NOT EXISTS figures (iteration INTEGER, name TEXT, value REAL, facts TEXT, wall_time REAL);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, iteration INTEGER, kind TEXT, text TEXT,
    data TEXT, wall_time REAL);
"""  # norms: little-endian float32; arrays: safetensors; data, facts: JSON
_DATED = ("scalars", "gradient_norms", "measurements", "figures", "events")  # tables with an iteration

Row = tuple[Any, ...]


@dataclass
class Rows:
    """Rows that wait to be written."""

    scalars: list[Metrics] = field(default_factory=list)
    norms: list[Row] = field(default_factory=list)
    measurements: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    wall_time: float = 0.0

    def add(self, event: GradientNorms | Measured | Evaluated) -> None:
        """Add the norms of one batch, what a probe saw, or figures of quality."""
        match event:
            case GradientNorms():
                self._add_norms(event)
            case Measured():
                self.measurements.append((event.iteration, event.probe, pack(event.arrays)))
            case Evaluated():
                facts, now = json.dumps(dict(event.facts)), time.time()
                self.figures += [
                    (event.iteration, n, value, facts, now) for n, value in event.figures.items()
                ]

    def _add_norms(self, event: GradientNorms) -> None:
        norms = np.asarray(event.norms, "<f4")
        if len(norms) > NORMS_KEPT:
            norms = np.quantile(norms, np.linspace(0, 1, NORMS_KEPT)).astype("<f4")
        self.norms.append((event.iteration, len(event.norms), event.target, event.place, norms.tobytes()))

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.scalars or self.norms or self.measurements or self.figures or self.events)

    def add_event(self, iteration: int, kind: str, text: str, data: Mapping[str, Any] | None = None) -> None:
        """Add something that happened, in words, with the values a program needs."""
        self.events.append((iteration, kind, text, json.dumps(data or {}), time.time()))


class MetricsWriter:
    """The writing end; used by one thread at a time. Its methods raise sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            require_tables_only(self._connection)
            self._connection.execute("PRAGMA journal_mode = WAL")
            # Rows are on the disk itself before the checkpoint that follows them; the writer has the time.
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_TABLES)
            if self._connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                self._connection.execute(f"PRAGMA user_version = {VERSION}")
            self._columns = {row[1] for row in self._connection.execute("PRAGMA table_info(scalars)")}
        except BaseException:
            self._connection.close()
            raise

    def write(self, rows: Rows) -> None:
        """Write rows in one transaction: all of them, or none."""
        with self._transaction() as connection:
            for metrics in rows.scalars:
                self._write_scalars(connection, metrics, rows.wall_time)
            # A pause amid critic steps looks once more after the same iteration: what was seen first stays,
            # so that the history is that of a training that never paused.
            connection.executemany("INSERT OR IGNORE INTO gradient_norms VALUES (?, ?, ?, ?, ?)", rows.norms)
            connection.executemany("INSERT OR IGNORE INTO measurements VALUES (?, ?, ?)", rows.measurements)
            connection.executemany("INSERT INTO figures VALUES (?, ?, ?, ?, ?)", rows.figures)
            connection.executemany(
                "INSERT INTO events (iteration, kind, text, data, wall_time) VALUES (?, ?, ?, ?, ?)",
                rows.events,
            )

    def drop_after(self, iteration: int) -> None:
        """Remove what came after an iteration, from which training goes on."""
        with self._transaction() as connection:
            for table in _DATED:
                connection.execute(f"DELETE FROM {table} WHERE iteration > ?", (iteration,))  # noqa: S608

    def copy_to(self, path: Path) -> None:
        """Copy everything to a new file; this works even where the own file was deleted."""
        with closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)

    def close(self) -> None:
        """Bring everything into the one file and close it."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _write_scalars(self, connection: sqlite3.Connection, metrics: Metrics, wall_time: float) -> None:
        for name in metrics.values:
            if name not in self._columns:
                connection.execute(f"ALTER TABLE scalars ADD COLUMN {quoted(name)} REAL")
                self._columns.add(name)
        names = ["iteration", "training_seconds", "wall_time", *metrics.values]
        count = len(metrics.iterations)
        columns = [metrics.iterations.tolist(), metrics.seconds.tolist(), [wall_time] * count]
        columns += [values.tolist() for values in metrics.values.values()]
        places = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT OR REPLACE INTO scalars ({', '.join(map(quoted, names))}) VALUES ({places})",  # noqa: S608
            zip(*columns, strict=True),
        )


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
