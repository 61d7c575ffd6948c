"""Gradients through a deep critic, and its weights (Gulrajani et al. 2017, section 3.2, figure 1b)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.engine.build import draw_latents
from ganstudio.engine.seeds import stream
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.probes.samples import draw_samples
from ganstudio.probes.weights import AT_BOUND
from ganstudio.studies.study import Cell, Parts, Request, Table
from ganstudio.studies.toys import TOYS, paper_data

PENALTY = 0.0  # stands for the penalty in the place of a clip bound
CONTROLS = (PENALTY, 0.1, 0.01, 0.001)
PARTS = len(CONTROLS)
MEASUREMENTS = 10  # of which the later half counts
JUDGED = 512  # samples of each batch that the gradient is taken at

_COMMON = {
    "data.source": "swissroll",
    "latent.dimension": 2,
    "objective.kind": "wasserstein",
    "probes.samples_every": 1_000_000,
    "probes.gradient_norms_every": 1_000_000,
    "saving.checkpoint_every": 1_000_000,
}
_NETWORK: dict[str, object] = {
    "kind": "mlp",
    "depth": 12,
    "activation": "relu",
    "norm": "none",
    "initialisation": "he",
}
_CLIPPING: dict[str, object] = {"kind": "rmsprop", "learning_rate": 5e-5}
_PENALISING: dict[str, object] = {"kind": "adam", "learning_rate": 1e-4, "beta1": 0.5, "beta2": 0.9}


@dataclass(frozen=True)
class Size:
    """How much is computed: generator updates (five critic steps each), width and batch."""

    iterations: int
    width: int
    batch: int


FULL = Size(iterations=1000, width=128, batch=64)
QUICK = Size(iterations=40, width=48, batch=32)


@dataclass(frozen=True)
class Depth:
    """One training: ``clip`` is its bound c, or 0 for the penalty.

    ``norms`` (13,) are the gradient norms of the critic's loss at its input and at its 12 hidden layers, in
    this order; ``weights`` are all the critic's weights and biases at the end.
    """

    clip: float
    seed: int
    norms: NDArray[np.float64]
    weights: NDArray[np.float32]

    @property
    def title(self) -> str:
        """What people read."""
        return control_title(self.clip)

    @property
    def orders(self) -> float:
        """By how many orders of magnitude the norm grows from the last hidden layer back to the first."""
        return float(np.log10(self.norms[1] / self.norms[-1]))

    @property
    def spread(self) -> float:
        """Orders of magnitude between the greatest and the least norm of all hidden layers."""
        return float(np.ptp(np.log10(self.norms[1:])))

    @property
    def stuck(self) -> float:
        """Share of the weights at the bounds, 0 to 1; 0 without bounds."""
        return float((np.abs(self.weights) >= AT_BOUND * self.clip).mean()) if self.clip else 0.0


def depths(request: Request, seed: int, parts: Parts) -> Iterator[Depth]:
    """Train generator and critic on the Swiss roll under every control."""
    size = QUICK if request.quick else FULL
    for clip in CONTROLS:
        parts.begin(f"12-layer networks, {control_title(clip)}, seed {seed}")
        yield _train(seed, clip, size, request.threads)


def control_title(clip: float) -> str:
    """What people read of a clip bound, or of the penalty."""
    return f"clipping, c = {clip:g}" if clip else "gradient penalty"


def experiment(seed: int, clip: float, size: Size) -> Experiment:
    """What is trained: both networks are 12-layer ReLU MLPs, as in the paper."""
    control = (
        {"lipschitz.kind": "weight-clipping", "lipschitz.clip": clip}
        if clip
        else {"lipschitz.kind": "gradient-penalty", "lipschitz.weight": 10.0}
    )
    values: dict[str, object] = {"seed": seed, "schedule.batch_size": size.batch, "schedule.n_critic": 5}
    for player in ("generator", "critic"):
        optimizer = _CLIPPING if clip else _PENALISING
        values |= {f"{player}.{name}": value for name, value in _NETWORK.items()}
        values |= {f"{player}.width": size.width}
        values |= {f"{player}_optimizer.{name}": value for name, value in optimizer.items()}
    return with_values(Experiment(), _COMMON | control | values)


def layer_gradient_norms(trainer: Trainer, random: torch.Generator) -> NDArray[np.float64]:
    """Gradient norms of the critic's loss with respect to its input and each hidden layer's activations.

    The mean over samples of the norm of N dL/dh, which does not depend on the batch size; L is the objective
    without penalty, the same for all. In float64, for float32 ends where a clipped critic's gradient still
    goes on to vanish.
    """
    players = trainer.players
    data = torch.from_numpy(trainer.dataset.array)
    real = data[torch.randint(len(data), (JUDGED,), generator=random)]
    latents = draw_latents(players.experiment, JUDGED, random, torch.device("cpu"))
    samples = torch.cat([real, draw_samples(players.generator, latents)]).double().requires_grad_()
    critic = deepcopy(players.critic).double().requires_grad_(requires_grad=False)
    seen: list[Tensor] = [samples]
    for module in critic.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    real_scores, fake_scores = critic(samples).chunk(2)
    loss = players.objective.critic_loss(real=real_scores, fake=fake_scores)
    gradients = torch.autograd.grad(loss, seen)
    return np.array([float(JUDGED * gradient.norm(dim=1).mean()) for gradient in gradients])


def norms_table(found: list[Depth]) -> Table:
    """A row per layer, from the data on: the gradient norm under each control."""
    columns = ("layer", *(f"{d.title}, seed {d.seed}" for d in found))
    layers = ("input", *(str(k) for k in range(1, len(found[0].norms))))
    rows: list[tuple[Cell, ...]] = [
        (layer, *(float(d.norms[k]) for d in found)) for k, layer in enumerate(layers)
    ]
    return Table("gradient-norms", "Gradient norm of the critic's loss at each layer", columns, tuple(rows))


def summary(found: list[Depth]) -> Table:
    """What every training says."""
    columns = (
        "control",
        "seed",
        "orders of magnitude, last to first layer",
        "spread",
        "weights at the bounds",
    )
    rows = tuple((d.title, d.seed, d.orders, d.spread, d.stuck) for d in found)
    return Table("depth-summary", "Gradients through 12 layers and weights at the bounds", columns, rows)


def weights_table(found: list[Depth], bins: int = 60) -> Table:
    """Histograms of the weights; the outermost bins end at the greatest magnitude."""
    rows: list[tuple[str, int, float, float, int]] = []
    for depth in found:
        counts, edges = np.histogram(depth.weights, bins)
        rows += [
            (depth.title, depth.seed, float(edges[k]), float(edges[k + 1]), int(counts[k]))
            for k in range(bins)
        ]
    columns = ("control", "seed", "from", "to", "weights")
    return Table("weights", "Histograms of the critic's weights", columns, tuple(rows), listed=False)


def _train(seed: int, clip: float, size: Size, threads: int | None) -> Depth:
    trainer = Trainer(
        experiment(seed, clip, size), device="cpu", threads=threads, dataset=paper_data(TOYS[2], seed)
    )
    random = stream(seed, "gradient depth")
    logs: list[NDArray[np.float64]] = []
    for _ in range(MEASUREMENTS):
        for _event in trainer.run(size.iterations // MEASUREMENTS):
            pass
        logs.append(np.log(layer_gradient_norms(trainer, random)))
    weights = torch.cat([weight.detach().flatten() for weight in trainer.players.clippable]).numpy()
    return Depth(clip, seed, np.exp(np.mean(logs[MEASUREMENTS // 2 :], axis=0)), weights)
