"""Gradient norms of the critic where no penalty computes them anyway."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.regularizers import PLACES
from ganstudio.regularizers.interpolates import gradient_norms


def probe_gradient_norms(
    critic: nn.Module,
    real: Tensor,
    fake: Tensor,
    generator: torch.Generator,
    place: str = "interpolates",
    labels: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """||grad D(x^)||_2 (N,) at points of one batch, and these points (N, ...).

    ``place``, a name of PLACES, says which; ``labels`` (N,) are those of both batches. Without graph. The
    critic is looked at in evaluation mode, so that its buffers stay as they are; weights and their gradients
    are not touched. Where minibatch layers let a score depend on other samples, the norm is that of the whole
    batch's scores by one sample.
    """
    was_training = critic.training
    critic.eval()
    try:
        points = PLACES[place].load()(real, fake, generator)
        return gradient_norms(lambda x: critic(x, labels), points, create_graph=False).detach(), points
    finally:
        critic.train(was_training)
