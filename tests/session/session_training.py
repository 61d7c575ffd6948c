"""Real trainings of a moment, for the tests of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from session_events import equal

from ganstudio.engine.control import Control
from ganstudio.engine.events import Event, Snapshot, StateChanged
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import parse, with_values
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

TINY = {
    "data.points": 100,
    "schedule.batch_size": 4,
    "schedule.n_critic": 3,
    "generator.width": 4,
    "generator.depth": 1,
    "critic.width": 4,
    "critic.depth": 1,
    "probes.samples_every": 100,
    "probes.point_count": 10,
    "saving.checkpoint_every": 2,
    "saving.keep": 100,
}

# A step of the algorithm, or a live edit (path, value) between two.
Move = Literal["critic", "generator", "iteration"] | tuple[str, Any]


def tiny(**values: Any) -> Experiment:
    """The ring with the smallest networks, and settings (dots written as two underscores) changed."""
    named = {k.replace("__", "."): v for k, v in values.items()}
    return with_values(preset("ring-wgan-gp").experiment, {**TINY, **named})


def train(
    session: Session, iterations: int, moves: Sequence[Move] | None = None, at: int | None = None
) -> list[Event]:
    """Train a session, from one of its checkpoints; with ``moves`` only these are done, then it stops."""
    snapshot = session.latest_snapshot() if at is None else session.snapshot(at)
    experiment = session.experiment if snapshot is None else parse(snapshot.numbers["experiment"])
    control, events = Control(), []
    trainer = Trainer(experiment, device="cpu", threads=1, snapshot=snapshot, control=control)
    left = list(moves or ())
    if moves is not None:
        control.pause()
    with Recorder(session) as recorder:
        for event in trainer.run(iterations):
            recorder.handle(event)
            events.append(event)
            if isinstance(event, StateChanged) and event.state == "paused":
                while left and isinstance(left[0], tuple):
                    control.edit(*left.pop(0))  # type: ignore[misc]
                control.step(left.pop(0)) if left else control.stop()  # type: ignore[arg-type]
    return events


def trained(path: Any, iterations: int = 6, experiment: Experiment | None = None) -> Session:
    """A new session, trained."""
    session = Session.create(path, experiment or tiny())
    train(session, iterations)
    return session


def newest(session: Session) -> Snapshot:
    """The newest state, with the time that no two trainings share left out."""
    snapshot = Session.open(session.path).latest_snapshot()
    assert snapshot is not None
    return timeless(snapshot)


def timeless(snapshot: Snapshot) -> Snapshot:
    return Snapshot(snapshot.iteration, snapshot.tensors, {**snapshot.numbers, "seconds": 0})


def same_scalars(one: Session, other: Session) -> bool:
    """Whether the histories of two sessions are the same to the last bit."""
    left, right = one.metrics.scalars(), other.metrics.scalars()
    assert left is not None
    assert right is not None
    return (
        left.iterations.tolist() == right.iterations.tolist()
        and left.values.keys() == right.values.keys()
        and all(left.values[name].tobytes() == right.values[name].tobytes() for name in left.values)
    )


def same_end(one: Session, other: Session) -> bool:
    """Whether two sessions have come to the same state to the last bit, with the same history."""
    return equal(newest(one), newest(other)) and same_scalars(one, other)
