"""Gradient norms of the critic where no penalty computes them anyway."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganstudio.regularizers import PLACES
from ganstudio.regularizers.interpolates import gradient_norms


def probe_gradient_norms(
    critic: nn.Module, real: Tensor, fake: Tensor, generator: torch.Generator, place: str = "interpolates"
) -> Tensor:
    """||grad D(x^)||_2 at points of one batch, taken as ``place`` (a name of PLACES) says: shape (N,).

    Without graph. The critic is looked at in evaluation mode, so that its buffers stay as they are and each
    score depends on its own sample alone; weights and their gradients are not touched.
    """
    was_training = critic.training
    critic.eval()
    try:
        points = PLACES[place].load()(real, fake, generator)
        return gradient_norms(critic, points, create_graph=False).detach()
    finally:
        critic.train(was_training)
