"""One critic step and one generator step: the algorithm itself, as the papers write it.

Gulrajani et al. 2017, algorithm 1, with the objective and the Lipschitz control left open: without control
and with the cross-entropy objective it is Goodfellow et al. 2014, algorithm 1; with clipping Arjovsky et al.
2017, algorithm 1. Techniques are called by name; one that is off leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganstudio.engine.learning_rate import set_learning_rate
from ganstudio.engine.players import Players
from ganstudio.objectives.feature_matching import feature_distance
from ganstudio.regularizers.gradient_clipping import clip_gradients
from ganstudio.regularizers.weight_clipping import clip_weights


@dataclass(frozen=True)
class CriticStep:
    """What a critic step leaves to look at, on the device and without graph. Scalars; ``norms`` is (N,)."""

    loss: Tensor
    wasserstein_estimate: Tensor
    real: Tensor
    fake: Tensor
    penalty: Tensor | None = None
    norms: Tensor | None = None
    labels: Tensor | None = None  # of both batches, where there are classes


def critic_step(players: Players) -> CriticStep:
    """One update of the critic's weights."""
    experiment, lipschitz = players.experiment, players.experiment.lipschitz
    players.critic.requires_grad_(requires_grad=True)
    set_learning_rate(players.critic_optimizer, experiment.critic_optimizer, players.iteration)
    players.critic_optimizer.zero_grad(set_to_none=True)

    real, labels = players.loader.next_batch()
    with torch.no_grad():  # no gradient of the critic's loss reaches the generator
        fake = players.generate(players.draw_latents(), labels)  # of the same classes as the real samples
    real, fake = players.seen(real), players.seen(fake)

    real_scores, fake_scores = players.score_both(real, fake, labels)
    loss = players.critic_loss(real=real_scores, fake=fake_scores)
    penalty = norms = None
    if players.penalty is not None and players.penalty_is_due:
        points = players.penalty_points(real, fake)
        penalty, norms = players.penalty.at(players.critic_of(labels), points, lipschitz)
        loss = loss + lipschitz.every * penalty  # one backward for both: it is part of the critic's loss
    if players.critic_history is not None:
        loss = loss + experiment.techniques.historical_weight * players.critic_history.distance()
    if experiment.critic.orthogonal_weight:
        loss = loss + experiment.critic.orthogonal_weight * players.critic_filters.likeness()
    loss.backward()  # type: ignore[no-untyped-call]
    clip_gradients(players.critic, experiment.critic_optimizer.clip_norm)
    players.critic_optimizer.step()
    if lipschitz.kind == "weight-clipping":
        clip_weights(players.clippable, lipschitz.clip)  # after the step, so that no weight ends outside
    if players.critic_history is not None:
        players.critic_history.update()

    return CriticStep(
        loss=loss.detach(),
        wasserstein_estimate=(real_scores.mean() - fake_scores.mean()).detach(),
        real=real,
        fake=fake,
        penalty=None if penalty is None else penalty.detach(),
        norms=None if norms is None else norms.detach(),
        labels=labels,
    )


def generator_step(players: Players) -> Tensor:
    """One update of the generator's weights; returns its loss, a scalar on the device without graph."""
    experiment = players.experiment
    # The gradient passes through the critic and leaves its weights alone.
    players.critic.requires_grad_(requires_grad=False)
    set_learning_rate(players.generator_optimizer, experiment.generator_optimizer, players.iteration)
    players.generator_optimizer.zero_grad(set_to_none=True)

    latents, labels = players.draw_latents(), players.draw_labels()  # fresh, as in the algorithm
    fake = players.seen(players.generate(latents, labels))
    if experiment.techniques.feature_matching:
        real = players.seen(players.loader.next_batch().samples)
        loss = feature_distance(real=players.features(real), fake=players.features(fake))
    else:
        loss = players.objective.generator_loss(fake=players.score(fake, labels))
    if players.generator_history is not None:
        loss = loss + experiment.techniques.historical_weight * players.generator_history.distance()
    if experiment.generator.orthogonal_weight:
        loss = loss + experiment.generator.orthogonal_weight * players.generator_filters.likeness()
    loss.backward()  # type: ignore[no-untyped-call]
    clip_gradients(players.generator, experiment.generator_optimizer.clip_norm)
    players.generator_optimizer.step()
    if players.generator_history is not None:
        players.generator_history.update()
    if players.average is not None:
        players.average.update(players.generator, experiment.ema.decay)
    return loss.detach()
