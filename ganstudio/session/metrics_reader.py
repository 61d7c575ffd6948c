"""metrics.sqlite read back: as the events that were written, and as answers to questions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.events import ON_REQUEST, Evaluated, GradientNorms, Measured, Metrics
from ganstudio.errors import UserError
from ganstudio.regularizers import PLACES
from ganstudio.session.database import ask, pieces, require_tables_only
from ganstudio.session.files import unpack
from ganstudio.session.metrics import Row, quoted
from ganstudio.session.mirror import Mirror, is_written_elsewhere

_NORMS = "SELECT iteration, norms, target, place FROM gradient_norms WHERE iteration <= ? AND iteration > ?"


@dataclass(frozen=True)
class StoredEvent:
    """A row of the table ``events``."""

    iteration: int
    kind: str
    text: str
    data: Mapping[str, Any]


class MetricsReader:
    """The reading end; opens the file for each question. Its methods raise UserError with one sentence."""

    def __init__(self, path: Path, mirror: Mirror | None = None) -> None:
        """Through the ``mirror`` it is read where another machine writes it."""
        self._path = path
        self._mirror = mirror
        self._held: sqlite3.Connection | None = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within, all questions see the history as it is at one moment. Of one thread only."""
        try:
            with self._connection() as connection:
                connection.execute("BEGIN")
                self._held = connection
                try:
                    yield
                finally:
                    self._held = None
        except (sqlite3.Error, OSError) as error:
            raise self._damaged(" ".join(str(error).split())) from None

    def scalars(self, up_to: int | None = None, after: int = -1) -> Metrics | None:
        """All scalars as one event, of the iterations after one up to another; None where there are none."""
        parts = list(self.scalar_parts(up_to, after))
        if not parts:
            return None
        names = parts[0].values
        return Metrics(
            parts[-1].iteration,
            np.concatenate([part.iterations for part in parts]),
            np.concatenate([part.seconds for part in parts]),
            {name: np.concatenate([part.values[name] for part in parts]) for name in names},
        )

    def scalar_parts(self, up_to: int | None = None, after: int = -1) -> Iterator[Metrics]:
        """All scalars in their order, of some thousand iterations at a time."""
        columns = [row[1] for row in self._ask("PRAGMA table_info(scalars)")]
        names = [name for name in columns if name not in ("iteration", "training_seconds", "wall_time")]
        wanted = ", ".join(quoted(name) for name in ("iteration", "training_seconds", *names))
        question = f"SELECT {wanted} FROM scalars WHERE iteration <= ? AND iteration > ? ORDER BY iteration"  # noqa: S608
        try:
            with self._connection() as connection:
                for part in pieces(connection, self._path, question, (_limit(up_to), after)):
                    table = np.ascontiguousarray(np.array(part, dtype=np.float64).T)
                    iterations = table[0].astype(np.int64)
                    values = dict(zip(names, table[2:], strict=True))
                    yield Metrics(int(iterations[-1]), iterations, table[1], values)
        except (OverflowError, TypeError, ValueError):
            raise self._damaged("it does not hold what it should") from None
        except (sqlite3.Error, OSError) as error:
            raise self._damaged(" ".join(str(error).split())) from None

    def newest_iteration(self, up_to: int | None = None) -> int:
        """The iteration of the newest scalars, up to another one; -1 where there are none."""
        question = "SELECT COALESCE(MAX(iteration), -1) FROM scalars WHERE iteration <= ?"
        newest = self._ask(question, up_to)[0][0]
        return newest if isinstance(newest, int) else -1

    def gradient_norms(self, up_to: int | None = None, after: int = -1) -> list[GradientNorms]:
        """The gradient norms of every probed batch."""
        return self._norms(self._query(f"{_NORMS} ORDER BY iteration", (_limit(up_to), after)))

    def norms_at(self, iteration: int) -> GradientNorms | None:
        """The newest gradient norms at or before an iteration."""
        rows = self._query(f"{_NORMS} ORDER BY iteration DESC LIMIT 1", (iteration, -1))
        return self._norms(rows)[0] if rows else None

    def measured(self, up_to: int | None = None, after_row: int = 0) -> list[Measured]:
        """The newest measurement of each probe at or before an iteration, among rows after one."""
        rows = self._query(
            "SELECT MAX(iteration), probe, arrays FROM measurements WHERE iteration <= ? AND rowid > ? "
            "GROUP BY probe ORDER BY probe",
            (_limit(up_to), after_row),
            table="measurements",
        )
        return self._measured(rows)

    def measurements_of(self, probe: str) -> list[Measured]:
        """The whole history of one probe, oldest first."""
        question = "SELECT iteration, probe, arrays FROM measurements WHERE probe = ? ORDER BY iteration"
        return self._measured(self._ask(question, probe, table="measurements"))

    def figures(self, up_to: int | None = None, after_row: int = 0) -> list[Evaluated]:
        """All figures of quality among rows after one, oldest first; those of one evaluation together."""
        rows = self._query(
            "SELECT iteration, name, value, facts FROM figures WHERE iteration <= ? AND rowid > ? "
            "ORDER BY rowid",
            (_limit(up_to), after_row),
            table="figures",
        )
        grouped: list[tuple[int, str, dict[str, float]]] = []
        for iteration, name, value, facts in rows:
            if not grouped or grouped[-1][:2] != (iteration, facts) or name in grouped[-1][2]:
                grouped.append((iteration, facts, {}))
            grouped[-1][2][str(name)] = value
        try:
            return [
                Evaluated(
                    int(i), {name: float(value) for name, value in found.items()}, dict(json.loads(facts))
                )
                for i, facts, found in grouped
            ]
        except (OverflowError, RecursionError, TypeError, ValueError):
            raise self._damaged("it does not hold what it should") from None

    def events(self, up_to: int | None = None) -> list[StoredEvent]:
        """Everything that happened, in its order."""
        rows = self._ask(
            "SELECT iteration, kind, text, data FROM events WHERE iteration <= ? ORDER BY id", up_to
        )
        try:
            return [
                StoredEvent(int(i), str(kind), str(text), dict(json.loads(data)))
                for i, kind, text, data in rows
            ]
        except (OverflowError, RecursionError, TypeError, ValueError):
            raise self._damaged("it does not hold what it should") from None

    def events_from(self, number: int) -> list[tuple[int, float, StoredEvent]]:
        """What happened, from the row of this number on: number, wall time (seconds since 1970), event."""
        rows = self._query(
            "SELECT id, wall_time, iteration, kind, text, data FROM events WHERE id >= ? ORDER BY id",
            (number,),
        )
        try:
            return [
                (int(n), float(t), StoredEvent(int(i), str(kind), str(text), dict(json.loads(data))))
                for n, t, i, kind, text, data in rows
            ]
        except (OverflowError, RecursionError, TypeError, ValueError):
            raise self._damaged("it does not hold what it should") from None

    def last_row(self, table: Literal["measurements", "figures"]) -> int:
        """The number of a table's last row; 0 where it has none."""
        rows = self._query(f"SELECT MAX(rowid) FROM {table}", table=table)  # noqa: S608
        return rows[0][0] or 0 if rows else 0

    def check(self) -> None:
        """Raise UserError where the file is not whole, or does more than hold tables."""
        (verdict,) = self._query("PRAGMA quick_check(1)")
        if verdict[0] != "ok":
            raise self._damaged("its pages do not fit together")
        if self._query("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')"):
            raise self._damaged("it holds triggers or views, which no session has")

    def last_event(self, kinds: Collection[str]) -> str:
        """The kind of the last event of these kinds; "" where there is none."""
        places = ", ".join("?" * len(kinds))
        question = f"SELECT kind FROM events WHERE kind IN ({places}) ORDER BY id DESC LIMIT 1"  # noqa: S608
        rows = self._query(question, tuple(kinds))
        return str(rows[0][0]) if rows else ""

    def last_iteration(self) -> int:
        """The last iteration of which scalars are stored; 0 where there is none."""
        (row,) = self._query("SELECT max(iteration) FROM scalars")
        return row[0] if isinstance(row[0], int) else 0

    def values_at(self, name: str, iterations: Sequence[int]) -> dict[int, float | None]:
        """The last known value of a scalar or figure of quality at or before each iteration.

        Of a figure only what was taken after the iteration before it in the list counts: figures of images
        come late, and a state may not pass for as good as the one before while its own figure is awaited.
        Those that a person asked for do not count, as they may be of more samples than the others.
        """
        column = quoted(name)
        iterations = sorted(iterations)
        given: list[Row] = [(iteration,) for iteration in iterations]
        if name in [row[1] for row in self._ask("PRAGMA table_info(scalars)")]:
            question = (
                f"SELECT {column} FROM scalars WHERE {column} IS NOT NULL AND iteration <= ? "  # noqa: S608
                "ORDER BY iteration DESC LIMIT 1"
            )
        elif self._ask("PRAGMA table_info(figures)"):
            question = (
                "SELECT value FROM figures WHERE iteration > ? AND iteration <= ? AND name = ? "
                "AND facts NOT LIKE ? ORDER BY iteration DESC, rowid DESC LIMIT 1"
            )
            on_request = f'%"{ON_REQUEST}": true%'
            given = [(a, b, name, on_request) for a, b in pairwise([-1, *iterations])]
        else:
            return dict.fromkeys(iterations)
        try:
            with self._connection() as connection:
                rows = [connection.execute(question, values).fetchone() for values in given]
        except (sqlite3.Error, OverflowError) as error:
            raise self._damaged(str(error)) from None
        return {
            iteration: float(row[0]) if row and isinstance(row[0], (int, float)) else None
            for iteration, row in zip(iterations, rows, strict=True)
        }

    def copy_to(self, path: Path) -> None:
        """Copy the data as they are at this moment, even while they are written."""
        try:
            with self._connection() as source, closing(sqlite3.connect(path)) as target:
                source.backup(target)
        except sqlite3.Error as error:
            raise self._damaged(str(error)) from None

    def _norms(self, rows: list[Row]) -> list[GradientNorms]:
        try:
            return [
                GradientNorms(int(i), _floats(blob), _number(target), PLACES[place].name)
                for i, blob, target, place in rows
            ]
        except (KeyError, OverflowError, TypeError, ValueError):
            raise self._damaged("it does not hold what it should") from None

    def _measured(self, rows: list[Row]) -> list[Measured]:
        try:
            return [Measured(int(i), str(probe), unpack(blob)) for i, probe, blob in rows]
        except (TypeError, ValueError):
            raise self._damaged("it does not hold what it should") from None

    def _ask(self, question: str, value: int | str | None = 0, *, table: str = "") -> list[Row]:
        """Rows; none where a file of an earlier release lacks the ``table``."""
        values: Row = () if "?" not in question else (_limit(value),)
        return self._query(question, values, table=table)

    def _query(self, question: str, values: Row = (), *, table: str = "") -> list[Row]:
        try:
            with self._connection() as connection:
                if table and not connection.execute(f"PRAGMA table_info({table})").fetchall():
                    return []
                return ask(connection, self._path, question, values)
        except (sqlite3.Error, OSError, OverflowError, ValueError) as error:
            raise self._damaged(" ".join(str(error).split())) from None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._held is not None:
            yield self._held
            return
        if self._path.is_symlink() or not self._path.is_file():
            raise UserError(f"{self._path} is missing.")
        if self._mirror is None or not is_written_elsewhere(self._path.parent):
            with closing(self._connect(self._path)) as connection:
                yield connection
            return
        with self._mirror.lock, closing(self._connect(self._mirror.renew())) as connection:
            yield connection

    def _connect(self, path: Path) -> sqlite3.Connection:
        uri = path.absolute().as_uri()
        # Where nobody writes there is no write-ahead log; a reader then leaves none, nor needs the right to.
        written = path.with_name(f"{path.name}-wal").exists()
        connection = sqlite3.connect(f"{uri}?mode=ro{'' if written else '&immutable=1'}", uri=True)
        try:
            require_tables_only(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _damaged(self, why: str) -> UserError:
        return UserError(f"{self._path} is damaged: {why}.")


def _limit(value: int | str | None) -> int | str:
    return 2**62 if value is None else value


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _floats(blob: bytes) -> NDArray[np.float32]:
    return np.frombuffer(blob, "<f4").astype(np.float32)
