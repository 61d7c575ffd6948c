"""Small experiments and trainers for the engine's tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ganstudio.engine.events import Event, Snapshot
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values

TINY: dict[str, Any] = {
    "data.source": "ring",
    "data.points": 500,
    "latent.dimension": 2,
    "generator.width": 16,
    "critic.width": 16,
    "generator.norm": "batch",
    "schedule.batch_size": 16,
    "schedule.n_critic": 2,
    "probes.point_count": 20,
    "probes.samples_every": 5,
    "probes.gradient_norms_every": 5,
    "saving.checkpoint_every": 1000,
}
CLASSIC = {"objective.kind": "non-saturating", "lipschitz.kind": "none"}
CLIPPED = {"lipschitz.kind": "weight-clipping", "lipschitz.clip": 0.05}
DCGAN = {
    "data.source": "digits",
    "data.limit": 64,
    "data.size": 9,
    "generator.kind": "dcgan",
    "critic.kind": "dcgan",
    "generator.width": 4,
    "critic.width": 4,
    "probes.sample_count": 4,
}
CONDITIONAL = {"conditioning.kind": "class", "generator.embedding": 3}
RESNET = {
    **DCGAN,
    **CLASSIC,
    **CONDITIONAL,
    "objective.kind": "hinge",
    "generator.kind": "resnet",
    "critic.kind": "resnet",
    "generator.spectral_norm": True,
    "critic.spectral_norm": True,
    "generator.attention": 5,
    "critic.attention": 5,
    "critic.minibatch_deviation": True,
}
BIGGAN = {
    **RESNET,
    "data.size": 17,
    "critic.minibatch_deviation": False,
    "latent.dimension": 9,
    "generator.kind": "biggan",
    "critic.kind": "biggan",
    "generator.initialisation": "orthogonal",
    "generator.orthogonal_weight": 0.01,
    "critic.orthogonal_weight": 0.01,
    "ema.decay": 0.9,
}

# Every technique that has a state of its own, or another order of random numbers.
VARIANTS: list[dict[str, Any]] = [
    {},
    CLASSIC,
    CLIPPED,
    DCGAN,
    {**DCGAN, **CLASSIC, "critic.norm": "batch"},
    {"critic_optimizer.kind": "rmsprop"},
    {**CLASSIC, "lipschitz.kind": "r1", "lipschitz.every": 3},
    {"lipschitz.kind": "r2", "objective.kind": "hinge"},
    {"lipschitz.place": "dragan"},
    {"techniques.feature_matching": True, "objective.real_target": 0.9, **CLASSIC},
    {"techniques.historical_averaging": True},
    {"techniques.instance_noise": True, "techniques.noise_over": 7},
    {**DCGAN, "ema.decay": 0.9},
    {"critic_optimizer.clip_norm": 0.5, "generator_optimizer.clip_norm": 0.5},
    CONDITIONAL,
    {**CONDITIONAL, **CLASSIC, "critic.minibatch_discrimination": True},
    {**CLASSIC, "techniques.feature_matching": True, "critic.minibatch_discrimination": True},
    {**CONDITIONAL, "generator.norm": "virtual-batch", "latent.distribution": "uniform"},
    {**DCGAN, "generator.norm": "virtual-batch", "critic.spectral_norm": True, "ema.decay": 0.5},
    RESNET,
    BIGGAN,
    {
        "critic_optimizer.schedule": "cosine",
        "critic_optimizer.decay_over": 8,
        "generator_optimizer.schedule": "linear",
        "generator_optimizer.decay_over": 6,
    },
    {"precision.kind": "bfloat16"},
]


def tiny(**values: Any) -> Experiment:
    return with_values(Experiment(), TINY | values)


def trainer(values: dict[str, Any] | None = None, **options: Any) -> Trainer:
    return Trainer(tiny(**(values or {})), device="cpu", threads=1, **options)


def run(trainer: Trainer, iterations: int) -> list[Event]:
    return list(trainer.run(iterations))


def state(trainer: Trainer) -> Snapshot:
    """The state as a checkpoint holds it, after all scalars."""
    list(trainer.observer.flush())
    return trainer.snapshot()


def only(events: Iterable[Event], kind: type) -> list[Any]:
    return [e for e in events if isinstance(e, kind)]


def assert_same_state(one: Snapshot, other: Snapshot) -> None:
    """Equal to the last bit, except for the time that training took."""
    assert {k: v for k, v in one.numbers.items() if k != "seconds"} == {
        k: v for k, v in other.numbers.items() if k != "seconds"
    }
    assert one.tensors.keys() == other.tensors.keys()
    for file, arrays in one.tensors.items():
        assert arrays.keys() == other.tensors[file].keys()
        for name, array in arrays.items():
            assert np.array_equal(array, other.tensors[file][name]), f"{file}: {name} differs"
