"""What the critic makes of a batch of real and one of generated samples: scores, terms and loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganstudio.engine.players import Players
from ganstudio.networks.closed_form import Appraised, Judged
from ganstudio.objectives.protocol import derivative_of, generator_derivative_of

enabled = True  # off: the loss's gradient by the library's own way, to compare with


class Verdict(NamedTuple):
    """Scores and the loss made of them, and the loss's gradient by each of the critic's weights.

    Without the latter the loss has a graph.
    """

    judged: Judged
    gradients: tuple[Tensor, ...] | None

    def give(self, weights: Iterable[nn.Parameter]) -> None:
        """Let the weights have these gradients, and no others."""
        for weight, gradient in zip(weights, self.gradients or (), strict=True):
            weight.grad = gradient


def judge(players: Players, real: Tensor, fake: Tensor, labels: Tensor | None) -> Verdict:
    """Let the critic score both batches, which have the same labels.

    A plain MLP and an objective that know their derivatives do it in one call, gradient and all; the numbers
    are the same to the last bit.
    """
    form, derived = players.closed_form, derivative_of(players.objective)
    fits = players.device.type == "cpu" and players.scores_alone and not players.prices_weights
    if enabled and form and derived and fits:
        with torch.no_grad():
            return Verdict(*form.judged(real, fake, derived))
    real_scores, fake_scores = players.score_both(real, fake, labels)
    real_term, fake_term = players.real_term(real_scores), players.fake_term(fake_scores)
    real_mean, fake_mean = real_scores.detach().mean(), fake_scores.detach().mean()
    means = real_mean, fake_mean, real_mean - fake_mean
    loss = fake_term + real_term
    return Verdict(Judged(real_scores, fake_scores, *means, real_term, fake_term, loss), None)


def learns_by_samples(players: Players) -> bool:
    """Whether the generator's loss and its gradient by the samples come in one call, and there is no more."""
    knows = players.closed_form is not None and generator_derivative_of(players.objective) is not None
    is_plain = not players.experiment.techniques.feature_matching and not players.prices_generator
    return enabled and knows and is_plain and players.device.type == "cpu"


def appraise(players: Players, fake: Tensor, labels: Tensor | None) -> Appraised:
    """Let the critic tell the generator what it makes of samples that have a graph; in one call as above."""
    form, derived = players.closed_form, generator_derivative_of(players.objective)
    if form and derived and learns_by_samples(players):
        with torch.no_grad():
            return form.appraised(fake, derived)
    scores = players.score(fake, labels)
    loss = players.objective.generator_loss(fake=scores)
    return Appraised(scores, scores.detach().mean(), loss, None)
