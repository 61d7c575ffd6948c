"""Asking a database that a stranger may have made: bounded in time and memory, and running nothing of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECONDS = 60.0  # for one question; a million rows take two
LONGEST = 2**26  # bytes of a value
FOREIGN = "it holds triggers or views, which no session has"
PIECE = 10_000  # rows read at a time

Row = tuple[Any, ...]


def require_tables_only(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where the file holds more than plain tables and their indices.

    Triggers, views, virtual tables and computed columns would run what a stranger wrote.
    """
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.execute("PRAGMA trusted_schema = OFF")
    for kind, name, page in connection.execute("SELECT type, name, rootpage FROM sqlite_schema").fetchall():
        if kind not in ("table", "index") or not page or not isinstance(name, str):
            raise sqlite3.DatabaseError(FOREIGN)
        quoted = name.replace('"', '""')
        if kind == "table" and any(row[6] for row in connection.execute(f'PRAGMA table_xinfo("{quoted}")')):
            raise sqlite3.DatabaseError(FOREIGN)


def ask(connection: sqlite3.Connection, path: Path, question: str, values: Row) -> list[Row]:
    """All rows of an answer. Raises sqlite3.Error, also where it takes too long or has too many rows."""
    return [row for part in pieces(connection, path, question, values) for row in part]


def pieces(connection: sqlite3.Connection, path: Path, question: str, values: Row) -> Iterator[list[Row]]:
    """As ``ask``, some thousand rows at a time: a million of them as Python's objects fill the memory."""
    ends = time.monotonic() + SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > ends, 100_000)
    # A row takes two bytes at the least: more rows than that come from pages that lie within themselves.
    # The log comes first: what leaves it meanwhile is found in the other.
    most = sum(_size(file) for file in (path.with_name(f"{path.name}-wal"), path)) // 2
    count = 0
    cursor = connection.execute(question, values)
    while part := cursor.fetchmany(PIECE):
        count += len(part)
        if count > most:
            raise sqlite3.DatabaseError("its pages do not fit together")
        yield part


def _size(file: Path) -> int:
    """Bytes of a file; 0 where there is none, as of a log whose writer has just closed it."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
