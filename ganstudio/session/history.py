"""Opening a session's history for writing, and taking away what came after a state."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ganstudio.errors import UserError
from ganstudio.session import checkpoints
from ganstudio.session.annotations import read_annotations, write_annotations
from ganstudio.session.files import PART, reason, remove
from ganstudio.session.metrics import MetricsWriter
from ganstudio.session.places import CHECKPOINTS, METRICS, SAMPLES


def open_store(session: Path) -> MetricsWriter:
    """Open what is written to and put right what a crash left behind; the caller holds the lock.

    Raises UserError.
    """
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


def drop_after(session: Path, store: MetricsWriter, iteration: int) -> None:
    """Remove checkpoints, rows, samples and pins after an iteration. Raises OSError and sqlite3.Error.

    The checkpoints go first: should it end half-way, what is replayed ends at the newest of them.
    """
    checkpoints.drop_after(session / CHECKPOINTS, iteration)
    store.drop_after(iteration)
    for path in (session / SAMPLES).iterdir():
        if path.name.startswith(PART) or (path.stem.isdecimal() and int(path.stem) > iteration):
            remove(path)
    with suppress(UserError):  # damaged ones stay as they are
        notes = read_annotations(session)
        if gone := {pin for pin in notes.pinned if pin > iteration}:
            write_annotations(session, replace(notes, pinned=notes.pinned - gone))
