"""The penalty of a critic step with its gradient: a half of the step that needs nothing of the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganstudio.engine.players import Players
from ganstudio.networks.closed_form import ClosedForm
from ganstudio.regularizers.protocol import HasDerivative


class Price(NamedTuple):
    """The penalty (a scalar, with its weight), norms (N,) at points (N, ...), its gradient by each weight."""

    penalty: Tensor
    norms: Tensor
    points: Tensor
    gradients: tuple[Tensor | None, ...]


def price(players: Players, real: Tensor, fake: Tensor, labels: Tensor | None) -> Price:
    """The penalty of these batches, where one is due.

    The gradient is that of ``every`` times the penalty, since a lazy one counts for the steps it leaves out.
    The gradient of a sum is the sum of gradients, so it is taken apart from the rest of the critic's loss.
    """
    assert players.penalty is not None, "it is due"  # noqa: S101
    lipschitz, critic = players.experiment.lipschitz, players.critic_of(labels)
    points = players.penalty_points(real, fake)
    if isinstance(critic, ClosedForm) and isinstance(players.penalty, HasDerivative):
        with torch.no_grad():
            slopes, way = critic.gradients_at(points)
            penalty, norms, by_slopes = players.penalty.derived(slopes, lipschitz, lipschitz.every)
            return Price(penalty, norms, points, critic.by_parameters(by_slopes, way))
    penalty, norms = players.penalty.at(critic, points, lipschitz)
    gradients = torch.autograd.grad(lipschitz.every * penalty, players.critic_weights, allow_unused=True)
    return Price(penalty.detach(), norms.detach(), points, gradients)


def add_gradients(weights: Iterable[nn.Parameter], gradients: Iterable[Tensor | None]) -> None:
    """Add to the gradient of each weight; None where there is nothing to add."""
    there: list[Tensor] = []
    added: list[Tensor] = []
    for weight, gradient in zip(weights, gradients, strict=True):
        if gradient is None:
            continue
        if weight.grad is None:  # laid out as its weight, as the library's own
            weight.grad = torch.empty_like(weight).copy_(gradient)
        else:
            there.append(weight.grad)
            added.append(gradient)
    if there:
        torch._foreach_add_(there, added)
