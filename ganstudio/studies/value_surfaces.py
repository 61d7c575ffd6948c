"""Value surfaces of critics trained to (near) optimality (Gulrajani et al. 2017, section 3.1, figure 1a)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganstudio.data.dataset import Dataset
from ganstudio.engine.seeds import stream
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.regularizers.interpolates import draw_eps, gradient_norms, interpolate
from ganstudio.studies.critics import NoisyData, critic_trainer, train_critic
from ganstudio.studies.potential import Potential, optimal_potential
from ganstudio.studies.study import Cell, Parts, Request, Table
from ganstudio.studies.toys import TOYS, Toy, paper_data, valleys

EXTENT = 2.0  # the surfaces are shown on [-2, 2] x [-2, 2]
CONTROLS = {"weight-clipping": "weight clipping", "gradient-penalty": "gradient penalty"}
PARTS = len(TOYS) * (1 + len(CONTROLS))

_COMMON = {
    "latent.dimension": 2,
    "critic.kind": "mlp",
    "critic.depth": 3,
    "critic.activation": "relu",
    "critic.norm": "none",
    "critic.initialisation": "he",
    "objective.kind": "wasserstein",
}
# Clipping as in the authors' script. The penalty has the paper's lambda, and a faster Adam than the paper's
# (1e-4, betas 0.5 and 0.9), for the optimum does not depend on the way to it.
_CONTROL = {
    "weight-clipping": {
        "lipschitz.clip": 0.01,
        "critic_optimizer.kind": "rmsprop",
        "critic_optimizer.learning_rate": 5e-5,
    },
    "gradient-penalty": {
        "lipschitz.weight": 10.0,
        "critic_optimizer.kind": "adam",
        "critic_optimizer.learning_rate": 3e-3,
        "critic_optimizer.beta1": 0.5,
        "critic_optimizer.beta2": 0.99,
    },
}


@dataclass(frozen=True)
class Size:
    """How much is computed.

    Critic steps, the critic's width, the batch, cells along a side of the surface, and the samples of each
    distribution between which the exact optimum is found and critics are judged.
    """

    steps: int
    width: int
    batch: int
    cells: int
    judged: int


FULL = Size(steps=5000, width=128, batch=256, cells=81, judged=2000)
QUICK = Size(steps=300, width=64, batch=64, cells=21, judged=300)


@dataclass(frozen=True)
class Optimum:
    """The exact optimal critic of a distribution, between samples of the data and of the data plus noise."""

    toy: Toy
    seed: int
    data: Dataset
    potential: Potential


@dataclass(frozen=True)
class Surface:
    """One trained critic: its values (cells, cells) with rows along y, and what they say.

    ``estimate`` is E[D(x)] - E[D(G(z))] and ``steepest`` the critic's greatest gradient norm, between which
    Kantorovich duality allows no more than W1. ``likeness`` is the correlation with the exact optimum over
    the samples; ``valleys`` the share of neighbouring places of data between which the critic falls.
    """

    optimum: Optimum
    control: str
    ticks: NDArray[np.float64]
    values: NDArray[np.float64]
    estimate: float
    steepest: float
    likeness: float
    valleys: float

    @property
    def recovered(self) -> float:
        """Share of W1 that the critic reaches once it is scaled to be 1-Lipschitz."""
        return self.estimate / self.steepest / self.optimum.potential.w1


def surfaces(request: Request, seed: int, parts: Parts) -> Iterator[Surface]:
    """Train a critic under each control on each distribution and hold it against the exact optimum."""
    size = QUICK if request.quick else FULL
    for toy in TOYS:
        parts.begin(f"Exact optimum on {toy.title}, seed {seed}")
        optimum = exact(toy, seed, size)
        for control, title in CONTROLS.items():
            parts.begin(f"Critic on {toy.title}, {title}, seed {seed}")
            yield look(trained(optimum, control, size, request.threads), optimum, control, size)


def exact(toy: Toy, seed: int, size: Size) -> Optimum:
    """The exact optimal critic of a distribution.

    Its samples of both distributions stand on the same points of the data, so that a mode that chance drew
    too often does not look like a difference between the distributions.
    """
    data = paper_data(toy, seed)
    random = stream(seed, "value surfaces, judged")
    points = torch.from_numpy(data.array)
    real = points[torch.randint(len(points), (size.judged,), generator=random)]
    fake = real + torch.randn(size.judged, 2, generator=random)
    return Optimum(toy, seed, data, optimal_potential(real.double().numpy(), fake.double().numpy()))


def experiment(toy: Toy, control: str, seed: int, size: Size) -> Experiment:
    """What the critic is trained by."""
    values = {
        "seed": seed,
        "data.source": toy.source,
        "critic.width": size.width,
        "schedule.batch_size": size.batch,
        "lipschitz.kind": control,
    }
    return with_values(Experiment(), _COMMON | _CONTROL[control] | values)


def trained(optimum: Optimum, control: str, size: Size, threads: int | None) -> Trainer:
    """A critic trained between the data and the data plus noise."""
    data, seed = optimum.data, optimum.seed
    generator = NoisyData(torch.from_numpy(data.array), seed)
    trainer = critic_trainer(experiment(optimum.toy, control, seed, size), data, generator, threads)
    train_critic(trainer, size.steps)
    return trainer


def look(trainer: Trainer, optimum: Optimum, control: str, size: Size) -> Surface:
    """Evaluate a trained critic."""
    critic, potential = trainer.players.critic, optimum.potential
    ticks = np.linspace(-EXTENT, EXTENT, size.cells)
    real, fake = _tensor(potential.real), _tensor(potential.fake)
    eps = draw_eps(real, stream(optimum.seed, "value surfaces, eps"))
    places = torch.cat([_tensor(plane(ticks)), interpolate(real, fake, eps)])
    on_real, on_fake = _scores(critic, real), _scores(critic, fake)
    optimal = potential(np.concatenate([potential.real, potential.fake]))
    return Surface(
        optimum,
        control,
        ticks,
        _scores(critic, _tensor(plane(ticks))).reshape(size.cells, size.cells),
        estimate=float(on_real.mean() - on_fake.mean()),
        steepest=float(gradient_norms(critic, places, create_graph=False).max()),
        likeness=float(np.corrcoef(np.concatenate([on_real, on_fake]), optimal)[0, 1]),
        valleys=valleys_seen(lambda points: _scores(critic, _tensor(points)), optimum.toy),
    )


def valleys_seen(value: Callable[[NDArray[np.float64]], NDArray[np.float64]], toy: Toy) -> float:
    """Share of neighbouring places of data between which ``value`` is lower than at both, 0 to 1."""
    at = value(valleys(toy).reshape(-1, 2)).reshape(-1, 3)
    return float((at[:, 2] < at[:, :2].min(axis=1)).mean())


def plane(ticks: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points (cells * cells, 2) of the shown square, row by row along y."""
    return np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)


