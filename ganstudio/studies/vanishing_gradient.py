"""The generator's gradient in front of a critic on its way to perfection.

Arjovsky & Bottou 2017, "Towards principled methods for training GANs", theorem 2.4 and figures 2 and 3: where
the supports do not touch, a critic can become perfect, and the gradient of the minimax loss then vanishes.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganstudio.data.dataset import Dataset
from ganstudio.engine.build import draw_latents
from ganstudio.engine.seeds import stream
from ganstudio.engine.step import critic_step
from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values
from ganstudio.objectives import OBJECTIVES
from ganstudio.studies.critics import critic_trainer
from ganstudio.studies.figures import BLUE, GREEN, GREY, RED, new_figure, tidy
from ganstudio.studies.study import Claim, Outcome, Parts, Request, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEEDS = (0, 1, 2)
LINES, RING = "parallel lines", "ring, untrained MLP"  # the scenes
DISTANCE = 1.0  # between the lines; their exact W1
JUDGED = 1000  # latents that the gradient is taken at

# The generator's loss -> how the critic that it meets is trained.
CRITICS: dict[str, dict[str, object]] = {
    "minimax": {"objective.kind": "minimax", "lipschitz.kind": "none", "critic_optimizer.beta2": 0.999},
    "non-saturating": {},  # meets the minimax critic
    "wasserstein": {"objective.kind": "wasserstein", "lipschitz.kind": "gradient-penalty"},
}
COLOURS = {"minimax": RED, "non-saturating": GREEN, "wasserstein": BLUE}


@dataclass(frozen=True)
class Size:
    """How much is computed: critic steps, measurements on the way, width and batch."""

    steps: int
    measurements: int
    width: int
    batch: int


FULL = Size(steps=4000, measurements=40, width=128, batch=128)
QUICK = Size(steps=400, measurements=12, width=64, batch=64)


class Line(nn.Module):
    """The generator of the lines: g_theta(z) = (theta, z_1), one weight (Arjovsky et al. 2017, example 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(DISTANCE))

    def forward(self, z: Tensor, labels: Tensor | None = None) -> Tensor:  # noqa: ARG002 - as all generators
        """Latents (N, 2) to points (N, 2) on the line at theta."""
        return torch.stack([self.theta.expand(len(z)), z[:, 0]], dim=1)


@dataclass(frozen=True)
class Course:
    """Gradient norms of a generator's loss along the critic's training.

    ``steps`` (M,) are critic steps done, ``norms`` (M,) the norms over all weights of the generator. For the
    minimax loss on the lines, ``bounds`` (M,) are those of theorem 2.4, infinite where it says nothing.
    """

    scene: str
    objective: str
    seed: int
    steps: NDArray[np.int64]
    norms: NDArray[np.float64]
    bounds: NDArray[np.float64]

    @property
    def fall(self) -> float:
        """Orders of magnitude from the greatest norm down to the last."""
        return float(np.log10(self.norms.max() / self.norms[-1]))


def reproduce(request: Request) -> Outcome:
    """Train the critics and follow the gradients."""
    seeds = request.seeds or SEEDS
    size = QUICK if request.quick else FULL
    parts = Parts(request, 4 * len(seeds))
    courses: list[Course] = []
    for seed in seeds:
        for scene in (LINES, RING):
            for losses in (("minimax", "non-saturating"), ("wasserstein",)):
                parts.begin(f"Critic for {' and '.join(losses)}, {scene}, seed {seed}")
                courses += follow(scene, losses, seed, size, request.threads)
    return Outcome(
        _setup(size, seeds),
        (_summary(courses), _courses_table(courses)),
        claims(courses, quick=request.quick),
        {"vanishing-gradient": _draw(courses)},
    )


def experiment(scene: str, objective: str, seed: int, size: Size) -> Experiment:
    """What the critic is trained by."""
    values = {
        "seed": seed,
        "data.source": "ring",
        "latent.dimension": 2,
        "latent.distribution": "uniform" if scene == LINES else "normal",
        "generator.kind": "mlp",
        "generator.norm": "none",
        "generator.width": size.width,
        "critic.kind": "mlp",
        "critic.width": size.width,
        "schedule.batch_size": size.batch,
        "critic_optimizer.learning_rate": 1e-3,
        "critic_optimizer.beta1": 0.5,
    }
    return with_values(Experiment(), values | CRITICS[objective])


