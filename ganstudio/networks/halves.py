"""The two halves of a plain MLP critic's step, each in one call: scores with their gradient, and the penalty.

Each is put together of functions that TorchScript understands: the chains there and back, and between them
the derivative of what is made of their outcome, which objective or penalty tell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from ganstudio.networks.chains import gradients_back, gradients_of, scores_back, scores_of
from ganstudio.one_call import in_one_call


@cache
def judging(derived: Callable[..., Any]) -> Callable[..., Any]:
    """The half of the scores for an objective with this derivative (``objectives.protocol.Derived``)."""

    @in_one_call
    def judged(
        real: Tensor, fake: Tensor, slopes: list[float], weights: list[Tensor], biases: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, list[Tensor], list[Tensor]]:
        """Scores (N,) of both batches, their means and what lies between these, both terms, the loss.

        And the loss's gradients by weights and biases.
        """
        scores, maps = scores_of(torch.cat([real, fake]), slopes, weights, biases)
        of_real, of_fake = scores[: real.size(0)], scores[real.size(0) :]
        real_term, fake_term, by_real, by_fake = derived(of_real, of_fake)
        back = torch.cat([by_real, by_fake])
        _, by_weights, by_biases = scores_back(back, slopes, weights, maps, True)  # noqa: FBT003
        loss = fake_term + real_term
        real_mean, fake_mean = of_real.mean(), of_fake.mean()
        apart = real_mean - fake_mean
        return (
            of_real,
            of_fake,
            real_mean,
            fake_mean,
            apart,
            real_term,
            fake_term,
            loss,
            by_weights,
            by_biases,
        )

    return judged


@cache
def appraising(derived: Callable[..., Any]) -> Callable[..., Any]:
    """The critic's part of a generator's step, for a generator's loss with this derivative."""

    @in_one_call
    def appraised(
        fake: Tensor, slopes: list[float], weights: list[Tensor], biases: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Scores (N,), their mean, the generator's loss, and its gradient by the samples (N, inputs)."""
        scores, maps = scores_of(fake, slopes, weights, biases)
        loss, by_scores = derived(scores)
        back, _, _ = scores_back(by_scores, slopes, weights, maps, False)  # noqa: FBT003
        return scores, scores.mean(), loss, torch.mm(back, weights[0])

    return appraised


@cache
def pricing(place: Callable[..., Any], derived: Callable[..., Any]) -> Callable[..., Any]:
    """The half of a penalty at that place, with this derivative (``regularizers.protocol.HasDerivative``)."""

    @in_one_call
    def priced(
        real: Tensor,
        fake: Tensor,
        stream: torch.Generator,
        slopes: list[float],
        weights: list[Tensor],
        biases: list[Tensor],
        weight: float,
        target: float,
        one_sided: bool,  # noqa: FBT001 - as all arguments of a script
        every: float,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, list[Tensor]]:
        """The penalty, ``every`` times that, norms (N,) and points (N, inputs).

        And the gradients of the second by weights.
        """
        points = place(real, fake, stream)
        gradients, maps, backs = gradients_of(points, slopes, weights, biases)
        penalty, norms, by_gradients = derived(gradients, weight, target, one_sided, every)
        by_weights = gradients_back(by_gradients, slopes, weights, maps, backs)
        return penalty, every * penalty, norms, points, by_weights

    return priced