def summary(found: list[Surface]) -> Table:
    """What every surface says, and the exact optimum beside it."""
    columns = (
        "distribution",
        "critic",
        "seed",
        "estimate",
        "steepest slope",
        "share of W1 recovered",
        "correlation with the optimum",
        "valleys seen",
    )
    rows: list[tuple[Cell, ...]] = []
    for s in found:
        toy, seed, w1 = s.optimum.toy, s.optimum.seed, s.optimum.potential.w1
        rows.append(
            (toy.title, CONTROLS[s.control], seed, s.estimate, s.steepest, s.recovered, s.likeness, s.valleys)
        )
        if s.control == list(CONTROLS)[-1]:
            seen = valleys_seen(s.optimum.potential, toy)
            rows.append((toy.title, "exact optimum (W1)", seed, w1, 1.0, 1.0, 1.0, seen))
    return Table("surfaces-summary", "Critics on the three distributions", columns, tuple(rows))


def values(found: list[Surface]) -> Table:
    """All values of all surfaces."""
    rows = tuple(
        (s.optimum.toy.source, s.control, s.optimum.seed, float(x), float(y), float(s.values[row, column]))
        for s in found
        for row, y in enumerate(s.ticks)
        for column, x in enumerate(s.ticks)
    )
    columns = ("distribution", "control", "seed", "x", "y", "value")
    return Table("surfaces", "Values of the critics", columns, rows, listed=False)


def _tensor(points: NDArray[np.floating]) -> Tensor:
    return torch.from_numpy(points).float()


def _scores(critic: torch.nn.Module, points: Tensor) -> NDArray[np.float64]:
    with torch.no_grad():
        scores: NDArray[np.float64] = critic(points).double().numpy()
    return scores