def lines(seed: int) -> Dataset:
    """Points (0, u) with u ~ U(-1, 1): (50,000, 2)."""
    random = np.random.default_rng(seed)
    points = np.stack([np.zeros(50_000), random.uniform(-1, 1, 50_000)], axis=1)
    return Dataset("parallel lines", points.astype(np.float32))


def follow(scene: str, losses: tuple[str, ...], seed: int, size: Size, threads: int | None) -> list[Course]:
    """Train one critic alone; the gradients of all ``losses`` that meet it, on the way."""
    settings = experiment(scene, losses[0], seed, size)
    if scene == LINES:
        trainer = critic_trainer(settings, lines(seed), Line(), threads)
    else:
        trainer = Trainer(settings, device="cpu", threads=threads)
    at = np.unique(np.geomspace(1, size.steps, size.measurements).round().astype(np.int64))
    norms: dict[str, list[float]] = {loss: [] for loss in losses}
    bounds: list[float] = []
    for done in range(1, size.steps + 1):
        critic_step(trainer.players)
        if done in at:
            latents = draw_latents(settings, JUDGED, stream(seed, "judged latents"), torch.device("cpu"))
            for loss in losses:
                norms[loss].append(generator_gradient_norm(trainer, loss, latents))
            bounds.append(theorem_bound(trainer, latents) if scene == LINES else float("inf"))
    nothing = np.full(len(at), np.inf)
    return [
        Course(
            scene, loss, seed, at, np.array(norms[loss]), np.array(bounds) if loss == "minimax" else nothing
        )
        for loss in losses
    ]


def generator_gradient_norm(trainer: Trainer, objective: str, latents: Tensor) -> float:
    """The norm over all weights of the generator of an objective's gradient at ``latents`` (N, latent).

    In float64, where a gradient may fall far before it is lost.
    """
    generator = deepcopy(trainer.players.generator).double().requires_grad_()
    critic = deepcopy(trainer.players.critic).double().requires_grad_(requires_grad=False)
    loss = OBJECTIVES[objective].load().generator_loss(fake=critic(generator(latents.double())))
    gradients = torch.autograd.grad(loss, list(generator.parameters()))
    return float(torch.cat([gradient.flatten() for gradient in gradients]).norm())


def theorem_bound(trainer: Trainer, latents: Tensor) -> float:
    """Theorem 2.4's bound M eps / (1 - eps) on the minimax gradient's norm; infinite for eps >= 1.

    eps is how far sigmoid(D) is from the perfect 1 on the data and 0 on the samples: the greatest deviation
    plus the greatest gradient norm, over both lines. M^2 = E ||d g / d theta||^2 = 1 for the lines.
    """
    critic = deepcopy(trainer.players.critic).double().requires_grad_(requires_grad=False)
    u = torch.linspace(-1, 1, 4 * JUDGED, dtype=torch.float64)
    u = torch.cat([u, latents[:, 0].double()])
    real = torch.stack([torch.zeros_like(u), u], dim=1)
    fake = torch.stack([torch.full_like(u, DISTANCE), u], dim=1)
    points = torch.cat([real, fake]).requires_grad_()
    scores = critic(points)
    wrong = torch.where(torch.arange(len(points)) < len(real), -scores, scores).sigmoid()
    (gradients,) = torch.autograd.grad(scores.sigmoid().sum(), points)
    eps = float(wrong.detach().max() + gradients.norm(dim=1).max())
    return eps / (1 - eps) if eps < 1 else float("inf")


