"""Small hand-made events and states for the tests of sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ganstudio.data.dataset import Modes
from ganstudio.engine.events import (
    SCALARS,
    Checkpoint,
    Event,
    GradientNorms,
    Metrics,
    Samples,
    Snapshot,
    Started,
)
from ganstudio.experiment.files import preset
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session


def experiment(**values: Any) -> Experiment:
    """The ring, with settings (dots written as two underscores) changed."""
    return with_values(
        preset("ring-wgan-gp").experiment, {k.replace("__", "."): v for k, v in values.items()}
    )


def started(iteration: int = 0, *, images: bool = False) -> Started:
    shape = (1, 8, 8) if images else (2,)
    modes = None if images else Modes(np.array([[1.0, 0.0], [0.0, 1.0]]), 0.05)
    return Started(
        iteration=iteration,
        target_iteration=100,
        device="cpu",
        device_title="CPU (1 thread)",
        sample_shape=shape,
        dataset_size=500,
        generator_parameters=12,
        critic_parameters=13,
        real=np.random.default_rng(1).uniform(-1, 1, (5, *shape)).astype(np.float32),
        modes=modes,
        skipped=(("broken.png", "it is cut off"),),
    )


def metrics(first: int, last: int, **extra: float) -> Metrics:
    """Rows whose critic loss is a tenth of the iteration and whose total does not apply."""
    iterations = np.arange(first, last + 1)
    values = {name: np.full(len(iterations), np.nan) for name in SCALARS}
    values["critic_loss"] = iterations / 10
    values |= {name: np.full(len(iterations), value) for name, value in extra.items()}
    return Metrics(last, iterations, iterations * 0.5, values)


def norms(iteration: int, count: int = 16) -> GradientNorms:
    return GradientNorms(
        iteration, np.random.default_rng(iteration).gamma(2, 1, count).astype(np.float32), 1.0
    )


def samples(iteration: int, *, images: bool = False) -> Samples:
    shape = (7, 1, 8, 8) if images else (9, 2)
    return Samples(iteration, np.random.default_rng(iteration).uniform(-1, 1, shape).astype(np.float32))


def snapshot(iteration: int, state: Experiment | None = None) -> Snapshot:
    random = np.random.default_rng(iteration)
    tensors = {
        "generator": {"0.weight": random.normal(size=(3, 4)).astype(np.float32)},
        "critic": {"0.weight": random.normal(size=(4, 3)).astype(np.float32).T},  # not contiguous
        "generator_optimizer": {"0.weight/step": np.array(iteration, np.float32)},
        "critic_optimizer": {},
        "random": {"latents": random.integers(0, 255, 20).astype(np.uint8)},
    }
    numbers = {
        "iteration": iteration,
        "critic_steps": 5 * iteration,
        "critic_step": 0,
        "seconds": 0.5 * iteration,
        "experiment": (state or experiment()).model_dump(),
        "device": "cpu",
        "threads": 1,
        "sample_shape": [2],
        "last": {"critic_loss": 0.1, "total_loss": None},
        "loader": {"epoch": 0},
    }
    return Snapshot(iteration, tensors, numbers)


def checkpoint(iteration: int, state: Experiment | None = None) -> Checkpoint:
    return Checkpoint(iteration, snapshot(iteration, state))


def record(session: Session, events: Iterable[Event]) -> None:
    """Write events as one training does."""
    with Recorder(session) as recorder:
        for event in events:
            recorder.handle(event)


def history(last: int, every: int, state: Experiment | None = None) -> list[Event]:
    """A training of ``last`` iterations with a look and a checkpoint every so many."""
    events: list[Event] = [started(), samples(0)]
    for end in range(every, last + 1, every):
        events += [metrics(end - every + 1, end), norms(end), samples(end), checkpoint(end, state)]
    return events


def equal(left: Snapshot, right: Snapshot) -> bool:
    """Whether two states are the same to the last bit."""
    return (
        left.iteration == right.iteration
        and dict(left.numbers) == dict(right.numbers)
        and left.tensors.keys() == right.tensors.keys()
        and all(
            left.tensors[file].keys() == right.tensors[file].keys()
            and all(
                array.dtype == right.tensors[file][name].dtype
                and np.array_equal(array, right.tensors[file][name])
                for name, array in arrays.items()
            )
            for file, arrays in left.tensors.items()
        )
    )
