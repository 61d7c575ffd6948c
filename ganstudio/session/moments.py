"""What was to be seen at one iteration of a session, for panels that look back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ganstudio.engine.events import Evaluated, GradientNorms, Measured, Metrics, Samples
from ganstudio.errors import ExperimentError
from ganstudio.experiment.model import Experiment
from ganstudio.session.replaying import read_samples
from ganstudio.session.session import Session


@dataclass(frozen=True)
class Moment:
    """The newest of everything at or before ``iteration``; each event says how old it is."""

    iteration: int
    samples: Samples | None
    norms: GradientNorms | None
    measured: Mapping[str, Measured]  # by probe
    evaluated: Evaluated | None
    scalars: Metrics | None = None  # one row
    experiment: Experiment | None = None  # under which that iteration was taken; None where it is not known


def moment_of(session: Session, iteration: int) -> Moment:
    """Read a moment from disk, also while the session is written.

    Raises UserError where a file is damaged.
    """
    pictures = [picture for picture in session.samples() if int(picture.stem) <= iteration]
    figures = session.metrics.figures(iteration)
    newest = session.metrics.newest_iteration(iteration)
    return Moment(
        iteration,
        read_samples(pictures[-1]) if pictures else None,
        session.metrics.norms_at(iteration),
        {event.probe: event for event in session.metrics.measured(iteration)},
        figures[-1] if figures else None,
        session.metrics.scalars(newest, newest - 1),
        _experiment(session, iteration),
    )


def _experiment(session: Session, iteration: int) -> Experiment | None:
    try:
        return session.record.before(iteration)
    except ExperimentError:  # of an older release, whose settings are no longer what they were
        return None
