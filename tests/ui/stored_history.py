"""A session whose history was written without training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from ui_fakes import tiny_experiment

from ganstudio.engine.events import SCALARS, Edited, Event, GradientNorms, Metrics, Samples, Started
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session

END = 100


def history(end: int = END) -> list[Event]:
    """Samples every ten iterations, all of whose points lie at (iteration, 0); lambda goes and comes back."""
    iterations = np.arange(1, end + 1)
    values = {name: np.full(end, np.nan) for name in SCALARS}
    values["critic_loss"] = iterations.astype(float)
    values["generator_loss"] = -iterations.astype(float)
    events: list[Event] = [
        Started(0, end, "cpu", "CPU", (2,), 500, 10, 10, np.ones((4, 2), np.float32), None, ()),
        Metrics(end, iterations, iterations * 0.02, values),
        Edited(40, "lipschitz.weight", 0.1, 1.0),
        Edited(90, "lipschitz.weight", 1.0, 0.1),
    ]
    for at in range(0, end + 1, 10):
        events.append(Samples(at, np.array([[at, 0.0]] * 4, np.float32)))
        events.append(GradientNorms(at, np.full(8, 1.0 + at, np.float32), 1.0))
    return events


def stored_session(path: Path, end: int = END) -> Session:
    session = Session.create(path, tiny_experiment())
    with Recorder(session) as recorder:
        for event in history(end):
            recorder.handle(event)
    return session
