"""A new session that begins with a checkpoint of another one."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ganstudio.engine.events import Snapshot
from ganstudio.errors import UserError
from ganstudio.experiment.describe import flatten
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse, with_values
from ganstudio.session.annotations import FILE as ANNOTATIONS
from ganstudio.session.checkpoints import write_checkpoint
from ganstudio.session.copying import copy_entry, entries
from ganstudio.session.files import PART, reason, remove
from ganstudio.session.metrics import MetricsWriter, Rows
from ganstudio.session.places import CHECKPOINTS, METRICS, RECORD, SAMPLES, ensure_free
from ganstudio.session.schema import Edit, Parent, Record, new_record, write_record
from ganstudio.session.session import Session

# Written anew, or none of the fork's.
_OWN = (RECORD, METRICS, SAMPLES, CHECKPOINTS, ANNOTATIONS)


def fork(session: Session, path: Path, iteration: int | None, values: Mapping[str, Any]) -> Session:
    """As ``Session.fork``."""
    path = ensure_free(path)
    if path.is_relative_to(session.path):
        raise UserError(f"A fork cannot lie in its parent; choose a folder outside {session.path}.")
    state = session.latest_snapshot() if iteration is None else session.snapshot(iteration)
    if state is None:
        raise UserError(f"{session.path} has no checkpoint yet to fork from; train it first.")
    before = parse(state.numbers["experiment"])
    after = with_values(before, values)
    if after != before:
        from ganstudio.engine.refitting import refit  # takes a second or two: torch

        state = refit(state, after)
    record = _record(session, state, before, after)
    part = path.with_name(f"{PART}{uuid.uuid4().hex[:8]}")
    made = [folder for folder in path.parents if not folder.exists()]
    try:
        part.mkdir(parents=True)
        _write(session, part, state, record)
        if path.exists():
            path.rmdir()  # empty, as is made sure above
        part.replace(path)
    except BaseException as error:
        for leftover in (part, *made):
            with suppress(OSError):
                remove(leftover) if leftover is part else leftover.rmdir()
        if isinstance(error, (OSError, sqlite3.Error)):
            why = reason(error) if isinstance(error, OSError) else error
            raise UserError(f"The fork {path} could not be made: {why}.") from None
        raise
    return Session.open(path)


def _record(session: Session, state: Snapshot, before: Experiment, after: Experiment) -> Record:
    """What the fork's session.json says; its own changes stand behind the edits that it takes over."""
    parent = session.record
    old, new = flatten(before), flatten(after)
    changes = [Edit(state.iteration, name, old[name], new[name]) for name in new if new[name] != old[name]]
    known = parent.edits_in(before.model_dump(), state.iteration)
    return replace(
        new_record(after),
        parent=Parent(session.name, str(session.path), state.iteration, parent.created),
        inherited=(*parent.inherited, *known, *changes),
    )


def _write(session: Session, part: Path, state: Snapshot, record: Record) -> None:
    for name in (SAMPLES, CHECKPOINTS):
        (part / name).mkdir()
    write_checkpoint(part / CHECKPOINTS, state)
    for path in entries(session.path):
        if not path.name.startswith(_OWN):
            copy_entry(path, part / path.name)
    for picture in (session.path / SAMPLES).glob("*"):
        if picture.stem.isdecimal() and int(picture.stem) <= state.iteration:
            copy_entry(picture, part / SAMPLES / picture.name)
    session.metrics.copy_to(part / METRICS)
    with closing(MetricsWriter(part / METRICS)) as store:
        store.drop_after(state.iteration)
        rows = Rows()
        text = f"Forked from {session.name} at iteration {state.iteration}."
        rows.add_event(state.iteration, "forked", text, {"parent": str(session.path)})
        store.write(rows)
    write_record(part / RECORD, record)
