"""Judges the generator of a session and keeps the figures in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

from ganstudio.data import held_out
from ganstudio.data.dataset import Progress, silent
from ganstudio.engine.events import ON_REQUEST, Evaluated
from ganstudio.errors import UserError
from ganstudio.evaluation.evaluate import Reference, Request, evaluate
from ganstudio.evaluation.features import Extractor
from ganstudio.experiment.parse import parse
from ganstudio.session.lock import Lock
from ganstudio.session.metrics import MetricsWriter, Rows
from ganstudio.session.places import METRICS
from ganstudio.session.session import Session


def judge_session(
    session: Session,
    request: Request,
    *,
    at: int | None = None,
    inception: Extractor | None = None,
    progress: Progress = silent,
) -> Evaluated:
    """Figures of the generator at a checkpoint (None: the newest good one) against the data it learned.

    Raises UserError where there is no such checkpoint, the data cannot be read or a figure cannot be
    computed, and what ``progress`` raises.
    """
    snapshot = session.latest_snapshot() if at is None else session.snapshot(at)
    if snapshot is None:
        raise UserError(f"{session.path} has no checkpoint yet to judge; train it first.")
    experiment = parse(snapshot.numbers["experiment"])
    reference = Reference(*held_out.load(experiment.data, experiment.seed, progress))
    evaluated = evaluate(snapshot, reference, request, inception=inception, progress=progress)
    return replace(evaluated, facts={**evaluated.facts, ON_REQUEST: True})


def keep(session: Session, evaluated: Evaluated) -> None:
    """Add figures to the session.

    Raises UserError while another program trains it, or where it cannot be written to.
    """
    rows = Rows()
    rows.add(evaluated)
    lock = Lock(session.path)
    try:
        with closing(MetricsWriter(session.path / METRICS)) as writer:
            writer.write(rows)
    except sqlite3.Error as error:
        raise UserError(f"{session.path / METRICS} could not be written: {error}.") from None
    finally:
        lock.release()
