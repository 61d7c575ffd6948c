"""Trainers that do what a test needs, and helpers that all tests of the window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganstudio.engine.control import Control
from ganstudio.engine.events import SCALARS, Event, Metrics, Samples, Snapshot, Started
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.session.checkpoints import folder_name, write_checkpoint
from ganstudio.session.places import CHECKPOINTS, SAMPLES
from ganstudio.session.session import Session


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


def sound_numbers(experiment: Experiment, iteration: int) -> dict[str, Any]:
    """The plain values that every saved state holds."""
    return {
        "experiment": experiment.model_dump(),
        "iteration": iteration,
        "critic_steps": iteration,
        "critic_step": 0,
        "seconds": iteration / 10,
        "device": "cpu",
        "threads": 1,
        "loader": {},
        "last": {},
        "sample_shape": [2],
    }


def made_session(path: Path, *iterations: int) -> Session:
    """A session with checkpoints that can be listed, and a picture for each."""
    session = Session.create(path, tiny_experiment())
    for iteration in iterations:
        numbers = sound_numbers(session.experiment, iteration)
        snapshot = Snapshot(iteration, {"generator": {"w": np.zeros(3)}}, numbers)
        write_checkpoint(path / CHECKPOINTS, snapshot)
        colour = (iteration % 256, 0, 0)
        Image.new("RGB", (400, 400), colour).save(path / SAMPLES / f"{folder_name(iteration)}.png")
    return session