def claims(courses: list[Course], *, quick: bool) -> tuple[Claim, ...]:
    """Theorem 2.4 and figures 2 and 3 in numbers, the worst of all seeds and scenes each."""
    by = {name: [c for c in courses if c.objective == name] for name in CRITICS}
    on_lines = [c for c in by["minimax"] if c.scene == LINES]
    on_ring = [c for c in by["minimax"] if c.scene == RING]
    distance = [abs(c.norms[-1] - 1) for c in by["wasserstein"] if c.scene == LINES]
    fall = "orders of magnitude that the generator's gradient falls by as the critic gets perfect"
    return (
        Claim(f"lines: {fall}, minimax", min(c.fall for c in on_lines), at_least=1.5 if quick else 4),
        Claim(f"ring: {fall}, minimax", min(c.fall for c in on_ring), at_least=1.5 if quick else 2),
        Claim(f"both: {fall}, non-saturating", max(c.fall for c in by["non-saturating"]), at_most=0.5),
        Claim(
            "lines: greatest minimax gradient over the bound of theorem 2.4",
            max(float((c.norms / c.bounds).max()) for c in on_lines),
            at_most=1,
        ),
        Claim(
            "lines: final Wasserstein gradient's distance from the exact 1",
            max(distance),
            at_most=0.3 if quick else 0.1,
        ),
    )


def _setup(size: Size, seeds: tuple[int, ...]) -> str:
    return cleandoc(f"""
        - Parallel lines: data (0, u), generator (theta, u) with theta = {DISTANCE:g} as its only weight,
          u ~ U(-1, 1); the exact W1 is theta, whose gradient is 1.
        - Ring: 8 Gaussians of standard deviation 0.05 on the unit circle, generator an untrained MLP of 3
          hidden layers of {size.width} around the centre; the gradient is taken over all its weights.
        - The generator stays as it is; the critic, an MLP of 3 hidden layers of {size.width}, takes
          {size.steps} steps of batch {size.batch}, Adam 1e-3, beta1 0.5.
        - One critic, trained by cross-entropy, meets the minimax and the non-saturating loss; another, with
          gradient penalty (lambda = 10), the Wasserstein loss.
        - Seeds {", ".join(map(str, seeds))}; gradients at {JUDGED} latents in float64.
    """)


def _summary(courses: list[Course]) -> Table:
    columns = (
        "scene",
        "generator's loss",
        "seed",
        "greatest norm",
        "last norm",
        "orders of magnitude fallen",
    )
    rows = tuple(
        (c.scene, c.objective, c.seed, float(c.norms.max()), float(c.norms[-1]), c.fall) for c in courses
    )
    return Table("summary", "Gradient norm of the generator's loss", columns, rows)


def _courses_table(courses: list[Course]) -> Table:
    rows = tuple(
        (c.scene, c.objective, c.seed, int(step), float(norm), float(bound) if np.isfinite(bound) else "")
        for c in courses
        for step, norm, bound in zip(c.steps, c.norms, c.bounds, strict=True)
    )
    columns = ("scene", "generator's loss", "seed", "critic steps", "gradient norm", "bound of theorem 2.4")
    return Table("gradient-norms", "Gradient norms", columns, rows, listed=False)


def _draw(courses: list[Course]) -> Figure:
    figure = new_figure(7.4, 3.2)
    panels = figure.subplots(1, 2)
    for axes, scene in zip(panels, (LINES, RING), strict=True):
        named: set[str] = set()
        for course in (c for c in courses if c.scene == scene):
            name = course.objective
            label = None if name in named else OBJECTIVES[name].title
            named.add(name)
            axes.loglog(
                course.steps, course.norms, color=COLOURS[name], linewidth=1.1, alpha=0.8, label=label
            )
        if scene == LINES:
            bounded = next(c for c in courses if c.scene == scene and c.objective == "minimax")
            axes.loglog(
                bounded.steps, bounded.bounds, ":", color=RED, linewidth=0.9, label="bound of theorem 2.4"
            )
            axes.axhline(1, color=GREY, linewidth=0.6, linestyle="--", label="exact gradient of W1")
        tidy(axes, scene, "critic steps", "gradient norm of the generator's loss" if scene == LINES else "")
    panels[0].legend(fontsize=7, frameon=False)
    return figure
