"""Learning-rate schedules, as pure functions of the iteration: nothing to save, and exact on going on."""

from __future__ import annotations

from math import cos, pi

from torch import Tensor
from torch.optim import Optimizer

from ganstudio.experiment.training_groups import OptimizerSettings


def learning_rate(settings: OptimizerSettings, iteration: int) -> float:
    """The rate of the steps that follow ``iteration`` completed generator updates.

    "linear": lr (1 - p); "cosine": lr (1 + cos(pi p)) / 2 (Loshchilov & Hutter 2017, eq. 5), both with p =
    (iteration - decay_from) / decay_over within 0 to 1; "step": lr factor^floor(p) with p from 0.
    """
    p = max(0.0, (iteration - settings.decay_from) / settings.decay_over)
    match settings.schedule:
        case "linear":
            return settings.learning_rate * (1 - min(p, 1))
        case "cosine":
            return settings.learning_rate * (1 + cos(pi * min(p, 1))) / 2
        case "step":
            return float(settings.learning_rate * settings.decay_factor ** int(p))
    return settings.learning_rate


def set_learning_rate(optimizer: Optimizer, settings: OptimizerSettings, iteration: int) -> None:
    """Let the optimiser's next step take the schedule's rate; one that lies on a device changes there."""
    rate = learning_rate(settings, iteration)
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate
