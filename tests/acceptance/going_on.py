"""Trainings that stop at any step and go on in another process; run as a program, it is that process.

    python -m acceptance.going_on PLAN.json

where the plan names sessions, and of each after how many steps of the algorithm it stops again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ganstudio.engine.control import Command, Control, Stop
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

ENDLESS = 10**9


class StopAfter(Control):
    """Has training stop after so many steps, critic's and generator's together."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def take(self) -> Command | None:
        self._left -= 1
        return Stop() if self._left < 0 else None


def begin(path: Path, experiment: Experiment, steps: int, iterations: int) -> None:
    """Train a new session until it stops or has its iterations."""
    trainer = Trainer(experiment, device="cpu", threads=1, control=StopAfter(steps))
    _train(trainer, Session.create(path, experiment), iterations)


def go_on(path: Path, steps: int, iterations: int) -> None:
    """Train a session on until it stops or has its iterations."""
    session = Session.open(path)
    trainer = Trainer(
        session.current_experiment,
        device="cpu",
        threads=1,
        snapshot=session.latest_snapshot(),
        control=StopAfter(steps),
    )
    _train(trainer, session, iterations - trainer.iteration)


def _train(trainer: Trainer, session: Session, iterations: int) -> None:
    with Recorder(session) as recorder:
        for event in trainer.run(iterations):
            recorder.handle(event)


if __name__ == "__main__":
    for path, steps, iterations in json.loads(Path(sys.argv[1]).read_text()):
        go_on(Path(path), steps, iterations)
