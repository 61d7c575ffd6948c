"""What a probe may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganstudio.data.dataset import Modes
from ganstudio.objectives.protocol import Objective

Labels = Tensor | None  # (N,), where there are classes


@dataclass(frozen=True)
class Scene:
    """The two networks and the batch of the last critic step.

    Nothing in it may be changed: no gradient may reach a weight's ``grad``. Both networks are in evaluation
    mode, so no running statistic moves. What a probe draws at random it draws from ``random``, a stream of
    its own.
    """

    generator: nn.Module  # as trained: the average, from which samples are shown, is another one
    critic: nn.Module  # critic(x, labels) -> scores (N,)
    objective: Objective
    real: Tensor  # (N, C, H, W) in about [-1, 1], or (N, 2)
    fake: Tensor  # as ``real``
    labels: Labels  # of both
    draw_latents: Callable[[int], Tensor]  # count -> z (count, latent)
    draw_real: Callable[[int], Tensor]  # count -> samples of the training data
    modes: Modes | None  # the true modes of 2-D data
    clip: float | None  # the bound of weight clipping
    generator_loss: Callable[[Tensor, Labels], Tensor]  # what it minimises by its samples (N, ...): a scalar
    uniform_latents: bool  # in [-1, 1]; else standard normal
    bounds: tuple[float, float, float, float] | None  # of 2-D data, with a margin: left, right, bottom, top
    random: torch.Generator  # on the networks' device

    def scores(self, x: Tensor, labels: Labels = None) -> Tensor:
        """The critic's scores (N,)."""
        scores: Tensor = self.critic(x, labels)
        return scores
