"""Every objective under each of its controls, trained on 2-D modes for equally many steps, and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ganstudio.data import DATASETS
from ganstudio.data.dataset import Dataset, silent
from ganstudio.engine.sampling import sample
from ganstudio.engine.seeds import derived_seed
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.metrics.coverage import mode_coverage
from ganstudio.metrics.transport import wasserstein1
from ganstudio.objectives import OBJECTIVES
from ganstudio.studies.study import Parts, Request

DATA = {"ring": 8, "grid": 25}  # modes
SPREAD = 0.05
COVERAGE_SAMPLES = 2000

_ADAM = {
    f"{player}_optimizer.{name}": value
    for player in ("generator", "critic")
    for name, value in (("kind", "adam"), ("learning_rate", 1e-3), ("beta1", 0.5), ("beta2", 0.9))
}
_RMSPROP = {
    f"{player}_optimizer.{name}": value
    for player in ("generator", "critic")
    for name, value in (("kind", "rmsprop"), ("learning_rate", 5e-4))
}
_FREE = _ADAM | {"lipschitz.kind": "none", "schedule.n_critic": 1}
_PENALTY = _ADAM | {"lipschitz.kind": "gradient-penalty", "lipschitz.weight": 0.1, "schedule.n_critic": 5}

# Objective -> (control, settings); an objective that is not named trains without control.
CONTROLS: dict[str, tuple[tuple[str, dict[str, object]], ...]] = {
    "wasserstein": (
        (
            "weight clipping, c = 0.1",
            {**_RMSPROP, "lipschitz.kind": "weight-clipping", "lipschitz.clip": 0.1, "schedule.n_critic": 5},
        ),
        ("gradient penalty", {**_PENALTY}),
        ("one-sided penalty", {**_PENALTY, "lipschitz.side": "one-sided"}),
    ),
    "hinge": (
        ("none", {**_FREE}),
        ("spectral normalisation", {**_FREE, "critic.spectral_norm": True}),
    ),
}
WITHOUT: tuple[tuple[str, dict[str, object]], ...] = (("none", {**_FREE}),)


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Steps of critic and generator together, width of both, batch, and the samples that W1 is taken between.
    """

    steps: int
    width: int
    batch: int
    transported: int


@dataclass(frozen=True)
class Contender:
    """An objective with its control; ``title`` is the objective's."""

    title: str
    control: str
    objective: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    """How the samples (2000, 2) of one training stand against the data's modes."""

    contender: Contender
    source: str
    seed: int
    iterations: int
    samples: NDArray[np.float32]
    covered: int
    good_share: float
    w1: float


REAL = Contender("real data", "")  # what the best possible generator would score


def contenders() -> list[Contender]:
    """Every registered objective under each of its controls."""
    return [
        Contender(choice.title, control, name, values)
        for name, choice in OBJECTIVES.items()
        for control, values in CONTROLS.get(name, WITHOUT)
    ]


def experiment(contender: Contender, source: str, seed: int, size: Size) -> Experiment:
    """What is trained."""
    values: dict[str, object] = {
        "seed": seed,
        "data.source": source,
        "data.std": SPREAD,
        "latent.dimension": 2,
        "objective.kind": contender.objective,
        "schedule.batch_size": size.batch,
        "probes.samples_every": 1_000_000,
        "probes.gradient_norms_every": 1_000_000,
        "saving.checkpoint_every": 1_000_000,
    }
    for player in ("generator", "critic"):
        values |= {f"{player}.kind": "mlp", f"{player}.width": size.width, f"{player}.norm": "none"}
        values |= {f"{player}.activation": "relu"}
    return with_values(Experiment(), values | dict(contender.values))


def fresh_data(source: str, seed: int, count: int) -> Dataset:
    """Data that no training has seen, with their modes."""
    settings = with_values(
        Experiment(), {"data.source": source, "data.points": count, "data.std": SPREAD}
    ).data
    dataset: Dataset = DATASETS[source].load()(settings, derived_seed(seed, "judged data") >> 32, silent)
    return dataset


def judge(
    contender: Contender,
    source: str,
    seed: int,
    iterations: int,
    samples: NDArray[np.float32],
    transported: int,
) -> Score:
    """Hold samples (2000, 2) against fresh data; W1 is exact between the first ``transported`` of each."""
    fresh = fresh_data(source, seed, transported)
    if fresh.modes is None:
        raise ValueError(f"{source} has no modes")
    coverage = mode_coverage(samples, fresh.modes.centres, fresh.modes.std)
    w1 = wasserstein1(samples[:transported], fresh.array.astype(np.float64))
    return Score(contender, source, seed, iterations, samples, coverage.covered, coverage.good_share, w1)


def trained(request: Request, seeds: tuple[int, ...], size: Size) -> Iterator[Score]:
    """Train them all and judge them, real data beside them."""
    compared = contenders()
    parts = Parts(request, len(DATA) * len(seeds) * len(compared))
    for source in DATA:
        for seed in seeds:
            real = fresh_data(source, seed + len(seeds) + 1, COVERAGE_SAMPLES).array.astype(np.float32)
            yield judge(REAL, source, seed, 0, real, size.transported)
            for contender in compared:
                parts.begin(f"{contender.title}, {contender.control}, on the {source}, seed {seed}")
                trainer = Trainer(
                    experiment(contender, source, seed, size), device="cpu", threads=request.threads
                )
                iterations = size.steps // (trainer.experiment.schedule.n_critic + 1)
                for _event in trainer.run(iterations):
                    pass
                samples = sample(trainer.snapshot(), count=COVERAGE_SAMPLES, seed=seed)
                yield judge(contender, source, seed, iterations, samples, size.transported)
