"""The penalty of a critic step with its gradient: a half of the step that needs nothing of the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganstudio.engine.lanes import Wait
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
    if (
        isinstance(critic, ClosedForm)
        and isinstance(players.penalty, HasDerivative)
        and players.crew.size == 1
    ):
        drawn = players.penalty_place, players.penalty.derived, players.eps
        told = lipschitz.weight, lipschitz.target, lipschitz.side == "one-sided", float(lipschitz.every)
        with torch.no_grad():
            return Price(*critic.priced(real, fake, drawn, *told))
    points = players.penalty_points(real, fake)
    penalty, norms = players.penalty.at(critic, points, lipschitz)
    gradients = torch.autograd.grad(lipschitz.every * penalty, players.critic_weights, allow_unused=True)
    return Price(penalty.detach(), norms.detach(), points, gradients)


def begin_early(players: Players, real: Tensor, labels: Tensor | None) -> Wait[Price] | None:
    """Let the penalty follow in the lane as soon as the step's samples are made there; None where none are.

    And the samples of the next step after it: so the other core never waits for what this one has to say.
    """
    coming = players.coming
    if coming is None or not players.penalty_is_due or players.experiment.techniques.instance_noise:
        return None
    penalised = players.lane.begin(lambda: price(players, real, coming.made.samples.detach(), labels))
    players.begin_next()
    return penalised


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
