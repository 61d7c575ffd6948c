"""The penalty of a critic step with its gradient: a half of the step that needs nothing of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ganstudio.engine.lanes import Wait
from ganstudio.engine.players import Players


class Price(NamedTuple):
    """The penalty (a scalar, with its weight), what it adds to the loss, and norms (N,) at points (N, ...).

    And the gradient of what it adds by each of the critic's weights.
    """

    penalty: Tensor
    added: Tensor
    norms: Tensor
    points: Tensor
    gradients: tuple[Tensor | None, ...]


def price(players: Players, real: Tensor, fake: Tensor, labels: Tensor | None) -> Price:
    """The penalty of these batches, where one is due.

    The gradient is that of ``every`` times the penalty, since a lazy one counts for the steps it leaves out.
    The gradient of a sum is the sum of gradients, so it is taken apart from the rest of the critic's loss.
    """
    assert players.penalty is not None, "it is due"  # noqa: S101
    lipschitz = players.experiment.lipschitz
    if players.closed_form is not None and (derived := players.penalty_derived) is not None:
        drawn = players.penalty_place, derived, players.eps
        told = lipschitz.weight, lipschitz.target, lipschitz.side == "one-sided", float(lipschitz.every)
        with torch.no_grad():
            return Price(*players.closed_form.priced(real, fake, drawn, *told))
    critic = players.critic_of(labels)
    points = players.penalty_points(real, fake)
    penalty, norms = players.penalty.at(critic, points, lipschitz)
    added = lipschitz.every * penalty
    gradients = torch.autograd.grad(added, players.critic_weights, allow_unused=True)
    return Price(penalty.detach(), added.detach(), norms.detach(), points, gradients)


def begin_early(players: Players, real: Tensor, labels: Tensor | None) -> Wait[Price] | None:
    """Let the penalty follow in the lane as soon as the step's samples are made there; None where none are.

    So the other core does not wait until this one has heard of them.
    """
    coming = players.coming
    if coming is None or not players.penalty_is_due or players.experiment.techniques.instance_noise:
        return None
    return begin_pricing(players, real, lambda: coming.samples, labels)


def begin_pricing(
    players: Players, real: Tensor, fake: Callable[[], Tensor], labels: Tensor | None
) -> Wait[Price] | None:
    """Let the lane find the penalty, where one is due, and then make the samples of the next step."""
    work = (lambda: price(players, real, fake(), labels)) if players.penalty_is_due else None
    penalised = None if work is None else players.lane.begin(work)
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
