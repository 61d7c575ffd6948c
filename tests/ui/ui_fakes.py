"""Trainers that do what a test needs, and helpers that all tests of the window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ganstudio.engine.control import Control
from ganstudio.engine.events import SCALARS, Event, Metrics, Samples, Started
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values


def tiny_experiment(**values: object) -> Experiment:
    """A ring that trains hundreds of iterations a second on one core."""
    small = {
        "name": "tiny",
        "data.points": 500,
        "generator.width": 8,
        "critic.width": 8,
        "generator.depth": 1,
        "critic.depth": 1,
        "schedule.batch_size": 16,
        "schedule.n_critic": 2,
        "probes.point_count": 50,
        "probes.gradient_norms_every": 5,
        "probes.samples_every": 10,
        "saving.checkpoint_every": 100000,
    }
    return with_values(preset("ring-wgan-gp").experiment, {**small, **values})


def metrics(*iterations: int, seconds_each: float = 0.1) -> Metrics:
    """Scalars of these iterations."""
    count = len(iterations)
    return Metrics(
        iterations[-1],
        np.array(iterations, np.int64),
        np.array(iterations, np.float64) * seconds_each,
        {name: np.zeros(count) for name in SCALARS},
    )


def samples(iteration: int) -> Samples:
    return Samples(iteration, np.zeros((4, 2), np.float32))


def started(iteration: int, target: int) -> Started:
    return Started(
        iteration, target, "cpu", "CPU (1 thread)", (2,), 500, 10, 10, np.zeros((4, 2), np.float32), None, ()
    )


Script = Callable[["ScriptedTrainer", int], Iterator[Event]]


class ScriptedTrainer:
    """Yields what a generator function yields."""

    def __init__(self, script: Script, arguments: dict[str, Any]) -> None:
        self.iteration = 0
        self.control: Control = arguments["control"]
        self._script = script

    def run(self, iterations: int) -> Iterator[Event]:
        return self._script(self, iterations)


def scripted(script: Script) -> Callable[..., ScriptedTrainer]:
    """A factory of trainers that follow the script."""

    def make(experiment: Experiment, **arguments: Any) -> ScriptedTrainer:
        return ScriptedTrainer(script, arguments)

    return make
