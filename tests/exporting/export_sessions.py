"""Small trained sessions, made within the test's own process, and progress that cancels."""

from __future__ import annotations

from pathlib import Path

from ganstudio.engine.trainer import Trainer
from ganstudio.errors import Cancelled
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

ITERATIONS = 12
SMALL = {
    "schedule.batch_size": 16,
    "schedule.n_critic": 1,
    "generator.width": 8,
    "critic.width": 8,
    "probes.samples_every": 3,
    "probes.gradient_norms_every": 4,
    "saving.checkpoint_every": 4,
}


def small(name: str, **values: object) -> Experiment:
    """A preset in a size that trains within a moment; dots are written as two underscores."""
    more = {key.replace("__", "."): value for key, value in values.items()}
    return with_values(preset(name).experiment, {**SMALL, **more})


def train(experiment: Experiment, path: Path, iterations: int = ITERATIONS) -> Path:
    """Train a new session."""
    trainer = Trainer(experiment, device="cpu", threads=1)
    with Recorder(Session.create(path, experiment)) as recorder:
        for event in trainer.run(iterations):
            recorder.handle(event)
    return path


class CancelAt:
    """Progress that cancels at the n-th report (0: never) and counts them."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.reports: list[tuple[str, int, int]] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        self.reports.append((what, done, total))
        if len(self.reports) == self.at:
            raise Cancelled
