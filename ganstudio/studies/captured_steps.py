"""Do captured steps train the same weights as plain ones? A question to every new device."""

from __future__ import annotations

from collections import deque
from typing import Any

import torch
from torch import Tensor

from ganstudio.engine.trainer import Trainer
from ganstudio.experiment.model import Experiment
from ganstudio.experiment.parse import with_values

TOLERANCE = 1e-4
ITERATIONS = 6  # the first three steps of each kind are never replayed
SMALL = {"generator.width": 16, "critic.width": 16, "schedule.batch_size": 16, "schedule.n_critic": 2}
# Plain gradient descent: Adam would make much of the rounding of a gradient near zero.
DESCENT = {
    f"{network}_optimizer.{setting}": value
    for network in ("generator", "critic")
    for setting, value in (("kind", "sgd"), ("learning_rate", 0.01))
}
POINTS = {"data.source": "ring", "data.points": 500}
IMAGES = {"data.source": "digits", "data.size": 16, "generator.kind": "dcgan", "critic.kind": "dcgan"}


def of_points(device: torch.device) -> tuple[float, float, float]:
    """Of MLPs: the difference expected, the one found, and what is allowed."""
    return 0.0, difference(device, POINTS), TOLERANCE


def of_images(device: torch.device) -> tuple[float, float, float]:
    """Of convolutional networks."""
    return 0.0, difference(device, IMAGES), TOLERANCE


def difference(device: torch.device, values: dict[str, Any]) -> float:
    """The largest by which a weight of the one training is off that of the other.

    Raises RuntimeError where steps cannot be captured.
    """
    one, other = (_weights(device, {**values, "precision.capture": kind}) for kind in ("automatic", "off"))
    return max(float((ours - theirs).abs().max()) for ours, theirs in zip(one, other, strict=True))


def _weights(device: torch.device, values: dict[str, Any]) -> list[Tensor]:
    """What the networks have learnt after a few iterations."""
    experiment = with_values(Experiment(), {**values, **SMALL, **DESCENT})
    trainer = Trainer(experiment, device=str(device))
    while trainer.iteration < ITERATIONS:
        deque(trainer.advance(), maxlen=0)
    if trouble := trainer.steps.trouble():
        raise RuntimeError(trouble)
    networks = trainer.players.generator, trainer.players.critic
    return [weight.detach() for network in networks for weight in network.parameters()]
