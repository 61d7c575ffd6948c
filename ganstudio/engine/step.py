"""One critic step and one generator step: the algorithm itself, as the papers write it.

Gulrajani et al. 2017, algorithm 1, with the objective and the Lipschitz control left open: without control
and with the cross-entropy objective it is Goodfellow et al. 2014, algorithm 1; with clipping Arjovsky et al.
2017, algorithm 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganstudio.data.loader import BatchLoader
from ganstudio.engine.build import draw_latents
from ganstudio.experiment.model import Experiment
from ganstudio.networks import NORMS
from ganstudio.objectives import OBJECTIVES
from ganstudio.objectives.protocol import Objective
from ganstudio.regularizers import LIPSCHITZ
from ganstudio.regularizers.gradient_penalty import GradientPenalty
from ganstudio.regularizers.interpolates import draw_eps, gradient_norms, interpolate
from ganstudio.regularizers.weight_clipping import clip_weights, clippable


@dataclass
class Players:
    """Everything that a step works with. ``experiment`` is replaced when a live setting is edited."""

    experiment: Experiment
    generator: nn.Module
    critic: nn.Module
    generator_optimizer: torch.optim.Optimizer
    critic_optimizer: torch.optim.Optimizer
    loader: BatchLoader
    latents: torch.Generator
    eps: torch.Generator
    device: torch.device

    def __post_init__(self) -> None:
        self.objective: Objective = OBJECTIVES[self.experiment.objective.kind].load()
        self.clippable = clippable(self.critic)
        self.penalised = "penalty" in LIPSCHITZ[self.experiment.lipschitz.kind].traits
        self.scores_alone = "across-batch" not in NORMS[self.experiment.critic.norm].traits

    def draw_latents(self) -> Tensor:
        """A fresh batch of latents z."""
        return draw_latents(self.experiment, self.experiment.schedule.batch_size, self.latents, self.device)


@dataclass(frozen=True)
class CriticStep:
    """What a critic step leaves to look at, on the device and without graph. Scalars; ``norms`` is (N,)."""

    loss: Tensor
    wasserstein_estimate: Tensor
    real: Tensor
    fake: Tensor
    penalty: Tensor | None = None
    norms: Tensor | None = None


def critic_step(players: Players) -> CriticStep:
    """One update of the critic's weights."""
    lipschitz = players.experiment.lipschitz
    players.critic.requires_grad_(requires_grad=True)
    players.critic_optimizer.zero_grad(set_to_none=True)

    real = players.loader.next_batch()
    with torch.no_grad():  # no gradient of the critic's loss reaches the generator
        fake = players.generator(players.draw_latents())

    real_scores, fake_scores = _scores(players, real, fake)
    loss = players.objective.critic_loss(real=real_scores, fake=fake_scores)
    penalty = norms = None
    if players.penalised:
        interpolates = interpolate(real, fake, draw_eps(real, players.eps))
        norms = gradient_norms(players.critic, interpolates, create_graph=True)
        penalty = lipschitz.weight * GradientPenalty.penalty(
            norms, target=lipschitz.target, side=lipschitz.side
        )
        loss = loss + penalty  # one backward for both: the penalty is part of the critic's loss
    loss.backward()  # type: ignore[no-untyped-call]
    players.critic_optimizer.step()
    if lipschitz.kind == "weight-clipping":
        clip_weights(players.clippable, lipschitz.clip)  # after the step, so that no weight ends outside

    return CriticStep(
        loss=loss.detach(),
        wasserstein_estimate=(real_scores.mean() - fake_scores.mean()).detach(),
        real=real,
        fake=fake,
        penalty=None if penalty is None else penalty.detach(),
        norms=None if norms is None else norms.detach(),
    )


def generator_step(players: Players) -> Tensor:
    """One update of the generator's weights; returns its loss, a scalar on the device without graph."""
    # The gradient passes through the critic and leaves its weights alone.
    players.critic.requires_grad_(requires_grad=False)
    players.generator_optimizer.zero_grad(set_to_none=True)

    fake = players.generator(players.draw_latents())  # fresh latents, as in the algorithm
    loss = players.objective.generator_loss(fake=players.critic(fake))
    loss.backward()  # type: ignore[no-untyped-call]
    players.generator_optimizer.step()
    return loss.detach()


def _scores(players: Players, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """The critic's raw scores of both batches.

    In one pass, unless normalisation would mix real with generated.
    """
    if players.scores_alone:
        real_scores, fake_scores = players.critic(torch.cat((real, fake))).chunk(2)
        return real_scores, fake_scores
    return players.critic(real), players.critic(fake)
