"""Changes to a session that nobody trains: going back, settling a training cut short, removing it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from ganstudio.errors import UserError
from ganstudio.session.annotations import read_annotations
from ganstudio.session.files import reason, remove
from ganstudio.session.history import drop_after, open_store
from ganstudio.session.lock import Lock
from ganstudio.session.metrics import Rows
from ganstudio.session.places import METRICS, RECORD
from ganstudio.session.schema import write_record
from ganstudio.session.session import Session


def revert(session: Session, iteration: int) -> None:
    """As ``Session.revert``."""
    with _writing(session):
        fresh = Session.open(session.path)  # as it is now that nobody else writes
        state = fresh.snapshot(iteration)  # whole, or nothing is removed
        read_annotations(session.path)  # damaged, they could not lose the pins of what goes
        edits = fresh.record.edits_in(state.numbers["experiment"], iteration)
        with closing(open_store(session.path)) as store:
            drop_after(session.path, store, iteration)
            rows = Rows()
            rows.add_event(iteration, "reverted", f"Went back to iteration {iteration}.")
            store.write(rows)
        session.record = fresh.record.with_edits(edits)
        write_record(session.path / RECORD, session.record)


def settle(session: Session) -> None:
    """As ``Session.settle``."""
    with _writing(session), closing(open_store(session.path)) as store:
        rows = Rows()
        at = session.metrics.last_iteration()
        rows.add_event(at, "interrupted", "The program ended without closing the session.")
        store.write(rows)


def remove_unsaved(session: Session) -> bool:
    """Remove a session of which nothing was ever saved and nothing written by hand; whether it is gone."""
    try:
        with _writing(session):
            notes = session.annotations
            if session.checkpoints() or notes.notes or notes.tags:
                return False
            remove(session.path)
    except UserError:  # in use, or damaged: not ours to remove
        return False
    return True


@contextmanager
def _writing(session: Session) -> Iterator[None]:
    """Hold the lock; what the machine refuses becomes a sentence."""
    lock = Lock(session.path)
    try:
        yield
    except OSError as error:
        raise UserError(f"The session {session.path} could not be changed: {reason(error)}.") from None
    except sqlite3.Error as error:
        raise UserError(f"{session.path / METRICS} could not be changed: {error}.") from None
    finally:
        lock.release()
